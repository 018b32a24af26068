//! `policytrail diff`: what changed between two versions, word by word.

mod html;
mod text;

use std::io::{self, Write as _};
use std::time::Duration;

use serde_json::{Value, json};
use similar::TextDiff;

use super::failure::{Exit, Failure};
use super::log::entry;
use super::options::Common;
use super::pick::{self, Which};
use super::terminal::{Color, harmless, harmless_json, harmless_line};
use crate::history::{BlockChange, Change, ChangeKind, Piece, Redline, change, redline};
use crate::store::{PolicyEntry, Rendition, Store, VersionEntry};

/// Show what changed between two versions of a policy, word by word
///
/// With one version: against the version before it. With none: the newest change.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Domain, such as example.com
    #[arg(value_name = "SITE")]
    site: String,

    /// The old version: its number (3 or #3) or a date it was in force on
    #[arg(value_name = "A")]
    from: Option<String>,

    /// The new version
    #[arg(value_name = "B")]
    to: Option<String>,

    /// One of the site's policies, by number or address
    #[arg(long, value_name = "N|URL")]
    policy: Option<String>,

    #[command(flatten)]
    common: Common,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// When to colour
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN")]
    color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A redline for the terminal; without colour `[-gone-]` and `{+new+}`
    Text,
    /// Unified diff of the plain texts
    Unified,
    /// One page for browsers and printers
    Html,
    /// For machines: one JSON object
    Json,
}

/// How long a unified diff may look for the smallest difference.
const UNIFIED_DEADLINE: Duration = Duration::from_secs(5);

/// One side of a comparison.
struct Side<'a> {
    version: &'a VersionEntry,
    rendition: Rendition,
}

/// All that a form of the answer needs.
struct Comparison<'a> {
    policy: &'a PolicyEntry,
    old: Side<'a>,
    new: Side<'a>,
    change: Change,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = pick::open(&arguments.common)?;
    let policy = pick::one(&store, &arguments.site, arguments.policy.as_deref())?;
    let history = store.history(policy.policy_id)?;
    let (old, new) = sides(arguments, &policy, &history)?;
    if old.version == new.version {
        writeln!(io::stderr(), "both are version {}", old.version)?;
    } else if old.text_sha256 == new.text_sha256 {
        let (old, new) = (old.version, new.version);
        writeln!(io::stderr(), "versions {old} and {new} have the same words")?;
    }
    let side = |version| -> Result<Side<'_>, Failure> {
        let rendition = rendition(&store, version)?;
        Ok(Side { version, rendition })
    };
    let (old, new) = (side(old)?, side(new)?);
    let change = between(&store, &old, &new)?;
    let comparison = Comparison {
        policy: &policy,
        old,
        new,
        change,
    };
    let redline = redline(
        &comparison.old.rendition.text,
        &comparison.new.rendition.text,
    );
    let answer = match arguments.format {
        Format::Text => text::page(&comparison, &redline, arguments.color.is_wanted()),
        Format::Unified => unified(&comparison),
        Format::Html => html::page(&comparison, &redline),
        Format::Json => harmless_json(&machine(&comparison, &redline)) + "\n",
    };
    io::stdout().lock().write_all(answer.as_bytes())?;
    Ok(Exit::Done)
}

/// The two versions that the user means.
fn sides<'a>(
    arguments: &Arguments,
    policy: &PolicyEntry,
    history: &'a [VersionEntry],
) -> Result<(&'a VersionEntry, &'a VersionEntry), Failure> {
    let find = |which| -> Result<&'a VersionEntry, Failure> {
        let (version, note) = pick::version(policy, history, which)?;
        if let Some(note) = note {
            writeln!(io::stderr(), "{note}")?;
        }
        Ok(version)
    };
    let before = |version: &VersionEntry| {
        let place = version
            .previous_version
            .and_then(|p| history.iter().find(|v| v.version == p));
        place.ok_or_else(|| {
            Failure::usage(anyhow::anyhow!(
                "there is no version before version {}; name two, `policytrail log {}` lists them",
                version.version,
                policy.site
            ))
        })
    };
    match (&arguments.from, &arguments.to) {
        (Some(from), Some(to)) => Ok((find(Which::parse(from)?)?, find(Which::parse(to)?)?)),
        (Some(only), None) => {
            let new = find(Which::parse(only)?)?;
            Ok((before(new)?, new))
        }
        (None, _) => {
            let newest = history.iter().filter(|v| v.previous_version.is_some());
            let new = newest.max_by_key(|v| v.version).ok_or_else(|| {
                Failure::usage(anyhow::anyhow!(
                    "{} has one version only: nothing changed between its captures",
                    harmless_line(&policy.policy_url)
                ))
            })?;
            Ok((before(new)?, new))
        }
    }
}

