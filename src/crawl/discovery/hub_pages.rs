//! Discovery on hub pages. One capture of a hub is scanned together with a home page, before the index is queried. Its
//! other captures are scanned when the index rows show which of them differ, each payload once.

use super::hub_captures::next_capture;
use super::known_addresses::candidate_addresses;
use super::scans::hubs;
use super::search::SiteSearch;
use crate::archive::Archive;
use crate::crawl::blocking::store_call;
use crate::crawl::error::{CrawlError, check_stop};
use crate::crawl::failures::Failures;
use crate::crawl::index::SiteIndex;
use crate::discover::{self, Hub, PageScanner, ScanLimits};
use crate::model::{ArchiveId, Capture};
use crate::store::Store;

/// Scans the captures of hubs that may link to other policies than those known, and stores what they name.
pub(super) async fn scan_hubs<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &SiteIndex<'_, A>,
    failures: &mut Failures,
) -> Result<(), CrawlError> {
    let (site_id, site) = (search.site.site_id, search.site.site.clone());
    let call = move |store: &Store| {
        let candidates = candidate_addresses(store, site_id, &site)?;
        Ok((candidates, hubs(store, site_id)?))
    };
    let (candidates, hubs) = store_call(search.store, call).await?;
    for hub in hubs {
        // A candidate is fetched as a policy anyway.
        if candidates.contains(&hub.urlkey) {
            continue;
        }
        // A hub gets no index query of its own. Its rows come with the query for the whole site or not at all.
        let key = index.keys().exact(&hub.urlkey);
        if !index.answered_ever(vec![key]).await?.is_empty() {
            scan_captures(search, index.archive_id(), hub, failures).await?;
        }
    }
    Ok(())
}

/// Scans captures of one hub until its scans suffice. Each scan is stored before the next request is sent.
async fn scan_captures<A: Archive>(
    search: &SiteSearch<'_, A>,
    archive_id: ArchiveId,
    hub: Hub,
    failures: &mut Failures,
) -> Result<(), CrawlError> {
    let limits = ScanLimits::default();
    let scanner = PageScanner {
        archive: search.archive,
        site: &search.site.site,
        vocabulary: search.vocabulary,
        limits: &limits,
        memory: search.memory,
    };
    let captures = captures_in_span(search, archive_id, &hub).await?;
    let (site_id, site) = (search.site.site_id, &search.site.site);
    let mut scans = hub.scans;
    while let Some(capture) = next_capture(&captures, &scans, limits.reuse_days) {
        check_stop(search.stop)?;
        match discover::scan_hub(&scanner, capture).await {
            Ok(scan) => {
                let (urlkey, moment, json) =
                    (hub.urlkey.clone(), scan.requested_at, scan.to_json());
                let call =
                    move |store: &Store| store.add_hub_page_scan(site_id, &urlkey, moment, &json);
                store_call(search.store, call).await?;
                scans.push(scan);
            }
            Err(error) => {
                failures.add_unless_final(site, error)?;
                break;
            }
        }
    }
    search
        .store(discover::candidates_of_scans(&scans, site))
        .await
}

/// Returns the captures of a hub that may show a page within the span of the crawl, one for each moment.
async fn captures_in_span<A>(
    search: &SiteSearch<'_, A>,
    archive_id: ArchiveId,
    hub: &Hub,
) -> Result<Vec<Capture>, CrawlError> {
    let urlkey = hub.urlkey.clone();
    let call = move |store: &Store| store.captures_at(archive_id, &urlkey);
    let mut captures = store_call(search.store, call).await?;
    captures.retain(|c| c.may_show_page() && search.crawl.in_span(c.timestamp));
    captures.dedup_by_key(|c| c.timestamp);
    Ok(captures)
}
