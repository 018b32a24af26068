//! The command: its arguments, the two versions that they name, and the format of the answer.

use std::io::{self, Write as _};

use super::super::failure::{Exit, Failure};
use super::super::options::{ColorOption, CommonOptions, PolicyOption, heading};
use super::super::selection::{self, VersionSelector};
use super::super::terminal::{self, note};
use super::{html, text, unified};
use crate::history::redline;
use crate::report::{compare, diff_answer, safe_json, safe_line};
use crate::store::{PolicyEntry, VersionEntry};

/// Show what changed between two versions of a policy, word by word
///
/// If you give one version, it is compared with the version before it. If you give none, the newest change is shown.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail diff example.com\n  policytrail diff example.com 3 4 --format html > changes.html"
)]
pub(in super::super) struct Arguments {
    /// Domain of the site, such as example.com
    #[arg(value_name = "SITE")]
    site: String,

    /// Old version: its number (3 or #3), or a date on which it was in force
    #[arg(value_name = "A")]
    from: Option<String>,

    /// New version: its number, or a date on which it was in force
    #[arg(value_name = "B")]
    to: Option<String>,

    #[command(flatten)]
    selection: PolicyOption,

    #[command(flatten)]
    common: CommonOptions,

    /// Output format
    #[arg(long, value_enum, default_value = "text", help_heading = heading::OUTPUT)]
    format: Format,

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

pub(in super::super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(
        &store,
        &arguments.site,
        arguments.selection.policy.as_deref(),
    )?;
    let history = store.history(policy.policy_id)?;
    let (old, new) = compared_versions(arguments, &policy, &history)?;
    if old.version == new.version {
        note(format_args!(
            "both arguments select version {}",
            old.version
        ));
    } else if old.text_sha256 == new.text_sha256 {
        let (old, new) = (old.version, new.version);
        note(format_args!("versions {old} and {new} have the same text"));
    }
    let comparison = compare(&store, &policy, old, new)?;
    let redline = redline(
        &comparison.old.rendition.text,
        &comparison.new.rendition.text,
    );
    let answer = match arguments.format {
        Format::Text => text::page(&comparison, &redline, arguments.terminal.color.is_wanted()),
        Format::Unified => unified::page(&comparison),
        Format::Html => html::page(&comparison, &redline),
        Format::Json => safe_json(&diff_answer(&comparison, &redline))? + "\n",
    };
    io::stdout().lock().write_all(answer.as_bytes())?;
    Ok(Exit::Done)
}

/// The two versions that the arguments name.
fn compared_versions<'a>(
    arguments: &Arguments,
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
) -> Result<(&'a VersionEntry, &'a VersionEntry), Failure> {
    let find = |which| -> Result<&'a VersionEntry, Failure> {
        let (version, note) = selection::select_version(policy, history, which)?;
        if let Some(note) = note {
            terminal::note(note);
        }
        Ok(version)
    };
    let before = |version: &VersionEntry| {
        let place = version
            .previous_version
            .and_then(|p| history.iter().find(|v| v.version == p));
        place.ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "there is no version before version {}; give two versions (`policytrail log {}` lists them)",
                version.version,
                policy.site
            ))
        })
    };
    match (&arguments.from, &arguments.to) {
        (Some(from), Some(to)) => Ok((
            find(VersionSelector::parse(from)?)?,
            find(VersionSelector::parse(to)?)?,
        )),
        (Some(only), None) => {
            let new = find(VersionSelector::parse(only)?)?;
            Ok((before(new)?, new))
        }
        (None, _) => {
            let newest = history.iter().filter(|v| v.previous_version.is_some());
            let new = newest.max_by_key(|v| v.version).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "{} has only one version, so there is no change to show",
                    safe_line(&policy.policy_url)
                ))
            })?;
            Ok((before(new)?, new))
        }
    }
}
