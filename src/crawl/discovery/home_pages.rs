//! Discovery by link: scans of archived home pages.

use super::scans::home_page_scans;
use super::search::SiteSearch;
use crate::archive::Archive;
use crate::config::CrawlSettings;
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::discover::{self, HomeSpan, PageScan, PageScanner, ScanLimits};
use crate::model::Timestamp;
use crate::store::Store;

/// The first web page is from 1991, the first archived one from 1996.
const FIRST_ARCHIVED_YEAR: &str = "1996";

/// Returns the span in which a crawl that began at `since` scans home pages, and the limits of these scans.
pub(crate) fn home_page_span(crawl: &CrawlSettings, since: Timestamp) -> (HomeSpan, ScanLimits) {
    let from = crawl
        .from
        .or_else(|| Timestamp::earliest(FIRST_ARCHIVED_YEAR).ok());
    let span = HomeSpan {
        from: from.unwrap_or(since),
        to: crawl.to.unwrap_or(since),
    };
    let limits = ScanLimits {
        home_pages: crawl.home_pages_per_site,
        ..ScanLimits::default()
    };
    (span, limits)
}

/// Scans the site's home pages where the stored scans do not suffice. Each scan is stored before the next request is
/// sent.
pub(super) async fn scan_home_pages<A: Archive>(
    search: &SiteSearch<'_, A>,
    failures: &mut Failures,
) -> Result<(), CrawlError> {
    let (store, site_id) = (search.store, search.site.site_id);
    let known = store_call(store, move |store: &Store| home_page_scans(store, site_id)).await?;
    let (span, limits) = home_page_span(search.crawl, search.site.start.since);
    let mut failed = None;
    let mut store_scan = async |scan: &PageScan| {
        let (moment, json) = (scan.requested_at, scan.to_json());
        let call = move |store: &Store| store.add_home_page_scan(site_id, moment, &json);
        if let Err(error) = store_call(store, call).await {
            failed.get_or_insert(error);
        }
    };
    let scanner = PageScanner {
        archive: search.archive,
        site: &search.site.site,
        vocabulary: search.vocabulary,
        limits: &limits,
    };
    let found = discover::by_link(&scanner, span, &known, &mut store_scan).await;
    if let Some(error) = failed {
        return Err(error);
    }
    match found {
        Ok(found) => {
            tracing::info!(site = %search.site.site, home_pages = found.scans.len(), candidates = found.candidates.len(), "home pages scanned");
            search.store(found.candidates).await
        }
        Err(error) => failures
            .add_unless_final(&search.site.site, error)
            .map(|_| ()),
    }
}