fn rendition(store: &Store, version: &VersionEntry) -> Result<Rendition, Failure> {
    store.rendition(version.rendition_id)?.ok_or_else(|| {
        anyhow::anyhow!(
            "the text of version {} is missing; `policytrail verify` checks the database",
            version.version
        )
        .into()
    })
}

/// How far the two are apart; between equal words the layout decides.
fn between(store: &Store, old: &Side<'_>, new: &Side<'_>) -> Result<Change, Failure> {
    let simhash = |side: &Side<'_>| -> Result<u64, Failure> {
        let hash = side.version.text_sha256.parse().ok();
        let traits = hash
            .map(|hash| store.text_traits(hash))
            .transpose()?
            .flatten();
        Ok(traits.map_or(0, |t| t.simhash))
    };
    if old.version.text_sha256 == new.version.text_sha256 {
        let kind = if old.rendition == new.rendition && old.version.title == new.version.title {
            ChangeKind::Identical
        } else {
            ChangeKind::Formatting
        };
        return Ok(Change {
            kind,
            simhash_distance: 0,
            words_added: 0,
            words_removed: 0,
        });
    }
    Ok(change(
        &old.rendition.text,
        &new.rendition.text,
        (simhash(old)?, simhash(new)?),
    ))
}

fn unified(c: &Comparison<'_>) -> String {
    let name = |side: &Side<'_>| {
        format!(
            "{} version {} ({})",
            harmless_line(&c.policy.policy_url),
            side.version.version,
            pick::date(&side.version.first_seen)
        )
    };
    let (old, new) = (
        harmless(&c.old.rendition.text),
        harmless(&c.new.rendition.text),
    );
    let diff = TextDiff::configure()
        .timeout(UNIFIED_DEADLINE)
        .diff_lines(&old, &new);
    diff.unified_diff()
        .context_radius(3)
        .header(&name(&c.old), &name(&c.new))
        .to_string()
}

fn machine(c: &Comparison<'_>, redline: &Redline<'_>) -> Value {
    let blocks: Vec<Value> = redline
        .blocks
        .iter()
        .map(|block| {
            let pieces: Vec<Value> = joined(&block.pieces)
                .into_iter()
                .map(|(piece, text)| {
                    let op = match piece {
                        Piece::Same => "=",
                        Piece::Added => "+",
                        Piece::Removed => "-",
                    };
                    json!([op, text])
                })
                .collect();
            let change = match block.change {
                BlockChange::Same => "same",
                BlockChange::Added => "added",
                BlockChange::Removed => "removed",
                BlockChange::Changed => "changed",
            };
            json!({ "change": change, "pieces": pieces })
        })
        .collect();
    json!({
        "from": entry(c.policy, c.old.version),
        "to": entry(c.policy, c.new.version),
        "change": c.change.kind.code(),
        "words_added": c.change.words_added,
        "words_removed": c.change.words_removed,
        "words_kept": redline.words_kept,
        "simhash_distance": c.change.simhash_distance,
        "blocks": blocks,
    })
}

/// Neighbouring pieces of one kind as one, made harmless.
fn joined(pieces: &[(Piece, &str)]) -> Vec<(Piece, String)> {
    pieces
        .chunk_by(|a, b| a.0 == b.0)
        .map(|run| {
            let text: String = run.iter().map(|(_, text)| *text).collect();
            (run[0].0, harmless(&text))
        })
        .collect()
}

/// `2004-05-02 to 2005-01-01`.
fn dates(version: &VersionEntry) -> String {
    span(&version.first_seen, " to ", &version.last_seen)
}

/// When the change came, in words.
fn when(c: &Comparison<'_>) -> String {
    let (old, new) = (c.old.version, c.new.version);
    if old.last_seen < new.first_seen && new.previous_version == Some(old.version) {
        let dates = span(&old.last_seen, " and ", &new.first_seen);
        let word = if dates.contains(' ') { "between" } else { "on" };
        return format!("changed {word} {dates}");
    }
    "not neighbours: other versions or editions lie between".to_owned()
}

/// Two dates, or one when they are the same.
fn span(from: &str, to: &str, until: &str) -> String {
    let (first, last) = (pick::date(from), pick::date(until));
    if first == last {
        first
    } else {
        format!("{first}{to}{last}")
    }
}
