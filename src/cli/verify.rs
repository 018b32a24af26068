//! `policytrail verify`: whether everything in the database is what its hashes and references say.

use std::io::{self, Write as _};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, FormatOption, OutputFormat};
use super::selection;
use crate::crawl::{VerifyReport, verify};
use crate::report::{fault_answer, safe_json, safe_line};

/// Check that the database is consistent
///
/// This command recomputes every hash, follows every reference and derives every history again. It changes nothing. It
/// prints each fault, and exits with code 1 if there is one.
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
        1 => "1 fault; restore a copy of the database, or fetch the affected page again".to_owned(),
        n => {
            format!("{n} faults; restore a copy of the database, or fetch the affected pages again")
        }
    };
    let waiting = match c.pending {
        0 => String::new(),
        n => format!(
            "; {n} histories do not include all stored pages yet; run the crawl again, or `policytrail reextract`"
        ),
    };
    format!(
        "checked {} payloads ({} against the digest of the archive), {} renditions ({} against their text hash) and the histories of {} policies: {verdict}{waiting}",
        c.payloads, c.digests, c.renditions, c.texts, c.policies
    )
}
