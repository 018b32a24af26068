//! Words that are cut at the end of a line.

use std::collections::HashSet;

/// The first parts of compounds that keep their hyphen before every word: self-regulatory, opt-out, e-mail.
const FIRST_PARTS: [&str; 4] = ["self", "non", "opt", "e"];
/// The first parts of compounds that keep it before some words. Hyphenations cut them off other words, as in "long-er".
const FIRST_WORDS: [&str; 16] = [
    "third", "first", "second", "cross", "long", "short", "well", "real", "so", "high", "low",
    "full", "part", "one", "two", "day",
];
/// These words.
const SECOND_WORDS: [&str; 15] = [
    "party", "parties", "term", "time", "called", "known", "border", "site", "level", "risk",
    "quality", "person", "factor", "to", "standing",
];
/// The second parts of compounds that keep their hyphen after every word: location-based, e-mail-related.
const SECOND_PARTS: [&str; 5] = ["based", "related", "specific", "friendly", "driven"];
/// Words of policies that a hyphenation cuts between two other words: with-out, can-not.
const CLOSED_WORDS: [&str; 45] = [
    "without",
    "within",
    "into",
    "cannot",
    "therefore",
    "whatever",
    "however",
    "whenever",
    "wherever",
    "throughout",
    "another",
    "something",
    "anything",
    "nothing",
    "someone",
    "anyone",
    "everyone",
    "otherwise",
    "understand",
    "moreover",
    "furthermore",
    "notwithstanding",
    "hereby",
    "thereof",
    "herein",
    "thereafter",
    "upon",
    "online",
    "website",
    "software",
    "newsletter",
    "password",
    "database",
    "network",
    "outside",
    "overview",
    "update",
    "updated",
    "updates",
    "upload",
    "highlight",
    "today",
    "undertake",
    "likewise",
    "become",
];
/// Words after a hyphen that stands for the rest of a compound: "Personen- und Sachdaten", "pre- and post-contractual".
const CONJUNCTIONS: [&str; 14] = [
    "and", "or", "to", "und", "oder", "bzw", "sowie", "en", "of", "och", "eller", "og", "ja", "tai",
];
/// Pronouns that French and Portuguese join to a verb with a hyphen.
const FRENCH: [&str; 16] = [
    "il", "elle", "on", "nous", "vous", "je", "tu", "ils", "elles", "ce", "là", "ci", "même",
    "mêmes", "t", "y",
];
const PORTUGUESE: [&str; 12] = [
    "se", "lo", "la", "los", "las", "lhe", "lhes", "nos", "o", "a", "os", "as",
];
/// The shortest part of a compound that is a word of its own.
const PART_CHARS: usize = 3;

/// The words of a text, as far as no line end cuts them.
#[derive(Debug, Default)]
pub(in crate::extract) struct KnownWords(HashSet<String>);

impl KnownWords {
    /// The words of some lines.
    pub(in crate::extract) fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Self {
        let mut words = HashSet::new();
        let mut is_cut = false;
        for line in lines {
            let mut tokens = line.split_whitespace().peekable();
            if std::mem::take(&mut is_cut) {
                tokens.next();
            }
            while let Some(token) = tokens.next() {
                if token.ends_with('-') && tokens.peek().is_none() {
                    is_cut = true;
                    break;
                }
                words.insert(bare(token));
            }
        }
        Self(words)
    }

    fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    /// Adds a line to a text that may end in a cut word.
    pub(in crate::extract) fn join(&self, text: &mut String, line: &str) {
        let Some(before) = text.strip_suffix('-') else {
            text.push(' ');
            text.push_str(line);
            return;
        };
        let first = before
            .rsplit(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let second = line.split_whitespace().next().unwrap_or_default();
        match self.hyphen(first, second) {
            Hyphen::Cut => {
                text.pop();
            }
            Hyphen::Kept => {}
            Hyphen::Word => text.push(' '),
        }
        text.push_str(line);
    }

    /// The meaning of a hyphen between two parts at a line end.
    fn hyphen(&self, first: &str, second: &str) -> Hyphen {
        let (Some(last), Some(next)) = (first.chars().next_back(), second.chars().next()) else {
            // A dash with a blank before it.
            return Hyphen::Word;
        };
        let (left, right) = (bare(first), bare(second));
        if CONJUNCTIONS.contains(&right.as_str()) {
            return Hyphen::Word;
        }
        let is_address = first.contains(['/', '@']) || first.contains("www.");
        let is_short_name = first
            .chars()
            .filter(|c| c.is_alphabetic())
            .all(char::is_uppercase);
        if !last.is_alphabetic() || !next.is_lowercase() || is_address || is_short_name {
            return Hyphen::Kept;
        }
        let joined = format!("{left}{right}");
        if self.has(&joined) || CLOSED_WORDS.contains(&joined.as_str()) {
            return Hyphen::Cut;
        }
        // A part after an earlier hyphen: "state-of-the-" and "art".
        let part = left.rsplit('-').next().unwrap_or_default();
        let is_compound = self.has(&format!("{left}-{right}"))
            || left.contains('-')
            || FIRST_PARTS.contains(&part)
            || FIRST_WORDS.contains(&part) && SECOND_WORDS.contains(&right.as_str())
            || SECOND_PARTS.contains(&right.as_str())
            || self.joins_pronoun(&right)
            || self.is_word(part) && self.is_word(&right)
            || part == "co" && self.is_word(&right);
        if is_compound {
            Hyphen::Kept
        } else {
            Hyphen::Cut
        }
    }

    fn is_word(&self, part: &str) -> bool {
        part.chars().count() >= PART_CHARS && self.has(part)
    }

    fn joins_pronoun(&self, word: &str) -> bool {
        FRENCH.contains(&word) && self.has("nous") && self.has("les")
            || PORTUGUESE.contains(&word) && self.has("não") && self.has("para")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hyphen {
    /// It cuts one word.
    Cut,
    /// It is a part of the word.
    Kept,
    /// It ends a word.
    Word,
}

/// A word in small letters without the punctuation marks around it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(context: &str, line: &str, next: &str) -> String {
        let words = KnownWords::of([context, line, next].into_iter());
        let mut text = line.to_owned();
        words.join(&mut text, next);
        text
    }

    #[test]
    fn cut_words_are_joined_and_compounds_keep_their_hyphen() {
        for (context, line, next, text) in [
            ("", "to pre-", "vent fraud", "to prevent fraud"),
            ("", "personal infor-", "mation.", "personal information."),
            ("", "with-", "out delay", "without delay"),
            (
                "",
                "a self-",
                "regulatory scheme",
                "a self-regulatory scheme",
            ),
            ("", "third-", "party cookies", "third-party cookies"),
            ("we co-operate", "to co-", "operate", "to co-operate"),
            ("cooperate", "to co-", "operate", "to cooperate"),
            ("they operate", "to co-", "operate", "to co-operate"),
            (
                "a purpose, privacy settings",
                "privacy-",
                "purpose",
                "privacy-purpose",
            ),
            ("", "a part-", "ner of us", "a partner of us"),
            ("a date is up", "we up-", "date it", "we update it"),
            ("", "long-", "term", "long-term"),
            ("", "Online-", "Dienste", "Online-Dienste"),
            ("", "Daten-", "schutz", "Datenschutz"),
            ("", "Personen-", "und Sachdaten", "Personen- und Sachdaten"),
            ("", "2018-", "2020", "2018-2020"),
            ("", "the GDPR-", "compliant", "the GDPR-compliant"),
            (
                "",
                "http://a.example/privacy-",
                "policy",
                "http://a.example/privacy-policy",
            ),
            ("nous et les autres", "peut-", "il", "peut-il"),
            ("", "state-of-the-", "art", "state-of-the-art"),
            ("", "the end -", "and more", "the end - and more"),
            ("", "no hyphen", "here", "no hyphen here"),
        ] {
            assert_eq!(joined(context, line, next), text);
        }
    }
}
