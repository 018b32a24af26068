//! `policytrail show`: what a policy said, on a day or in a version.

use std::io::{self, IsTerminal as _, Write as _};

use super::failure::{Exit, Failure};
use super::log::{counted, entry};
use super::options::{Common, Format};
use super::pick;
use super::terminal::{harmless, harmless_json, harmless_line};

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
    common: Common,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, which) = pick::site_and_version(&arguments.what)?;
    let store = pick::open(&arguments.common)?;
    let policy = pick::one(&store, site, arguments.policy.as_deref())?;
    let history = store.history(policy.policy_id)?;
    let (version, note) = pick::version(&policy, &history, which)?;
    let mut out = io::stdout().lock();
    if arguments.raw {
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
                    harmless_line(&version.memento_url)
                )
            })?;
        out.write_all(&bytes)?;
        return Ok(Exit::Done);
    }
    let missing = || {
        anyhow::anyhow!(
            "the text of this version is missing; `policytrail verify` checks the database"
        )
    };
    let rendition = store.rendition(version.rendition_id)?.ok_or_else(missing)?;
    match arguments.format {
        Format::Json => {
            let mut value = entry(&policy, version);
            value["note"] = note.into();
            value["text"] = rendition.text.into();
            value["markdown"] = rendition.markdown.into();
            writeln!(out, "{}", harmless_json(&value))?;
        }
        Format::Text => {
            let mut about = io::stderr().lock();
            writeln!(
                about,
                "{}: version {} of {}, first seen {}, last seen {}, {}\n{}",
                harmless_line(&policy.policy_url),
                version.version,
                policy.versions,
                pick::date(&version.first_seen),
                pick::date(&version.last_seen),
                counted(version.captures, "capture"),
                harmless_line(&version.memento_url),
            )?;
            if let Some(note) = note {
                writeln!(about, "{note}")?;
            }
            writeln!(about)?;
            out.write_all(harmless(&rendition.markdown).as_bytes())?;
            if !rendition.markdown.ends_with('\n') {
                writeln!(out)?;
            }
        }
    }
    Ok(Exit::Done)
}
