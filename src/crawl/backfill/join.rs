//! Joins a site's evidence to policies, as part of the crawl of the site.

use super::replay::Replay;
use crate::crawl::discovery::{FollowedPolicy, PolicyJoin, page_evidence, refreshing_urls};
use crate::crawl::error::CrawlError;
use crate::crawl::session::Session;
use crate::crawl::site::CrawledSite;
use crate::store::Store;

/// Joins all stored evidence to policies, stores them and returns those to follow. Of the fetched pages, only those
/// with a visible answer count.
pub(super) async fn join_policies<A>(
    session: &Session<'_, A>,
    site: &CrawledSite,
    replay: &Replay,
) -> Result<Vec<FollowedPolicy>, CrawlError> {
    let site_id = site.site_id;
    let mut ties = session
        .store_call(move |store: &Store| store.address_evidence(site_id))
        .await?;
    ties.retain(|tie| replay.is_visible(tie.capture_id, tie.fetched_at));
    let (site, most) = (site.clone(), session.crawl.policies_per_site);
    let call = move |store: &Store| {
        PolicyJoin {
            site,
            most,
            refreshing: refreshing_urls(&ties),
            page_evidence: page_evidence(ties),
        }
        .run(store)
    };
    session.store_call(call).await
}
