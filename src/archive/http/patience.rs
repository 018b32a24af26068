//! Patience: what is done after trouble. A pause and another try, a freeze, or the end of the question or the run.

use std::time::Duration;

use super::courier::{Call, Courier, clean};
use super::usage::{Endpoint, Outcome};
use super::verdict::Verdict;
use crate::archive::ArchiveError;

/// Times that one request is sent at the most.
const MAX_TRIES: u32 = 6;

/// Refusals that one question may bring about.
const MAX_REFUSALS: u32 = 3;

/// The retries of a run.
pub(super) struct RetryBudget {
    pub(super) free: u64,
    pub(super) requests_per_retry: u64,
}

/// A hundred, and one for each two requests that needed none. An archive that fails more often is down, and more requests
/// do not raise it.
pub(super) const RETRIES: RetryBudget = RetryBudget {
    free: 100,
    requests_per_retry: 3,
};

/// Longest pause before a retry: playback, index (whose overload passes more slowly).
const LONGEST_PAUSE: (Duration, Duration) = (Duration::from_mins(1), Duration::from_mins(3));
/// The index waits longer from the start.
const INDEX_PAUSE_FACTOR: u32 = 5;
/// A pause of which a person is told: half a minute without a sign looks like a program that hangs. The index comes to
/// such pauses at its third try.
const TOLD_PAUSE: Duration = Duration::from_secs(30);
/// Longest `Retry-After` of a 503 that is waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_mins(5);

/// Why a request has to be sent again, if it may.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) verdict: Verdict,
    pub(super) detail: String,
    pub(super) retry_after: Option<Duration>,
}

/// One question's claim on tries and pauses.
pub(super) struct Patience<'a> {
    courier: &'a Courier,
    endpoint: Endpoint,
    what: String,
    tries: u32,
    refusals: u32,
}

impl<'a> Patience<'a> {
    pub(super) fn new(courier: &'a Courier, endpoint: Endpoint, what: String) -> Self {
        Self {
            courier,
            endpoint,
            what,
            tries: 0,
            refusals: 0,
        }
    }

    /// Ends a call that brought trouble, and returns when the question may be asked again; or says why it may not.
    pub(super) async fn again(
        &mut self,
        mut call: Call<'_>,
        trouble: Trouble,
    ) -> Result<(), ArchiveError> {
        let courier = self.courier;
        self.grant_rest(&trouble);
        match trouble.verdict {
            Verdict::Refused => {
                let generation = call.generation;
                call.end(Outcome::Refused);
                drop(call);
                courier
                    .guard
                    .refuse(generation, trouble.retry_after, &trouble.detail)?;
                if courier.has_been_answered() {
                    self.refusals += 1;
                    // Others are answered meanwhile, or the run would be over: it is this question that is not liked.
                    return if self.refusals < MAX_REFUSALS {
                        Ok(())
                    } else {
                        Err(self.unavailable(&trouble.detail))
                    };
                }
                // Nothing has ever answered: a person must not wait seven minutes for a server that is not there.
                let until = courier.guard.until();
                let detail = format!("{}, and nothing has answered yet", trouble.detail);
                Err(if courier.is_public_archive {
                    ArchiveError::Refused {
                        archive: courier.archive().to_owned(),
                        until,
                        detail,
                    }
                } else {
                    courier.unreachable(format!(
                        "{detail}; the next request may go after {until} UTC"
                    ))
                })
            }
            Verdict::Unreachable => Err(courier.unreachable(trouble.detail)),
            Verdict::Retry | Verdict::Narrow => {
                self.tries += 1;
                let spent = self.tries >= MAX_TRIES;
                if spent || !courier.spend_retry() {
                    let why = if spent {
                        format!("asked {} times", self.tries)
                    } else {
                        "the run's retries are spent".to_owned()
                    };
                    call.end(Outcome::Failed);
                    drop(call);
                    return Err(
                        self.give_up(&format!("{}; {why}", trouble.detail), trouble.retry_after)
                    );
                }
                call.end(Outcome::Retried);
                drop(call);
                let pause = self.pause();
                let (what, tries, seconds) = (&self.what, self.tries, pause.as_secs());
                if pause < TOLD_PAUSE {
                    tracing::debug!(%what, tries, seconds, "asking again: {}", trouble.detail);
                } else {
                    tracing::warn!(%what, tries, "no answer yet, asking again in {seconds} s: {}", trouble.detail);
                }
                courier.unless_stopped(tokio::time::sleep(pause)).await
            }
            _ => {
                call.end(Outcome::Failed);
                drop(call);
                Err(self.give_up(&trouble.detail, trouble.retry_after))
            }
        }
    }

    /// Leaves the endpoint alone as long as an answer asks; a refusal stops both, and longer.
    pub(super) fn grant_rest(&self, trouble: &Trouble) {
        if trouble.verdict != Verdict::Refused
            && let Some(asked) = trouble.retry_after
        {
            let rest = asked.min(LONGEST_RETRY_AFTER);
            self.courier.rest(self.endpoint, rest);
        }
    }

    /// Ends a question that got no answer, and the run when there were too many of them.
    fn give_up(&self, detail: &str, retry_after: Option<Duration>) -> ArchiveError {
        match self.courier.count_failure(retry_after, &clean(detail)) {
            Ok(()) => self.unavailable(detail),
            Err(end) => end,
        }
    }

    /// The error for a question that got no answer.
    pub(super) fn unavailable(&self, detail: &str) -> ArchiveError {
        ArchiveError::Unavailable {
            archive: self.courier.archive().to_owned(),
            what: self.what.clone(),
            detail: clean(detail),
        }
    }

    /// 2, 4, 8 … seconds (index: 10, 20, 40 …), each 75 to 125 % of that, so that clients do not march in step.
    fn pause(&self) -> Duration {
        let (factor, longest) = match self.endpoint {
            Endpoint::Playback => (1, LONGEST_PAUSE.0),
            Endpoint::Cdx => (INDEX_PAUSE_FACTOR, LONGEST_PAUSE.1),
        };
        let doublings = 1_u32 << self.tries.saturating_sub(1).min(16);
        self.courier
            .retry_pause
            .saturating_mul(factor)
            .saturating_mul(doublings)
            .min(longest)
            .mul_f64(0.75 + 0.5 * chance())
    }
}

/// A number in 0..1 from the standard library's only source of chance: the keys of its hash maps.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let bits = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / 4_294_967_296.0
}
