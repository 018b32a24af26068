//! `policytrail show`: what a policy said, on a day or in a version.

use std::io::{self, IsTerminal as _, Write as _};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, FormatOption, OutputFormat, PolicyOption, heading};
use super::selection;
use super::terminal::note;
use super::wording::{counted, date};
use crate::report::{safe_json, safe_line, safe_text, version_text_answer};
use crate::store::{PolicyEntry, Rendition, Store, VersionEntry};

/// Print one version of a policy as Markdown, by number or by date
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail show example.com@2018-05-25\n  policytrail show example.com#3 --raw > page.html"
)]
pub(super) struct Arguments {
    /// `example.com` (newest version), `example.com@2018-05-25` (in force on that date) or `example.com#3` (version 3)
    #[arg(value_name = "SITE[@DATE|#N]")]
    what: String,

    #[command(flatten)]
    selection: PolicyOption,

    /// Print the archived bytes of the first capture of this version
    #[arg(long, conflicts_with = "format", help_heading = heading::OUTPUT)]
    raw: bool,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, selector) = selection::site_and_version(&arguments.what)?;
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(&store, site, arguments.selection.policy.as_deref())?;
    let history = store.history(policy.policy_id)?;
    let (version, selected) = selection::select_version(&policy, &history, selector)?;
    if arguments.raw {
        return print_archived_bytes(&store, version);
    }
    let missing = || {
        anyhow::anyhow!(
            "the text of this version is missing; `policytrail verify` checks the database"
        )
    };
    let rendition = store.rendition(version.rendition_id)?.ok_or_else(missing)?;
    match arguments.output.format {
        OutputFormat::Json => {
            let answer = version_text_answer(&policy, version, selected, &rendition);
            writeln!(io::stdout(), "{}", safe_json(&answer)?)?;
        }
        OutputFormat::Text => {
            print_heading(&policy, version, selected.as_deref());
            print_markdown(&rendition)?;
        }
    }
    Ok(Exit::Done)
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
                safe_line(&version.memento_url)
            )
        })?;
    out.write_all(&bytes)?;
    Ok(Exit::Done)
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
        safe_line(&version.memento_url),
    ));
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
