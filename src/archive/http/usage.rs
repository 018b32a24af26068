//! Counts of requests by endpoint and outcome, and the share of the allowed rate that they use.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::Timestamp;

/// The two services of an archive. Each has its own rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// The index.
    Cdx,
    /// Archived responses.
    Playback,
}

impl Endpoint {
    /// Name in logs and summaries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cdx => "cdx",
            Self::Playback => "playback",
        }
    }
}

/// How one request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RequestOutcome {
    /// Index rows, or an archived page.
    Ok,
    /// An archived 4xx or 5xx of the origin.
    ArchivedError,
    /// An archived redirect, or the archive's jump to its nearest capture.
    Redirect,
    /// Never archived; no captures.
    NotFound,
    /// The archive excludes it.
    Excluded,
    /// Failed, and was sent again.
    Retried,
    /// The archive refused this client (429, connection refused): a freeze follows.
    Refused,
    /// Failed, and was not sent again.
    Failed,
}

impl RequestOutcome {
    /// All outcomes, in the order of summaries.
    pub const ALL: [Self; 8] = [
        Self::Ok,
        Self::ArchivedError,
        Self::Redirect,
        Self::NotFound,
        Self::Excluded,
        Self::Retried,
        Self::Refused,
        Self::Failed,
    ];

    /// Name in logs and summaries.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ArchivedError => "archived_error",
            Self::Redirect => "redirect",
            Self::NotFound => "not_found",
            Self::Excluded => "excluded",
            Self::Retried => "retried",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

/// One request, as the request log receives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRecord {
    /// When it was sent.
    pub at: Timestamp,
    /// Service that was used.
    pub endpoint: Endpoint,
    /// Address of the request.
    pub url: String,
    /// HTTP status; `None` without an answer.
    pub status: Option<u16>,
    /// Bytes of the body that were read, as transferred.
    pub bytes: u64,
    /// From sending to the end of the body, in milliseconds.
    pub ms: u64,
    /// How it ended.
    pub outcome: RequestOutcome,
}

/// Use of one endpoint since the client began.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EndpointUsage {
    /// Requests sent.
    pub requests: u64,
    /// Requests by outcome, without outcomes that never happened.
    pub outcomes: BTreeMap<RequestOutcome, u64>,
    /// Bytes of bodies, as transferred.
    pub bytes_received: u64,
    /// Seconds in which at least one request was queued or in flight, without freezes and pauses before a retry.
    pub active_seconds: f64,
    /// Requests sent, as a share of those allowed in the active seconds (0 to 1).
    pub share_of_rate: f64,
}

/// Use of an archive since the client began.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArchiveUsage {
    /// The index.
    pub cdx: EndpointUsage,
    /// Archived responses.
    pub playback: EndpointUsage,
    /// Requests sent because an earlier one failed.
    pub retries: u64,
    /// Freezes begun.
    pub freezes: u64,
}

impl ArchiveUsage {
    /// Use of one endpoint.
    #[must_use]
    pub fn endpoint(&self, endpoint: Endpoint) -> &EndpointUsage {
        match endpoint {
            Endpoint::Cdx => &self.cdx,
            Endpoint::Playback => &self.playback,
        }
    }

    /// Requests to both endpoints.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.cdx.requests + self.playback.requests
    }
}

#[derive(Default)]
struct EndpointCounter {
    usage: EndpointUsage,
    active: u64,
    active_since: Option<Instant>,
    active_time: Duration,
}

/// Counts of both endpoints, each behind a lock.
pub(super) struct UsageCounters {
    cdx: Mutex<EndpointCounter>,
    playback: Mutex<EndpointCounter>,
    /// Requests allowed per second: index, playback.
    rates: (f64, f64),
}

/// Marks an endpoint as active until it is dropped.
pub(super) struct ActivityMark<'a>(&'a Mutex<EndpointCounter>);

impl UsageCounters {
    pub(super) fn new(cdx_per_second: f64, playback_per_second: f64) -> Self {
        Self {
            cdx: Mutex::default(),
            playback: Mutex::default(),
            rates: (cdx_per_second, playback_per_second),
        }
    }

    fn of(&self, endpoint: Endpoint) -> &Mutex<EndpointCounter> {
        match endpoint {
            Endpoint::Cdx => &self.cdx,
            Endpoint::Playback => &self.playback,
        }
    }

    pub(super) fn enter(&self, endpoint: Endpoint) -> ActivityMark<'_> {
        let counter = self.of(endpoint);
        let mut inner = counter.lock().unwrap_or_else(PoisonError::into_inner);
        inner.active += 1;
        inner.active_since.get_or_insert_with(Instant::now);
        ActivityMark(counter)
    }

    pub(super) fn sent(&self, endpoint: Endpoint) {
        self.of(endpoint)
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .usage
            .requests += 1;
    }

    pub(super) fn ended(&self, endpoint: Endpoint, outcome: RequestOutcome, bytes: u64) {
        let mut counter = self
            .of(endpoint)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counter.usage.outcomes.entry(outcome).or_default() += 1;
        counter.usage.bytes_received = counter.usage.bytes_received.saturating_add(bytes);
    }

    /// Requests sent to both endpoints.
    pub(super) fn requests(&self) -> u64 {
        [&self.cdx, &self.playback]
            .map(|c| {
                c.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .usage
                    .requests
            })
            .iter()
            .sum()
    }

    pub(super) fn snapshot(&self, endpoint: Endpoint) -> EndpointUsage {
        let counter = self
            .of(endpoint)
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let running = counter
            .active_since
            .map_or(Duration::ZERO, |since| since.elapsed());
        let mut usage = counter.usage.clone();
        usage.active_seconds = (counter.active_time + running).as_secs_f64();
        let rate = if endpoint == Endpoint::Cdx {
            self.rates.0
        } else {
            self.rates.1
        };
        // The first permit is free: n requests need n - 1 periods.
        #[expect(clippy::cast_precision_loss, reason = "a share for people")]
        let periods = usage.requests.saturating_sub(1) as f64;
        let allowed = usage.active_seconds * rate;
        usage.share_of_rate = if allowed > 0.0 {
            (periods / allowed).min(1.0)
        } else {
            0.0
        };
        usage
    }
}

impl Drop for ActivityMark<'_> {
    fn drop(&mut self) {
        let mut counter = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counter.active = counter.active.saturating_sub(1);
        if counter.active == 0
            && let Some(since) = counter.active_since.take()
        {
            counter.active_time += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn activity_counts_overlapping_requests_once_and_idle_time_never() {
        let counters = UsageCounters::new(1.0, 1.0);
        let first = counters.enter(Endpoint::Playback);
        tokio::time::sleep(Duration::from_secs(4)).await;
        let second = counters.enter(Endpoint::Playback);
        drop(first);
        tokio::time::sleep(Duration::from_secs(6)).await;
        drop(second);
        tokio::time::sleep(Duration::from_secs(100)).await;
        for _ in 0..9 {
            counters.sent(Endpoint::Playback);
            counters.ended(Endpoint::Playback, RequestOutcome::Ok, 7);
        }
        let usage = counters.snapshot(Endpoint::Playback);
        assert!((usage.active_seconds - 10.0).abs() < 0.01, "{usage:?}");
        assert!((usage.share_of_rate - 0.8).abs() < 0.01, "{usage:?}");
        assert_eq!(
            (usage.bytes_received, usage.outcomes[&RequestOutcome::Ok]),
            (63, 9)
        );
        assert_eq!(counters.snapshot(Endpoint::Cdx), EndpointUsage::default());
    }
}
