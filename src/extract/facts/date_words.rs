//! The words next to which policies state their own dates, for each language (`data/stated_dates.toml`).

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use serde::Deserialize;

use super::calendar::{Calendar, NumberOrder};
use super::date_lines::{as_words, bordered};

const DATA: &str = include_str!("../../../data/stated_dates.toml");

/// Words before the name of a text that something else belongs to.
const GENITIVES: &[&str] = &[
    " of", " de", " di", " del", " della", " da", " do", " von", " van", " av", " af",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Words {
    order: String,
    months: String,
    persian_months: String,
    effective: Vec<String>,
    updated: Vec<String>,
    labels: Vec<String>,
    form_codes: Vec<String>,
    before: bool,
    own: Vec<String>,
    named: Vec<String>,
    other: Vec<String>,
    ended: Vec<String>,
}

/// What a cue says about the date next to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CueKind {
    /// The policy is in force from the date on.
    Effective,
    /// The policy was changed on the date.
    Updated,
    /// Like [`CueKind::Updated`], but the word is common: it counts only as the label of a date.
    Label,
    /// A label that may also stand before a month and a year of two digits.
    FormCode,
}

/// The words of one language.
pub(super) struct DateWords {
    pub cues: AhoCorasick,
    /// For each pattern of `cues`: its kind, and true for a single word of a script with spaces.
    pub kinds: Vec<(CueKind, bool)>,
    /// True where dates stand before their cues.
    pub before: bool,
    /// Words for the text itself: "this policy". They decide over words before them.
    pub own: Vec<String>,
    /// Names of such texts: "privacy policy".
    pub named: Vec<String>,
    /// Words for something else that has a date: a law, another document, an earlier version.
    pub other: Vec<String>,
    /// Words for the end of force: "until", "no longer".
    pub ended: Vec<String>,
    order: NumberOrder,
    months: String,
    persian_months: String,
    calendar: OnceLock<Option<Calendar>>,
}

impl DateWords {
    fn of(words: &Words) -> Option<Self> {
        let order = match words.order.as_str() {
            "day first" => NumberOrder::DayFirst,
            "year first" => NumberOrder::YearFirst,
            _ => NumberOrder::Unsure,
        };
        let (mut patterns, mut kinds) = (Vec::new(), Vec::new());
        for (kind, cues) in [
            (CueKind::Effective, &words.effective),
            (CueKind::Updated, &words.updated),
            (CueKind::Label, &words.labels),
            (CueKind::FormCode, &words.form_codes),
        ] {
            for cue in cues {
                let one_word = cue.chars().all(|c| c.is_alphabetic() && c < '\u{590}');
                kinds.push((kind, one_word));
                patterns.push(cue.as_str());
            }
        }
        let listed = |words: &[String]| words.iter().map(|word| as_words(word)).collect::<Vec<_>>();
        let every = TABLES
            .get(EVERY)
            .and_then(|table| toml::from_str(table).ok());
        let every: Words = every.unwrap_or_default();
        Some(Self {
            cues: AhoCorasick::builder()
                .match_kind(MatchKind::LeftmostLongest)
                .kind(Some(AhoCorasickKind::DFA))
                .build(patterns)
                .ok()?,
            kinds,
            before: words.before,
            own: listed(&words.own),
            named: listed(&words.named),
            other: listed(&[words.other.as_slice(), &every.other].concat()),
            ended: listed(&words.ended),
            order,
            months: words.months.clone(),
            persian_months: words.persian_months.clone(),
            calendar: OnceLock::new(),
        })
    }

    /// The calendar of the language. Its patterns are built when a text has the first cue of the language.
    pub fn calendar(&self) -> Option<&Calendar> {
        self.calendar
            .get_or_init(|| Calendar::of(&self.months, &self.persian_months, self.order))
            .as_ref()
    }

    /// True if one of the names or words for the text itself is in a text of words.
    pub fn is_about_itself(&self, words: &str) -> bool {
        let named = |list: &[String]| list.iter().any(|word| words.contains(word.as_str()));
        named(&self.own) || named(&self.named)
    }

