//! What can be asked of an archive, and what it answers.

use crate::model::{Capture, PayloadDigest, Site, Timestamp, UrlKey};

/// Which URLs an index query covers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One URL, by its key (scheme, `www`, case and a trailing slash do not matter).
    Exact(String),
    /// Every URL of one host name.
    Host(String),
    /// Every URL of a site, subdomains included.
    Domain(Site),
}

/// Which of the URLs of a scope are wanted; the empty filter wants all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFilter {
    /// Lower-case words: a urlkey that holds one is wanted.
    pub words: Vec<String>,
    /// Single URLs that are wanted beside those, each with nothing below it.
    pub keys: Vec<UrlKey>,
}

impl KeyFilter {
    /// True when nothing is filtered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.keys.is_empty()
    }

    /// True when a word or a key of the filter stands for this key; of the empty filter none does.
    #[must_use]
    pub fn names(&self, key: &UrlKey) -> bool {
        self.keys.contains(key) || self.words.iter().any(|word| key.as_str().contains(word))
    }

    /// True when a row is wanted. Archives differ in what they fold into a key: its own key and that of its URL count.
    #[must_use]
    pub fn passes(&self, row: &Capture) -> bool {
        self.is_empty() || self.names(&row.urlkey) || self.has_key_of(row)
    }

    /// True when the row is of one of the single URLs.
    #[must_use]
    pub fn has_key_of(&self, row: &Capture) -> bool {
        !self.keys.is_empty()
            && (self.keys.contains(&row.urlkey)
                || UrlKey::of(&row.original).is_ok_and(|own| self.keys.contains(&own)))
    }
}

/// A question to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureQuery {
    /// Which URLs.
    pub scope: Scope,
    /// First moment wanted, inclusive.
    pub from: Option<Timestamp>,
    /// Last moment wanted, inclusive.
    pub to: Option<Timestamp>,
    /// Which rows of the scope.
    pub filter: KeyFilter,
    /// The answer was empty the last time: nothing is expected, and proof of that is asked for first.
    pub expects_none: bool,
}

impl CaptureQuery {
    /// All captures of one URL.
    #[must_use]
    pub fn exact(url: &str) -> Self {
        Self {
            scope: Scope::Exact(url.to_owned()),
            from: None,
            to: None,
            filter: KeyFilter::default(),
            expects_none: false,
        }
    }
}

/// Counts of a complete index answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexAnswer {
    /// Distinct rows sent to the sink.
    pub rows: u64,
    /// Rows that came again and were left out.
    pub repeated_rows: u64,
    /// Rows that could not be read and were left out.
    pub bad_rows: u64,
}

/// A question for an archived response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MementoQuery {
    /// The URL as the index row has it (`original`), or any URL to look up by date.
    pub original: String,
    /// The moment wanted.
    pub timestamp: Timestamp,
    /// First and last moment at which a nearest-capture jump may end, inclusive; also for every hop of a redirect.
    pub window: (Timestamp, Timestamp),
    /// The digest of the index row, to tell a lost payload from an empty page.
    pub expected_digest: Option<PayloadDigest>,
}

/// One archived redirect on the way to a memento.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The URL that redirected.
    pub from: String,
    /// When that redirect was captured.
    pub timestamp: Timestamp,
    /// Its status (301, 302, …).
    pub status: u16,
    /// The URL it named, absolute, on the original web (never the archive's host).
    pub to: String,
}

/// An archived response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memento {
    /// When it was captured (may differ from the moment asked for).
    pub timestamp: Timestamp,
    /// The URL it was captured at (may differ from the one asked for).
    pub original: String,
    /// The origin's status, 200–299 or 400 and up; redirects are followed.
    pub status: u16,
    /// The origin's `Content-Type`, untouched and perhaps wrong.
    pub content_type: Option<String>,
    /// The body with its content encodings taken off, within the size limit.
    pub body: Vec<u8>,
    /// Archived redirects followed on the way, in order.
    pub redirects: Vec<Redirect>,
}
