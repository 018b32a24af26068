//! The policies in which a phrase occurs, as data.

use serde_json::{Value, json};

use super::safe::safe_line;
use crate::model::{is_word, tokens};
use crate::store::Found;

/// Characters shown on each side of a phrase.
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
        format!("… {}{}{} …", self.before, style(&self.phrase), self.after)
    }
}

/// A policy in which a phrase occurs, as data.
#[must_use]
pub fn finding_answer(found: &Found, excerpt: Option<&Excerpt>) -> Value {
    json!({
        "site": found.site,
        "policy_url": found.policy_url,
        "versions": found.versions,
        "of_versions": found.of_versions,
        "first_version": found.first_version,
        "last_version": found.last_version,
        "changed_after": found.changed_after,
        "first_seen": found.first_seen,
        "last_seen": found.last_seen,
        "still_there": found.still_there,
        "excerpt": excerpt.map(|e| e.line(str::to_owned)),
    })
}

/// Finds the first occurrence of a phrase in a text, or of its first word. `None` if the text spells it differently
/// (accents).
#[must_use]
pub fn excerpt(text: &str, phrase: &str) -> Option<Excerpt> {
    let (start, end) = occurrence(text, phrase)?;
    let before: Vec<char> = text[..start].chars().rev().take(CONTEXT_CHARS).collect();
    let before: String = before.into_iter().rev().collect();
    let after: String = text[end..].chars().take(CONTEXT_CHARS).collect();
    let gap = |side: Option<char>| {
        if side.is_some_and(char::is_whitespace) {
            " "
        } else {
            ""
        }
    };
    Some(Excerpt {
        before: safe_line(&before) + gap(before.chars().last()),
        phrase: safe_line(&text[start..end]),
        after: gap(after.chars().next()).to_owned() + &safe_line(&after),
    })
}

/// Returns where an occurrence starts and ends, in bytes.
fn occurrence(text: &str, phrase: &str) -> Option<(usize, usize)> {
    let words: Vec<(usize, &str)> = tokens(text)
        .scan(0, |at, token| {
            let start = *at;
            *at += token.len();
            Some((start, token))
        })
        .filter(|(_, token)| is_word(token))
        .collect();
    let folded: Vec<String> = words
        .iter()
        .map(|(_, token)| token.to_lowercase())
        .collect();
    let wanted: Vec<String> = tokens(phrase)
        .filter(|t| is_word(t))
        .map(str::to_lowercase)
        .collect();
    let place = |words: &[String]| folded.windows(words.len().max(1)).position(|w| w == words);
    let (first, length) = place(&wanted)
        .map(|first| (first, wanted.len()))
        .or_else(|| Some((place(wanted.get(..1)?)?, 1)))?;
    let (start, _) = words.get(first)?;
    let (last, token) = words.get(first + length - 1)?;
    Some((*start, last + token.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, phrase: &str) -> Option<String> {
        excerpt(text, phrase).map(|e| e.line(str::to_owned))
    }

    #[test]
    fn an_excerpt_shows_the_phrase_and_the_text_around_it() {
        let text = "Intro.\nWe never SELL your\u{1b} data to anyone.";
        assert_eq!(
            line(text, "sell your").unwrap(),
            "… Intro. We never SELL your� data to anyone. …"
        );
        assert_eq!(
            line("個人情報の保護", "情報").unwrap(),
            "… 個人情報の保護 …"
        );
        assert_eq!(line("nothing", "sell"), None);
    }
}
