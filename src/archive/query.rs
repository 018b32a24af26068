//! Queries to an archive, and their results.

pub use crate::model::Redirect;
use crate::model::{Capture, PayloadDigest, Site, Timestamp, UrlKey, WarcRecord};

/// The URLs that an index query covers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// One URL, by its key (scheme, `www`, case and a trailing slash do not matter).
    Exact(String),
    /// Every URL of one host name.
    Host(String),
    /// Every URL of a site, subdomains included.
    Domain(Site),
}

/// Selects URLs of a scope. The empty filter selects all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyFilter {
    /// Lower-case words: a urlkey that contains one is selected.
    pub words: Vec<String>,
    /// Single URLs that are also selected, each without the URLs below it.
    pub keys: Vec<UrlKey>,
}

impl KeyFilter {
    /// True for the empty filter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.keys.is_empty()
    }

    /// True when a word or a key of the filter selects this key. False for the empty filter.
    #[must_use]
    pub fn names(&self, key: &UrlKey) -> bool {
        self.keys.contains(key) || self.words.iter().any(|word| key.as_str().contains(word))
    }

    /// True when the filter selects a row. Archives normalise keys differently, so both the key of the row and the key of
    /// its URL count.
    #[must_use]
    pub fn passes(&self, row: &Capture) -> bool {
        self.is_empty() || self.names(&row.urlkey) || self.has_key_of(row)
    }

    /// True when the row is a capture of one of the single URLs.
    #[must_use]
    pub fn has_key_of(&self, row: &Capture) -> bool {
        !self.keys.is_empty()
            && (self.keys.contains(&row.urlkey)
                || UrlKey::of(&row.original).is_ok_and(|own| self.keys.contains(&own)))
    }
}

/// A query to the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureQuery {
    /// Covered URLs.
    pub scope: Scope,
    /// First moment, inclusive.
    pub from: Option<Timestamp>,
    /// Last moment, inclusive.
    pub to: Option<Timestamp>,
    /// Selected rows of the scope.
    pub filter: KeyFilter,
    /// True when the previous answer was empty. Then the proof of an empty answer is requested first.
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
    /// Repeated rows, which were left out.
    pub repeated_rows: u64,
    /// Unreadable rows, which were left out.
    pub bad_rows: u64,
}

/// Half the window of a query for a capture that the index lists, in seconds. A page from within a day is stored under its
/// own time. A page from further away would not answer the query.
const LISTED_WINDOW_SECONDS: i64 = 86_400;

/// A query for an archived response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MementoQuery {
    /// URL as in the index row (`original`), or any URL whose nearest capture is requested.
    pub original: String,
    /// Requested moment.
    pub timestamp: Timestamp,
    /// First and last moment, inclusive, at which a jump to the nearest capture may end. Applies to every hop of a redirect.
    pub window: (Timestamp, Timestamp),
    /// Digest of the index row, which distinguishes a lost payload from an empty page.
    pub expected_digest: Option<PayloadDigest>,
}

impl MementoQuery {
    /// The query for a capture that the index lists.
    #[must_use]
    pub fn of_capture(capture: &Capture) -> Self {
        let by = |seconds: i64| {
            let moment = capture.timestamp.unix_seconds();
            Timestamp::from_unix_seconds(moment.saturating_add(seconds))
        };
        Self {
            original: capture.original.clone(),
            timestamp: capture.timestamp,
            window: (by(-LISTED_WINDOW_SECONDS), by(LISTED_WINDOW_SECONDS)),
            expected_digest: capture.digest.clone(),
        }
    }

    /// True if the window is no wider than that of a capture that the index lists.
    pub(super) fn is_narrow(&self) -> bool {
        let (from, to) = self.window;
        let distance = |moment: Timestamp| moment.distance_seconds(self.timestamp);
        distance(from).max(distance(to)) <= LISTED_WINDOW_SECONDS.unsigned_abs()
    }
}

/// Most bytes that the kept records of one memento have together. The largest of 866 policy pages has 2.1 MB.
pub(crate) const MAX_KEPT_BYTES: u64 = 4 << 20;

/// An archived response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memento {
    /// Time of the capture (may differ from the requested moment).
    pub timestamp: Timestamp,
    /// URL of the capture (may differ from the requested one).
    pub original: String,
    /// Status of the origin, 200–299 or from 400; redirects are followed.
    pub status: u16,
    /// `Content-Type` of the origin, unchanged and perhaps wrong.
    pub content_type: Option<String>,
    /// Body without content encodings, within the size limit.
    pub body: Vec<u8>,
    /// Archived redirects that were followed, in order.
    pub redirects: Vec<Redirect>,
    /// For an archive of WARC files, the records that were read, in order. Empty for other archives.
    pub records: Vec<WarcRecord>,
}

impl Memento {
    /// The bytes of its body and of its records.
    #[must_use]
    pub fn size(&self) -> usize {
        let records = self.records.iter().flat_map(|record| &record.bytes);
        self.body.len() + records.map(Vec::len).sum::<usize>()
    }
}
