//! The dates that a policy states about itself: from when it is in force, when it was last changed.
//!
//! A date counts only beside words that say what it is the date of (`data/stated_dates.toml`), and only when it can be
//! read one way: 03/04/2012 is no date in English, where one half of the readers means April and the other March.

use super::calendar::{Calendar, NumberOrder};
use crate::extract::characters::any_byte;

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

use crate::model::StatedDate;

const DATA: &str = include_str!("../../../data/stated_dates.toml");

/// Between the words and their date stand at most so many characters ("Effective Date: The earlier of 2024-12-23").
const MAX_GAP: usize = 40;
/// And so many where the words are a single one that has other uses, too ("effective", "updated").
const MAX_GAP_OF_ONE_WORD: usize = 12;
/// Between a date and the words after it.
const MAX_GAP_BEFORE: usize = 12;
/// Longest line that is only a label of the date in the next one.
const MAX_LABEL_BYTES: usize = 300;
/// Longest sentence that is reported, in characters; longer ones are cut around the date.
const MAX_SENTENCE: usize = 300;
/// A text with more mentions than this is no policy's; the rest is not looked at.
const MAX_MENTIONS: usize = 2000;

/// What a policy says about its own dates.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatedDates {
    /// From when the policy is in force: the first such statement of the text.
    pub effective: Option<StatedDate>,
    /// When it was last changed: the latest of the dates that are stated as such.
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

/// One language, ready to search with.
struct DateReader {
    calendar: Calendar,
    cues: AhoCorasick,
    /// For every pattern of `cues`: states it the start of force (else the last change), and is it one word.
    meanings: Vec<(bool, bool)>,
    before: bool,
    other: Vec<String>,
}

/// A language of the file; its patterns are built when a text first asks for them.
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
/// `text` is a [`Document`](crate::model::Document)'s plain text, one line for each paragraph; `language` its ISO 639-1
/// code. The words of that language are tried first, then English ones, whose headings stand on pages of every language;
/// without a known language all are tried and a day-month-year of numbers counts only if one part is greater than 12.
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

/// A line has a date if it has a digit, and may name the date of the next line if it is short. All others, nearly the
/// whole text, are not looked at.
fn may_matter(line: &str) -> bool {
    // First bytes of decimal digits in other scripts, among other letters.
    let may_be_digit = |b: u8| b.is_ascii_digit() || matches!(b, 0xD9 | 0xDB | 0xE0 | 0xEF);
    line.len() <= MAX_LABEL_BYTES || any_byte(line, may_be_digit)
}

/// Lower case, all decimal digits as ASCII, one character for each: positions stay comparable by counting.
fn folded(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    loop {
        let plain = rest
            .bytes()
            .position(|b| !matches!(b, b' '..=b'~'))
            .unwrap_or(rest.len());
        let (run, after) = rest.split_at(plain);
        out.push_str(run);
        let Some(c) = after.chars().next() else {
            break;
        };
        out.push(folded_letter(c));
        rest = &after[c.len_utf8()..];
    }
    out.make_ascii_lowercase();
    out
}

fn folded_letter(c: char) -> char {
    match c {
        '\u{FF10}'..='\u{FF19}' => digit(c, 0xFF10),
        '\u{0660}'..='\u{0669}' => digit(c, 0x0660),
        '\u{06F0}'..='\u{06F9}' => digit(c, 0x06F0),
        '\u{0966}'..='\u{096F}' => digit(c, 0x0966),
        '\u{0E50}'..='\u{0E59}' => digit(c, 0x0E50),
        c if c.is_whitespace() => ' ',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c).saturating_sub(zero), 10).unwrap_or(c)
}

/// The statement that counts so far: its date, and where it stands.
struct StatementPlace {
    date: String,
    line: usize,
    span: (usize, usize),
}

impl StatementPlace {
    /// As it is reported. Sentences are cut out for these alone: a text may mention two thousand dates in one long line.
    fn stated(self, lines: &[(&str, String)]) -> Option<StatedDate> {
        let (line, folded) = lines.get(self.line)?;
        Some(StatedDate {
            sentence: sentence(line, folded, self.span),
            date: self.date,
        })
    }
}

/// A date beside the words that say what it is.
struct DateMention {
    is_effective: bool,
    date: String,
    /// Bytes of the folded line from the first of words and date to the end of the last.
    span: (usize, usize),
}

/// Words of a line that say what the date beside them is.
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

    /// The date beside a cue in its line, or alone in the next line.
    fn mention(
        &self,
        line: &str,
        next: Option<&str>,
        cue: &Cue,
        own_language: bool,
    ) -> Option<DateMention> {
        let (head, rest) = (line.get(..cue.start)?, line.get(cue.end..)?);
        // "ineffective", "the GDPR, effective 25 May 2018".
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
        // The cue in one line, the date alone in the next.
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

    /// True when the same sentence names a law or an earlier version before it comes to the date.
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

/// At most [`MAX_GAP`] characters, which none has more than four bytes.
fn is_short(text: &str) -> bool {
    text.len() <= MAX_GAP * 4 && text.chars().count() <= MAX_GAP
}

fn ends_sentence(gap: &str) -> bool {
    let gap = gap.trim_start_matches(['.', ' ']);
    gap.contains(['。', '!', '?', ';']) || gap.contains(". ") && !gap.ends_with(". ")
}

/// The sentence of `line` around a part of its folded form, which has the same number of characters.
fn sentence(line: &str, folded: &str, (start, end): (usize, usize)) -> String {
    let count = |at: usize| folded.get(..at).map_or(0, |s| s.chars().count());
    let (start, end) = (count(start), count(end));
    // Only what can be in the sentence, and one character more on either side.
    let first = start.saturating_sub(MAX_SENTENCE / 2 + 1);
    let chars: Vec<char> = line
        .chars()
        .skip(first)
        .take(end - first + MAX_SENTENCE / 2 + 1)
        .collect();
    let (start, end) = (start - first, end - first);
    let stop = |at: usize| match chars.get(at) {
        Some('。' | '！' | '？') => true,
        Some('.' | '!' | '?') => {
            chars.get(at + 1).is_none_or(|c| c.is_whitespace())
                && at
                    .checked_sub(1)
                    .and_then(|b| chars.get(b))
                    .is_none_or(|c| !c.is_numeric())
        }
        _ => false,
    };
    let least = start.saturating_sub(MAX_SENTENCE / 2);
    let most = end.saturating_add(MAX_SENTENCE / 2).min(chars.len());
    let from = (least..start.min(chars.len()))
        .rev()
        .find(|at| stop(*at))
        .map_or(least, |at| at + 1);
    let to = (end.min(most)..most)
        .find(|at| stop(*at))
        .map_or(most, |at| at + 1);
    let sentence: String = chars.get(from..to).unwrap_or_default().iter().collect();
    sentence.trim().to_owned()
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
