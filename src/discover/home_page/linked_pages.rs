//! The pages that a home page leads to (hubs, frames, targets of refreshes): each is fetched once in a scan, and not at
//! all if an earlier scan shows what is on it.

use std::collections::HashSet;

use url::Url;

use crate::archive::{Archive, ArchiveError};
use crate::model::{DropReason, Timestamp, UrlKey};

use super::super::page_scan::{LinkedPage, PageScan, SAME_PAGE_SECONDS, ScannedLink};
use super::earlier_scans::EarlierScans;
use super::scanner::{FetchedPage, PageScanner};

/// How a page belongs to the home page that leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkedPageKind {
    /// A frame or the target of a refresh: it changes when the home page does.
    Part,
    /// A page of its own.
    Hub,
}

/// The answer to a request for a linked page.
pub(super) enum LinkedPageAnswer {
    /// A capture that no earlier scan fetched.
    Fetched(FetchedPage),
    /// The links that an earlier scan found on it.
    Known(Vec<ScannedLink>),
    /// No page, or one that this scan requested already.
    None,
}

/// The linked pages of one scan.
pub(super) struct LinkedPages<'a, A> {
    scanner: &'a PageScanner<'a, A>,
    earlier: EarlierScans<'a>,
    requested: HashSet<UrlKey>,
    fetched: Vec<LinkedPage>,
}

impl<'a, A: Archive> LinkedPages<'a, A> {
    pub(super) fn new(scanner: &'a PageScanner<'a, A>, earlier: &'a [PageScan]) -> Self {
        Self {
            scanner,
            earlier: EarlierScans(earlier),
            requested: HashSet::new(),
            fetched: Vec::new(),
        }
    }

    /// Marks an address as requested; false if it was marked before or is not a web address.
    pub(super) fn mark(&mut self, url: &str) -> bool {
        UrlKey::of(url).is_ok_and(|key| self.requested.insert(key))
    }

    /// True for an address that was requested in this scan.
    pub(super) fn was_requested(&self, url: &str) -> bool {
        UrlKey::of(url).is_ok_and(|key| self.requested.contains(&key))
    }

    /// True when an earlier scan fetched a page and found no links on it.
    pub(super) fn found_nothing_on(&self, url: &str) -> bool {
        self.earlier.found_nothing_on(url)
    }

    /// The pages that were fetched, in order.
    pub(super) fn into_fetched(self) -> Vec<LinkedPage> {
        self.fetched
    }

    /// Fetches a linked page from within a year of the home page, unless an earlier scan did.
    ///
    /// A hub of the site is fetched once, whatever the time of the capture: the digests of its captures are not known
    /// yet, and most hubs stay unchanged for years. Its other captures are scanned when the index has their digests
    /// (`scan_hub`).
    pub(super) async fn fetch(
        &mut self,
        kind: LinkedPageKind,
        url: &str,
        moment: Timestamp,
    ) -> Result<LinkedPageAnswer, ArchiveError> {
        let Some(key) = UrlKey::of(url)
            .ok()
            .filter(|key| self.requested.insert(key.clone()))
        else {
            return Ok(LinkedPageAnswer::None);
        };
        let is_hub = kind == LinkedPageKind::Hub && self.owns(url);
        let known_within = if is_hub {
            u64::MAX
        } else {
            SAME_PAGE_SECONDS.unsigned_abs()
        };
        if let Some(links) = self.earlier.links_of(&key, moment, known_within) {
            return Ok(LinkedPageAnswer::Known(links));
        }
        let seconds = moment.unix_seconds();
        let window = (
            Timestamp::from_unix_seconds(seconds.saturating_sub(SAME_PAGE_SECONDS)),
            Timestamp::from_unix_seconds(seconds.saturating_add(SAME_PAGE_SECONDS)),
        );
        match self.scanner.fetch(url, moment, window, None).await? {
            Ok(page) => {
                self.note(url, Some(page.capture.clone()), is_hub);
                Ok(LinkedPageAnswer::Fetched(page))
            }
            Err(missing) => {
                // A page that was captured only at other times may be found for another home page.
                let reason = missing.dropped.reason;
                let was_fetched = missing.capture.is_some() && reason != DropReason::Displaced;
                if was_fetched || reason == DropReason::NotArchived {
                    self.note(url, missing.capture, is_hub);
                }
                Ok(LinkedPageAnswer::None)
            }
        }
    }

    fn note(&mut self, url: &str, capture: Option<(Timestamp, String)>, is_hub: bool) {
        self.fetched.push(LinkedPage {
            url: url.to_owned(),
            capture,
            is_hub,
        });
    }

    fn owns(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.scanner.site.owns(&url))
    }
}
