//! Hub pages ("Legal", "Impressum"): the links on their captures, at the time of home pages and at other times.

use std::collections::BTreeMap;

use crate::archive::{Archive, ArchiveError};
use crate::model::{Capture, Timestamp, UrlKey};

use super::super::kind::Source;
use super::super::page_scan::{PageScan, ScanOutcome};
use super::earlier_scans::links_on;
use super::page_content::scanned_link;
use super::scanner::PageScanner;
use super::search::DAY_SECONDS;

/// A page of a site to which its home pages led in the search for policy links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Its index key.
    pub urlkey: UrlKey,
    /// Scans of the captures that were fetched together with home pages.
    pub scans: Vec<PageScan>,
}

/// The hubs that scans of home pages fetched, by key. Pure.
#[must_use]
pub fn hubs(scans: &[PageScan]) -> Vec<Hub> {
    let mut hubs: BTreeMap<UrlKey, Hub> = BTreeMap::new();
    let pages = scans
        .iter()
        .flat_map(|scan| scan.pages.iter().map(move |page| (scan, page)));
    for (scan, page) in pages.filter(|(_, page)| page.is_hub) {
        let (Ok(urlkey), Some(capture)) = (UrlKey::of(&page.url), &page.capture) else {
            continue;
        };
        let hub = hubs.entry(urlkey.clone()).or_insert_with(|| Hub {
            urlkey,
            scans: Vec::new(),
        });
        hub.scans.push(PageScan {
            requested_at: capture.0,
            outcome: ScanOutcome::Found {
                timestamp: capture.0,
                original: capture.1.clone(),
            },
            links: links_on(scan, capture),
            pages: Vec::new(),
        });
    }
    hubs.into_values().collect()
}

/// Scans one capture of a hub for policy links; playback only.
///
/// # Errors
/// Only those that are not final for the capture ([`ArchiveError::as_drop`] is `None`). A capture that is lost, or far
/// from the time that the index gives, leads to a scan without links.
pub async fn scan_hub<A: Archive>(
    scanner: &PageScanner<'_, A>,
    capture: &Capture,
) -> Result<PageScan, ArchiveError> {
    let moment = capture.timestamp;
    let by =
        |seconds: i64| Timestamp::from_unix_seconds(moment.unix_seconds().saturating_add(seconds));
    let window = (by(-DAY_SECONDS), by(DAY_SECONDS));
    let digest = capture.page_digest().cloned();
    let (outcome, links) = match scanner
        .fetch(&capture.original, moment, window, digest)
        .await?
    {
        Ok(page) => {
            let links = page.content.links.into_iter();
            let links = links.filter_map(|link| scanned_link(Source::Hub, &page.capture, link));
            let links = scanner.ranked(links.collect());
            let outcome = ScanOutcome::Found {
                timestamp: page.capture.0,
                original: page.capture.1,
            };
            (outcome, links)
        }
        Err(missing) => (
            ScanOutcome::Absent {
                reason: missing.dropped.reason,
                detail: missing.dropped.detail,
            },
            Vec::new(),
        ),
    };
    Ok(PageScan {
        requested_at: moment,
        outcome,
        links,
        pages: Vec::new(),
    })
}
