//! `policytrail log`: the history of a site's policies as a timeline.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use super::failure::{Exit, Failure};
use super::options::{ColorOption, CommonOptions, FormatOption, OutputFormat};
use super::selection;
use super::terminal::{TextStyle, shortened, styled};
use super::version_choice::listed_versions;
use super::version_names::{VersionArguments, VersionRange};
use super::wording::{counted, date, suspicion_text};
use crate::model::Timestamp;
use crate::report::{safe_json, safe_line, version_answer};
use crate::store::{PolicyEntry, VersionEntry};

/// Show the history of a site's policies, one line per version
///
/// If you name one version, or a range, only these versions are shown. A date stands for all versions that were in force in
/// that year, in that month or on that day.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail log example.com\n  policytrail log example.com 2018..2020 --policy 2 --format json\n\n\
        Columns:\n  \
        #           number of the version\n  \
        ed          edition, if the page shows several texts in turns\n  \
        first seen  date of the first capture that shows the text\n  \
        within      time before that capture in which the change happened\n  \
        last seen   date of the last capture that shows the text\n  \
        words       number of words of the text\n  \
        added       words that the version before it in its edition lacks\n  \
        removed     words of that version that are gone\n  \
        change      minor (up to 20 words), substantive, rewrite (less than half is kept)\n  \
        size        share of the words that changed, as a bar"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    versions: VersionArguments,

    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,

    #[command(flatten)]
    terminal: ColorOption,
}

/// Cells of the size bar, so that a line has at most 80 columns.
const SIZE_BAR_CELLS: u64 = 8;
/// Cells of the size bar if there is a column of editions.
const SIZE_BAR_CELLS_WITH_EDITION: u64 = 5;
/// Longest title, in characters.
const MAX_TITLE_CHARS: usize = 66;

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (site, range) = arguments.versions.parsed()?;
    let store = selection::open_database(&arguments.common)?;
    let mut policies = selection::selected_policies(&store, site, arguments.versions.policy())?;
    if range != VersionRange::Unnamed {
        // Versions are numbered in each policy, so a range is about one policy.
        let policy = selection::one_policy(&store, site, arguments.versions.policy())?;
        policies.retain(|(_, p)| p.policy_id == policy.policy_id);
    }
    let color = arguments.terminal.color.is_wanted();
    let mut out = io::stdout().lock();
    for (i, (number, policy)) in policies.iter().enumerate() {
        let history = store.history(policy.policy_id)?;
        let listed = listed_versions(policy, &history, range)?;
        match arguments.output.chosen() {
            OutputFormat::Json => {
                for version in listed {
                    writeln!(out, "{}", safe_json(&version_answer(policy, version))?)?;
                }
            }
            OutputFormat::Text => {
                if i > 0 {
                    writeln!(out)?;
                }
                out.write_all(timeline(policy, &history, &listed, *number, color).as_bytes())?;
            }
        }
    }
    Ok(Exit::Done)
}

/// The listed versions of a policy, one line each, within 80 columns.
fn timeline(
    policy: &PolicyEntry,
    history: &[VersionEntry],
    listed: &[&VersionEntry],
    number: usize,
    color: bool,
) -> String {
    let editions = history.iter().map(|v| v.edition).max().unwrap_or(1);
    let mut out = heading(policy, history, number, color);
    // Writing to a string cannot fail.
    let (edition_header, bar_cells) = if editions > 1 {
        let _ = writeln!(
            out,
            "The page alternates between {editions} editions (ed), each with its own versions."
        );
        (" ed", SIZE_BAR_CELLS_WITH_EDITION)
    } else {
        ("", SIZE_BAR_CELLS)
    };
    let header = format!(
        "   #{edition_header} first seen within  last seen    words   added removed  change      size"
    );
    let _ = writeln!(out, "\n{}", styled(&header, TextStyle::Dim, color));
    let mut titles: HashMap<u32, &str> = HashMap::new();
    for &v in listed {
        let edition = if editions > 1 {
            format!(" {:>2}", v.edition)
        } else {
            String::new()
        };
        let columns = columns(v, history, bar_cells, color);
        let line = format!("{:>4}{edition} {columns}", v.version);
        let _ = writeln!(out, "{}", line.trim_end());
        for note in notes(v, &mut titles) {
            let _ = writeln!(out, "     {}", styled(&note, TextStyle::Dim, color));
        }
    }
    out
}

