//! `policytrail log`: the history of a site's policies as a timeline.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use serde_json::{Value, json};

use super::failure::{Exit, Failure};
use super::options::{Common, Format};
use super::pick;
use super::terminal::{Color, Style, harmless_json, harmless_line, shortened, styled};
use crate::model::Timestamp;
use crate::store::{PolicyEntry, VersionEntry};

/// Show the history of a site's policies: a line a version, with its dates and how much changed
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Domain, such as example.com
    #[arg(value_name = "SITE")]
    site: String,

    /// One of its policies, by number or address [default: all]
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

/// Cells of the bar, and of that beside a column of editions: within 80 columns.
const BAR_CELLS: u64 = 8;
const BAR_CELLS_WITH_EDITION: u64 = 5;
/// Letters of a title.
const MOST_TITLE: usize = 66;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let store = pick::open(&arguments.common)?;
    let policies = pick::chosen(&store, &arguments.site, arguments.policy.as_deref())?;
    let color = arguments.color.is_wanted();
    let mut out = io::stdout().lock();
    for (i, (number, policy)) in policies.iter().enumerate() {
        let history = store.history(policy.policy_id)?;
        match arguments.format {
            Format::Json => {
                for version in &history {
                    writeln!(out, "{}", harmless_json(&entry(policy, version)))?;
                }
            }
            Format::Text => {
                if i > 0 {
                    writeln!(out)?;
                }
                out.write_all(timeline(policy, &history, *number, color).as_bytes())?;
            }
        }
    }
    Ok(Exit::Done)
}

/// One version, for machines.
pub(super) fn entry(policy: &PolicyEntry, v: &VersionEntry) -> Value {
    json!({
        "site": policy.site,
        "policy_url": policy.policy_url,
        "kind": policy.kind,
        "version": v.version,
        "edition": v.edition,
        "previous_version": v.previous_version,
        "same_as": v.same_as,
        "changed_after": v.changed_after,
        "first_seen": v.first_seen,
        "last_seen": v.last_seen,
        "captures": v.captures,
        "layouts": v.layouts,
        "word_count": v.word_count,
        "change": v.change.map(|c| c.kind.code()),
        "words_added": v.change.map(|c| c.words_added),
        "words_removed": v.change.map(|c| c.words_removed),
        "simhash_distance": v.change.map(|c| c.simhash_distance),
        "language": v.language,
        "title": v.title,
        "text_sha256": v.text_sha256,
        "memento_url": v.memento_url,
        "extractor_version": v.extractor_version,
    })
}

/// The versions of a policy, a line each, within 80 columns.
fn timeline(policy: &PolicyEntry, history: &[VersionEntry], number: usize, color: bool) -> String {
    let editions = history.iter().map(|v| v.edition).max().unwrap_or(1);
    let (first, last) = (
        history.first().map_or("", |v| v.first_seen.as_str()),
        history
            .iter()
            .map(|v| v.last_seen.as_str())
            .max()
            .unwrap_or(""),
    );
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}\npolicy {number} ({}) of {}: {} in {}\nseen {} to {}",
        styled(&harmless_line(&policy.policy_url), Style::Bold, color),
        harmless_line(&policy.kind),
        harmless_line(&policy.site),
        counted(policy.versions, "version"),
        counted(policy.captures, "capture"),
        pick::date(first),
        pick::date(last),
    );
    if editions > 1 {
        let _ = writeln!(
            out,
            "The page shows {editions} editions (ed) in turns; each is a line of versions of its own."
        );
    }
    let (edition_header, bar_cells) = if editions > 1 {
        (" ed", BAR_CELLS_WITH_EDITION)
    } else {
        ("", BAR_CELLS)
    };
    let header = format!(
        "   #{edition_header} first seen within  last seen    words   added removed  change      size"
    );
    let _ = writeln!(out, "\n{}", styled(&header, Style::Dim, color));
    let mut titles: HashMap<u32, &str> = HashMap::new();
    for v in history {
        let edition = if editions > 1 {
            format!(" {:>2}", v.edition)
        } else {
            String::new()
        };
        let line = format!(
            "{:>4}{edition} {}",
            v.version,
            cells(v, history, bar_cells, color)
        );
        let _ = writeln!(out, "{}", line.trim_end());
        let mut notes = Vec::new();
        let title = v.title.as_deref().filter(|t| !t.trim().is_empty());
        if let Some(title) = title
            && titles.insert(v.edition, title) != Some(title)
        {
            let title = shortened(&harmless_line(title), MOST_TITLE);
            notes.push(format!("“{title}”"));
        }
        if let Some(same) = v.same_as {
            notes.push(format!("the words of version {same} again"));
        }
        for note in notes {
            let _ = writeln!(out, "     {}", styled(&note, Style::Dim, color));
        }
    }
    out
}

