//! The captures of a home page that the index lists, so that a scan requests a capture and not a moment. Pure.

use crate::model::{Capture, EMPTY_PAYLOAD_DIGEST, Timestamp};

use super::super::page_scan::PageScan;
use super::search::DAY_SECONDS;

/// A capture of a page is preferred to one of a redirect if it is at most this much further away: many redirects only
/// lead to the same page under `https`.
const REDIRECT_SECONDS: u64 = 45 * DAY_SECONDS.unsigned_abs();

/// The captures of a home page, as the index lists them.
#[derive(Debug, Clone)]
pub struct HomeCaptures {
    /// Those that may show a page or lead to one, in order of time.
    rows: Vec<Capture>,
    until: Timestamp,
}

impl HomeCaptures {
    /// The captures of an index answer that was complete at a moment. `None` if none of them may show a page: then the
    /// archive may have the home page under another key.
    #[must_use]
    pub fn new(mut rows: Vec<Capture>, until: Timestamp) -> Option<Self> {
        rows.retain(|row| row.is_redirect() || shows_page(row));
        rows.sort_by(|a, b| a.timestamp.cmp(&b.timestamp).then_with(|| a.cmp(b)));
        (!rows.is_empty()).then_some(Self { rows, until })
    }

    /// True for a moment at which the index was complete.
    pub(super) fn cover(&self, moment: Timestamp) -> bool {
        moment <= self.until
    }

    /// The capture nearest to a moment, within a window.
    pub(super) fn nearest(
        &self,
        moment: Timestamp,
        (first, last): (Timestamp, Timestamp),
    ) -> Option<&Capture> {
        let within = || {
            let rows = self.rows.iter();
            rows.filter(|row| first <= row.timestamp && row.timestamp <= last)
        };
        let distance = |row: &&Capture| row.timestamp.distance_seconds(moment);
        let nearest = within().min_by_key(distance)?;
        let page = within().filter(|row| shows_page(row)).min_by_key(distance);
        page.filter(|page| distance(page) <= distance(&nearest).saturating_add(REDIRECT_SECONDS))
            .or(Some(nearest))
    }

    /// The capture nearest to a moment.
    pub(super) fn nearest_of_all(&self, moment: Timestamp) -> Option<&Capture> {
        let distance = |row: &&Capture| row.timestamp.distance_seconds(moment);
        self.rows.iter().min_by_key(distance)
    }

    /// True if the page of a scan had the same bytes as this capture.
    pub(super) fn is_same_page(&self, row: &Capture, scan: &PageScan) -> bool {
        let Some(digest) = row.page_digest().filter(|_| shows_page(row)) else {
            return false;
        };
        scan.is_found()
            && self.rows.iter().any(|other| {
                other.timestamp == scan.timestamp()
                    && shows_page(other)
                    && scan.is_of(&other.original)
                    && other.page_digest() == Some(digest)
            })
    }
}

/// True if a capture may show a page that is not empty.
fn shows_page(row: &Capture) -> bool {
    let is_empty = row
        .digest
        .as_ref()
        .is_some_and(|digest| digest.as_str() == EMPTY_PAYLOAD_DIGEST);
    row.may_show_page() && !is_empty
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::memory_archive::at;
    use super::*;
    use crate::model::{PayloadDigest, UrlKey};

    fn row(time: &str, status: u16, digest: &str) -> Capture {
        let original = "http://example.com/";
        Capture {
            urlkey: UrlKey::of(original).unwrap(),
            timestamp: at(time),
            original: original.to_owned(),
            mimetype: "text/html".to_owned(),
            statuscode: Some(status),
            digest: PayloadDigest::parse(digest).ok(),
            length: None,
        }
    }

    #[test]
    fn the_nearest_page_is_preferred_to_a_redirect_of_the_same_days() {
        let rows = vec![
            row("2010-01-01", 301, "R"),
            row("2010-01-20", 200, "A"),
            row("2014-01-01", 302, "R"),
            row("2015-01-01", 404, "E"),
            row("2016-01-01", 200, EMPTY_PAYLOAD_DIGEST),
        ];
        let captures = HomeCaptures::new(rows, at("2020")).unwrap();
        let all = (at("2000"), at("2020"));
        let nearest = |moment, window| captures.nearest(at(moment), window).map(|r| r.timestamp);
        assert_eq!(nearest("2009-12-31", all), Some(at("2010-01-20")));
        assert_eq!(nearest("2015-01-02", all), Some(at("2014-01-01")));
        assert_eq!(nearest("2015-01-02", (at("2014-02"), at("2020"))), None);
        assert!(captures.cover(at("2019")) && !captures.cover(at("2021")));
        assert!(HomeCaptures::new(vec![row("2010", 404, "E")], at("2020")).is_none());
    }
}
