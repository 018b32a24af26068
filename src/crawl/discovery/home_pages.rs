//! Discovery by link: scans of archived home pages.

use super::known_addresses::home_key;
use super::scans::home_page_scans;
use super::search::SiteSearch;
use crate::archive::{Archive, ArchiveError};
use crate::config::CrawlSettings;
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::crawl::index::SiteIndex;
use crate::discover::{
    self, ByLink, HomeCaptures, HomeSpan, LinkSearch, PageScan, PageScanner, ScanLimits,
};
use crate::model::Timestamp;
use crate::store::Store;

/// The first web page is from 1991, the first archived one from 1996.
const FIRST_ARCHIVED_YEAR: &str = "1996";

/// Returns the span in which a crawl that began at `since` scans home pages, and the limits of these scans.
pub(crate) fn home_page_span(crawl: &CrawlSettings, since: Timestamp) -> (HomeSpan, ScanLimits) {
    let from = crawl
        .from
        .or_else(|| Timestamp::earliest(FIRST_ARCHIVED_YEAR).ok());
    let to = crawl.to.unwrap_or(since);
    let span = HomeSpan {
        from: from.unwrap_or(since),
        to: crawl.now.map_or(to, |now| to.min(now)),
    };
    let limits = ScanLimits {
        home_pages: crawl.home_pages_per_site,
        ..ScanLimits::default()
    };
    (span, limits)
}

/// Scans the newest home page, if none was scanned yet: the index query for the whole site includes the URLs that it links
/// to. A failure is not counted, because the page is requested again with the others.
pub(super) async fn scan_newest_home_page<A: Archive>(
    search: &SiteSearch<'_, A>,
) -> Result<(), CrawlError> {
    let known = stored_scans(search).await?;
    if !known.is_empty() {
        return Ok(());
    }
    match scan(search, &known, None, true).await? {
        Ok(found) => search.store(found.candidates).await,
        Err(error) if error.ends_run() => Err(error.into()),
        Err(error) => {
            tracing::debug!(site = %search.site.site, "newest home page: {error}");
            Ok(())
        }
    }
}

/// Scans the site's home pages where the stored scans do not suffice.
pub(super) async fn scan_home_pages<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &SiteIndex<'_, A>,
    failures: &mut Failures,
) -> Result<(), CrawlError> {
    let known = stored_scans(search).await?;
    let captures = home_captures(search, index).await?;
    match scan(search, &known, captures.as_ref(), false).await? {
        Ok(found) => {
            tracing::info!(site = %search.site.site, home_pages = found.scans.len(), candidates = found.candidates.len(), "home pages scanned");
            search.store(found.candidates).await
        }
        Err(error) => failures
            .add_unless_final(&search.site.site, error)
            .map(|_| ()),
    }
}

async fn stored_scans<A>(search: &SiteSearch<'_, A>) -> Result<Vec<PageScan>, CrawlError> {
    let site_id = search.site.site_id;
    store_call(search.store, move |store: &Store| {
        home_page_scans(store, site_id)
    })
    .await
}

/// Scans home pages. Each scan is stored before the next request is sent.
async fn scan<A: Archive>(
    search: &SiteSearch<'_, A>,
    known: &[PageScan],
    captures: Option<&HomeCaptures>,
    newest_only: bool,
) -> Result<Result<ByLink, ArchiveError>, CrawlError> {
    let (store, site_id) = (search.store, search.site.site_id);
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
        memory: search.memory,
    };
    let wanted = LinkSearch {
        span,
        known,
        captures,
        newest_only,
    };
    let found = discover::by_link_search(&scanner, wanted, &mut store_scan).await;
    failed.map_or(Ok(found), Err)
}

/// Returns the captures of the home page, if the answer for the whole site holds them.
async fn home_captures<A: Archive>(
    search: &SiteSearch<'_, A>,
    index: &SiteIndex<'_, A>,
) -> Result<Option<HomeCaptures>, CrawlError> {
    let Some(home) = home_key(&search.site.site) else {
        return Ok(None);
    };
    let Some(past) = index.past_query(&index.keys().exact(&home)).await? else {
        return Ok(None);
    };
    let archive_id = index.archive_id();
    let call = move |store: &Store| store.captures_at(archive_id, &home);
    let mut rows = store_call(search.store, call).await?;
    rows.retain(|row| search.crawl.exists(row.timestamp));
    Ok(HomeCaptures::new(rows, past.queried_at))
}
