//! The command: its arguments, the two versions that they name, and the format of the answer.

use std::io::{self, BufWriter, Write as _};

use super::super::failure::{Exit, Failure};
use super::super::options::{AnswerFormat, ColorOption, CommonOptions, FormatOption};
use super::super::selection;
use super::super::terminal::note;
use super::super::version_choice::compared_versions;
use super::super::version_names::VersionArguments;
use super::{html, text, unified};
use crate::history::redline;
use crate::report::{DiffAnswer, compare, comparison_warnings, write_safe_json};

/// Show what changed between two versions of a policy, word by word
///
/// If you give one version, it is compared with the version before it. If you give none, the newest change is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail diff example.com\n  policytrail diff example.com 2018..latest --format html > changes.html"
)]
pub(in super::super) struct Arguments {
    #[command(flatten)]
    versions: VersionArguments,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption<Format>,

    #[command(flatten)]
    terminal: ColorOption,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Redline for the terminal; without colors, changes are marked `[-removed-]` and `{+added+}`
    Text,
    /// Unified diff of the plain text
    Unified,
    /// One HTML page, for a browser or a printer
    Html,
    /// One JSON object
    Json,
}

impl AnswerFormat for Format {
    const JSON: Self = Self::Json;
}

pub(in super::super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, range) = arguments.versions.parsed()?;
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(&store, site, arguments.versions.policy())?;
    let history = store.history(policy.policy_id)?;
    let (old, new) = compared_versions(&policy, &history, range)?;
    if old.version == new.version {
        note(format_args!(
            "both arguments select version {}",
            old.version
        ));
    } else if old.text_sha256 == new.text_sha256 {
        let (old, new) = (old.version, new.version);
        note(format_args!("versions {old} and {new} have the same text"));
    }
    for warning in comparison_warnings(old, new) {
        note(format_args!("warning: {warning}"));
    }
    let comparison = compare(&store, &policy, old, new)?;
    let redline = redline(
        &comparison.old.rendition.text,
        &comparison.new.rendition.text,
    );
    let mut out = BufWriter::new(io::stdout().lock());
    let answer = match arguments.output.chosen() {
        Format::Text => text::page(&comparison, &redline, arguments.terminal.color.is_wanted()),
        Format::Unified => unified::page(&comparison),
        Format::Html => html::page(&comparison, &redline),
        Format::Json => {
            write_safe_json(&mut out, &DiffAnswer::new(&comparison, &redline))?;
            "\n".to_owned()
        }
    };
    out.write_all(answer.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}
