//! Follows the policies of a site: fetches the captures that the sampler wants, until no page names a new URL.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::join::join_policies;
use super::redirects::redirects_to_fetch;
use super::replay::Replay;
use crate::archive::Archive;
use crate::crawl::blocking::run_blocking;
use crate::crawl::derive::{derive_policy, extract_page, sample_captures, strategy};
use crate::crawl::discovery::FollowedPolicy;
use crate::crawl::error::{CrawlError, check_stop};
use crate::crawl::failures::Failures;
use crate::crawl::fetch::parse_limit::{PageWork, memory_of_comparison, run_parse};
use crate::crawl::fetch::{FetchRecord, Fetcher, fetch_batch};
use crate::crawl::index::SiteIndex;
use crate::crawl::session::Session;
use crate::crawl::site::CrawledSite;
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{CaptureId, PolicyId};
use crate::sample::{self, Budget, Shortfall};
use crate::store::{Store, StoredCapture};

/// Maximum number of rounds. Each round may find new URLs. After this many rounds, the next run handles the rest.
const MAX_ROUNDS: usize = 6;

/// Follows the policies of one site.
pub(super) struct Follower<'a, 'b, A> {
    session: &'a Session<'b, A>,
    site: &'a CrawledSite,
    stop: &'a CancellationToken,
    /// How many pages of policies, and redirects that may lead to one, may still be requested.
    budget: Budget,
    /// Decides which stored answers are visible.
    replay: Replay,
    /// Captures whose fetch stored no answer.
    record: FetchRecord,
    /// What the budget left open, one line per policy.
    left_open: Vec<String>,
    /// Number of words of the longest text so far.
    most_words: u64,
}

impl<'a, 'b, A: Archive> Follower<'a, 'b, A> {
    /// Prepares to follow the policies of a site.
    pub(super) fn new(
        session: &'a Session<'b, A>,
        site: &'a CrawledSite,
        stop: &'a CancellationToken,
    ) -> Self {
        let budget = session
            .crawl
            .max_requests_per_site
            .map_or(Budget::UNBOUNDED, |most| {
                Budget::of(usize::try_from(most).unwrap_or(usize::MAX))
            });
        Self {
            session,
            site,
            stop,
            budget,
            replay: Replay::new(site.start.since),
            record: FetchRecord::default(),
            left_open: Vec::new(),
            most_words: 0,
        }
    }

    /// Returns the rule for which stored answers are visible.
    pub(super) fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Follows the policies until no page names a new URL, and derives their histories. Returns what the budget left
    /// open.
    pub(super) async fn follow(
        mut self,
        index: &mut SiteIndex<'a, A>,
        failures: &mut Failures,
    ) -> Result<Vec<String>, CrawlError> {
        let mut policies = self.follow_in_rounds(index, failures).await?;
        if self.replay.reveal_all() {
            policies = self.follow_in_rounds(index, failures).await?;
        }
        for policy in &policies {
            let open = self.derive(policy.policy_id).await?;
            if self.budget.is_spent() {
                self.report_left_open(policy, open).await?;
            }
        }
        Ok(self.left_open)
    }

    /// Fetches until no page names a new URL, and returns the policies.
    async fn follow_in_rounds(
        &mut self,
        index: &mut SiteIndex<'a, A>,
        failures: &mut Failures,
    ) -> Result<Vec<FollowedPolicy>, CrawlError> {
        let mut policies = self.join_policies().await?;
        for _ in 0..MAX_ROUNDS {
            // Redirects come first: a page to which a redirect leads need not be fetched again.
            for policy in &policies {
                ensure_index_rows(index, policy, self.stop, failures).await?;
                self.fetch_redirects(policy, failures).await?;
            }
            for policy in &policies {
                self.fetch_policy(policy, failures).await?;
            }
            let joined = self.join_policies().await?;
            let unchanged = joined == policies;
            policies = joined;
            if unchanged {
                return Ok(policies);
            }
        }
        self.left_open.push(format!(
            "{}: after {MAX_ROUNDS} rounds, pages still lead to new URLs; run the command again to continue",
            self.site.site
        ));
        Ok(policies)
    }

