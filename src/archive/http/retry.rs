//! Decides what follows a failed attempt: a pause and another try, a freeze, or the end of the query or of the run.

use std::time::Duration;

use super::answer_meaning::AnswerMeaning;
use super::error_text::clean;
use super::failed_attempt::FailedAttempt;
use super::scheduler::{RequestScheduler, SentRequest};
use super::usage::{Endpoint, RequestOutcome};
use crate::archive::error::ArchiveError;

/// Maximum number of attempts at one request.
const MAX_ATTEMPTS: u32 = 6;

/// Maximum number of refusals that one query may cause.
const MAX_REFUSALS: u32 = 3;

/// Longest pause before a retry of a playback request.
const MAX_PLAYBACK_PAUSE: Duration = Duration::from_mins(1);
/// Longest pause before a retry of an index request: overload of the index passes more slowly.
const MAX_INDEX_PAUSE: Duration = Duration::from_mins(3);
/// An index retry waits this many times as long as a playback retry.
const INDEX_PAUSE_FACTOR: u32 = 5;
/// Shortest pause for which the log warns the user: a program that is silent for half a minute seems to hang. Index
/// requests reach such a pause at the third attempt.
const LOGGED_PAUSE: Duration = Duration::from_secs(30);
/// Longest `Retry-After` of a 503 that is respected.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(5);

/// Attempts and refusals of one query.
pub(super) struct RetryState<'a> {
    scheduler: &'a RequestScheduler,
    endpoint: Endpoint,
    /// What is requested, for logs and errors.
    what: String,
    attempts: u32,
    refusals: u32,
}

impl<'a> RetryState<'a> {
    /// The state before the first attempt.
    pub(super) fn new(scheduler: &'a RequestScheduler, endpoint: Endpoint, what: String) -> Self {
        Self {
            scheduler,
            endpoint,
            what,
            attempts: 0,
            refusals: 0,
        }
    }

    /// Ends a failed request and waits until it may be sent again.
    ///
    /// # Errors
    /// Why it must not be sent again: the query failed, or the run ends.
    pub(super) async fn wait_to_retry(
        &mut self,
        mut request: SentRequest<'_>,
        failed: FailedAttempt,
    ) -> Result<(), ArchiveError> {
        self.respect_retry_after(&failed);
        match failed.meaning {
            AnswerMeaning::Refused => {
                let generation = request.generation;
                request.end(RequestOutcome::Refused);
                drop(request);
                self.freeze(generation, &failed)
            }
            AnswerMeaning::Unreachable => Err(self.scheduler.unreachable(failed.detail)),
            AnswerMeaning::Retry | AnswerMeaning::Narrow => {
                self.pause_for_retry(request, failed).await
            }
            _ => {
                request.end(RequestOutcome::Failed);
                drop(request);
                Err(self.give_up(&failed.detail, failed.retry_after))
            }
        }
    }

    /// Freezes the archive after a refusal of a request that was sent under `generation`.
    fn freeze(&mut self, generation: u64, failed: &FailedAttempt) -> Result<(), ArchiveError> {
        let scheduler = self.scheduler;
        scheduler
            .freeze
            .refuse(generation, failed.retry_after, &failed.detail)?;
        if scheduler.has_been_answered() {
            self.refusals += 1;
            // Other requests are answered meanwhile, otherwise the run would be over. So only this query is refused.
            return if self.refusals < MAX_REFUSALS {
                Ok(())
            } else {
                Err(self.unavailable(&failed.detail))
            };
        }
        // No request was ever answered: the user must not wait seven minutes for a server that does not exist.
        let until = scheduler.freeze.until();
        let detail = format!("{}, and no request has been answered yet", failed.detail);
        Err(if scheduler.is_public_archive {
            ArchiveError::Refused {
                archive: scheduler.archive().to_owned(),
                until,
                detail,
            }
        } else {
            scheduler.unreachable(format!(
                "{detail}; the next request is allowed after {until} UTC"
            ))
        })
    }

    /// Waits before the next attempt, if one is left.
    async fn pause_for_retry(
        &mut self,
        mut request: SentRequest<'_>,
        failed: FailedAttempt,
    ) -> Result<(), ArchiveError> {
        self.attempts += 1;
        let no_attempt_left = self.attempts >= MAX_ATTEMPTS;
        if no_attempt_left || !self.scheduler.take_retry() {
            let why = if no_attempt_left {
                format!("sent {} times", self.attempts)
            } else {
                "the retries of this run are used up".to_owned()
            };
            request.end(RequestOutcome::Failed);
            drop(request);
            return Err(self.give_up(&format!("{}; {why}", failed.detail), failed.retry_after));
        }
        request.end(RequestOutcome::Retried);
        drop(request);
        let pause = self.pause();
        let (what, tries, seconds) = (&self.what, self.attempts, pause.as_secs());
        if pause < LOGGED_PAUSE {
            tracing::debug!(%what, tries, seconds, "retrying: {}", failed.detail);
        } else {
            tracing::warn!(%what, tries, "request failed, retrying in {seconds} s: {}", failed.detail);
        }
        self.scheduler
            .unless_stopped(tokio::time::sleep(pause))
            .await
    }

    /// Sends nothing to the endpoint for as long as the answer requests. (A refusal stops both endpoints, and for
    /// longer.)
    pub(super) fn respect_retry_after(&self, failed: &FailedAttempt) {
        if failed.meaning != AnswerMeaning::Refused
            && let Some(requested) = failed.retry_after
        {
            self.scheduler
                .rest(self.endpoint, requested.min(MAX_RETRY_AFTER));
        }
    }

    /// Ends a query without an answer. Ends the run too when there were too many of them.
    fn give_up(&self, detail: &str, retry_after: Option<Duration>) -> ArchiveError {
        match self.scheduler.count_failure(retry_after, &clean(detail)) {
            Ok(()) => self.unavailable(detail),
            Err(end) => end,
        }
    }

    /// The error of a query without an answer.
    pub(super) fn unavailable(&self, detail: &str) -> ArchiveError {
        ArchiveError::Unavailable {
            archive: self.scheduler.archive().to_owned(),
            what: self.what.clone(),
            detail: clean(detail),
        }
    }

    /// Pause before the next attempt: 2, 4, 8 … seconds (index: 10, 20, 40 …), each times a random factor between 0.75
    /// and 1.25, so that clients do not all retry at the same time.
    fn pause(&self) -> Duration {
        let (factor, longest) = match self.endpoint {
            Endpoint::Playback => (1, MAX_PLAYBACK_PAUSE),
            Endpoint::Cdx => (INDEX_PAUSE_FACTOR, MAX_INDEX_PAUSE),
        };
        let doublings = 1_u32 << self.attempts.saturating_sub(1).min(16);
        self.scheduler
            .retry_pause
            .saturating_mul(factor)
            .saturating_mul(doublings)
            .min(longest)
            .mul_f64(0.75 + 0.5 * fastrand::f64())
    }
}
