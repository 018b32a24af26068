//! The policy vocabulary of `data/policy_words.toml`: policy words of a text, and titles of documents.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::stems::StemSet;
use crate::model::is_mark;

const DATA: &str = include_str!("../../../data/policy_words.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageWords {
    words: Vec<String>,
    privacy: Vec<String>,
    terms: Vec<String>,
    cookies: Vec<String>,
    imprint: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    #[serde(default)]
    sections: Vec<String>,
    #[serde(default)]
    documents: Vec<String>,
}

/// The kind of document that a title names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::extract) enum TitleTopic {
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

struct PolicyVocabulary {
    words: StemSet,
    /// For every stem of `words`, the language that has it; empty if several have it.
    languages: Vec<String>,
    titles: HashMap<String, TitleTopic>,
    longest_title: usize,
    /// Nouns that name legal documents.
    documents: Vec<String>,
}

static VOCABULARY: LazyLock<PolicyVocabulary> = LazyLock::new(|| {
    // The file is part of the program; the test `the_vocabulary_reads` reads it.
    let languages: BTreeMap<String, LanguageWords> = toml::from_str(DATA).unwrap_or_default();
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    let mut titles = HashMap::new();
    let mut longest_title = 0;
    let mut documents: Vec<String> = Vec::new();
    for (code, language) in &languages {
        documents.extend(language.documents.iter().map(|noun| folded_title(noun)));
        for word in &language.words {
            // The search ignores case for ASCII only; other scripts get their upper-case and title-case forms.
            let mut forms = vec![word.clone()];
            if !word.is_ascii() {
                forms.push(word.to_uppercase());
                let mut letters = word.chars();
                if let Some(first) = letters.next() {
                    forms.push(first.to_uppercase().collect::<String>() + letters.as_str());
                }
            }
            for form in forms {
                words
                    .entry(form)
                    .and_modify(|owner| {
                        if owner != code {
                            owner.clear();
                        }
                    })
                    .or_insert_with(|| code.clone());
            }
        }
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
                longest_title = longest_title.max(key.split(' ').count());
                titles.entry(key).or_insert(topic);
            }
        }
    }
    let (words, languages): (Vec<String>, Vec<String>) = words.into_iter().unzip();
    PolicyVocabulary {
        words: StemSet::new(&words),
        languages,
        titles,
        longest_title,
        documents,
    }
});

/// The number of policy words in a text.
pub(in crate::extract) fn policy_words(text: &str) -> u32 {
    let mut count = 0u32;
    VOCABULARY.words.each(text, |_| count += 1);
    count
}

/// The language with the most policy words of its own in a text, if there are at least three.
pub(in crate::extract) fn language_by_words(text: &str) -> Option<&'static str> {
    let vocabulary = &*VOCABULARY;
    let mut counts: HashMap<&'static str, u32> = HashMap::new();
    vocabulary.words.each(text, |place| {
        if let Some(code) = vocabulary.languages.get(place).filter(|c| !c.is_empty()) {
            *counts.entry(code.as_str()).or_default() += 1;
        }
    });
    let (code, count) = counts
        .into_iter()
        .max_by_key(|(code, count)| (*count, *code))?;
    (count >= 3).then_some(code)
}

/// True if a text has a policy word that only this language has.
pub(in crate::extract) fn has_words_of(text: &str, language: &str) -> bool {
    let vocabulary = &*VOCABULARY;
    let mut found = false;
    vocabulary.words.each(text, |place| {
        let owner = vocabulary.languages.get(place);
        found |= owner.is_some_and(|owner| owner == language);
    });
    found
}

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