/// The policy, with its number of versions and its dates.
fn heading(policy: &PolicyEntry, history: &[VersionEntry], number: usize, color: bool) -> String {
    let first = history.first().map(|v| v.first_seen);
    let last = history.iter().map(|v| v.last_seen).max();
    let day = |time: Option<Timestamp>| time.map(date).unwrap_or_default();
    format!(
        "{}\npolicy {number} ({}) of {}: {} in {}\nseen {} to {}\n",
        styled(&safe_line(&policy.policy_url), TextStyle::Bold, color),
        policy.kind,
        safe_line(&policy.site),
        counted(policy.versions, "version"),
        counted(policy.captures, "capture"),
        day(first),
        day(last),
    )
}

/// Lines under a version: a title that is new in its edition, and the version with the same words.
fn notes<'a>(v: &'a VersionEntry, titles: &mut HashMap<u32, &'a str>) -> Vec<String> {
    let mut notes = Vec::new();
    let title = v.title.as_deref().filter(|t| !t.trim().is_empty());
    if let Some(title) = title
        && titles.insert(v.edition, title) != Some(title)
    {
        let title = shortened(&safe_line(title), MAX_TITLE_CHARS);
        notes.push(format!("“{title}”"));
    }
    if !v.suspect.is_empty() {
        notes.push(format!("suspect: {}", suspicion_text(v)));
    }
    if let Some(same) = v.same_as {
        notes.push(format!("same text as version {same}"));
    }
    if v.texts > 1 {
        notes.push(format!(
            "{} texts that differ only above the title or below the last paragraph",
            v.texts
        ));
    }
    notes
}

/// The columns after number and edition.
fn columns(v: &VersionEntry, history: &[VersionEntry], bar_cells: u64, color: bool) -> String {
    let within = v
        .changed_after
        .map_or_else(String::new, |after| days_between(after, v.first_seen));
    let (added, removed, kind, bar) = match v.change {
        None if v.previous_version.is_none() => {
            (String::new(), String::new(), "first", String::new())
        }
        None => (String::new(), String::new(), "unknown", String::new()),
        Some(c) => {
            let before = v
                .previous_version
                .and_then(|p| history.iter().find(|b| b.version == p));
            let words = before
                .map_or(0, |b| b.word_count)
                .saturating_add(v.word_count);
            let changed = c.words_added.saturating_add(c.words_removed);
            (
                format!("+{}", c.words_added),
                format!("−{}", c.words_removed),
                c.kind.code(),
                size_bar(changed, words, bar_cells),
            )
        }
    };
    format!(
        "{} {within:>6}  {} {:>7} {} {}  {kind:<11} {bar}",
        date(v.first_seen),
        date(v.last_seen),
        v.word_count,
        right_aligned(&added, TextStyle::Added, color),
        right_aligned(&removed, TextStyle::Removed, color),
    )
}

/// A number in a column of 7 characters, styled without the spaces before it.
fn right_aligned(number: &str, style: TextStyle, color: bool) -> String {
    let spaces = " ".repeat(7_usize.saturating_sub(number.chars().count()));
    spaces + &styled(number, style, color && !number.is_empty())
}

/// `14 d`: how long before its first capture the change may have happened.
fn days_between(after: Timestamp, first: Timestamp) -> String {
    match after.distance_seconds(first) / 86_400 {
        0 => "<1 d".to_owned(),
        days => format!("{days} d"),
    }
}

/// The share of changed words as a bar of at most so many cells; the smallest change has an eighth of a cell.
fn size_bar(changed: u64, words: u64, cells: u64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Change;
    use crate::model::ChangeKind;
    use crate::model::{CaptureId, PolicyId, PolicyKind, Proof, RenditionId};

    #[test]
    fn every_line_stands_within_80_columns() {
        let policy = PolicyEntry {
            policy_id: PolicyId::new(1),
            site: "example.com".to_owned(),
            policy_url: "http://example.com/privacy".to_owned(),
            kind: PolicyKind::Privacy,
            versions: 2,
            captures: 2,
            drops: 0,
        };
        let version = |version: u32, edition: u32| VersionEntry {
            version,
            edition,
            previous_version: version.checked_sub(1).filter(|v| *v > 0),
            same_as: Some(1000),
            changed_after: Some("19970101000000".parse().unwrap()),
            first_seen: "20240101000000".parse().unwrap(),
            last_seen: "20240301000000".parse().unwrap(),
            captures: 1,
            layouts: 1,
            texts: 1,
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
            suspect: Vec::new(),
            proof: Proof::default(),
            rendition_id: RenditionId::new(1),
            fetched_capture_id: CaptureId::new(1),
            extractor_version: "1".to_owned(),
        };
        for editions in [1, 12] {
            let history = [version(1233, 1), version(1234, editions)];
            let listed: Vec<&VersionEntry> = history.iter().collect();
            for line in timeline(&policy, &history, &listed, 1, false).lines() {
                assert!(
                    line.chars().count() <= 80,
                    "{} {line}",
                    line.chars().count()
                );
            }
        }
    }
}
