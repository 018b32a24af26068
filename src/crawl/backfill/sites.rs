//! The loop over the sites of a crawl.

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::outcome::Outcome;
use super::site::{SiteReport, crawl_site};
use super::until::Until;
use crate::archive::{Archive, ArchiveError};
use crate::config::SiteRow;
use crate::crawl::derive::derive_pending;
use crate::crawl::error::CrawlError;
use crate::crawl::session::Session;
use crate::crawl::site::{SiteRequest, site_requests};
use crate::store::Store;

/// Crawls sites until all are done, the archive refuses requests, or the user stops the run.
///
/// Several rows may name one site (with several known policies). They share one crawl.
pub(crate) async fn crawl_sites<A: Archive>(
    session: &Session<'_, A>,
    rows: &[SiteRow],
    until: Until,
) -> Outcome {
    let sites = site_requests(rows);
    session.progress.begin(sites.len());
    let mut outcome = Outcome::nothing();
    // The first error that ends the run stops every site at its next step; requests in flight are finished and stored.
    let stop = session.stop.child_token();
    {
        let crawls = futures_util::stream::iter(sites.iter().map(|request| {
            let stop = stop.clone();
            async move {
                let result = crawl_unless_stopped(session, request, until, &stop).await;
                result.map(|report| (request, report))
            }
        }));
        let mut crawls = crawls.buffer_unordered(session.crawl.sites_at_once);
        while let Some(result) = crawls.next().await {
            match result {
                Ok((request, report)) => {
                    session.progress.site_done();
                    add_report(&mut outcome, request, report);
                }
                Err(error) => outcome.end_by(error),
            }
        }
    }
    if until.derives() {
        let (crawl, announcement) = (session.crawl.clone(), session.announcement_rule());
        let derived =
            session.store_call(move |store: &Store| derive_pending(store, &crawl, announcement));
        if let Err(error) = derived.await {
            outcome.end_by(error);
        }
    }
    outcome.complete()
}

/// Crawls a site; an error stops the others.
async fn crawl_unless_stopped<A: Archive>(
    session: &Session<'_, A>,
    request: &SiteRequest,
    until: Until,
    stop: &CancellationToken,
) -> Result<SiteReport, CrawlError> {
    if stop.is_cancelled() {
        return Err(ArchiveError::Interrupted.into());
    }
    let result = crawl_site(session, request, until, stop).await;
    if result.is_err() {
        stop.cancel();
    }
    result
}

fn add_report(outcome: &mut Outcome, request: &SiteRequest, report: SiteReport) {
    let site = request.site.clone();
    match (report.is_complete, report.left_open.is_empty()) {
        (true, _) => outcome.finished.push(site),
        (false, false) if report.failures.is_empty() => outcome.unfinished.push(site),
        _ => {}
    }
    outcome.failures.extend(report.failures);
    outcome.left_open.extend(report.left_open);
}
