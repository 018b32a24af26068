//! The words of an index query: its parameters in each dialect, and the filter on words in the urlkey.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aho_corasick::AhoCorasick;

use super::settings::Dialect;
use crate::archive::{KeyFilter, Scope};
use crate::model::{Capture, Timestamp};

/// Longest filter sent; servers refuse addresses over 8 KB.
const MAX_FILTER_BYTES: usize = 5000;

const FIELDS: &str = "urlkey,timestamp,original,mimetype,statuscode,digest,length";
const PYWB_FIELDS: &str = "urlkey,timestamp,url,mime,status,digest,length";

/// A part of a query: a scope and a range of time.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) scope: Scope,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// Halvings that led to it.
    pub(super) depth: u32,
}

/// Which urlkeys a query wants, prepared.
pub(super) struct Wanted {
    dialect: Dialect,
    /// Finds the words in a urlkey.
    words: AhoCorasick,
    keys: KeyFilter,
    filter: Option<String>,
}

impl Wanted {
    pub(super) fn new(dialect: Dialect, wanted: &KeyFilter) -> Result<Self, String> {
        Ok(Self {
            dialect,
            words: word_matcher(&wanted.words)?,
            keys: wanted.clone(),
            filter: filter_of(dialect, wanted),
        })
    }

    /// What comes too much is left out on this side.
    pub(super) fn passes(&self, row: &Capture) -> bool {
        self.keys.is_empty()
            || self.words.is_match(row.urlkey.as_str())
            || self.keys.has_key_of(row)
    }

    /// The parameters of one request.
    pub(super) fn parameters(
        &self,
        part: &Part,
        limit: u32,
        key: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let (url, match_type) = match &part.scope {
            // `exact` is said, for a URL that ends in `*` would be a prefix query otherwise.
            Scope::Exact(url) => (url.clone(), "exact"),
            Scope::Host(host) => (host.clone(), "host"),
            Scope::Domain(site) => (site.as_str().to_owned(), "domain"),
        };
        let mut parameters = vec![("url", url), ("matchType", match_type.to_owned())];
        parameters.extend(part.from.map(|from| ("from", from.to_string())));
        parameters.extend(part.to.map(|to| ("to", to.to_string())));
        parameters.extend(self.filter.clone().map(|filter| ("filter", filter)));
        match self.dialect {
            Dialect::Wayback => {
                parameters.extend([
                    ("fl", FIELDS.to_owned()),
                    ("limit", limit.to_string()),
                    ("showResumeKey", "true".to_owned()),
                ]);
                parameters.extend(key.map(|key| ("resumeKey", key.to_owned())));
            }
            // No limit: without resume keys nothing could follow it.
            Dialect::Pywb => {
                parameters.extend([
                    ("fl", PYWB_FIELDS.to_owned()),
                    ("output", "json".to_owned()),
                    ("allowFuzzy", "false".to_owned()),
                ]);
            }
        }
        parameters
    }
}

/// A filter for the server: right under both of its ways to match (whole field, or anchored at the start). Words are
/// shortened until the address is not too long; single URLs are held at both ends of the path, for a path such as `/p`
/// is the beginning of half a site. The host is left open: archives differ in how they write it.
fn filter_of(dialect: Dialect, wanted: &KeyFilter) -> Option<String> {
    let prefix = if dialect == Dialect::Pywb {
        "~urlkey:"
    } else {
        "urlkey:"
    };
    if wanted.is_empty() {
        return None;
    }
    let keys: Vec<String> = wanted.words.iter().map(|word| in_key(word)).collect();
    let paths = wanted.keys.iter().map(|key| {
        format!(
            r"{}/?$",
            escape(&format!("){}", key.path().trim_end_matches('/')))
        )
    });
    let paths: BTreeSet<String> = paths.collect();
    [usize::MAX, 16, 12, 10, 8, 7, 6, 5, 4]
        .into_iter()
        .find_map(|length| {
            let mut short: Vec<&str> = keys
                .iter()
                .map(|key| key.get(..length).unwrap_or(key))
                .collect();
            short.sort_unstable();
            short.dedup();
            let needed: Vec<String> = short
                .iter()
                .filter(|word| {
                    !short
                        .iter()
                        .any(|other| other != *word && word.contains(other))
                })
                .map(|word| escape(word))
                .chain(paths.iter().cloned())
                .collect();
            let filter = format!("{prefix}.*({}).*", needed.join("|"));
            let encoded: usize = filter
                .bytes()
                .map(|b| {
                    if b.is_ascii_alphanumeric() || b"-._*".contains(&b) {
                        1
                    } else {
                        3
                    }
                })
                .sum();
            (encoded <= MAX_FILTER_BYTES).then_some(filter)
        })
}

/// A scope's name in logs and errors.
pub(super) fn name_of(scope: &Scope) -> String {
    match scope {
        Scope::Exact(url) => url.clone(),
        Scope::Host(host) => host.clone(),
        Scope::Domain(site) => format!("*.{site}"),
    }
}

/// A word as it stands in a urlkey: other letters than ASCII percent-encoded in lower case.
fn in_key(word: &str) -> String {
    word.bytes().fold(String::new(), |mut key, byte| {
        if byte.is_ascii() {
            key.push(char::from(byte.to_ascii_lowercase()));
        } else {
            let _ = write!(key, "%{byte:02x}");
        }
        key
    })
}

fn word_matcher(words: &[String]) -> Result<AhoCorasick, String> {
    let patterns = words
        .iter()
        .flat_map(|word| [word.to_lowercase(), in_key(word)]);
    AhoCorasick::builder()
        .build(patterns)
        .map_err(|error| format!("the words to look for: {error}"))
}

/// Escaped for Java's and Python's regular expressions alike.
fn escape(word: &str) -> String {
    word.chars().fold(String::new(), |mut text, c| {
        if r"\.+*?()|[]{}^$".contains(c) {
            text.push('\\');
        }
        text.push(c);
        text
    })
}