    async fn join_policies(&self) -> Result<Vec<FollowedPolicy>, CrawlError> {
        join_policies(self.session, self.site, &self.replay).await
    }

    /// Fetches redirects until both ends of every move are known.
    async fn fetch_redirects(
        &mut self,
        policy: &FollowedPolicy,
        failures: &mut Failures,
    ) -> Result<(), CrawlError> {
        loop {
            check_stop(self.stop)?;
            let stored = self.captures(policy).await?;
            let mut wanted = redirects_to_fetch(&stored);
            wanted.retain(|s| !self.record.unanswered.contains(&s.capture_id));
            wanted.truncate(self.budget.left().unwrap_or(usize::MAX));
            if wanted.is_empty() {
                return Ok(());
            }
            self.fetch(&wanted, failures).await?;
        }
    }

    /// Fetches captures of a policy until the sampler wants no more.
    async fn fetch_policy(
        &mut self,
        policy: &FollowedPolicy,
        failures: &mut Failures,
    ) -> Result<(), CrawlError> {
        self.extract_stored_pages(policy.policy_id, failures)
            .await?;
        loop {
            check_stop(self.stop)?;
            let stored = self.captures(policy).await?;
            let (stored, places) = self.sample(stored).await?;
            let wanted: Vec<&StoredCapture> =
                places.into_iter().filter_map(|i| stored.get(i)).collect();
            if wanted.is_empty() {
                return Ok(());
            }
            self.fetch(&wanted, failures).await?;
        }
    }

    /// Returns the stored captures of a policy within the wanted span, in order of time: those with an answer, and
    /// those that this archive can still answer. A capture that only another archive listed is
    /// skipped, because this archive would report it as missing.
    async fn captures(
        &mut self,
        policy: &FollowedPolicy,
    ) -> Result<Vec<StoredCapture>, CrawlError> {
        let (policy_id, archive_id) = (policy.policy_id, self.session.archive_id);
        let stored = self
            .session
            .store_call(move |store: &Store| store.captures_of_policy(policy_id, EXTRACTOR_VERSION))
            .await?;
        let is_wanted = |s: &StoredCapture| {
            self.session.crawl.in_span(s.capture.timestamp)
                && (s.archive_id == archive_id
                    || s.attempt.is_some()
                    || s.fetched_capture_id.is_some())
        };
        let mut stored: Vec<StoredCapture> = stored.into_iter().filter(is_wanted).collect();
        self.replay.hide(&mut stored);
        let words = stored.iter().filter_map(|s| s.word_count).max();
        self.most_words = self.most_words.max(words.unwrap_or(0).into());
        Ok(stored)
    }

    /// Returns the captures, and the positions of those that the sampler wants next within the budget.
    async fn sample(
        &self,
        stored: Vec<StoredCapture>,
    ) -> Result<(Vec<StoredCapture>, Vec<usize>), CrawlError> {
        let (strategy, budget) = (strategy(&self.session.crawl), self.budget);
        let unanswered = self.record.unanswered.clone();
        run_blocking(move || {
            let (places, captures) = sample_captures(&stored, &|id| unanswered.contains(&id));
            let next = sample::next_within(strategy, &captures, budget);
            let wanted = next.into_iter().filter_map(|i| places.get(i).copied());
            let wanted = wanted.collect();
            (stored, wanted)
        })
        .await
    }

    /// Fetches captures within the budget.
    async fn fetch(
        &mut self,
        wanted: &[&StoredCapture],
        failures: &mut Failures,
    ) -> Result<(), CrawlError> {
        // A capture with a hidden answer costs no request.
        let requested = wanted
            .iter()
            .filter(|s| !self.replay.has_hidden_answer(s.capture_id));
        self.budget.spend(requested.count());
        let batch = fetch_batch(&self.fetcher(), wanted, &self.record).await;
        for capture_id in batch.stored.iter().chain(&batch.stored_by_others) {
            self.replay.reveal(*capture_id);
        }
        self.record.stored_by_others.extend(batch.stored_by_others);
        for (s, detail) in batch.unanswered {
            self.record.unanswered.insert(s.capture_id);
            let (original, timestamp) = (&s.capture.original, s.capture.timestamp);
            failures.add(
                &self.site.site,
                format_args!("{original} of {timestamp}: {detail}"),
            );
        }
        batch.ended_by.map_or(Ok(()), Err)
    }

