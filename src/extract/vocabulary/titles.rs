//! Titles of documents: whether a heading names a privacy policy, terms, or another document.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::language_words::LANGUAGES;
use crate::model::is_mark;

/// The kind of document that a title names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TitleTopic {
    /// A privacy policy.
    Privacy,
    /// Terms of use, sale or service.
    Terms,
    /// A cookie notice.
    Cookies,
    /// An imprint or another document that appears next to policies.
    Imprint,
    /// A supplement to a privacy policy.
    Supplement,
    /// A separate document on pages with many documents, a section on other pages.
    Section,
}

struct Titles {
    topics: HashMap<String, TitleTopic>,
    /// For each first word of a title, the number of words of the longest such title.
    longest: HashMap<String, usize>,
    /// Nouns that name legal documents.
    documents: Vec<String>,
}

static TITLES: LazyLock<Titles> = LazyLock::new(|| {
    let mut titles = Titles {
        topics: HashMap::new(),
        longest: HashMap::new(),
        documents: Vec::new(),
    };
    for language in LANGUAGES.values() {
        let nouns = language.documents.iter().map(|noun| folded_title(noun));
        titles.documents.extend(nouns);
        for (topic, list) in [
            (TitleTopic::Privacy, &language.privacy),
            (TitleTopic::Cookies, &language.cookies),
            (TitleTopic::Terms, &language.terms),
            (TitleTopic::Imprint, &language.imprint),
            (TitleTopic::Supplement, &language.beside),
            (TitleTopic::Section, &language.sections),
        ] {
            for title in list {
                let key = folded_title(title);
                let first = key.split(' ').next().unwrap_or_default();
                let longest = titles.longest.entry(first.to_owned()).or_default();
                *longest = (*longest).max(key.split(' ').count());
                titles.topics.entry(key).or_insert(topic);
            }
        }
    }
    titles
});

/// Words next to a title that do not change its meaning.
const FILLERS: &[&str] = &[
    "our",
    "the",
    "of",
    "for",
    "and",
    "this",
    "website",
    "site",
    "web",
    "online",
    "full",
    "your",
    "general",
    "global",
    "current",
    "statement",
    "policy",
    "notice",
    "inc",
    "llc",
    "ltd",
    "gmbh",
    "co",
    "kg",
    "corp",
    "company",
    "com",
    "org",
    "net",
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "et",
    "notre",
    "site",
    "und",
    "der",
    "die",
    "für",
    "zur",
    "von",
    "unsere",
    "del",
    "di",
    "da",
    "do",
    "y",
    "e",
    "and",
    "uk",
    "us",
    "eu",
    "app",
    "services",
    "service",
    "www",
    "http",
    "version",
    "updated",
    "s",
    "at",
    "on",
    "com",
];

/// A longer heading is no title, in bytes.
const MAX_HEADING_BYTES: usize = 200;
/// A heading with more words has no title.
const MAX_HEADING_WORDS: usize = 14;

/// A heading in the spelling of the vocabulary, and the places of its words.
struct FoldedHeading {
    text: String,
    words: Vec<(usize, usize)>,
}

impl FoldedHeading {
    fn of(heading: &str) -> Self {
        let text = folded_title(heading);
        let mut words = Vec::new();
        let mut start = 0;
        for word in text.split(' ') {
            if !word.is_empty() {
                words.push((start, start + word.len()));
            }
            start += word.len() + 1;
        }
        Self { text, words }
    }

    /// Some words that follow each other. Single spaces separate them.
    fn run(&self, start: usize, length: usize) -> &str {
        &self.text[self.words[start].0..self.words[start + length - 1].1]
    }

    /// The titles of the vocabulary that begin at a word, with their numbers of words, the longest first.
    fn titles_at(&self, start: usize) -> impl Iterator<Item = (usize, TitleTopic)> {
        let longest = TITLES.longest.get(self.run(start, 1));
        let longest = longest.map_or(0, |longest| (*longest).min(self.words.len() - start));
        (1..=longest).rev().filter_map(move |length| {
            let topic = TITLES.topics.get(self.run(start, length))?;
            Some((length, *topic))
        })
    }

    /// The titles of the vocabulary inside the heading, the longest first at each word, without overlaps.
    fn titles(&self) -> Vec<(TitleTopic, &str)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.words.len() && self.words.len() <= MAX_HEADING_WORDS {
            let title = self.titles_at(at).next();
            if let Some((length, topic)) = title {
                found.push((topic, self.run(at, length)));
            }
            at += title.map_or(1, |(length, _)| length);
        }
        found
    }

    /// The number of words outside a run that change the meaning of a title.
    fn words_beside(&self, start: usize, length: usize) -> usize {
        let changes = |at: &usize| {
            let word = self.run(*at, 1);
            !FILLERS.contains(&word) && !word.chars().all(|c| c.is_ascii_digit())
        };
        let outside = (0..start).chain(start + length..self.words.len());
        outside.filter(changes).count()
    }
}

