//! The words of each language in `data/policy_words.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("../../../data/policy_words.toml");

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageWords {
    pub(super) words: Vec<String>,
    pub(super) privacy: Vec<String>,
    pub(super) terms: Vec<String>,
    pub(super) cookies: Vec<String>,
    pub(super) imprint: Vec<String>,
    #[serde(default)]
    pub(super) beside: Vec<String>,
    #[serde(default)]
    pub(super) sections: Vec<String>,
    #[serde(default)]
    pub(super) documents: Vec<String>,
}

/// The languages by their ISO 639-1 codes.
pub(super) static LANGUAGES: LazyLock<BTreeMap<String, LanguageWords>> = LazyLock::new(|| {
    // The file is part of the program; the test `the_vocabulary_reads` reads it.
    toml::from_str(DATA).unwrap_or_default()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_reads() {
        let languages: BTreeMap<String, LanguageWords> = toml::from_str(DATA).unwrap();
        assert!(languages.len() >= 28);
        let words = languages.values().flat_map(|language| &language.words);
        assert!(words.into_iter().all(|word| word.len() >= 3));
    }
}
