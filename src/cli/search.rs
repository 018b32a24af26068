//! `policytrail search`: finds a phrase in all policies, with the dates of its first and last version.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use super::failure::{Exit, Failure};
use super::options::{ColorOption, CommonOptions, FormatOption, OutputFormat, heading};
use super::selection;
use super::terminal::{TextStyle, note, styled};
use super::wording::{counted, date};
use crate::report::{Excerpt, excerpt, finding_answer, safe_json, safe_line};
use crate::store::{Findings, Found};

/// Search all versions for a phrase, and show when it appeared and disappeared
///
/// Case, accents and punctuation are ignored. Only whole words match, except in Chinese, Japanese, Thai, Lao, Khmer and
/// Burmese, where any sequence of characters matches.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail search \"legitimate interest\"\n  policytrail search --anywhere location advertising --limit 10"
)]
pub(super) struct Arguments {
    /// Words of the phrase
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,

    /// Match versions that contain all the words, in any place and order
    #[arg(long, help_heading = heading::SELECTION)]
    anywhere: bool,

    /// Print at most this many policies
    #[arg(long, value_name = "N", default_value = "50", help_heading = heading::OUTPUT)]
    limit: NonZeroUsize,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,

    #[command(flatten)]
    terminal: ColorOption,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = selection::open_database(&arguments.common)?;
    let query = arguments.words.join(" ");
    let findings = store
        .search(&query, arguments.anywhere, arguments.limit.get())?
        .ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "`{}` contains no word to search for; give at least one word",
                safe_line(&query)
            ))
        })?;
    let color = arguments.terminal.color.is_wanted();
    let mut out = io::stdout().lock();
    for found in &findings.found {
        let excerpt = excerpt(&found.text, &query);
        let answer = match arguments.output.chosen() {
            OutputFormat::Json => safe_json(&finding_answer(found, excerpt.as_ref()))?,
            OutputFormat::Text => finding_text(found, excerpt.as_ref(), color),
        };
        writeln!(out, "{answer}")?;
    }
    if arguments.output.chosen() == OutputFormat::Text {
        print_rest(&findings);
    }
    Ok(Exit::Done)
}

/// Says on stderr how many policies were not printed.
fn print_rest(findings: &Findings) {
    let shown = findings.found.len() as u64;
    if findings.policies == 0 {
        note("not found in any version");
    } else if shown < findings.policies {
        let more = counted(findings.policies - shown, "policy").replace("policys", "policies");
        note(format_args!(
            "{more} more; use a higher --limit to see them"
        ));
    }
}

/// A policy in which the phrase occurs, for people.
fn finding_text(found: &Found, excerpt: Option<&Excerpt>, color: bool) -> String {
    let end = if found.still_there {
        "still in the last capture".to_owned()
    } else {
        format!(
            "last seen {} (version {})",
            date(found.last_seen),
            found.last_version
        )
    };
    let mut text = format!(
        "{}\n  first seen {} (version {}), {end}; in {} of {}",
        styled(&safe_line(&found.policy_url), TextStyle::Bold, color),
        date(found.first_seen),
        found.first_version,
        found.versions,
        counted(found.of_versions, "version"),
    );
    if let Some(excerpt) = excerpt {
        text.push_str("\n  ");
        text.push_str(&excerpt.line(|phrase| styled(phrase, TextStyle::Bold, color)));
    }
    text
}
