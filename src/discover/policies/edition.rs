//! The language or region that a URL is for, as far as its address names one.

use std::collections::BTreeSet;

use url::Url;

use crate::model::Site;

/// Names of languages that are written out in paths.
const LANGUAGE_NAMES: [&str; 20] = [
    "english",
    "german",
    "deutsch",
    "french",
    "francais",
    "spanish",
    "espanol",
    "italian",
    "italiano",
    "portuguese",
    "portugues",
    "dutch",
    "nederlands",
    "polski",
    "russian",
    "japanese",
    "chinese",
    "korean",
    "arabic",
    "turkish",
];
/// Two-letter segments that name no language or region (from paths of real sites).
const NOT_CODES: [&str; 8] = ["tv", "fm", "go", "my", "wp", "us-", "v1", "v2"];
/// Query arguments that select a language or region.
const ARGUMENTS: [&str; 11] = [
    "lang", "language", "locale", "hl", "lng", "l", "lc", "country", "region", "cc", "setlang",
];

/// The language and region codes of an address, lower-case; empty for an address that names none.
///
/// `/de-at/datenschutz` gives `de` and `at`; `/en/privacy?country=uk` gives `en` and `uk`.
pub(super) fn edition(url: &Url) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let below_site = Site::of_url(url).ok().and_then(|site| {
        let host = url.host_str()?.trim_end_matches('.');
        host.strip_suffix(site.as_str())?.strip_suffix('.')
    });
    let label = below_site.and_then(|labels| labels.split('.').next());
    codes.extend(label.into_iter().flat_map(parts));
    for segment in url.path_segments().into_iter().flatten().take(6) {
        let stem = segment.split('.').next().unwrap_or(segment);
        let whole = parts(stem);
        if !whole.is_empty() {
            codes.extend(whole);
            continue;
        }
        // `privacy_de.html`, `privacy-policy-fr.html`
        let ending = || {
            let (head, tail) = stem.rsplit_once(['_', '-'])?;
            (tail.len() == 2 && head.len() > 3).then(|| parts(tail))
        };
        codes.extend(ending().into_iter().flatten());
    }
    for (name, value) in url.query_pairs().take(20) {
        if ARGUMENTS.contains(&name.to_ascii_lowercase().as_str()) {
            codes.extend(parts(&value));
        }
    }
    codes
}

/// True for a path segment that only names a language, a region or both.
pub(super) fn is_edition(segment: &str) -> bool {
    !parts(segment).is_empty()
}

/// The codes in a language code, region code or locale (`en_US` has `en` and `us`); empty for other words.
fn parts(text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase().replace('_', "-");
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let fits = match text.split_once('-') {
        None => letters(&text) || LANGUAGE_NAMES.contains(&text.as_str()),
        Some((left, right)) => {
            letters(left) && (letters(right) || matches!(right, "hans" | "hant"))
        }
    };
    if !fits || NOT_CODES.contains(&text.as_str()) {
        return Vec::new();
    }
    text.split('-').map(str::to_owned).collect()
}

/// True when two addresses are plainly for different languages or regions. `en` and `en-us` may be one edition with two
/// spellings; `en-gb` and `en-us` are two editions.
pub(super) fn differ(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_subset(other) && !other.is_subset(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Vec<String> {
        edition(&Url::parse(url).unwrap()).into_iter().collect()
    }

    #[test]
    fn languages_and_regions_are_read_from_addresses() {
        assert_eq!(of("https://www.example.com/privacy"), Vec::<String>::new());
        assert_eq!(of("https://www.example.com/en_US/privacy"), ["en", "us"]);
        assert_eq!(of("https://de.example.com/x?country=AT"), ["at", "de"]);
        assert_eq!(of("https://example.com/privacy_fr.html"), ["fr"]);
        assert_eq!(of("https://example.com/tv/privacy"), Vec::<String>::new());
        assert_eq!(of("https://bt.co.uk/privacy"), Vec::<String>::new());
        assert_eq!(of("https://de.example.co.uk/privacy"), ["de"]);
        let differ = |one: &str, other: &str| {
            differ(
                &edition(&Url::parse(one).unwrap()),
                &edition(&Url::parse(other).unwrap()),
            )
        };
        assert!(!differ("http://a.com/x", "http://a.com/de/x"));
        assert!(!differ("http://a.com/en/x", "http://a.com/en_US/x"));
        assert!(differ("http://a.com/en-gb/x", "http://a.com/en-us/x"));
        assert!(differ("http://a.com/en/x", "http://a.com/de-at/x"));
    }
}
