//! The command: its arguments, the two versions that they name, and the format of the answer.

use std::io::{self, BufWriter, Write as _};

use clap::ValueEnum as _;

use super::super::failure::{Exit, Failure};
use super::super::options::{AnswerFormat, ColorOption, CommonOptions, FormatOption};
use super::super::selection;
use super::super::terminal::note;
use super::super::version_choice::compared_versions;
use super::super::version_names::VersionArguments;
use super::page_file::PageOptions;
use super::{html, text, unified};
use crate::history::{Redline, redline};
use crate::report::{Comparison, DiffAnswer, compare, comparison_warnings, write_safe_json};

/// Show what changed between two versions of a policy, word by word
///
/// If you give one version, it is compared with the version before it. If you give none, the newest change is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail diff example.com\n  policytrail diff example.com 2018..latest --changes-only --out changes.html"
)]
pub(in super::super) struct Arguments {
    #[command(flatten)]
    versions: VersionArguments,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption<Format>,

    #[command(flatten)]
    page: PageOptions,

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
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

impl Arguments {
    /// The format: the named one, else HTML if an option of the redline page is given.
    fn format(&self) -> Result<Format, Failure> {
        match self.output.named() {
            None if self.page.is_html() => Ok(Format::Html),
            None => Ok(Format::TEXT),
            Some(other) if other != Format::Html && self.page.needs_html() => {
                let name = other.to_possible_value();
                Err(Failure::usage(anyhow::anyhow!(
                    "--open and --changes-only need an HTML page; remove --format {}",
                    name.as_ref().map_or("", |name| name.get_name())
                )))
            }
            Some(named) => Ok(named),
        }
    }
}

pub(in super::super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, range) = arguments.versions.parsed()?;
    let format = arguments.format()?;
    let settings = arguments.common.settings(&[])?;
    arguments.page.check(&settings.database)?;
    let store = selection::open_database_of(&settings)?;
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
    let answer = match format {
        Format::Text => text::page(&comparison, &redline, arguments.terminal.color.is_wanted()),
        Format::Unified => unified::page(&comparison),
        Format::Html => html::page(&comparison, &redline, arguments.page.extent()),
        Format::Json if arguments.page.is_printed() => {
            let mut out = BufWriter::new(io::stdout().lock());
            write_safe_json(&mut out, &DiffAnswer::new(&comparison, &redline))?;
            writeln!(out)?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        Format::Json => json(&comparison, &redline)?,
    };
    arguments.page.write(&answer)?;
    Ok(Exit::Done)
}

/// A comparison as one line of JSON.
pub(in super::super) fn json(
    comparison: &Comparison<'_>,
    redline: &Redline<'_>,
) -> Result<String, Failure> {
    let mut out = Vec::new();
    write_safe_json(&mut out, &DiffAnswer::new(comparison, redline))?;
    out.push(b'\n');
    Ok(String::from_utf8(out).map_err(anyhow::Error::from)?)
}
