//! Which language or region a URL is for, as far as its address says so.

use std::collections::BTreeSet;

use url::Url;

/// Path words that are names of languages written out.
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
/// Query arguments that choose a language or region.
const ARGUMENTS: [&str; 11] = [
    "lang", "language", "locale", "hl", "lng", "l", "lc", "country", "region", "cc", "setlang",
];

/// The language and region codes of an address, lower-case; empty for an address that names none.
///
/// `/de-at/datenschutz` gives `de-at`; `/en/privacy?country=uk` gives `en` and `uk`.
pub(super) fn edition(url: &Url) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    if let Some(host) = url.host_str() {
        let labels: Vec<&str> = host.split('.').collect();
        if labels.len() > 2 {
            codes.extend(labels.first().and_then(|label| code(label)));
        }
    }
    for segment in url.path_segments().into_iter().flatten().take(6) {
        let stem = segment.split('.').next().unwrap_or(segment);
        let whole = code(stem);
        // `privacy_de.html`, `privacy-policy-fr.html`
        let ending = || {
            let (head, tail) = stem.rsplit_once(['_', '-'])?;
            (tail.len() == 2 && head.len() > 3)
                .then(|| code(tail))
                .flatten()
        };
        codes.extend(whole.or_else(ending));
    }
    for (name, value) in url.query_pairs().take(20) {
        if ARGUMENTS.contains(&name.to_ascii_lowercase().as_str()) {
            codes.extend(code(&value));
        }
    }
    codes
}

/// A language code, region code or locale, in one spelling (`en_US` is `en-us`).
fn code(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase().replace('_', "-");
    let letters = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let fits = match text.split_once('-') {
        None => letters(&text) || LANGUAGE_NAMES.contains(&text.as_str()),
        Some((left, right)) => {
            letters(left) && (letters(right) || matches!(right, "hans" | "hant"))
        }
    };
    (fits && !NOT_CODES.contains(&text.as_str())).then_some(text)
}

/// True when two addresses are plainly for different languages or regions.
pub(super) fn differ(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    !one.is_empty() && !other.is_empty() && one != other
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
        assert_eq!(of("https://www.example.com/en_US/privacy"), ["en-us"]);
        assert_eq!(of("https://de.example.com/x?country=AT"), ["at", "de"]);
        assert_eq!(of("https://example.com/privacy_fr.html"), ["fr"]);
        assert_eq!(of("https://example.com/tv/privacy"), Vec::<String>::new());
        assert!(!differ(
            &edition(&Url::parse("http://a.com/x").unwrap()),
            &edition(&Url::parse("http://a.com/de/x").unwrap())
        ));
    }
}