/// The kind of document of which a heading is the title. The heading is a title of the vocabulary, alone or with a few
/// words (a company's name, "our", "for users") around it.
pub(crate) fn title_topic(heading: &str) -> Option<TitleTopic> {
    if heading.len() > MAX_HEADING_BYTES {
        return None;
    }
    let folded = FoldedHeading::of(heading);
    if folded.words.len() > MAX_HEADING_WORDS {
        return None;
    }
    let mut best: Option<(usize, TitleTopic)> = None;
    for start in 0..folded.words.len() {
        for (length, topic) in folded.titles_at(start) {
            // "Privacy" alone names a policy; "Privacy of children's photos" is a section of one.
            if folded.words_beside(start, length) <= if length > 1 { 2 } else { 0 }
                && best.is_none_or(|(longest, _)| length > longest)
            {
                best = Some((length, topic));
            }
        }
    }
    best.map(|(_, topic)| topic)
}

/// Maximum number of words beside two titles in one heading.
const MAX_WORDS_BESIDE: usize = 3;
/// Longest name of a document that is not in the vocabulary, in words.
const MAX_NAME_WORDS: usize = 8;

/// True if a heading names a legal document by its noun, such as "Acceptable Use Policy" or "Community Guidelines".
pub(crate) fn names_document(heading: &str) -> bool {
    let folded = folded_title(heading);
    if folded.split(' ').count() > MAX_NAME_WORDS {
        return false;
    }
    TITLES.documents.iter().any(|noun| {
        // The noun is the last word or, in Romance and Slavic languages, the first one.
        let is_first = |rest: &str| !rest.starts_with(char::is_alphanumeric);
        // Long nouns end compounds in Germanic languages.
        let is_last = |before: &str| {
            !before.is_empty() && (before.ends_with(' ') || !noun.is_ascii() || noun.len() >= 7)
        };
        folded.strip_prefix(noun.as_str()).is_some_and(is_first)
            || folded.strip_suffix(noun.as_str()).is_some_and(is_last)
    })
}

/// True if a heading names a privacy policy and another document, such as "Privacy Policy / Terms of Use".
pub(in crate::extract) fn names_several(heading: &str) -> bool {
    let folded = FoldedHeading::of(heading);
    let named = folded.titles();
    let words = |(_, title): &(TitleTopic, &str)| title.split(' ').count();
    if folded.words.len() > named.iter().map(words).sum::<usize>() + MAX_WORDS_BESIDE {
        return false;
    }
    let is_other = |(topic, title): &(TitleTopic, &str)| match topic {
        TitleTopic::Terms | TitleTopic::Imprint => true,
        // "Terms" alone is a section on other pages.
        TitleTopic::Section => names_document(title),
        _ => false,
    };
    named.iter().any(|(topic, _)| *topic == TitleTopic::Privacy) && named.iter().any(is_other)
}

/// True if a heading mentions a privacy policy, a supplement or a cookie notice, such as "Changes to this Privacy Notice".
pub(in crate::extract) fn mentions_policy(heading: &str) -> bool {
    FoldedHeading::of(heading)
        .titles()
        .iter()
        .any(|(topic, _)| {
            matches!(
                topic,
                TitleTopic::Privacy | TitleTopic::Supplement | TitleTopic::Cookies
            )
        })
}

/// A heading in the spelling of the vocabulary: lower case, single spaces, no numbering and no marks.
fn folded_title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = if c == '’' { '\'' } else { c };
        if c.is_alphanumeric() || matches!(c, '\'' | '-' | '§' | '・') || is_mark(c) {
            out.push(c);
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_documents_are_recognised_by_their_nouns() {
        for name in [
            "Acceptable Use Policy",
            "Community Guidelines",
            "Software License Agreement",
            "Versandbedingungen",
            "会員利用規約",
        ] {
            assert!(names_document(name), "{name}");
        }
        for other in [
            "How we use your data",
            "Cookies",
            "To fulfil our contract with you",
            "Contact us",
            "",
        ] {
            assert!(!names_document(other), "{other}");
        }
        for both in [
            "Privacy Policy / Terms & Conditions",
            "Terms of Use and Privacy Policy",
            "Impressum & Datenschutz",
            "Privacy & Terms",
        ] {
            assert!(names_several(both), "{both}");
        }
        for one in [
            "Privacy and Cookie Policy",
            "Privacy & Data Security",
            "Terms of Use",
        ] {
            assert!(!names_several(one), "{one}");
        }
    }

    #[test]
    fn titles_are_told_from_sections() {
        for (heading, topic) in [
            ("Privacy Policy", Some(TitleTopic::Privacy)),
            ("ACME Inc. Privacy Policy", Some(TitleTopic::Privacy)),
            ("2. Terms & Conditions", None),
            ("Terms of Service", Some(TitleTopic::Terms)),
            ("Datenschutzerklärung", Some(TitleTopic::Privacy)),
            ("Impressum", Some(TitleTopic::Imprint)),
            ("Cookies Policy", Some(TitleTopic::Cookies)),
            ("Changes to this Privacy Policy and how we tell you", None),
            ("How we share your data", None),
            ("プライバシーポリシー", Some(TitleTopic::Privacy)),
            ("", None),
        ] {
            assert_eq!(title_topic(heading), topic, "{heading}");
        }
    }
}
