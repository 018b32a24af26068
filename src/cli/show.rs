//! `policytrail show`: what a policy said, on a day or in a version.

use std::io::{self, IsTerminal as _, Write as _};

use super::failure::{Exit, Failure};
use super::options::{CommonOptions, OutputFormat};
use super::selection;
use super::wording::{counted, date};
use crate::report::{safe_json, safe_line, safe_text, version_text_answer};
use crate::store::{PolicyEntry, Rendition, Store, VersionEntry};

/// Print a version of a policy as Markdown: the newest, one by number, or the one in force on a day
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// `example.com`, `example.com@2018-05-25` (in force on that day) or `example.com#3`
    #[arg(value_name = "SITE[@DATE|#N]")]
    what: String,

    /// One of the site's policies, by number or address
    #[arg(long, value_name = "N|URL")]
    policy: Option<String>,

    /// Print the archived bytes of the version's first capture instead
    #[arg(long, conflicts_with = "format")]
    raw: bool,

    #[command(flatten)]
    common: CommonOptions,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: OutputFormat,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, selector) = selection::site_and_version(&arguments.what)?;
    let store = selection::open_database(&arguments.common)?;
    let policy = selection::one_policy(&store, site, arguments.policy.as_deref())?;
    let history = store.history(policy.policy_id)?;
    let (version, note) = selection::select_version(&policy, &history, selector)?;
    if arguments.raw {
        return print_archived_bytes(&store, version);
    }
    let missing = || {
        anyhow::anyhow!(
            "the text of this version is missing; `policytrail verify` checks the database"
        )
    };
    let rendition = store.rendition(version.rendition_id)?.ok_or_else(missing)?;
    match arguments.format {
        OutputFormat::Json => {
            let answer = version_text_answer(&policy, version, note, &rendition);
            writeln!(io::stdout(), "{}", safe_json(&answer)?)?;
        }
        OutputFormat::Text => {
            print_heading(&policy, version, note.as_deref())?;
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
            "archived bytes may command a terminal: send them to a file (`> page.html`) or a pipe"
        )));
    }
    let bytes = store
        .archived_bytes(version.fetched_capture_id)?
        .ok_or_else(|| {
            anyhow::anyhow!(
                "no bytes are stored of {}; `policytrail verify` checks the database",
                safe_line(&version.memento_url)
            )
        })?;
    out.write_all(&bytes)?;
    Ok(Exit::Done)
}

/// Prints on stderr which version it is.
fn print_heading(
    policy: &PolicyEntry,
    version: &VersionEntry,
    note: Option<&str>,
) -> io::Result<()> {
    let mut about = io::stderr().lock();
    writeln!(
        about,
        "{}: version {} of {}, first seen {}, last seen {}, {}\n{}",
        safe_line(&policy.policy_url),
        version.version,
        policy.versions,
        date(&version.first_seen),
        date(&version.last_seen),
        counted(version.captures, "capture"),
        safe_line(&version.memento_url),
    )?;
    if let Some(note) = note {
        writeln!(about, "{note}")?;
    }
    writeln!(about)
}

fn print_markdown(rendition: &Rendition) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(safe_text(&rendition.markdown).as_bytes())?;
    if !rendition.markdown.ends_with('\n') {
        writeln!(out)?;
    }
    Ok(())
}
