//! Fetches a memento: from a moment and a URL to the archived response, including redirects and retries.

use std::collections::HashSet;

use super::capture_address::{CaptureAddress, ExpectedPayload};
use super::exchange::{ExchangeResult, PlaybackClient, PlaybackStep};
use crate::archive::error::ArchiveError;
use crate::archive::http::answer_meaning::AnswerMeaning;
use crate::archive::http::failed_attempt::FailedAttempt;
use crate::archive::http::retry::RetryState;
use crate::archive::http::usage::{Endpoint, RequestOutcome};
use crate::archive::query::{Memento, MementoQuery};
use crate::model::Timestamp;

/// Maximum number of archived redirects that are followed.
const MAX_REDIRECTS: usize = 10;
/// Maximum number of requests for one memento, without retries: each redirect may need a jump to the nearest capture of
/// its target.
const MAX_STEPS: usize = 2 * (MAX_REDIRECTS + 1);

/// Number of times that a doubtful answer is requested again. An archive that sends every fiftieth body empty would
/// otherwise lose one capture in 2,500.
const MAX_DOUBTS: u32 = 2;

/// Requests mementos.
pub(in crate::archive::http) struct MementoReader<'a> {
    pub(in crate::archive::http) client: PlaybackClient<'a>,
}

impl MementoReader<'_> {
    pub(in crate::archive::http) async fn memento(
        &self,
        query: &MementoQuery,
    ) -> Result<Memento, ArchiveError> {
        let mut capture = CaptureAddress {
            timestamp: query.timestamp,
            original: query.original.clone(),
        };
        let mut expected = ExpectedPayload::of(query.expected_digest.as_ref());
        let mut visited = HashSet::new();
        let mut redirects = Vec::new();
        while visited.len() < MAX_STEPS
            && redirects.len() <= MAX_REDIRECTS
            && visited.insert(capture.clone())
        {
            let step = self.fetch(&capture, expected).await?;
            // The digest of the index row applies only to the first capture.
            expected = ExpectedPayload::Unknown;
            capture = match step {
                PlaybackStep::Page(memento) => {
                    check_window(query, &memento.original, memento.timestamp)?;
                    return Ok(Memento {
                        redirects,
                        ..memento
                    });
                }
                PlaybackStep::Redirect(redirect, next) => {
                    check_window(query, &redirect.from, redirect.timestamp)?;
                    redirects.push(redirect);
                    next
                }
                PlaybackStep::Jump(next) => {
                    check_window(query, &next.original, next.timestamp)?;
                    next
                }
            };
        }
        // Two captures can lead to each other endlessly. One of link.springer.com redirected (303) to a log-in page,
        // and the log-in page back (302), each followed by the archive's jump to a capture some seconds away.
        Err(ArchiveError::RedirectLoop {
            url: query.original.clone(),
        })
    }

    /// Requests one capture until it is answered.
    async fn fetch(
        &self,
        capture: &CaptureAddress,
        mut expected: ExpectedPayload<'_>,
    ) -> Result<PlaybackStep, ArchiveError> {
        let client = self.client;
        let Some(url) = client
            .addresses
            .playback(capture.timestamp, &capture.original)
        else {
            return Err(capture.damaged("is not a URL that can be requested"));
        };
        let what = capture.original.clone();
        let mut retry = RetryState::new(client.scheduler, Endpoint::Playback, what);
        let mut doubts = 0;
        let mut lengths: Vec<Option<usize>> = Vec::new();
        loop {
            let (mut request, result) = client
                .scheduler
                .send(Endpoint::Playback, url.clone())
                .await?;
            match client.read(&mut request, result, capture, expected).await {
                ExchangeResult::Step(step, outcome) => {
                    request.finish(outcome);
                    return Ok(step);
                }
                ExchangeResult::Final(error, outcome) => {
                    request.finish(outcome);
                    return Err(error);
                }
                ExchangeResult::Doubtful(error) if doubts == MAX_DOUBTS => {
                    request.finish(RequestOutcome::Failed);
                    return Err(error);
                }
                ExchangeResult::Doubtful(error) => {
                    doubts += 1;
                    if matches!(expected, ExpectedPayload::Unknown) {
                        expected = ExpectedPayload::MayBeEmpty;
                    }
                    let failed = FailedAttempt::retryable(error.to_string());
                    // If no retry is left, the first answer counts.
                    if let Err(given_up) = retry.wait_to_retry(request, failed).await {
                        return Err(if given_up.ends_run() { given_up } else { error });
                    }
                }
                ExchangeResult::Failed(failed, length) => {
                    if failed.meaning != AnswerMeaning::Refused {
                        lengths.push(length);
                    }
                    let detail = failed.detail.clone();
                    if let Err(given_up) = retry.wait_to_retry(request, failed).await {
                        return Err(if is_stored_cut_off(&lengths) && !given_up.ends_run() {
                            capture.damaged(&detail)
                        } else {
                            given_up
                        });
                    }
                }
            }
        }
    }
}

/// True when every attempt was cut off at the same byte: the stored record ends there.
fn is_stored_cut_off(lengths: &[Option<usize>]) -> bool {
    lengths.len() > 2
        && lengths
            .iter()
            .all(|l| l.is_some_and(|l| l > 0) && *l == lengths[0])
}

fn check_window(query: &MementoQuery, url: &str, timestamp: Timestamp) -> Result<(), ArchiveError> {
    let (first, last) = query.window;
    if (first..=last).contains(&timestamp) {
        Ok(())
    } else {
        Err(ArchiveError::Displaced {
            url: url.to_owned(),
            timestamp,
        })
    }
}
