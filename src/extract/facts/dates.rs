//! The dates that a policy states about itself: the effective date and the date of the last change.
//!
//! A date counts only next to words that say what kind of date it is (`data/stated_dates.toml`), and only if it has one
//! meaning. 03/04/2012 does not count in English, where some readers understand April and others March.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use super::calendar::{Calendar, NumberOrder};
use super::date_lines::{MAX_LABEL_BYTES, folded, may_matter, sentence};
use crate::model::StatedDate;

const DATA: &str = include_str!("../../../data/stated_dates.toml");

/// Maximum number of characters between a cue and its date ("Effective Date: The earlier of 2024-12-23").
const MAX_GAP: usize = 40;
/// Maximum number of characters between a one-word cue, which has other uses too ("effective", "updated"), and its
/// date.
const MAX_GAP_OF_ONE_WORD: usize = 12;
/// Maximum number of characters between a date and the cue after it.
const MAX_GAP_BEFORE: usize = 12;
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

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageCues {
    order: String,
    months: String,
    effective: Vec<String>,
    updated: Vec<String>,
    #[serde(default)]
    before: bool,
    #[serde(default)]
    other: Vec<String>,
}

/// Finds the dates of one language.
struct DateReader {
    calendar: Calendar,
    cues: AhoCorasick,
    /// For each pattern of `cues`: true for an effective date (false for a date of change), and true for a single word.
    meanings: Vec<(bool, bool)>,
    before: bool,
    other: Vec<String>,
}

/// One language of the file. Its patterns are built when the first text needs them.
struct LazyDateReader {
    language: LanguageCues,
    reader: OnceLock<Option<DateReader>>,
}

impl LazyDateReader {
    fn reader(&self) -> Option<&DateReader> {
        self.reader.get_or_init(|| reader(&self.language)).as_ref()
    }
}

static READERS: LazyLock<BTreeMap<String, LazyDateReader>> = LazyLock::new(|| {
    // The file is part of the program; `every_language_reads` fails when it cannot be read.
    let languages: BTreeMap<String, LanguageCues> = toml::from_str(DATA).unwrap_or_default();
    languages
        .into_iter()
        .map(|(code, language)| {
            let reader = OnceLock::new();
            (code, LazyDateReader { language, reader })
        })
        .collect()
});

fn reader(language: &LanguageCues) -> Option<DateReader> {
    let order = match language.order.as_str() {
        "day first" => NumberOrder::DayFirst,
        "month first" => NumberOrder::MonthFirst,
        _ => NumberOrder::Unsure,
    };
    let mut patterns = Vec::new();
    let mut meanings = Vec::new();
    for (is_effective, cues) in [(true, &language.effective), (false, &language.updated)] {
        for cue in cues {
            meanings.push((is_effective, cue.is_ascii() && !cue.contains(' ')));
            patterns.push(cue.as_str());
        }
    }
    Some(DateReader {
        calendar: Calendar::of(&language.months, order)?,
        cues: AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns)
            .ok()?,
        meanings,
        before: language.before,
        other: language.other.clone(),
    })
}

/// Finds the dates that a policy states about itself.
///
/// `text` is a [`Document`](crate::model::Document)'s plain text, one line for each paragraph; `language` is its ISO
/// 639-1 code. The cues of that language are tried first, then English ones, because pages of every language have
/// English headings. For an unknown language all are tried, and a numeric date with day, month and year counts only if
/// one part is greater than 12.
#[must_use]
pub fn stated_dates(text: &str, language: &str) -> StatedDates {
    let readers = &*READERS;
    let lines: Vec<(&str, String)> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            (
                line,
                if may_matter(line) {
                    folded(line)
                } else {
                    String::new()
                },
            )
        })
        .collect();
    let mut found = StatedDates::default();
    let known = readers.get(language);
    let first = known.into_iter().map(|reader| (reader, true));
    let english = readers.get("en").filter(|_| language != "en");
    let others: Vec<&LazyDateReader> = match known {
        Some(_) => english.into_iter().collect(),
        None => english
            .into_iter()
            .chain(readers.values())
            .chain(readers.get("en"))
            .collect(),
    };
    for (slot, own) in first.chain(others.into_iter().map(|slot| (slot, false))) {
        let Some(reader) = slot.reader() else {
            continue;
        };
        let dates = reader.read(&lines, own);
        found.effective = found.effective.or(dates.effective);
        found.last_updated = found.last_updated.or(dates.last_updated);
        if found.effective.is_some() && found.last_updated.is_some() {
            break;
        }
    }
    found
}

/// The statement chosen so far: its date and its position.
struct StatementPlace {
    date: String,
    line: usize,
    span: (usize, usize),
}

impl StatementPlace {
    /// The statement as it is reported. The sentence is cut out for this one only, because a long line may mention two
    /// thousand dates.
    fn stated(self, lines: &[(&str, String)]) -> Option<StatedDate> {
        let (line, folded) = lines.get(self.line)?;
        Some(StatedDate {
            sentence: sentence(line, folded, self.span),
            date: self.date,
        })
    }
}

