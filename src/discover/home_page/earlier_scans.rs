//! What the earlier scans of a site show about a page, so that it need not be fetched again. Pure.

use std::collections::BTreeSet;

use crate::model::{Timestamp, UrlKey};

use super::super::kind::PolicyKind;
use super::super::page_scan::{PageScan, ScannedLink};
use super::page_content::shows_privacy;

/// The scans that were made before the current one.
#[derive(Clone, Copy)]
pub(super) struct EarlierScans<'a>(pub(super) &'a [PageScan]);

/// One capture of a linked page, and the scan that fetched it.
type FetchedCapture<'a> = (&'a PageScan, &'a (Timestamp, String));

impl EarlierScans<'_> {
    /// The links on a page, if an earlier scan is valid for this moment: the page was captured within `near_seconds`,
    /// it was never captured (no links), or captures before and after the moment have the same links. `None` when the
    /// page must be fetched.
    pub(super) fn links_of(
        &self,
        key: &UrlKey,
        moment: Timestamp,
        near_seconds: u64,
    ) -> Option<Vec<ScannedLink>> {
        let pages = self
            .0
            .iter()
            .flat_map(|scan| scan.pages.iter().map(move |page| (scan, page)));
        let same = pages.filter(|(_, page)| UrlKey::of(&page.url).is_ok_and(|k| k == *key));
        let mut fetched: Vec<FetchedCapture<'_>> = Vec::new();
        for (scan, page) in same {
            let Some(capture) = &page.capture else {
                return Some(Vec::new());
            };
            fetched.push((scan, capture));
        }
        let distance = |(_, capture): &FetchedCapture<'_>| capture.0.distance_seconds(moment);
        let (scan, capture) = *fetched.iter().min_by_key(|one| distance(one))?;
        let links = links_on(scan, capture);
        if capture.0.distance_seconds(moment) <= near_seconds {
            return Some(links);
        }
        // Between two captures with equal links, a page is taken as unchanged, even if they are far apart. The same is
        // done for home pages that agree.
        let before = fetched.iter().filter(|(_, capture)| capture.0 <= moment);
        let after = fetched.iter().filter(|(_, capture)| capture.0 >= moment);
        let (before, after) = (
            before.min_by_key(|one| distance(one))?,
            after.min_by_key(|one| distance(one))?,
        );
        let same = shows_privacy(&links)
            && addresses(&links_on(before.0, before.1)) == addresses(&links_on(after.0, after.1));
        same.then_some(links)
    }

    /// True when an earlier scan fetched a page and found no links on it.
    pub(super) fn found_nothing_on(&self, url: &str) -> bool {
        let Ok(key) = UrlKey::of(url) else {
            return true;
        };
        self.0.iter().any(|scan| {
            scan.pages.iter().any(|page| {
                UrlKey::of(&page.url).is_ok_and(|k| k == key)
                    && !scan
                        .links
                        .iter()
                        .any(|link| Some(&link.page) == page.capture.as_ref())
            })
        })
    }
}

/// The links of a scan that are on one capture that it fetched.
pub(super) fn links_on(scan: &PageScan, capture: &(Timestamp, String)) -> Vec<ScannedLink> {
    // If a page led to others (frames, refreshes), the links on those count as its own.
    let has_own = scan.links.iter().any(|link| link.page == *capture);
    let is_on_linked_page = |link: &&ScannedLink| {
        scan.pages
            .iter()
            .any(|page| page.capture.as_ref() == Some(&link.page))
    };
    let links = scan.links.iter().filter(|link| {
        if has_own {
            link.page == *capture
        } else {
            is_on_linked_page(link)
        }
    });
    links.cloned().collect()
}

fn addresses(links: &[ScannedLink]) -> BTreeSet<(&str, PolicyKind)> {
    links
        .iter()
        .map(|link| (link.url.as_str(), link.kind))
        .collect()
}
