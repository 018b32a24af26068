//! One site, from its name to its versions.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use tokio_util::sync::CancellationToken;

use super::policies::Followed;
use super::replay::Replay;
use super::{CrawlError, Session, Until};
use crate::archive::{Archive, ArchiveError, KeyFilter};
use crate::config::SiteRow;
use crate::model::{Site, Timestamp};
use crate::sample::Budget;
use crate::store::Noticed;

/// A site to look at, with all that the user said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) site: Site,
    pub(super) policy_urls: Vec<String>,
    rank: Option<i64>,
    tags: BTreeMap<String, String>,
}

/// One request a site, in the order of first mention.
pub(super) fn requests(rows: &[SiteRow]) -> Vec<Request> {
    let mut requests: Vec<Request> = Vec::new();
    let mut places: BTreeMap<&Site, usize> = BTreeMap::new();
    for row in rows {
        let place = *places.entry(&row.site).or_insert_with(|| {
            requests.push(Request {
                site: row.site.clone(),
                policy_urls: Vec::new(),
                rank: None,
                tags: BTreeMap::new(),
            });
            requests.len() - 1
        });
        let request = &mut requests[place];
        if let Some(url) = row
            .policy_url
            .as_ref()
            .filter(|url| !request.policy_urls.contains(url))
        {
            request.policy_urls.push(url.clone());
        }
        request.rank = request.rank.or(row.rank);
        request.tags.extend(row.tags.clone());
    }
    requests
}

/// A look at a site, on its way.
pub(super) struct SiteLook<'a, 'b, A> {
    pub(super) context: &'a Session<'b, A>,
    pub(super) request: &'a Request,
    pub(super) site_id: i64,
    /// Start of this look, or of the one cut short that it goes on with.
    pub(super) since: Timestamp,
    /// It goes on with a look that was cut short: what was answered since is not asked again.
    pub(super) resumed: bool,
    /// Questions answered by this process.
    pub(super) answered: HashSet<String>,
    /// The questions to ask again of those that were asked before; all when `None`.
    pub(super) again: Option<BTreeSet<String>>,
    /// Words of the question for the whole site that was answered in this look; none when it was not.
    pub(super) domain_filter: KeyFilter,
    pub(super) failures: Vec<String>,
    pub(super) unanswered: HashSet<i64>,
    /// Captures that another look asked for while this one was about to: once each, so that no look waits for ever.
    pub(super) passed_over: HashSet<i64>,
    /// Pages of policies, and redirects that may lead to one, that may still be asked for.
    pub(super) budget: Budget,
    /// What the budget left open.
    pub(super) left_open: Vec<String>,
    /// Which of the stored answers count yet.
    pub(super) replay: Replay,
    pub(super) stop: &'a CancellationToken,
}

/// What a look at a site came to.
#[derive(Debug, Default)]
pub(super) struct SiteReport {
    /// What got no answer.
    pub(super) failures: Vec<String>,
    /// What the budget left open.
    pub(super) left_open: Vec<String>,
    /// The look came to its end.
    pub(super) ended: bool,
}

/// Looks at a site, as far as it shall, and says what got no answer.
pub(super) async fn look_at<A: Archive>(
    context: &Session<'_, A>,
    request: &Request,
    until: Until,
    stop: &CancellationToken,
) -> Result<SiteReport, CrawlError> {
    let tags = (!request.tags.is_empty())
        .then(|| serde_json::to_string(&request.tags).unwrap_or_default());
    let site_id = context
        .store
        .site(&request.site, request.rank, tags.as_deref())?;
    let now = context.clock.now();
    let unfinished_since = context.store.begin_look(site_id, now)?;
    context.store.begin_turn(&request.site, now)?;
    let mut site = SiteLook {
        context,
        request,
        site_id,
        since: unfinished_since.unwrap_or(now),
        resumed: unfinished_since.is_some(),
        answered: HashSet::new(),
        again: None,
        domain_filter: KeyFilter::default(),
        failures: Vec::new(),
        unanswered: HashSet::new(),
        passed_over: HashSet::new(),
        budget: context
            .crawl
            .max_requests_per_site
            .map_or(Budget::UNBOUNDED, |most| {
                Budget::of(usize::try_from(most).unwrap_or(usize::MAX))
            }),
        left_open: Vec::new(),
        replay: Replay::new(unfinished_since.unwrap_or(now)),
        stop,
    };
    if until == Until::Turn {
        site.again = Some(site.questions_of_turn()?);
    }
    let dropped = site.find(until).await?;
    if let Some(dropped) = &dropped {
        tracing::info!(site = %request.site, reason = %dropped.reason, "the archive has nothing to say about this site");
    } else {
        match until {
            Until::Index => site.ask_index_of_policies().await?,
            Until::Candidates => {
                site.settle_policies()?;
            }
            Until::Versions | Until::Turn => site.follow().await?,
        }
    }
    // A look that only prepares stays open: the backfill goes on with it and asks nothing again.
    let at_the_end = match until {
        Until::Versions => true,
        Until::Turn => site.left_open.is_empty(),
        Until::Index | Until::Candidates => false,
    };
    let ended = site.failures.is_empty() && (at_the_end || dropped.is_some());
    if ended {
        context
            .store
            .end_look(site_id, dropped.as_ref(), context.clock.now())?;
    }
    tracing::info!(site = %request.site, failures = site.failures.len(), "site done");
    Ok(SiteReport {
        failures: site.failures,
        left_open: site.left_open,
        ended,
    })
}

impl<A: Archive> SiteLook<'_, '_, A> {
    async fn ask_index_of_policies(&mut self) -> Result<(), CrawlError> {
        for policy in self.settle_policies()? {
            self.ask_index_of(&policy).await?;
        }
        Ok(())
    }

    /// Makes sure that the index rows of all addresses of a policy are stored.
    pub(super) async fn ask_index_of(&mut self, policy: &Followed) -> Result<(), CrawlError> {
        for (urlkey, url) in &policy.urls {
            self.check_stop()?;
            self.ask_index(url, urlkey).await?;
        }
        Ok(())
    }

    pub(super) fn noticed(&self) -> Noticed {
        Noticed {
            at: self.context.clock.now(),
            tell: self.context.announce_changes,
        }
    }

    pub(super) fn check_stop(&self) -> Result<(), CrawlError> {
        if self.stop.is_cancelled() {
            Err(ArchiveError::Interrupted.into())
        } else {
            Ok(())
        }
    }
}
