//! `policytrail verify`: whether everything in the database is what its hashes and references say.

use std::io::{self, Write as _};

use serde_json::json;

use super::failure::{Exit, Failure};
use super::options::{Common, Format};
use super::pick;
use super::terminal::{harmless_json, harmless_line};
use crate::crawl::{VerifyReport, verify};

/// Check the database: every hash recomputed, every reference followed, every history derived anew
///
/// Nothing is changed. Exit code 1 when something is wrong; each fault is named.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = pick::open(&arguments.common)?;
    let mut out = io::stdout().lock();
    let mut told: io::Result<()> = Ok(());
    let mut tell = |fault: &str| {
        if told.is_ok() {
            told = match arguments.format {
                Format::Text => writeln!(out, "{}", harmless_line(fault)),
                Format::Json => writeln!(out, "{}", harmless_json(&json!({ "fault": fault }))),
            };
        }
    };
    let checked = verify(&store, &mut tell)?;
    told?;
    match arguments.format {
        Format::Text => writeln!(out, "{}", summary(&checked))?,
        Format::Json => writeln!(
            out,
            "{}",
            json!({
                "payloads": checked.payloads, "digests": checked.digests, "renditions": checked.renditions,
                "texts": checked.texts, "policies": checked.policies, "pending": checked.pending, "faults": checked.faults,
            })
        )?,
    }
    Ok(if checked.faults == 0 {
        Exit::Done
    } else {
        Exit::DoneWithFailures
    })
}

fn summary(c: &VerifyReport) -> String {
    let verdict = match c.faults {
        0 => "all as it should be".to_owned(),
        1 => "1 fault; restore a copy of the database, or fetch the page again".to_owned(),
        n => format!("{n} faults; restore a copy of the database, or fetch the pages again"),
    };
    let waiting = match c.pending {
        0 => String::new(),
        n => format!(
            "; {n} histories lack pages that are stored: run the job again, or `policytrail reextract`"
        ),
    };
    format!(
        "checked {} payloads ({} against the archive's digest), {} renditions ({} against their text hash), the histories of {} policies: {verdict}{waiting}",
        c.payloads, c.digests, c.renditions, c.texts, c.policies
    )
}
