//! `Capture`: one row of an archive's index.

use super::digest::EMPTY_PAYLOAD_DIGEST;
use super::{PayloadDigest, Timestamp, UrlKey};

/// One CDX row: `urlkey timestamp original mimetype statuscode digest length`.
///
/// `(urlkey, timestamp)` is not unique (http and https in one second); the key is
/// `(urlkey, timestamp, original, digest)`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Capture {
    /// SURT form of the URL.
    pub urlkey: UrlKey,
    /// When the page was captured.
    pub timestamp: Timestamp,
    /// The URL as it was crawled. Playback requests use it.
    pub original: String,
    /// MIME type as the index has it (`text/html`, `warc/revisit`, `unk`, `-`).
    pub mimetype: String,
    /// HTTP status; `None` where the index has `-` (revisits, odd rows).
    pub statuscode: Option<u16>,
    /// The archive's digest of the payload; `None` where the index has `-`.
    pub digest: Option<PayloadDigest>,
    /// Size of the archived record in bytes, compressed; `None` where the index has `-`.
    pub length: Option<u64>,
}

impl Capture {
    /// Returns the same row under the key of its page, which is the key used for policies: archives differ in what they
    /// normalise in a key (session ids, `www`, letters). See [`UrlKey::filed`].
    #[must_use]
    pub fn under_own_key(mut self) -> Self {
        self.urlkey = self.urlkey.filed(&self.original);
        self
    }

    /// True for a record that says "same payload as before" (mimetype `warc/revisit`).
    #[must_use]
    pub fn is_revisit(&self) -> bool {
        self.mimetype == "warc/revisit"
    }

    /// True if the index says that this capture is an HTTP redirect.
    #[must_use]
    pub fn is_redirect(&self) -> bool {
        self.statuscode
            .is_some_and(|s| (300..400).contains(&s) && s != 304)
    }

    /// True if the capture may show a page: status 200; or no status, as for revisits and the rows of Arquivo.pt, unless
    /// the digest says that the payload is empty.
    #[must_use]
    pub fn may_show_page(&self) -> bool {
        match self.statuscode {
            Some(status) => (200..300).contains(&status),
            None => self
                .digest
                .as_ref()
                .is_none_or(|d| d.as_str() != EMPTY_PAYLOAD_DIGEST),
        }
    }

    /// The digest, if it identifies the bytes of a page: present and not that of the empty payload.
    #[must_use]
    pub fn page_digest(&self) -> Option<&PayloadDigest> {
        self.digest
            .as_ref()
            .filter(|d| d.as_str() != EMPTY_PAYLOAD_DIGEST)
    }
}

/// Counts of a complete index answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IndexCounts {
    /// Distinct rows.
    pub rows: u64,
    /// Duplicate rows, which were left out.
    pub repeated_rows: u64,
    /// Rows that could not be read and were left out.
    pub bad_rows: u64,
    /// Time of the newest row.
    pub newest: Option<Timestamp>,
}
