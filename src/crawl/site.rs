//! One site, from its name to its versions.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::histories::{self, strategy};
use super::look::{Looked, look};
use super::policies::Followed;
use super::redirects::redirects_to_ask;
use super::reextract::extract_capture;
use super::{Context, CrawlError, Until, readers};
use crate::archive::{Archive, ArchiveError, KeyFilter};
use crate::config::SiteRow;
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{Site, Timestamp};
use crate::sample::{self, Budget};
use crate::store::{Noticed, StoredCapture};

/// Captures of one site that are asked for at once; the archive's own limit of connections holds over all sites.
const LOOKS_AT_ONCE: usize = 4;
/// Pages tell of further addresses, whose pages tell of others: after so many rounds the rest waits for the next run.
const MAX_ROUNDS: usize = 6;

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
    pub(super) context: &'a Context<'b, A>,
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
    unanswered: HashSet<i64>,
    /// Captures that another look asked for while this one was about to: once each, so that no look waits for ever.
    passed_over: HashSet<i64>,
    /// Pages of policies, and redirects that may lead to one, that may still be asked for.
    budget: Budget,
    /// What the budget left open.
    left_open: Vec<String>,
    stop: &'a CancellationToken,
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
    context: &Context<'_, A>,
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
    /// Follows the site's policies until no page tells of a new address.
    async fn follow(&mut self) -> Result<(), CrawlError> {
        let mut policies = self.settle_policies()?;
        for _ in 0..MAX_ROUNDS {
            // Where redirects lead is a page as well: what it shows need not be asked for again.
            for policy in &policies {
                self.ask_index_of(policy).await?;
                self.follow_redirects(policy).await?;
            }
            for policy in &policies {
                self.look_at_policy(policy).await?;
            }
            let joined = self.settle_policies()?;
            let unchanged = joined == policies;
            policies = joined;
            if unchanged {
                break;
            }
        }
        for policy in &policies {
            let open = histories::derive(
                &self.context.store,
                &self.context.crawl,
                policy.policy_id,
                self.noticed(),
            )?;
            if !self.budget.is_spent() {
                continue;
            }
            let url = policy.urls.first().map_or("", |(_, url)| url.as_str());
            if !open.is_none() {
                self.left_open.push(format!(
                    "{url}: {} changes not pinned down (the widest within {} days), {} steps not looked at",
                    open.open_intervals,
                    open.widest_seconds / 86_400,
                    open.unread_steps
                ));
            }
            let redirects = redirects_to_ask(&self.captures(policy)?).len();
            if redirects > 0 {
                self.left_open
                    .push(format!("{url}: {redirects} redirects not followed"));
            }
        }
        Ok(())
    }

    fn noticed(&self) -> Noticed {
        Noticed {
            at: self.context.clock.now(),
            tell: self.context.tell_changes,
        }
    }

    async fn ask_index_of_policies(&mut self) -> Result<(), CrawlError> {
        for policy in self.settle_policies()? {
            self.ask_index_of(&policy).await?;
        }
        Ok(())
    }

    /// Makes sure that the index rows of all addresses of a policy are stored.
    async fn ask_index_of(&mut self, policy: &Followed) -> Result<(), CrawlError> {
        for (urlkey, url) in &policy.urls {
            self.check_stop()?;
            self.ask_index(url, urlkey).await?;
        }
        Ok(())
    }

    async fn follow_redirects(&mut self, policy: &Followed) -> Result<(), CrawlError> {
        loop {
            self.check_stop()?;
            let stored = self.captures(policy)?;
            let mut wanted = redirects_to_ask(&stored);
            wanted.retain(|s| !self.unanswered.contains(&s.capture_id));
            wanted.truncate(self.budget.left().unwrap_or(usize::MAX));
            if wanted.is_empty() {
                return Ok(());
            }
            self.budget.spend(wanted.len());
            self.look_at_captures(&wanted).await?;
        }
    }

    /// The stored captures of a policy within the wanted span, in order of time: what is known of them, and what this
    /// archive can still tell. Those that only another archive listed wait for a look at that one: here they would seem lost.
    fn captures(&self, policy: &Followed) -> Result<Vec<StoredCapture>, CrawlError> {
        let stored = self
            .context
            .store
            .captures_of_policy(policy.policy_id, EXTRACTOR_VERSION)?;
        Ok(stored
            .into_iter()
            .filter(|s| self.context.crawl.in_span(s.capture.timestamp))
            .filter(|s| {
                s.archive_id == self.context.archive_id
                    || s.asked.is_some()
                    || s.fetched_capture_id.is_some()
            })
            .collect())
    }

    async fn look_at_policy(&mut self, policy: &Followed) -> Result<(), CrawlError> {
        self.extract_again(policy.policy_id).await?;
        loop {
            self.check_stop()?;
            let stored = self.captures(policy)?;
            let wanted = self.wanted(&stored);
            if wanted.is_empty() {
                return Ok(());
            }
            self.look_at_captures(&wanted).await?;
        }
    }

    /// The next captures that the sampler wants within the site's budget.
    fn wanted<'s>(&mut self, stored: &'s [StoredCapture]) -> Vec<&'s StoredCapture> {
        let (places, sightings) = histories::sightings(stored, &|id| self.unanswered.contains(&id));
        let next = sample::next_within(strategy(&self.context.crawl), &sightings, self.budget);
        self.budget.spend(next.len());
        next.into_iter()
            .filter_map(|i| stored.get(*places.get(i)?))
            .collect()
    }

    async fn look_at_captures(&mut self, wanted: &[&StoredCapture]) -> Result<(), CrawlError> {
        let (context, stop, passed_over) = (self.context, self.stop, &self.passed_over);
        context.progress.want(wanted.len());
        let looks = futures_util::stream::iter(wanted.iter().map(|s| async move {
            let claim = context.in_flight.claim(s.capture_id, &s.capture).await;
            let looked = if stop.is_cancelled() {
                Err(ArchiveError::Interrupted.into())
            } else {
                let is_first = !passed_over.contains(&s.capture_id);
                match context.store.was_looked_at(s.capture_id) {
                    Ok(true) if is_first => Ok(Looked::PassedOver),
                    Ok(_) => look(context, s.capture_id, &s.capture).await,
                    Err(error) => Err(error.into()),
                }
            };
            drop(claim);
            context.progress.no_longer_wanted();
            (s, looked)
        }));
        let mut looks = looks.buffer_unordered(LOOKS_AT_ONCE);
        let (mut unanswered, mut meanwhile) = (Vec::new(), Vec::new());
        let mut ended_by: Option<CrawlError> = None;
        // What is in flight is finished and stored whatever happened to the others.
        while let Some((s, looked)) = looks.next().await {
            match looked {
                Ok(Looked::Stored) => {}
                Ok(Looked::PassedOver) => meanwhile.push(s.capture_id),
                Ok(Looked::Unanswered(detail)) => unanswered.push((s, detail)),
                Err(error) => {
                    stop.cancel();
                    ended_by = Some(error.instead_of(ended_by));
                }
            }
        }
        drop(looks);
        self.passed_over.extend(meanwhile);
        for (s, detail) in unanswered {
            self.unanswered.insert(s.capture_id);
            self.failures.push(format!(
                "{}: {} of {}: {detail}",
                self.request.site, s.capture.original, s.capture.timestamp
            ));
        }
        ended_by.map_or(Ok(()), Err)
    }

    /// Pages that an earlier program fetched are extracted anew from the database, not fetched again. Their history is
    /// derived anew before anything is asked: what the archive tells then is new, and not only read otherwise.
    async fn extract_again(&mut self, policy_id: i64) -> Result<(), CrawlError> {
        let store = &self.context.store;
        let unextracted = store.unextracted(policy_id, EXTRACTOR_VERSION)?;
        let read_otherwise = !unextracted.is_empty();
        for capture_id in unextracted {
            self.check_stop()?;
            if self.unanswered.contains(&capture_id) {
                continue;
            }
            let (store, pdf) = (
                std::sync::Arc::clone(&self.context.store),
                self.context.pdf.clone(),
            );
            let what = format!("capture {capture_id}");
            let failure =
                readers::read(&what, move || extract_capture(&store, &pdf, capture_id)).await??;
            if let Some(failure) = failure {
                self.unanswered.insert(capture_id);
                self.failures
                    .push(format!("{}: {failure}", self.request.site));
            }
        }
        if read_otherwise {
            histories::derive(
                &self.context.store,
                &self.context.crawl,
                policy_id,
                self.noticed(),
            )?;
        }
        Ok(())
    }

    pub(super) fn check_stop(&self) -> Result<(), CrawlError> {
        if self.stop.is_cancelled() {
            Err(ArchiveError::Interrupted.into())
        } else {
            Ok(())
        }
    }
}
