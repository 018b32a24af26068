//! `policytrail search`: which policies said something, from when until when.

use std::io::{self, Write as _};
use std::num::NonZeroUsize;

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, OutputFormat};
use super::selection;
use super::terminal::{ColorMode, TextStyle, styled};
use super::wording::{counted, date};
use crate::report::{Excerpt, excerpt, finding_answer, safe_json, safe_line};
use crate::store::{Findings, Found};

/// Find a phrase in all versions of all policies: where it stands, since when, until when
///
/// Capitals, accents and marks do not matter. In Chinese, Japanese, Thai, Lao, Khmer and Burmese any letters in a row
/// are found; elsewhere whole words only.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The phrase
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,

    /// The words anywhere in a version, in any order
    #[arg(long)]
    anywhere: bool,

    /// Policies to print at most
    #[arg(long, value_name = "N", default_value = "50")]
    limit: NonZeroUsize,

    #[command(flatten)]
    common: CommonOptions,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,

    /// When to colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: ColorMode,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = selection::open_database(&arguments.common)?;
    let query = arguments.words.join(" ");
    let findings = store
        .search(&query, arguments.anywhere, arguments.limit.get())?
        .ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "`{}` has no word to look for",
                safe_line(&query)
            ))
        })?;
    let color = arguments.color.is_wanted();
    let mut out = io::stdout().lock();
    for found in &findings.found {
        let excerpt = excerpt(&found.text, &query);
        let answer = match arguments.format {
            OutputFormat::Json => safe_json(&finding_answer(found, excerpt.as_ref()))?,
            OutputFormat::Text => finding_text(found, excerpt.as_ref(), color),
        };
        writeln!(out, "{answer}")?;
    }
    if arguments.format == OutputFormat::Text {
        print_rest(&findings)?;
    }
    Ok(Exit::Done)
}

/// Says on stderr how many policies were not printed.
fn print_rest(findings: &Findings) -> io::Result<()> {
    let shown = findings.found.len() as u64;
    if findings.policies == 0 {
        writeln!(io::stderr(), "in no version of any policy")?;
    } else if shown < findings.policies {
        writeln!(
            io::stderr(),
            "{} more; --limit N shows them",
            counted(findings.policies - shown, "policy").replace("policys", "policies")
        )?;
    }
    Ok(())
}

/// A policy in which the phrase occurs, for people.
fn finding_text(found: &Found, excerpt: Option<&Excerpt>, color: bool) -> String {
    let end = if found.still_there {
        "the last capture has it".to_owned()
    } else {
        format!(
            "last seen {} (version {})",
            date(&found.last_seen),
            found.last_version
        )
    };
    let mut text = format!(
        "{}\n  first seen {} (version {}), {end}; in {} of {}",
        styled(&safe_line(&found.policy_url), TextStyle::Bold, color),
        date(&found.first_seen),
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
