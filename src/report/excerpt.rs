//! Excerpts: a phrase with the text around it.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::safe::safe_line;
use crate::model::{is_word, tokens};
use crate::store::{Phrase, SearchQuery};

/// Most characters shown on each side of a phrase.
const CONTEXT_CHARS: usize = 60;

/// A phrase with the text around it, safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// The text before the phrase.
    pub before: String,
    /// The phrase as the text spells it.
    pub phrase: String,
    /// The text after the phrase.
    pub after: String,
}

impl Excerpt {
    /// The excerpt on one line, its phrase emphasised by `style`.
    #[must_use]
    pub fn line(&self, style: impl FnOnce(&str) -> String) -> String {
        format!("{}{}{}", self.before, style(&self.phrase), self.after)
    }
}

/// Finds the first phrase of a query in a text, and shows it with the text around it, which is cut between words. Case and
/// accents do not matter. `None` if the text has no phrase of the query.
#[must_use]
pub fn excerpt(text: &str, query: &SearchQuery) -> Option<Excerpt> {
    excerpt_of(text, query, |_| true)
}

/// Like [`excerpt`], of the phrases that another text does not have.
pub(super) fn excerpt_unlike(text: &str, other: &str, query: &SearchQuery) -> Option<Excerpt> {
    let other = folded_words(other);
    excerpt_of(text, query, |phrase| place(&other, phrase).is_none())
}

fn excerpt_of(
    text: &str,
    query: &SearchQuery,
    is_wanted: impl Fn(&Phrase) -> bool,
) -> Option<Excerpt> {
    let words = folded_words(text);
    let wanted = query.phrases().filter(|phrase| is_wanted(phrase));
    let (first, last) = wanted.filter_map(|phrase| place(&words, phrase)).min()?;
    let (start, end) = (words[first].start, words[last].end);
    Some(Excerpt {
        before: before(&text[..start]),
        phrase: safe_line(&text[start..end]),
        after: after(&text[end..]),
    })
}

/// A word of a text, in small letters and without accents.
struct FoldedWord {
    start: usize,
    end: usize,
    folded: String,
}

fn folded_words(text: &str) -> Vec<FoldedWord> {
    let mut at = 0;
    let mut words = Vec::new();
    for token in tokens(text) {
        let start = at;
        at += token.len();
        if is_word(token) {
            words.push(FoldedWord {
                start,
                end: at,
                folded: folded(token),
            });
        }
    }
    words
}

fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let letters = word.nfd().filter(|c| !is_combining_mark(*c));
    letters.flat_map(char::to_lowercase).collect()
}

/// The first and the last word of the first occurrence of a phrase.
fn place(words: &[FoldedWord], phrase: &Phrase) -> Option<(usize, usize)> {
    let wanted: Vec<String> = phrase.words.iter().map(|w| folded(w)).collect();
    let (last, others) = wanted.split_last()?;
    let is_last = |word: &FoldedWord| {
        if phrase.is_prefix {
            word.folded.starts_with(last.as_str())
        } else {
            word.folded == *last
        }
    };
    let matches = |window: &[FoldedWord]| {
        window.iter().zip(others).all(|(w, o)| w.folded == *o) && window.last().is_some_and(is_last)
    };
    let first = words.windows(wanted.len()).position(matches)?;
    Some((first, first + others.len()))
}

/// The end of the text before a phrase, from the start of a word on.
fn before(text: &str) -> String {
    let cut = text.char_indices().rev().nth(CONTEXT_CHARS);
    let Some((at, c)) = cut else {
        return joined("", text, ends_with_space(text));
    };
    let shown = &text[at + c.len_utf8()..];
    let whole = match shown.split_once(char::is_whitespace) {
        Some((_, rest)) if !c.is_whitespace() => rest,
        _ => shown,
    };
    joined("… ", whole, ends_with_space(text))
}

fn ends_with_space(text: &str) -> &'static str {
    if text.ends_with(char::is_whitespace) {
        " "
    } else {
        ""
    }
}

/// The start of the text after a phrase, up to the end of a word.
fn after(text: &str) -> String {
    let gap = if text.starts_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    let cut = text.char_indices().nth(CONTEXT_CHARS);
    let Some((at, c)) = cut else {
        return joined(gap, text, "");
    };
    let shown = &text[..at];
    let whole = match shown.rsplit_once(char::is_whitespace) {
        Some((rest, _)) if !c.is_whitespace() => rest,
        _ => shown,
    };
    joined(gap, whole, " …")
}

fn joined(start: &str, text: &str, end: &str) -> String {
    let line = safe_line(text);
    let line = line.trim();
    if line.is_empty() {
        return format!("{}{}", start.trim_end(), end);
    }
    format!("{start}{line}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::QueryMode;

    fn line(text: &str, phrase: &str) -> Option<String> {
        let query = SearchQuery::parse(&[phrase.to_owned()], QueryMode::Phrase).unwrap();
        excerpt(text, &query).map(|e| e.line(|phrase| format!("[{phrase}]")))
    }

    #[test]
    fn an_excerpt_shows_the_phrase_and_the_text_around_it() {
        for (text, phrase, expected) in [
            (
                "Intro.\nWe never SELL your\u{1b} data to anyone.",
                "sell your",
                "Intro. We never [SELL your]� data to anyone.",
            ),
            ("個人情報の保護", "情報", "個人[情報]の保護"),
            (
                "Política de proteção",
                "protecao OR x",
                "Política de [proteção]",
            ),
            (
                "We advertise; you advertised.",
                "you advert*",
                "We advertise; [you advertised].",
            ),
            ("rent, then sell", "sell OR rent", "[rent], then sell"),
            ("sell", "sell", "[sell]"),
        ] {
            assert_eq!(line(text, phrase).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(line("nothing", "sell"), None);
    }

    #[test]
    fn an_excerpt_of_a_change_shows_a_phrase_that_changed() {
        let query = ["advertisers AND hosting".to_owned()];
        let query = SearchQuery::parse(&query, QueryMode::Phrase).unwrap();
        let (before, now) = ("Advertisers pay us.", "Advertisers pay us for hosting.");
        let found = excerpt_unlike(now, before, &query).unwrap();
        assert_eq!(found.phrase, "hosting");
        assert_eq!(excerpt_unlike(before, now, &query), None);
    }

    #[test]
    fn an_excerpt_is_cut_between_words() {
        let words = "abcdefg ".repeat(30);
        let line = line(&format!("{words}sell {words}"), "sell").unwrap();
        let expected = format!("… {}[sell] {}…", "abcdefg ".repeat(7), "abcdefg ".repeat(7));
        assert_eq!(line, expected);
    }
}