fn cells(v: &VersionEntry, history: &[VersionEntry], bar_cells: u64, color: bool) -> String {
    let within = v
        .changed_after
        .as_deref()
        .map_or_else(String::new, |after| days_between(after, &v.first_seen));
    let (added, removed, kind, bar) = match v.change {
        None if v.previous_version.is_none() => {
            (String::new(), String::new(), "first", String::new())
        }
        None => (String::new(), String::new(), "not known", String::new()),
        Some(c) => {
            let before = v
                .previous_version
                .and_then(|p| history.iter().find(|b| b.version == p));
            let words = before
                .map_or(0, |b| b.word_count)
                .saturating_add(v.word_count);
            (
                format!("+{}", c.words_added),
                format!("−{}", c.words_removed),
                c.kind.code(),
                bar(
                    c.words_added.saturating_add(c.words_removed),
                    words,
                    bar_cells,
                ),
            )
        }
    };
    let (added, removed) = (format!("{added:>7}"), format!("{removed:>7}"));
    let plain = |text: &str, style| {
        let trimmed = text.trim_start();
        format!(
            "{}{}",
            &text[..text.len() - trimmed.len()],
            styled(trimmed, style, color && !trimmed.is_empty())
        )
    };
    let (added, removed) = if color {
        (plain(&added, Style::Added), plain(&removed, Style::Removed))
    } else {
        (added, removed)
    };
    format!(
        "{} {within:>6}  {} {:>7} {added} {removed}  {kind:<11} {bar}",
        pick::date(&v.first_seen),
        pick::date(&v.last_seen),
        v.word_count,
    )
}

/// `14 d`: how long the change may have come before it was seen.
fn days_between(after: &str, first: &str) -> String {
    match (after.parse::<Timestamp>(), first.parse::<Timestamp>()) {
        (Ok(after), Ok(first)) => match after.distance_seconds(first) / 86_400 {
            0 => "<1 d".to_owned(),
            days => format!("{days} d"),
        },
        _ => "?".to_owned(),
    }
}

/// A share of all words as a bar of up to so many cells, an eighth of a cell for the smallest.
fn bar(changed: u64, words: u64, cells: u64) -> String {
    let eighths = changed
        .saturating_mul(cells * 8)
        .checked_div(words)
        .unwrap_or(0);
    let eighths = eighths.clamp(u64::from(changed > 0), cells * 8);
    let mut bar: String = (0..eighths / 8).map(|_| '█').collect();
    bar.extend(
        [
            None,
            Some('▏'),
            Some('▎'),
            Some('▍'),
            Some('▌'),
            Some('▋'),
            Some('▊'),
            Some('▉'),
        ][(eighths % 8) as usize],
    );
    bar
}

/// `1 version`, `2 versions`.
pub(super) fn counted(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Change, ChangeKind};

    #[test]
    fn every_line_stands_within_80_columns() {
        let policy = PolicyEntry {
            policy_id: 1,
            site: "example.com".to_owned(),
            policy_url: "http://example.com/privacy".to_owned(),
            kind: "privacy".to_owned(),
            versions: 2,
            captures: 2,
            drops: 0,
        };
        let version = |version: u32, edition: u32| VersionEntry {
            version,
            edition,
            previous_version: version.checked_sub(1).filter(|v| *v > 0),
            same_as: Some(1000),
            changed_after: Some("19970101000000".to_owned()),
            first_seen: "20240101000000".to_owned(),
            last_seen: "20240301000000".to_owned(),
            captures: 1,
            layouts: 1,
            word_count: 1_234_567,
            language: "en".to_owned(),
            title: Some("Privacy ".repeat(30)),
            text_sha256: String::new(),
            change: Some(Change {
                kind: ChangeKind::Substantive,
                simhash_distance: 64,
                words_added: 912_345,
                words_removed: 912_345,
            }),
            memento_url: String::new(),
            rendition_id: 1,
            fetched_capture_id: 1,
            extractor_version: "1".to_owned(),
        };
        for editions in [1, 12] {
            let history = [version(1233, 1), version(1234, editions)];
            for line in timeline(&policy, &history, 1, false).lines() {
                assert!(
                    line.chars().count() <= 80,
                    "{} {line}",
                    line.chars().count()
                );
            }
        }
    }
}
