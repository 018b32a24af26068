//! The parameters of an index query in each dialect, and the filter on words in the urlkey.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::archive::http::settings::Dialect;
use crate::archive::query::{KeyFilter, Scope};
use crate::model::{Capture, Timestamp};

/// Longest filter sent, percent-encoded. Servers refuse addresses over 8 KB.
const MAX_FILTER_BYTES: usize = 5000;

/// Characters that `Url` encodes in the value of a query parameter.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'*');

const FIELDS: &str = "urlkey,timestamp,original,mimetype,statuscode,digest,length";
const PYWB_FIELDS: &str = "urlkey,timestamp,url,mime,status,digest,length";

/// A part of a query: a scope and a range of time.
#[derive(Debug, Clone)]
pub(super) struct QueryPart {
    pub(super) scope: Scope,
    pub(super) from: Option<Timestamp>,
    pub(super) to: Option<Timestamp>,
    /// How often the range of the query was halved to get this part.
    pub(super) depth: u32,
}

/// The rows that a query requests, prepared for matching.
pub(super) struct RowFilter {
    dialect: Dialect,
    /// Finds the words in a urlkey.
    words: AhoCorasick,
    keys: KeyFilter,
    /// Value of the parameter `filter`; `None` when nothing is filtered.
    parameter: Option<String>,
}

impl RowFilter {
    pub(super) fn new(dialect: Dialect, filter: &KeyFilter) -> Result<Self, String> {
        Ok(Self {
            dialect,
            words: word_matcher(&filter.words)?,
            keys: filter.clone(),
            parameter: filter_parameter(dialect, filter),
        })
    }

    /// True for a row that the query requests. Servers may send more.
    pub(super) fn passes(&self, row: &Capture) -> bool {
        self.keys.is_empty()
            || self.words.is_match(row.urlkey.as_str())
            || self.keys.has_key_of(row)
    }

    /// The filter on the host of a site that archives index together with others: `www7788.com` has the key `com)/`.
    fn host_filter(&self, scope: &Scope) -> Option<String> {
        let Scope::Domain(site) = scope else {
            return None;
        };
        site.without_www().filter(|_| site.is_one_host())?;
        let name = site.as_str().strip_prefix("www.").unwrap_or(site.as_str());
        let field = match self.dialect {
            Dialect::Wayback => "original",
            Dialect::Pywb => "~url",
        };
        Some(format!("{field}:.*{}.*", escape(name)))
    }

    /// The parameters of one request.
    pub(super) fn parameters(
        &self,
        part: &QueryPart,
        limit: u32,
        key: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let (url, match_type) = match &part.scope {
            // `exact` is explicit, because a URL that ends in `*` would otherwise be a prefix query.
            Scope::Exact(url) => (url.clone(), "exact"),
            Scope::Host(host) => (host.clone(), "host"),
            // The names below it are other sites, or the index would answer for all of them.
            Scope::Domain(site) if site.is_one_host() => (site.as_str().to_owned(), "host"),
            Scope::Domain(site) => (site.as_str().to_owned(), "domain"),
        };
        let mut parameters = vec![("url", url), ("matchType", match_type.to_owned())];
        parameters.extend(self.host_filter(&part.scope).map(|host| ("filter", host)));
        parameters.extend(part.from.map(|from| ("from", from.to_string())));
        parameters.extend(part.to.map(|to| ("to", to.to_string())));
        parameters.extend(self.parameter.clone().map(|filter| ("filter", filter)));
        match self.dialect {
            Dialect::Wayback => {
                parameters.extend([
                    ("fl", FIELDS.to_owned()),
                    ("limit", limit.to_string()),
                    ("showResumeKey", "true".to_owned()),
                ]);
                parameters.extend(key.map(|key| ("resumeKey", key.to_owned())));
            }
            // No limit: without resume keys, the rows after it could not be requested.
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

/// The filter for the server. It is correct whether the server matches the whole field or only its start.
///
/// Words are shortened until the address is short enough. Single URLs are anchored at both ends of the path, because a
/// path such as `/p` is the start of many others. The host is not matched, because archives write it differently; only
/// that of a home page is.
fn filter_parameter(dialect: Dialect, filter: &KeyFilter) -> Option<String> {
    let prefix = if dialect == Dialect::Pywb {
        "~urlkey:"
    } else {
        "urlkey:"
    };
    if filter.is_empty() {
        return None;
    }
    let keys: Vec<String> = filter.words.iter().map(|word| in_key(word)).collect();
    let paths = filter.keys.iter().map(|key| {
        if key.path() == "/" {
            // Without its host, this would be the home page of every host.
            let host = escape(key.host());
            return format!(r"{host}(,www[0-9]*)?(:[0-9]+)?\)/?$");
        }
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
            let encoded_bytes: usize = percent_encode(filter.as_bytes(), QUERY_VALUE)
                .map(str::len)
                .sum();
            (encoded_bytes <= MAX_FILTER_BYTES).then_some(filter)
        })
}

/// Name of a scope in logs and errors.
pub(super) fn scope_name(scope: &Scope) -> String {
    match scope {
        Scope::Exact(url) => url.clone(),
        Scope::Host(host) => host.clone(),
        Scope::Domain(site) => format!("*.{site}"),
    }
}

/// A word as a urlkey contains it: in lower case, with characters beyond ASCII percent-encoded.
fn in_key(word: &str) -> String {
    percent_encode(word.as_bytes(), &AsciiSet::EMPTY)
        .to_string()
        .to_ascii_lowercase()
}

fn word_matcher(words: &[String]) -> Result<AhoCorasick, String> {
    let patterns = words
        .iter()
        .flat_map(|word| [word.to_lowercase(), in_key(word)]);
    AhoCorasick::builder()
        .build(patterns)
        .map_err(|error| format!("the search words are invalid: {error}"))
}

/// Escapes a word for regular expressions of Java and Python alike.
fn escape(word: &str) -> String {
    word.chars().fold(String::new(), |mut text, c| {
        if r"\.+*?()|[]{}^$".contains(c) {
            text.push('\\');
        }
        text.push(c);
        text
    })
}
