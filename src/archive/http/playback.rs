//! Playback: from a moment and a URL to the archived response, in the protocol's order of decision.

use std::collections::HashSet;

use super::address::Addresses;
use super::courier::Courier;
use super::exchange::{Asked, End, Step, damaged};
use super::patience::Trouble;
use super::settings::Dialect;
use super::usage::{Endpoint, Outcome};
use super::verdict::Verdict;
use crate::archive::{ArchiveError, Memento, MementoQuery};
use crate::model::{EMPTY_PAYLOAD_DIGEST, PayloadDigest, Timestamp};

/// Archived redirects followed at the most.
const MAX_REDIRECTS: usize = 10;
/// Requests for one memento at the most, retries aside: each redirect may need a jump to its target's nearest capture.
const MAX_STEPS: usize = 2 * (MAX_REDIRECTS + 1);

/// Asks for mementos.
pub(super) struct Playback<'a> {
    pub(super) courier: &'a Courier,
    pub(super) addresses: &'a Addresses,
    pub(super) dialect: Dialect,
    pub(super) max_body_bytes: usize,
}

impl Playback<'_> {
    pub(super) async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let mut asked = Asked {
            timestamp: query.timestamp,
            original: query.original.clone(),
        };
        let mut expected = query
            .expected_digest
            .as_ref()
            .filter(|digest| digest.as_str() != EMPTY_PAYLOAD_DIGEST);
        let mut visited = HashSet::new();
        let mut redirects = Vec::new();
        while visited.len() < MAX_STEPS
            && redirects.len() <= MAX_REDIRECTS
            && visited.insert(asked.clone())
        {
            let step = self.fetch(&asked, expected).await?;
            // The digest of the index row is that of the first capture only.
            expected = None;
            asked = match step {
                Step::Page(memento) => {
                    check_window(query, &memento.original, memento.timestamp)?;
                    return Ok(Memento {
                        redirects,
                        ..memento
                    });
                }
                Step::Redirect(redirect, next) => {
                    check_window(query, &redirect.from, redirect.timestamp)?;
                    redirects.push(redirect);
                    next
                }
                Step::Jump(next) => {
                    check_window(query, &next.original, next.timestamp)?;
                    next
                }
            };
        }
        // Recordings 010 to 013: two captures that send to each other for ever.
        Err(ArchiveError::RedirectLoop {
            url: query.original.clone(),
        })
    }

    /// One answered question, retries inside.
    async fn fetch(
        &self,
        asked: &Asked,
        expected: Option<&PayloadDigest>,
    ) -> Result<Step, ArchiveError> {
        let Some(url) = self.addresses.playback(asked.timestamp, &asked.original) else {
            return Err(damaged(asked, "is no web address that can be asked for"));
        };
        let mut patience = self
            .courier
            .patience(Endpoint::Playback, asked.original.clone());
        let mut doubted = false;
        let mut lengths: Vec<Option<usize>> = Vec::new();
        loop {
            let (mut call, result) = self.courier.send(Endpoint::Playback, url.clone()).await?;
            match self.exchange(&mut call, result, asked, expected).await {
                End::Step(step, outcome) => {
                    call.finish(outcome);
                    return Ok(step);
                }
                End::Final(error, outcome) => {
                    call.finish(outcome);
                    return Err(error);
                }
                End::Doubtful(error) if doubted => {
                    call.finish(Outcome::Failed);
                    return Err(error);
                }
                End::Doubtful(error) => {
                    doubted = true;
                    let trouble = Trouble {
                        verdict: Verdict::Retry,
                        detail: error.to_string(),
                        retry_after: None,
                    };
                    // Out of retries, the first look has to do.
                    if let Err(given_up) = patience.again(call, trouble).await {
                        return Err(if given_up.ends_run() { given_up } else { error });
                    }
                }
                End::Trouble(trouble, length) => {
                    let is_refusal = trouble.verdict == Verdict::Refused;
                    let detail = trouble.detail.clone();
                    if !is_refusal {
                        lengths.push(length);
                    }
                    if let Err(given_up) = patience.again(call, trouble).await {
                        // Cut off at the same byte every time: the stored record ends there.
                        let is_stored_so = lengths.len() > 2
                            && lengths
                                .iter()
                                .all(|l| l.is_some_and(|l| l > 0) && *l == lengths[0]);
                        return Err(if is_stored_so && !given_up.ends_run() {
                            damaged(asked, &detail)
                        } else {
                            given_up
                        });
                    }
                }
            }
        }
    }
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
