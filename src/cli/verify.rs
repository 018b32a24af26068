//! `policytrail verify`: whether everything in the database is what its hashes and references say.

use std::io::{self, Write as _};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, FormatOption, OutputFormat};
use super::selection;
use super::wording::counted;
use crate::crawl::{VerifyReport, verify};
use crate::report::{fault_answer, safe_json, safe_line};

/// Check that the database is consistent
///
/// This command recomputes every hash, follows every reference and derives every history again. It changes nothing. It
/// prints each fault, and exits with code 1 if there is one. Records from WARC files that contradict their own digests are
/// counted: the archive has them so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  policytrail verify")]
pub(super) struct Arguments {
    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = selection::open_database(&arguments.common)?;
    let mut out = io::stdout().lock();
    let mut printed: Result<(), Failure> = Ok(());
    let mut print = |fault: &str| {
        if printed.is_ok() {
            printed = print_fault(&mut out, arguments.output.chosen(), fault);
        }
    };
    let checked = verify(&store, &mut print)?;
    printed?;
    match arguments.output.chosen() {
        OutputFormat::Text => writeln!(out, "{}", summary(&checked))?,
        OutputFormat::Json => writeln!(out, "{}", safe_json(&checked)?)?,
    }
    Ok(if checked.faults == 0 {
        Exit::Done
    } else {
        Exit::DoneWithFailures
    })
}

fn print_fault(out: &mut impl io::Write, format: OutputFormat, fault: &str) -> Result<(), Failure> {
    match format {
        OutputFormat::Text => writeln!(out, "{}", safe_line(fault))?,
        OutputFormat::Json => writeln!(out, "{}", safe_json(&fault_answer(fault))?)?,
    }
    Ok(())
}

fn summary(c: &VerifyReport) -> String {
    let verdict = match c.faults {
        0 => "no fault found".to_owned(),
        n => format!(
            "{}; restore a copy of the database, or fetch the affected pages again",
            counted(n, "fault")
        ),
    };
    let waiting = match c.pending {
        0 => String::new(),
        n => format!(
            "; the stored pages of {} are not all in the history yet; run the crawl again, or `policytrail reextract`",
            counted(n, "policy")
        ),
    };
    let contradicted = match c.contradicted_records {
        0 => String::new(),
        n => format!(
            "; {} from WARC files with another digest than the record states, which is no fault of the database",
            counted(n, "record")
        ),
    };
    format!(
        "checked {} ({} against the digest of the archive), {} ({} against their text hash) and the histories of {}: {verdict}{waiting}{contradicted}",
        counted(c.payloads, "payload"),
        c.digests,
        counted(c.renditions, "rendition"),
        c.texts,
        counted(c.policies, "policy")
    )
}
