//! The dates that a policy states about itself: the effective date and the date of the last change.
//!
//! A date counts only next to words that say what kind of date it is (`data/stated_dates.toml`), only if the sentence is
//! about the policy itself and not about a law or another text, and only if it has one meaning. 03/04/2012 does not count
//! in English, where some readers understand April and others March.

use super::date_lines::{folded, may_matter, sentence};
use super::date_statement::{DateReader, StatementPlace};
use super::date_words::{LANGUAGES, LazyWords};
use crate::model::StatedDate;

/// The number of mentions after which the search stops. No policy has this many.
const MAX_MENTIONS: usize = 2000;

/// The dates that a policy states about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedDates {
    /// The effective date: the first one that the text states.
    pub effective: Option<StatedDate>,
    /// The date of the last change: the latest one that the text states.
    pub last_updated: Option<StatedDate>,
}

/// Finds the dates that a policy states about itself.
///
/// `text` is a [`Document`](crate::model::Document)'s plain text, one line for each paragraph; `language` is its ISO
/// 639-1 code. The cues of that language are tried first, then English ones, because pages of every language have
/// English headings. For an unknown language all are tried, and a numeric date with day, month and year counts only if
/// one part is greater than 12.
#[must_use]
pub fn stated_dates(text: &str, language: &str) -> StatedDates {
    let lines: Vec<(&str, String)> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let matters = may_matter(line);
            (line, if matters { folded(line) } else { String::new() })
        })
        .collect();
    let mut found = StatedDates::default();
    let known = LANGUAGES.get(language);
    let english = LANGUAGES.get("en").filter(|_| language != "en");
    let others = LANGUAGES.values().filter(|_| known.is_none());
    let slots = known
        .map(|slot| (slot, true))
        .into_iter()
        .chain(english.into_iter().chain(others).map(|slot| (slot, false)));
    for (slot, own_language) in slots {
        let dates = dates_in(&lines, slot, own_language);
        found.effective = found.effective.or(dates.effective);
        found.last_updated = found.last_updated.or(dates.last_updated);
        if found.effective.is_some() && found.last_updated.is_some() {
            break;
        }
    }
    found
}

/// The dates that the words of one language state.
fn dates_in(lines: &[(&str, String)], slot: &LazyWords, own_language: bool) -> StatedDates {
    let Some(words) = slot.get() else {
        return StatedDates::default();
    };
    let (mut effective, mut updated): (Option<StatementPlace>, Option<StatementPlace>) =
        (None, None);
    let mut mentions = 0;
    'text: for at in 0..lines.len() {
        let mut reader = DateReader::new(words, lines, at, own_language);
        for cue in reader.cues() {
            mentions += 1;
            if mentions > MAX_MENTIONS {
                break 'text;
            }
            let Some(stated) = reader.statement(&cue) else {
                continue;
            };
            if cue.is_effective() {
                effective.get_or_insert(stated);
            } else if updated.as_ref().is_none_or(|best| best.date < stated.date) {
                updated = Some(stated);
            }
        }
    }
    StatedDates {
        effective: effective.map(|place| stated(place, lines)),
        last_updated: updated.map(|place| stated(place, lines)),
    }
}

/// A statement as it is reported. The sentence is cut out for this one only, because a long line may mention two thousand
/// dates.
fn stated(place: StatementPlace, lines: &[(&str, String)]) -> StatedDate {
    let text = |line: usize| {
        lines
            .get(line)
            .map_or(("", ""), |(text, folded)| (*text, folded))
    };
    let (line, folded) = text(place.line);
    let sentence = match place.date_line {
        // The label and the date are in two lines.
        Some(next) => {
            let (next_line, next_folded) = text(next);
            let (line, folded) = (
                format!("{line} {next_line}"),
                format!("{folded} {next_folded}"),
            );
            sentence(&line, &folded, place.span)
        }
        None => sentence(line, folded, place.span),
    };
    StatedDate {
        sentence,
        date: place.date,
    }
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
