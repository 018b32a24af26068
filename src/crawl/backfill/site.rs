//! The crawl of one site, from its name to its versions.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use super::follow::{Follower, ensure_index_rows};
use super::join::join_policies;
use super::until::Until;
use crate::archive::Archive;
use crate::crawl::discovery::{SiteSearch, Sources, find_candidates, known_addresses};
use crate::crawl::error::CrawlError;
use crate::crawl::failures::Failures;
use crate::crawl::index::{IndexSource, QueryKeys, RepeatRule, SiteIndex, scopes_to_repeat};
use crate::crawl::session::Session;
use crate::crawl::site::{CrawlStart, CrawledSite, SiteRequest};
use crate::discover;
use crate::model::Dropped;
use crate::store::Store;

/// The result of the crawl of a site.
#[derive(Debug, Default)]
pub(super) struct SiteReport {
    /// Requests without an answer.
    pub(super) failures: Vec<String>,
    /// What the limit of requests left open.
    pub(super) left_open: Vec<String>,
    /// True if the crawl came to its end.
    pub(super) is_complete: bool,
}

/// Crawls a site as far as `until` says.
pub(super) async fn crawl_site<A: Archive>(
    session: &Session<'_, A>,
    request: &SiteRequest,
    until: Until,
    stop: &CancellationToken,
) -> Result<SiteReport, CrawlError> {
    let site = begin(session, request, until).await?;
    let mut index = site_index(session, &site, until).await?;
    let mut failures = Failures::default();
    let search = SiteSearch {
        archive: session.archive,
        store: &session.store,
        vocabulary: session.vocabulary,
        crawl: &session.crawl,
        memory: &session.memory,
        site: &site,
        stop,
    };
    // Home pages are playback requests, so a crawl of the index alone does not scan them.
    let sources = Sources {
        by_link: session.discover.by_link && until != Until::Index,
        by_path: session.discover.by_path,
    };
    let dropped = find_candidates(&search, sources, &mut index, &mut failures).await?;
    let mut left_open = Vec::new();
    if let Some(dropped) = &dropped {
        tracing::info!(site = %site.site, reason = %dropped.reason, "the archive provides nothing for this site");
    } else {
        let follower = Follower::new(session, &site, stop);
        match until {
            Until::Index => {
                for policy in join_policies(session, &site, follower.replay()).await? {
                    ensure_index_rows(&mut index, &policy, stop, &mut failures).await?;
                }
            }
            Until::Candidates => {
                join_policies(session, &site, follower.replay()).await?;
            }
            Until::Versions | Until::Turn => {
                left_open = follower.follow(&mut index, &mut failures).await?;
            }
        }
    }
    // A crawl that only prepares is not ended: the backfill continues it and repeats no query.
    let at_the_end = match until {
        Until::Versions => true,
        Until::Turn => left_open.is_empty(),
        Until::Index | Until::Candidates => false,
    };
    let is_complete = failures.is_empty() && (at_the_end || dropped.is_some());
    if is_complete {
        end(session, &site, dropped).await?;
    }
    tracing::info!(site = %site.site, failures = failures.len(), "site crawled");
    Ok(SiteReport {
        failures: failures.into_lines(),
        left_open,
        is_complete,
    })
}

/// Records that the crawl of a site begins.
async fn begin<A>(
    session: &Session<'_, A>,
    request: &SiteRequest,
    until: Until,
) -> Result<CrawledSite, CrawlError> {
    let (site, rank, tags) = (request.site.clone(), request.rank, request.tags_json());
    let policy_urls = request.policy_urls.clone();
    let clock = std::sync::Arc::clone(&session.clock);
    // The other crawls fetch no capture of a policy.
    let sampling =
        matches!(until, Until::Versions | Until::Turn).then(|| session.crawl.sampling_text());
    let call = move |store: &Store| {
        let site_id = store.site(&site, rank, tags.as_deref())?;
        let now = clock.now();
        let unfinished_since = store.begin_crawl(site_id, now)?;
        store.begin_turn(&site, now)?;
        if let Some(sampling) = &sampling {
            store.set_sampling(site_id, sampling)?;
        }
        Ok(CrawledSite {
            site_id,
            site,
            policy_urls,
            start: CrawlStart {
                since: unfinished_since.unwrap_or(now),
                resumed: unfinished_since.is_some(),
            },
        })
    };
    session.store_call(call).await
}

/// Records that the crawl of a site is complete.
async fn end<A>(
    session: &Session<'_, A>,
    site: &CrawledSite,
    dropped: Option<Dropped>,
) -> Result<(), CrawlError> {
    let (site_id, now) = (site.site_id, session.clock.now());
    let call = move |store: &Store| store.end_crawl(site_id, dropped.as_ref(), now);
    session.store_call(call).await
}

/// Prepares the index queries of a site.
async fn site_index<'a, A: Archive>(
    session: &'a Session<'_, A>,
    site: &'a CrawledSite,
    until: Until,
) -> Result<SiteIndex<'a, A>, CrawlError> {
    let keys = QueryKeys::new(&site.site, session.vocabulary, &session.crawl);
    let repeated = match until {
        Until::Turn => Some(scopes_of_turn(session, site, keys.clone()).await?),
        Until::Index | Until::Candidates | Until::Versions => None,
    };
    let source = IndexSource {
        archive: session.archive,
        archive_id: session.archive_id,
        store: &session.store,
        clock: &*session.clock,
    };
    Ok(SiteIndex::new(source, site, keys, repeated))
}

/// Returns the scopes of the answered queries that a turn repeats.
async fn scopes_of_turn<A>(
    session: &Session<'_, A>,
    site: &CrawledSite,
    keys: QueryKeys,
) -> Result<BTreeSet<String>, CrawlError> {
    let (site_id, name) = (site.site_id, site.site.clone());
    let known = session
        .store_call(move |store: &Store| known_addresses(store, site_id, &name))
        .await?;
    let rule = RepeatRule {
        archive_id: session.archive_id,
        site_id,
        domain_filter: discover::index_filter(session.vocabulary, &known),
        by_path: session.discover.by_path,
        start: site.start,
        now: session.clock.now(),
    };
    session
        .store_call(move |store: &Store| scopes_to_repeat(store, &keys, &rule))
        .await
}
