//! Policy words: words that are frequent in privacy policies and rare elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use super::language_words::LANGUAGES;
use super::page_patterns::PAGE_PATTERNS;
use super::stems::StemSet;

struct PolicyVocabulary {
    words: StemSet,
    /// For every stem of `words`, the language that has it; empty if several have it.
    languages: Vec<String>,
}

static VOCABULARY: LazyLock<PolicyVocabulary> = LazyLock::new(|| {
    let mut words: BTreeMap<String, String> = BTreeMap::new();
    for (code, language) in LANGUAGES.iter() {
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
    }
    let (words, languages): (Vec<String>, Vec<String>) = words.into_iter().unzip();
    PolicyVocabulary {
        words: StemSet::new(&words),
        languages,
    }
});

/// The number of policy words in a text.
pub(crate) fn policy_words(text: &str) -> u32 {
    let mut count = 0u32;
    VOCABULARY.words.each(text, |_| count += 1);
    count
}

/// Names of cookies that pages do not use in notices, but documents do.
const OTHER_COOKIE_WORDS: &[&str] = &[
    "ciasteczk",
    "çerez",
    "evästee",
    "süti",
    "küpsis",
    "sīkdat",
    "slapuk",
    "kolačić",
    "колачић",
    "бисквитк",
    "traceur",
    "tracking technolog",
    "web beacon",
    "fianán",
    "cwci",
];

static COOKIE_WORDS: LazyLock<StemSet> = LazyLock::new(|| {
    let others = OTHER_COOKIE_WORDS.iter().map(|&word| word.to_owned());
    let words: Vec<String> = PAGE_PATTERNS
        .cookie_words
        .iter()
        .cloned()
        .chain(others)
        .collect();
    StemSet::new(&words)
});

/// The number of words for cookies and trackers in a text.
pub(crate) fn cookie_words(text: &str) -> u32 {
    let mut count = 0u32;
    COOKIE_WORDS.each(text, |_| count += 1);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_words_are_found_in_every_script_and_case() {
        assert!(VOCABULARY.languages.len() > 500);
        assert!(policy_words("WE COLLECT PERSONAL INFORMATION; third parties") >= 3);
        assert_eq!(policy_words("Add to basket, buy now"), 0);
        assert!(policy_words("ПОЛИТИКА КОНФИДЕНЦИАЛЬНОСТИ и персональные данные") >= 3);
        assert!(policy_words("当社は個人情報を第三者に提供しません") >= 3);
    }
}
