//! Fetches one archived page, reads its links and ranks them. Every scan of a site uses this.

use std::collections::HashSet;

use crate::archive::{Archive, ArchiveError, Memento, MementoQuery, MemoryBudget};
use crate::model::{DropReason, Dropped, PayloadDigest, Site, Timestamp, UrlKey};
use crate::page::memory_of_parse;

use super::super::page_scan::ScannedLink;
use super::super::vocabulary::Vocabulary;
use super::limits::ScanLimits;
use super::page_content::PageContent;

/// Scans pages of one site in one archive.
#[derive(Debug)]
pub struct PageScanner<'a, A> {
    /// The archive that holds the pages.
    pub archive: &'a A,
    /// The site whose policies are wanted.
    pub site: &'a Site,
    /// The words that name policies.
    pub vocabulary: &'a Vocabulary,
    /// Limits of the scans.
    pub limits: &'a ScanLimits,
    /// The memory that pages and their parse may take.
    pub memory: &'a MemoryBudget,
}

/// A page that was fetched and read.
pub(super) struct FetchedPage {
    /// The capture.
    pub(super) capture: (Timestamp, String),
    /// What is on it.
    pub(super) content: PageContent,
    /// True for a page without a byte.
    pub(super) is_empty: bool,
}

/// Reason why there is definitely no page, and the capture that shows this, if there is one.
pub(super) struct MissingPage {
    pub(super) dropped: Dropped,
    pub(super) capture: Option<(Timestamp, String)>,
}

impl<A: Archive> PageScanner<'_, A> {
    /// Fetches a page and reads it: `Ok(Err(_))` if there is definitely none, `Err` if the search must stop.
    pub(super) async fn fetch(
        &self,
        url: &str,
        moment: Timestamp,
        window: (Timestamp, Timestamp),
        expected_digest: Option<PayloadDigest>,
    ) -> Result<Result<FetchedPage, MissingPage>, ArchiveError> {
        let query = MementoQuery {
            original: url.to_owned(),
            timestamp: moment,
            window,
            expected_digest,
        };
        let mut reserved = self.memory.body().await;
        match self.archive.memento(&query).await {
            Ok(memento) if memento.status >= 400 => Ok(Err(MissingPage {
                dropped: Dropped::new(
                    DropReason::ArchivedError,
                    format!(
                        "`{}` returned status {} when it was captured",
                        memento.original, memento.status
                    ),
                ),
                capture: Some((memento.timestamp, memento.original)),
            })),
            Ok(mut memento) => {
                // Records are evidence of a policy, not of the page that links to it.
                memento.records = Vec::new();
                reserved.shrink_to(memento.body.len());
                Ok(Ok(self.read(memento).await))
            }
            Err(error) => {
                let Some(dropped) = error.as_drop() else {
                    return Err(error);
                };
                let capture = displaced_by(error, url);
                Ok(Err(MissingPage { dropped, capture }))
            }
        }
    }

    /// Reads a page, once there is memory for its parse.
    async fn read(&self, memento: Memento) -> FetchedPage {
        let needed = memory_of_parse(memento.body.len());
        let _reserved = self.memory.work(needed).await;
        FetchedPage {
            content: PageContent::of(&memento, self.site, self.vocabulary),
            is_empty: memento.body.is_empty(),
            capture: (memento.timestamp, memento.original),
        }
    }

    /// Keeps the best links of a scan, one for each address and kind, and numbers them.
    pub(super) fn ranked(&self, mut links: Vec<ScannedLink>) -> Vec<ScannedLink> {
        links.sort_by_key(|link| (std::cmp::Reverse(link.score), link.source));
        let mut keys = HashSet::new();
        links.retain(|link| UrlKey::of(&link.url).is_ok_and(|key| keys.insert((key, link.kind))));
        links.truncate(self.limits.links);
        for (link, rank) in links.iter_mut().zip(1..) {
            link.rank = rank;
        }
        links
    }
}

/// The nearest capture of the requested page itself, if the archive has none within the window. The capture of another
/// page (a redirect led to it) says nothing about this one.
fn displaced_by(error: ArchiveError, requested: &str) -> Option<(Timestamp, String)> {
    let ArchiveError::Displaced { url, timestamp } = error else {
        return None;
    };
    let same = UrlKey::of(&url)
        .ok()
        .zip(UrlKey::of(requested).ok())
        .is_some_and(|(offered, requested)| offered == requested);
    same.then_some((timestamp, url))
}
