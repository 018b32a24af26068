//! `policytrail export`: the dataset.

use std::io::{self, Write as _};
use std::path::PathBuf;

use super::failure::{Exit, Failure};
use super::options::Common;
use super::pick;
use crate::export::{Format as _, Jsonl, export};

/// Write the dataset: every version with its dates, text and evidence
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// Form of the dataset
    #[arg(long, value_enum, default_value = "jsonl")]
    format: Format,

    /// Folder to write into; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    /// `versions.jsonl`, one version a line
    Jsonl,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = pick::open(&arguments.common)?;
    let mut format = match arguments.format {
        Format::Jsonl => Jsonl,
    };
    tracing::debug!(file = format.file_name(), "export begins");
    let exported = export(&store, &mut format, &arguments.out)?;
    writeln!(
        io::stdout(),
        "{}: {} versions",
        exported.path.display(),
        exported.versions
    )?;
    Ok(Exit::Done)
}
