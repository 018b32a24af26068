//! Following the policies of a site: asks for the captures that the sampler wants, until no page tells of anything new.

use futures_util::StreamExt as _;

use super::histories::{self, strategy};
use super::look::{Looked, look};
use super::policies::Followed;
use super::redirects::redirects_to_ask;
use super::reextract::extract_capture;
use super::site::SiteLook;
use super::{CrawlError, readers};
use crate::archive::{Archive, ArchiveError};
use crate::extract::EXTRACTOR_VERSION;
use crate::sample;
use crate::store::StoredCapture;

/// Captures of one site that are asked for at once; the archive's own limit of connections holds over all sites.
const LOOKS_AT_ONCE: usize = 4;
/// Pages tell of further addresses, whose pages tell of others: after so many rounds the rest waits for the next run.
const MAX_ROUNDS: usize = 6;

impl<A: Archive> SiteLook<'_, '_, A> {
    /// Follows the site's policies until no page tells of a new address.
    pub(super) async fn follow(&mut self) -> Result<(), CrawlError> {
        let mut policies = self.follow_in_rounds().await?;
        if self.replay.end() {
            policies = self.follow_in_rounds().await?;
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

    /// Asks until no page tells of a new address, and gives the policies.
    async fn follow_in_rounds(&mut self) -> Result<Vec<Followed>, CrawlError> {
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
                return Ok(policies);
            }
        }
        self.left_open.push(format!(
            "{}: after {MAX_ROUNDS} rounds its pages still tell of new addresses; run it again to go on",
            self.request.site
        ));
        Ok(policies)
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
            self.spend(&wanted);
            self.look_at_captures(&wanted).await?;
        }
    }

    /// The stored captures of a policy within the wanted span, in order of time: what is known of them, and what this
    /// archive can still tell. Those that only another archive listed wait for a look at that one: here they would seem lost.
    fn captures(&mut self, policy: &Followed) -> Result<Vec<StoredCapture>, CrawlError> {
        let stored = self
            .context
            .store
            .captures_of_policy(policy.policy_id, EXTRACTOR_VERSION)?;
        let mut stored: Vec<StoredCapture> = stored
            .into_iter()
            .filter(|s| self.context.crawl.in_span(s.capture.timestamp))
            .filter(|s| {
                s.archive_id == self.context.archive_id
                    || s.asked.is_some()
                    || s.fetched_capture_id.is_some()
            })
            .collect();
        self.replay.hide(&mut stored);
        Ok(stored)
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
        let wanted: Vec<&StoredCapture> = next
            .into_iter()
            .filter_map(|i| stored.get(*places.get(i)?))
            .collect();
        self.spend(&wanted);
        wanted
    }

    /// Takes the requests for captures off the budget: what is stored costs none.
    fn spend(&mut self, wanted: &[&StoredCapture]) {
        let asked = wanted.iter().filter(|s| !self.replay.holds(s.capture_id));
        self.budget.spend(asked.count());
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
        let (mut answered, mut unanswered, mut meanwhile) = (Vec::new(), Vec::new(), Vec::new());
        let mut ended_by: Option<CrawlError> = None;
        // What is in flight is finished and stored whatever happened to the others.
        while let Some((s, looked)) = looks.next().await {
            match looked {
                Ok(Looked::Stored) => answered.push(s.capture_id),
                Ok(Looked::PassedOver) => meanwhile.push(s.capture_id),
                Ok(Looked::Unanswered(detail)) => unanswered.push((s, detail)),
                Err(error) => {
                    stop.cancel();
                    ended_by = Some(error.instead_of(ended_by));
                }
            }
        }
        drop(looks);
        for capture_id in answered.iter().chain(&meanwhile) {
            self.replay.ask(*capture_id);
        }
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
}
