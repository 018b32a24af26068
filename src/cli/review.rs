//! `policytrail review`: versions whose text may not be the policy.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use super::failure::{Exit, Failure};
use super::options::{ColorOption, CommonOptions, FormatOption, OutputFormat, heading};
use super::selection;
use super::table::{Align, table};
use super::terminal::{TextStyle, note, styled};
use super::wording::{counted, date, minute, shell_quoted, suspicion_text};
use crate::model::Site;
use crate::report::{ReportError, review_answer, safe_json, safe_line, safe_text, version_before};
use crate::store::{PolicyEntry, Rendition, ReviewEntry, Store, VersionEntry};

/// List the versions whose text may not be the policy, each with the text before it
///
/// A version is suspect if its text has less than a tenth of the words of the last whole text before it, if it is in another
/// language and the language before it returns, or if it is short and has the words of an error page or of a log-in page.
/// Nothing is dropped for that: `exclude` takes a text out of all versions, and `include` keeps it and removes the mark. A
/// policy that became short for good is suspect until one of its short texts is included; later texts are compared with that.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail review\n  policytrail review example.com --format json"
)]
pub(super) struct Arguments {
    /// Domains of the sites, such as example.com [default: all sites of the database]
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// List the decisions of `exclude` and `include`, newest first
    #[arg(long, help_heading = heading::SELECTION)]
    decisions: bool,

    /// Print the whole texts, not only their beginnings
    #[arg(long, conflicts_with = "decisions", help_heading = heading::OUTPUT)]
    full: bool,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,

    #[command(flatten)]
    terminal: ColorOption,
}

/// Most words of a text that are printed without `--full`.
const SHOWN_WORDS: usize = 60;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let mut sites = Vec::new();
    for text in &arguments.sites {
        sites.push(Site::parse(text).map_err(Failure::usage)?.to_string());
    }
    let store = selection::open_database(&arguments.common)?;
    for site in &sites {
        selection::known_site(&store, site)?;
    }
    if arguments.decisions {
        return list_decisions(&store.reviews(&sites)?, arguments.output.chosen());
    }
    let color = arguments.terminal.color.is_wanted();
    let mut out = io::stdout().lock();
    let mut count = 0_u64;
    for policy in store.policies_to_review(&sites)? {
        let history = store.history(policy.policy_id)?;
        for version in history.iter().filter(|v| !v.suspect.is_empty()) {
            count += 1;
            let suspect = SuspectVersion::read(&store, &policy, &history, version)?;
            match arguments.output.chosen() {
                OutputFormat::Json => writeln!(out, "{}", safe_json(&suspect.answer())?)?,
                OutputFormat::Text => {
                    out.write_all(suspect.text(arguments.full, color).as_bytes())?;
                }
            }
        }
    }
    if count == 0 {
        note("no version is suspect");
    } else {
        note(counted(count, "suspect version"));
    }
    Ok(Exit::Done)
}

/// A suspect version with the text before it.
struct SuspectVersion<'a> {
    policy: &'a PolicyEntry,
    version: &'a VersionEntry,
    text: Rendition,
    before: Option<(&'a VersionEntry, Rendition)>,
}

impl<'a> SuspectVersion<'a> {
    fn read(
        store: &Store,
        policy: &'a PolicyEntry,
        history: &'a [VersionEntry],
        version: &'a VersionEntry,
    ) -> Result<Self, Failure> {
        let text_of = |version: &VersionEntry| -> Result<Rendition, Failure> {
            let rendition = store.rendition(version.rendition_id)?;
            Ok(rendition.ok_or(ReportError::TextMissing {
                version: version.version,
            })?)
        };
        let before = version_before(history, version);
        Ok(Self {
            policy,
            version,
            text: text_of(version)?,
            before: before
                .map(|before| Ok::<_, Failure>((before, text_of(before)?)))
                .transpose()?,
        })
    }

    fn answer(&self) -> serde_json::Value {
        let before = self.before.as_ref().map(|(version, text)| (*version, text));
        review_answer(self.policy, (self.version, &self.text), before)
    }

    /// The version, both texts, and the commands that decide about it.
    fn text(&self, is_full: bool, color: bool) -> String {
        let Self {
            policy, version, ..
        } = self;
        let site = safe_line(&policy.site);
        let head = format!("{site} version {} of {}", version.version, policy.versions);
        let mut out = format!(
            "{}\n{}\nseen {} to {} in {}: {}\n",
            styled(&head, TextStyle::Bold, color),
            safe_line(&policy.policy_url),
            date(version.first_seen),
            date(version.last_seen),
            counted(version.captures, "capture"),
            suspicion_text(version),
        );
        // Writing to a string cannot fail.
        let mut add = |name: &str, version: &VersionEntry, text: &Rendition| {
            let words = version.word_count;
            let title = format!("{name} ({}, {})", counted(words, "word"), version.language);
            let shown = if is_full {
                text.text.clone()
            } else {
                beginning(&text.text)
            };
            let _ = writeln!(out, "\n  {}", styled(&title, TextStyle::Dim, color));
            for line in safe_text(&shown).lines() {
                let _ = writeln!(out, "    {line}");
            }
        };
        add("this text", version, &self.text);
        if let Some((before, text)) = &self.before {
            add(
                &format!("the text before, version {}", before.version),
                before,
                text,
            );
        }
        // A site can have several policies with captures of that time.
        let named = format!(
            "{site}@{} --policy {} --why \"…\"",
            version.first_seen,
            shell_quoted(&safe_line(&policy.policy_url))
        );
        let _ = writeln!(
            out,
            "\n  policytrail exclude {named}\n  policytrail include {named}\n"
        );
        out
    }
}

/// The first words of a text, line by line.
fn beginning(text: &str) -> String {
    let mut left = SHOWN_WORDS;
    let mut shown = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let taken = words.len().min(left);
        shown.push_str(&words[..taken].join(" "));
        left -= taken;
        if taken < words.len() || left == 0 {
            shown.push_str(" …");
            break;
        }
        shown.push('\n');
    }
    shown
}

fn list_decisions(decisions: &[ReviewEntry], format: OutputFormat) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => {
            for decision in decisions {
                writeln!(out, "{}", safe_json(decision)?)?;
            }
        }
        OutputFormat::Text => {
            let header = [
                ("site", Align::Left),
                ("capture", Align::Left),
                ("decision", Align::Left),
                ("decided", Align::Left),
                ("in force", Align::Left),
                ("why", Align::Whole),
            ];
            let rows: Vec<Vec<String>> = decisions.iter().map(decision_row).collect();
            out.write_all(table(&header, &rows).as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

fn decision_row(decision: &ReviewEntry) -> Vec<String> {
    vec![
        decision.site.clone(),
        decision.timestamp.to_string(),
        decision.decision.clone(),
        minute(decision.decided_at),
        if decision.is_in_force { "yes" } else { "no" }.to_owned(),
        decision.why.clone(),
    ]
}