/// The kind of document of which a heading is the title. The heading is a title of the vocabulary, alone or with a few
/// words (a company's name, "our", "for users") around it.
pub(in crate::extract) fn title_topic(heading: &str) -> Option<TitleTopic> {
    if heading.len() > 200 {
        return None;
    }
    let folded = folded_title(heading);
    let tokens: Vec<&str> = folded.split(' ').filter(|t| !t.is_empty()).collect();
    if tokens.is_empty() || tokens.len() > 14 {
        return None;
    }
    // Single spaces separate the words, so every run of them is a slice of the whole.
    let starts: Vec<usize> = tokens
        .iter()
        .scan(0, |next, token| {
            let start = *next;
            *next += token.len() + 1;
            Some(start)
        })
        .collect();
    let vocabulary = &*VOCABULARY;
    let mut best: Option<(usize, TitleTopic)> = None;
    for start in 0..tokens.len() {
        for length in (1..=vocabulary.longest_title.min(tokens.len() - start)).rev() {
            let last = start + length - 1;
            let run = &folded[starts[start]..starts[last] + tokens[last].len()];
            let Some(&topic) = vocabulary.titles.get(run) else {
                continue;
            };
            let outside = tokens
                .iter()
                .enumerate()
                .filter(|(at, token)| {
                    (*at < start || *at >= start + length)
                        && !FILLERS.contains(token)
                        && !token.chars().all(|c| c.is_ascii_digit())
                })
                .count();
            // "Privacy" alone names a policy; "Privacy of children's photos" is a section of one.
            if outside > if length > 1 { 2 } else { 0 } {
                continue;
            }
            if best.is_none_or(|(longest, _)| length > longest) {
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
pub(in crate::extract) fn names_document(heading: &str) -> bool {
    let folded = folded_title(heading);
    if folded.split(' ').count() > MAX_NAME_WORDS {
        return false;
    }
    VOCABULARY.documents.iter().any(|noun| {
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
    let named = titles_in(heading);
    let in_titles: usize = named
        .iter()
        .map(|(_, title)| title.split(' ').count())
        .sum();
    if folded_title(heading).split(' ').count() > in_titles + MAX_WORDS_BESIDE {
        return false;
    }
    let is_other = |(topic, title): &(TitleTopic, String)| match topic {
        TitleTopic::Terms | TitleTopic::Imprint => true,
        // "Terms" alone is a section on other pages.
        TitleTopic::Section => names_document(title),
        _ => false,
    };
    named.iter().any(|(topic, _)| *topic == TitleTopic::Privacy) && named.iter().any(is_other)
}

/// True if a heading mentions a privacy policy, a supplement or a cookie notice, such as "Changes to this Privacy Notice".
pub(in crate::extract) fn mentions_policy(heading: &str) -> bool {
    titles_in(heading).iter().any(|(topic, _)| {
        matches!(
            topic,
            TitleTopic::Privacy | TitleTopic::Supplement | TitleTopic::Cookies
        )
    })
}

/// The titles of the vocabulary inside a heading, the longest first at each word, without overlaps.
fn titles_in(heading: &str) -> Vec<(TitleTopic, String)> {
    let folded = folded_title(heading);
    let tokens: Vec<&str> = folded.split(' ').filter(|t| !t.is_empty()).collect();
    let mut found = Vec::new();
    if tokens.len() > 14 {
        return found;
    }
    let mut at = 0;
    while at < tokens.len() {
        let longest = VOCABULARY.longest_title.min(tokens.len() - at);
        let title = (1..=longest).rev().find_map(|length| {
            let run = tokens[at..at + length].join(" ");
            let topic = VOCABULARY.titles.get(&run)?;
            Some((length, (*topic, run)))
        });
        at += title.as_ref().map_or(1, |(length, _)| *length);
        found.extend(title.map(|(_, title)| title));
    }
    found
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
    use std::collections::BTreeMap;

    #[test]
    fn the_vocabulary_reads() {
        let languages: BTreeMap<String, LanguageWords> = toml::from_str(DATA).unwrap();
        assert!(languages.len() >= 28);
        assert!(VOCABULARY.languages.len() > 500);
        let words = languages.values().flat_map(|language| &language.words);
        assert!(words.into_iter().all(|word| word.len() >= 3));
    }

    #[test]
    fn policy_words_are_found_in_every_script_and_case() {
        assert!(policy_words("WE COLLECT PERSONAL INFORMATION; third parties") >= 3);
        assert_eq!(policy_words("Add to basket, buy now"), 0);
        assert!(policy_words("ПОЛИТИКА КОНФИДЕНЦИАЛЬНОСТИ и персональные данные") >= 3);
        assert!(policy_words("当社は個人情報を第三者に提供しません") >= 3);
    }

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
