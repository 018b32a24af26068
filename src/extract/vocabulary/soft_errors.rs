//! The sentences of `data/soft_errors.toml`: error pages and log-in pages, in every language of the vocabulary.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::page_patterns::first_of;

const DATA: &str = include_str!("../../../data/soft_errors.toml");

/// The sentences of one language. Comments in the file explain them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    errors: Vec<String>,
    #[serde(default)]
    log_in: Vec<String>,
}

/// The sentences by language. The file is part of the program and a test reads it.
static SENTENCES: LazyLock<BTreeMap<String, Sentences>> =
    LazyLock::new(|| toml::from_str(DATA).unwrap_or_default());

/// Returns the first sentence of an error page that a text in lower case has, in any language.
pub(in crate::extract) fn soft_error(text: &str) -> Option<&'static str> {
    SENTENCES.values().find_map(|s| first_of(&s.errors, text))
}

/// Returns the first question of a log-in page that a text in lower case has, in any language.
pub(in crate::extract) fn log_in_question(text: &str) -> Option<&'static str> {
    SENTENCES.values().find_map(|s| first_of(&s.log_in, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY_WORDS: &str = include_str!("../../../data/policy_words.toml");

    #[test]
    fn every_language_of_the_vocabulary_has_sentences_of_error_pages() {
        let read: BTreeMap<String, Sentences> = toml::from_str(DATA).unwrap();
        let vocabulary: BTreeMap<String, toml::Value> = toml::from_str(POLICY_WORDS).unwrap();
        for language in vocabulary.keys() {
            let sentences = read.get(language).unwrap_or_else(|| panic!("{language}"));
            assert!(!sentences.errors.is_empty(), "{language}");
            for sentence in sentences.errors.iter().chain(&sentences.log_in) {
                assert_eq!(*sentence, sentence.to_lowercase());
                // A sentence is compared with text in single spaces.
                assert_eq!(
                    *sentence,
                    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
                );
                // Three Chinese characters say as much as nine letters.
                assert!(sentence.len() >= 4, "{language}: {sentence}");
            }
        }
    }
}