    fn fetcher(&self) -> Fetcher<'_, A> {
        Fetcher {
            archive: self.session.archive,
            store: &self.session.store,
            clock: &*self.session.clock,
            pdf: self.session.pdf.as_ref(),
            memory: &self.session.memory,
            progress: &self.session.progress,
            in_flight: &self.session.in_flight,
            stop: self.stop,
        }
    }

    /// Extracts the stored pages of a policy that the present extractor has not read yet; they are not fetched again.
    /// The history is derived before anything is fetched. So a version that appears later is due to the archive, not to
    /// a different extractor.
    async fn extract_stored_pages(
        &mut self,
        policy_id: PolicyId,
        failures: &mut Failures,
    ) -> Result<(), CrawlError> {
        let session = self.session;
        let unextracted = session
            .store_call(move |store: &Store| store.unextracted(policy_id, EXTRACTOR_VERSION))
            .await?;
        let is_new_extractor = !unextracted.is_empty();
        for capture_id in unextracted {
            check_stop(self.stop)?;
            if self.record.unanswered.contains(&capture_id) {
                continue;
            }
            if let Some(failure) = extract_stored_page(session, capture_id).await? {
                self.record.unanswered.insert(capture_id);
                failures.add(&self.site.site, failure);
            }
        }
        if is_new_extractor {
            self.derive(policy_id).await?;
        }
        Ok(())
    }

    /// Derives the history of a policy and returns what the sampling strategy still wants to know.
    async fn derive(&self, policy_id: PolicyId) -> Result<Shortfall, CrawlError> {
        let (crawl, announcement) = (self.session.crawl.clone(), self.session.announcement_rule());
        let needed = memory_of_comparison(self.most_words);
        let _reserved = self.session.memory.work(needed).await;
        self.session
            .store_call(move |store: &Store| derive_policy(store, &crawl, policy_id, announcement))
            .await
    }

    /// Adds what was left open for a policy because the budget is spent.
    async fn report_left_open(
        &mut self,
        policy: &FollowedPolicy,
        open: Shortfall,
    ) -> Result<(), CrawlError> {
        let url = policy.urls.first().map_or("", |(_, url)| url.as_str());
        if !open.is_none() {
            self.left_open.push(format!(
                "{url}: {} changes not located exactly (the least exact within {} days), {} periods not sampled",
                open.open_intervals,
                open.widest_seconds / 86_400,
                open.unread_steps
            ));
        }
        let redirects = redirects_to_fetch(&self.captures(policy).await?).len();
        if redirects > 0 {
            self.left_open
                .push(format!("{url}: {redirects} redirects not followed"));
        }
        Ok(())
    }
}

/// Extracts one stored page. Returns a message when this machine cannot extract it now.
async fn extract_stored_page<A>(
    session: &Session<'_, A>,
    capture_id: CaptureId,
) -> Result<Option<String>, CrawlError> {
    let mut reserved = session.memory.body().await;
    let call = move |store: &Store| store.stored_page(capture_id);
    let Some(page) = session.store_call(call).await? else {
        return Ok(None);
    };
    reserved.shrink_to(page.body.len());
    let work = PageWork::of(&page.body, page.body.len());
    let (store, pdf) = (Arc::clone(&session.store), session.pdf.clone());
    let what = format!("capture {capture_id}");
    let extract = move || {
        let _reserved = reserved;
        extract_page(&store, pdf.as_ref(), &page)
    };
    Ok(run_parse(&session.memory, work, &what, extract).await??)
}

/// Makes sure that the index rows of all URLs of a policy are stored.
pub(super) async fn ensure_index_rows<A: Archive>(
    index: &mut SiteIndex<'_, A>,
    policy: &FollowedPolicy,
    stop: &CancellationToken,
    failures: &mut Failures,
) -> Result<(), CrawlError> {
    for (urlkey, url) in &policy.urls {
        check_stop(stop)?;
        index.ensure_rows(url, urlkey, failures).await?;
    }
    Ok(())
}