    /// True if the last such word of a sentence is for something else than the text itself.
    pub fn ends_with_another(&self, sentence: &str) -> bool {
        // "The previous version of this policy" is another text.
        let is_subject = |at: usize| {
            let before = sentence[..at].trim_end();
            !GENITIVES.iter().any(|of| before.ends_with(of))
        };
        let last_own = |word: &String| {
            let found = sentence.rmatch_indices(word.as_str());
            let mut places = found.map(|(at, word)| (at, at + word.len()));
            places.find(|(at, _)| is_subject(*at))
        };
        let own = self
            .own
            .iter()
            .filter_map(last_own)
            .max_by_key(|(_, end)| *end);
        // "This policy on cookies" is this text, although a policy on cookies is another one.
        let is_after_own = |at: usize| own.is_none_or(|(_, end)| at + 1 >= end);
        let last_other = |word: &String| sentence.rfind(word.as_str());
        self.other.iter().filter_map(last_other).any(is_after_own)
    }

    /// True if the first such word of a sentence is for something else than the text itself.
    pub fn begins_with_another(&self, sentence: &str) -> bool {
        let first = |list: &[String]| {
            list.iter()
                .filter_map(|word| sentence.find(word.as_str()))
                .min()
        };
        let own = first(&self.own);
        first(&self.other).is_some_and(|other| own.is_none_or(|own| other < own))
    }

    /// True if a text says that force ends or has ended.
    pub fn says_ended(&self, text: &str) -> bool {
        let words = bordered(text);
        self.ended.iter().any(|word| words.contains(word.as_str()))
    }

    /// True if the words after a date say that it is the end of force. A single word says so only in languages that put
    /// such words there.
    pub fn says_ended_after(&self, text: &str) -> bool {
        let words = bordered(text);
        let says = |word: &&String| self.before || word.trim().contains(' ');
        let mut ended = self.ended.iter().filter(says);
        ended.any(|word| words.contains(word.as_str()))
    }
}

/// One language of the file. It is parsed when the first text needs it.
pub(super) struct LazyWords {
    table: &'static str,
    words: OnceLock<Option<DateWords>>,
}

impl LazyWords {
    /// The words of the language; `None` if the file is wrong, which `every_language_reads` prevents.
    pub fn get(&self) -> Option<&DateWords> {
        let parsed = || DateWords::of(&toml::from_str(self.table).ok()?);
        self.words.get_or_init(parsed).as_ref()
    }
}

/// The table of the words that texts of all languages use.
const EVERY: &str = "every";

/// The tables of the file, by their names.
static TABLES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let tables = DATA.split("\n[").skip(1);
    tables.filter_map(|table| table.split_once("]\n")).collect()
});

/// The languages of the file, by their ISO 639-1 codes.
pub(super) static LANGUAGES: LazyLock<BTreeMap<&str, LazyWords>> = LazyLock::new(|| {
    let languages = TABLES.iter().filter(|(name, _)| **name != EVERY);
    languages
        .map(|(code, table)| {
            let words = OnceLock::new();
            (*code, LazyWords { table, words })
        })
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_reads() {
        let languages: BTreeMap<String, Words> = toml::from_str(DATA).unwrap();
        assert!(languages.len() >= 50);
        assert!(languages.keys().eq(TABLES.keys()));
        for (code, words) in languages.iter().filter(|(code, _)| *code != EVERY) {
            for months in [&words.months, &words.persian_months] {
                let count = months.split(',').count();
                assert!(count == 12 || months.is_empty(), "{code}: {count} months");
            }
            let orders = ["day first", "year first", "unsure"];
            assert!(orders.contains(&words.order.as_str()), "{code}");
            let words = DateWords::of(words).unwrap();
            let lists = [&words.own, &words.named, &words.other, &words.ended];
            assert!(
                lists
                    .iter()
                    .all(|list| list.iter().all(|word| !word.trim().is_empty())),
                "{code}"
            );
            assert!(words.calendar().is_some(), "{code}");
        }
    }
}