/// A date next to its cue.
struct DateMention {
    is_effective: bool,
    date: String,
    /// The bytes of the folded line that cue and date span.
    span: (usize, usize),
}

/// Words of a line that say what kind of date is next to them.
struct Cue {
    start: usize,
    end: usize,
    is_effective: bool,
    one_word: bool,
}

impl DateReader {
    fn read(&self, lines: &[(&str, String)], own_language: bool) -> StatedDates {
        let (mut effective, mut updated): (Option<StatementPlace>, Option<StatementPlace>) =
            (None, None);
        let mut mentions = 0;
        'text: for (at, (_, folded)) in lines.iter().enumerate() {
            if folded.is_empty() {
                continue;
            }
            for cue in self.cues.find_iter(folded) {
                mentions += 1;
                if mentions > MAX_MENTIONS {
                    break 'text;
                }
                let (is_effective, one_word) = self
                    .meanings
                    .get(cue.pattern().as_usize())
                    .copied()
                    .unwrap_or_default();
                let next = lines.get(at + 1).map(|(_, folded)| folded.as_str());
                let cue = Cue {
                    start: cue.start(),
                    end: cue.end(),
                    is_effective,
                    one_word,
                };
                let Some(mention) = self.mention(folded, next, &cue, own_language) else {
                    continue;
                };
                let stated = StatementPlace {
                    date: mention.date,
                    line: at,
                    span: mention.span,
                };
                if mention.is_effective {
                    effective.get_or_insert(stated);
                } else if updated.as_ref().is_none_or(|best| best.date < stated.date) {
                    updated = Some(stated);
                }
            }
        }
        StatedDates {
            effective: effective.and_then(|best| best.stated(lines)),
            last_updated: updated.and_then(|best| best.stated(lines)),
        }
    }

    /// The date next to a cue in its line, or alone in the next line.
    fn mention(
        &self,
        line: &str,
        next: Option<&str>,
        cue: &Cue,
        own_language: bool,
    ) -> Option<DateMention> {
        let (head, rest) = (line.get(..cue.start)?, line.get(cue.end..)?);
        // For example "ineffective", or "the GDPR, effective 25 May 2018".
        if cue.one_word && head.ends_with(char::is_alphanumeric) || self.is_of_something_else(head)
        {
            return None;
        }
        let mention = |date: String, span: (usize, usize)| DateMention {
            is_effective: cue.is_effective,
            date,
            span,
        };
        let labels_what_follows = rest.trim_start().starts_with([':', '：'])
            || line
                .get(cue.start..cue.end)?
                .ends_with(['日', '期', '일', '자']);
        if self.before
            && !labels_what_follows
            && let Some((date, from)) = self.date_before(head, own_language)
        {
            return Some(mention(date, (from, cue.end)));
        }
        let window = rest.get(..rest.floor_char_boundary(160))?;
        if let Some(found) = self.calendar.first(window, own_language) {
            let gap = window.get(..found.start)?;
            let limit = if cue.one_word {
                MAX_GAP_OF_ONE_WORD
            } else {
                MAX_GAP
            };
            let near = gap.chars().count() <= limit
                && !ends_sentence(gap)
                && !gap.contains(|c: char| c.is_ascii_digit());
            return near.then(|| mention(found.date, (cue.start, cue.end + found.end)));
        }
        // The cue is in one line, and the date is alone in the next.
        if is_short(head) && rest.len() <= MAX_LABEL_BYTES && !rest.contains(char::is_alphanumeric)
        {
            let next = next.filter(|line| is_short(line))?;
            let found = self.calendar.first(next, own_language)?;
            return (found.start <= 3).then(|| mention(found.date, (cue.start, line.len())));
        }
        None
    }

    /// The date that ends directly before a cue, and where it starts; `head` is the line before the cue.
    fn date_before(&self, head: &str, own_language: bool) -> Option<(String, usize)> {
        let from = head.ceil_char_boundary(head.len().saturating_sub(80));
        let found = self.calendar.last(head.get(from..)?, own_language)?;
        let gap = head.get(from + found.end..)?;
        (gap.chars().count() <= MAX_GAP_BEFORE && !ends_sentence(gap))
            .then(|| (found.date, from + found.start))
    }

    /// True if the same sentence names a law or an earlier version before the date.
    fn is_of_something_else(&self, head: &str) -> bool {
        let from = head.ceil_char_boundary(head.len().saturating_sub(120));
        let near = head.get(from..).unwrap_or_default();
        let sentence = near
            .rfind(['.', '。', ';', '!', '?'])
            .and_then(|at| near.get(at..))
            .unwrap_or(near);
        self.other.iter().any(|word| sentence.contains(word))
    }
}

/// True for at most [`MAX_GAP`] characters. A character has at most four bytes.
fn is_short(text: &str) -> bool {
    text.len() <= MAX_GAP * 4 && text.chars().count() <= MAX_GAP
}

fn ends_sentence(gap: &str) -> bool {
    let gap = gap.trim_start_matches(['.', ' ']);
    gap.contains(['。', '!', '?', ';']) || gap.contains(". ") && !gap.ends_with(". ")
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
