//! `policytrail show`: what a policy said, on a day or in a version.

use std::io::{self, IsTerminal as _, Write as _};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, FormatOption, OutputFormat, heading};
use super::selection;
use super::terminal::note;
use super::version_choice::{listed_versions, select_version};
use super::version_names::{VersionArguments, VersionName, VersionRange};
use super::wording::{counted, date, suspicion_text};
use crate::report::{ReportError, safe_json, safe_line, safe_text, version_text_answer};
use crate::store::{PolicyEntry, Rendition, Store, VersionEntry};

/// Print one or several versions of a policy as Markdown
///
/// If you name no version, the newest is printed. If you name two, all versions from one to the other are printed, each
/// under a comment with its number and dates.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail show example.com 2018-05-25\n  policytrail show example.com 3 --raw > page.html"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    versions: VersionArguments,

    /// Print the archived bytes of the first capture of this version
    #[arg(long, conflicts_with_all = ["format", "json"], help_heading = heading::OUTPUT)]
    raw: bool,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,
}

impl Arguments {
    /// True if the answer is archived bytes.
    pub(super) fn is_raw(&self) -> bool {
        self.raw
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, range) = arguments.versions.parsed()?;
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(&store, site, arguments.versions.policy())?;
    let history = store.history(policy.policy_id)?;
    let chosen = chosen_versions(&policy, &history, range)?;
    if arguments.raw {
        let [(version, _)] = chosen.as_slice() else {
            return Err(Failure::usage(anyhow::anyhow!(
                "--raw prints the bytes of one version; give one version, not a range"
            )));
        };
        return print_archived_bytes(&store, version);
    }
    let is_several = chosen.len() > 1;
    for (version, uncertainty) in chosen {
        let rendition = store.rendition(version.rendition_id)?;
        let rendition = rendition.ok_or(ReportError::TextMissing {
            version: version.version,
        })?;
        match arguments.output.chosen() {
            OutputFormat::Json => {
                let answer = version_text_answer(&policy, version, uncertainty, &rendition);
                writeln!(io::stdout(), "{}", safe_json(&answer)?)?;
            }
            OutputFormat::Text if is_several => {
                print_comment(version)?;
                print_markdown(&rendition)?;
                writeln!(io::stdout())?;
            }
            OutputFormat::Text => {
                print_heading(&policy, version, uncertainty.as_deref());
                print_markdown(&rendition)?;
            }
        }
    }
    Ok(Exit::Done)
}

/// The versions to print, each with a note if the choice is not certain.
fn chosen_versions<'a>(
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
    range: VersionRange,
) -> Result<Vec<(&'a VersionEntry, Option<String>)>, Failure> {
    let name = match range {
        VersionRange::Unnamed => VersionName::Latest,
        VersionRange::One(name) => name,
        VersionRange::Between(..) => {
            let listed = listed_versions(policy, history, range)?;
            return Ok(listed.into_iter().map(|version| (version, None)).collect());
        }
    };
    Ok(vec![select_version(policy, history, name)?])
}

/// Prints the bytes of the version's first capture.
fn print_archived_bytes(store: &Store, version: &VersionEntry) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    if out.is_terminal() {
        return Err(Failure::usage(anyhow::anyhow!(
            "archived bytes may contain terminal control sequences; redirect them to a file (`> page.html`) or a pipe"
        )));
    }
    let bytes = store
        .archived_bytes(version.fetched_capture_id)?
        .ok_or_else(|| {
            anyhow::anyhow!(
                "no bytes are stored for {}; `policytrail verify` checks the database",
                safe_line(&version.proof.text())
            )
        })?;
    out.write_all(&bytes)?;
    Ok(Exit::Done)
}

/// Prints which version the next text is, as a comment of Markdown.
fn print_comment(version: &VersionEntry) -> io::Result<()> {
    writeln!(
        io::stdout(),
        "<!-- version {}, first seen {}, last seen {} -->\n",
        version.version,
        date(version.first_seen),
        date(version.last_seen)
    )
}

/// Prints on stderr which version it is.
fn print_heading(policy: &PolicyEntry, version: &VersionEntry, selected: Option<&str>) {
    note(format_args!(
        "{}: version {} of {}, first seen {}, last seen {}, {}\n{}",
        safe_line(&policy.policy_url),
        version.version,
        policy.versions,
        date(version.first_seen),
        date(version.last_seen),
        counted(version.captures, "capture"),
        safe_line(&version.proof.text()),
    ));
    if !version.suspect.is_empty() {
        note(format_args!(
            "suspect: {} (`policytrail review {}` shows it beside the text before)",
            suspicion_text(version),
            policy.site
        ));
    }
    if let Some(selected) = selected {
        note(selected);
    }
    note("");
}

fn print_markdown(rendition: &Rendition) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(safe_text(&rendition.markdown).as_bytes())?;
    if !rendition.markdown.ends_with('\n') {
        writeln!(out)?;
    }
    Ok(())
}
