//! Texts of parked domains: a registrar, a seller of domains or a whois-protection service shows its own policy on the
//! domains of others.
//!
//! The wording alone is not enough, because a registrar has a policy too. The number of sites alone is not enough, because
//! policy generators and hosting companies write for many sites. So both are needed.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;

const DATA: &str = include_str!("../../data/parked_pages.toml");

/// Least number of sites with nearly the same text, for a text that says that its domain is parked.
const MIN_SITES_OF_PARKED: usize = 2;
/// Least number of sites for a text that only has words of registrars. A company shows its policy on a few domains of its
/// own.
const MIN_SITES_OF_REGISTRAR: usize = 5;
/// Least number of different words of registrars.
const MIN_REGISTRAR_WORDS: usize = 2;

/// The wording of one language. Comments in the file explain it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wording {
    parked: Vec<String>,
    registrar: Vec<String>,
}

/// What a phrase of the file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    Parked,
    Registrar,
}

/// The phrases of all languages. The file is part of the program and a test reads it.
static PHRASES: LazyLock<Option<(AhoCorasick, Vec<Evidence>)>> = LazyLock::new(|| {
    let languages: BTreeMap<String, Wording> = toml::from_str(DATA).unwrap_or_default();
    let mut phrases = Vec::new();
    let mut evidence = Vec::new();
    for wording in languages.into_values() {
        for (list, tells) in [
            (wording.parked, Evidence::Parked),
            (wording.registrar, Evidence::Registrar),
        ] {
            evidence.extend(list.iter().map(|_| tells));
            phrases.extend(list);
        }
    }
    let search = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .build(phrases);
    search.ok().map(|search| (search, evidence))
});

/// True if a text that is nearly the same on so many sites is that of parked domains.
#[must_use]
pub fn is_parked(text: &str, sites: usize) -> bool {
    if sites < MIN_SITES_OF_PARKED {
        return false;
    }
    let Some((search, evidence)) = &*PHRASES else {
        return false;
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ").to_lowercase();
    let mut registrar_words = HashSet::new();
    for found in search.find_overlapping_iter(&text) {
        match evidence.get(found.pattern().as_usize()) {
            Some(Evidence::Parked) => return true,
            Some(Evidence::Registrar) => {
                registrar_words.insert(found.pattern());
            }
            None => (),
        }
    }
    sites >= MIN_SITES_OF_REGISTRAR && registrar_words.len() >= MIN_REGISTRAR_WORDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_says_so_is_parked_if_several_sites_have_it() {
        for text in [
            "Notice. This domain\nis for sale by its owner. We use cookies.",
            "Hinweis: Diese Domain steht zum Verkauf. Wir verwenden Cookies.",
            "Ce nom de domaine est à vendre. Cookies.",
            "ЭТОТ ДОМЕН ПРОДАЁТСЯ. Мы используем файлы cookie.",
            "此域名正在出售。我们使用 Cookie。",
        ] {
            assert!(is_parked(text, 2), "{text}");
            assert!(!is_parked(text, 1), "{text}");
        }
    }

    #[test]
    fn a_registrars_policy_is_parked_on_the_domains_of_many_others_only() {
        let text = "We are a registrar. We publish your name in the Whois database.";
        assert!(!is_parked(text, 1));
        assert!(!is_parked(text, 4));
        assert!(is_parked(text, 5));
        let german = "Ihre Daten zur Domainregistrierung und als Domaininhaber";
        assert!(is_parked(german, 9));
    }

    #[test]
    fn a_template_of_many_sites_is_not_parked_without_such_words() {
        let text = "This generator wrote the policy of the operator of this website. Your domain name is logged.";
        assert!(!is_parked(text, 1_000));
        assert!(!is_parked(
            "The whois data of the whois service in Whois",
            1_000
        ));
    }

    #[test]
    fn the_file_reads_and_its_phrases_are_in_the_form_of_the_search() {
        let languages: BTreeMap<String, Wording> = toml::from_str(DATA).unwrap();
        assert!(languages.len() >= 15);
        for (language, wording) in &languages {
            for phrase in wording.parked.iter().chain(&wording.registrar) {
                assert_eq!(*phrase, phrase.to_lowercase(), "{language}");
                let words: Vec<&str> = phrase.split_whitespace().collect();
                assert_eq!(*phrase, words.join(" "), "{language}");
                assert!(phrase.len() >= 4, "{language}: {phrase}");
            }
            assert!(!wording.parked.is_empty() && !wording.registrar.is_empty());
        }
        assert!(PHRASES.is_some());
    }
}
