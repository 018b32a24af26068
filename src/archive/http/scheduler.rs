//! Sends every request of this module: one after another, at the pace, outside freezes, over at most four connections.
//!
//! A request waits in this order: for the end of a freeze, for its place in the queue, until shortly before its permit,
//! for a connection, for the permit itself. Then the freeze is checked once more, and the request is sent.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::answer_meaning::TransportFailure;
use super::connections::{Connection, Connections};
use super::failed_attempt::FailedAttempt;
use super::failure_streak::FailureStreak;
use super::freeze_control::{FreezeControl, SendPermission};
use super::pace::Pace;
use super::retry_budget::RetryBudget;
use super::settings::{HttpSettings, RequestLog};
use super::transport::{ArchiveResponse, Transport};
use super::usage::{
    ActivityMark, ArchiveUsage, Endpoint, RequestOutcome, RequestRecord, UsageCounters,
};
use crate::archive::allowance::Allowance;
use crate::archive::clock::Clock;
use crate::archive::error::ArchiveError;
use crate::model::Timestamp;

/// Time that requests in flight have to end after the user stops the run: much more than a real answer takes, and
/// much less than a service manager waits before it kills the process.
const STOP_GRACE: Duration = Duration::from_mins(1);
/// Time after which an index request no longer keeps others from being sent. Normal answers take 0.5 to 25 s.
const LINE_PATIENCE: Duration = Duration::from_mins(1);

/// Pace and queue of one endpoint.
struct EndpointQueue {
    pace: Pace,
    line: tokio::sync::Mutex<()>,
}

/// Decides when each request of this process to one archive is sent, and sends it.
pub(super) struct RequestScheduler {
    transport: Box<dyn Transport>,
    pub(super) freeze: FreezeControl,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    /// When a request in flight noticed that the run is stopped.
    stopped_at: OnceLock<Instant>,
    index: EndpointQueue,
    playback: EndpointQueue,
    connections: Connections,
    counters: UsageCounters,
    log: Option<RequestLog>,
    allowance: Allowance,
    pub(super) is_public_archive: bool,
    pub(super) retry_pause: Duration,
    exchange_timeout: Duration,
    /// True once any status line was received.
    answered: AtomicBool,
    /// The freeze after which the pace was last slowed.
    slowed_for: AtomicU64,
    retries: RetryBudget,
    failures: FailureStreak,
    /// True once the pace of the index has been resumed from the previous process.
    has_resumed_pace: AtomicBool,
    /// True while a slow index answer is read beside the next index request.
    is_line_shared: AtomicBool,
}

/// A request in flight. It is counted and logged when it ends.
pub(super) struct SentRequest<'a> {
    scheduler: &'a RequestScheduler,
    endpoint: Endpoint,
    url: Url,
    /// Number of freezes seen when the request was sent.
    pub(super) generation: u64,
    sent_at: Timestamp,
    began: Instant,
    status: Option<u16>,
    /// Bytes of the body that were read.
    pub(super) bytes: u64,
    ended: bool,
    /// Held until an index request ends or has taken long, so that only one is in flight, or two if one is slow.
    line: Option<MutexGuard<'a, ()>>,
    /// True if this is the slow one.
    shares_line: bool,
    _connection: Connection<'a>,
    _active: ActivityMark<'a>,
}

impl RequestScheduler {
    pub(super) fn new(
        settings: HttpSettings,
        transport: Box<dyn Transport>,
        freeze: FreezeControl,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Self {
        let queue = |per_second| EndpointQueue {
            pace: Pace::new(per_second),
            line: tokio::sync::Mutex::default(),
        };
        let cdx_per_second = settings.cdx_per_minute / 60.0;
        Self {
            transport,
            freeze,
            clock,
            stop,
            stopped_at: OnceLock::new(),
            index: queue(cdx_per_second),
            playback: queue(settings.playback_per_second),
            connections: Connections::new(),
            counters: UsageCounters::new(cdx_per_second, settings.playback_per_second),
            is_public_archive: settings.is_public_archive(),
            log: settings.request_log,
            allowance: settings.allowance,
            retry_pause: settings.retry_pause,
            exchange_timeout: settings.exchange_timeout,
            answered: AtomicBool::new(false),
            slowed_for: AtomicU64::new(0),
            retries: RetryBudget::default(),
            failures: FailureStreak::default(),
            has_resumed_pace: AtomicBool::new(false),
            is_line_shared: AtomicBool::new(false),
        }
    }

    pub(super) fn usage(&self) -> ArchiveUsage {
        ArchiveUsage {
            cdx: self.counters.snapshot(Endpoint::Cdx),
            playback: self.counters.snapshot(Endpoint::Playback),
            retries: self.retries.spent(),
            freezes: self.freeze.freezes(),
        }
    }

    fn queue(&self, endpoint: Endpoint) -> &EndpointQueue {
        match endpoint {
            Endpoint::Cdx => &self.index,
            Endpoint::Playback => &self.playback,
        }
    }

    /// Waits for a future unless the user stops the run.
    pub(super) async fn unless_stopped<T>(
        &self,
        future: impl Future<Output = T>,
    ) -> Result<T, ArchiveError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(ArchiveError::Interrupted),
            value = future => Ok(value),
        }
    }

    /// Waits for its turn and sends one request. The body of the answer is not read yet.
    ///
    /// # Errors
    /// Errors that end the run. What happened to the request itself is in the inner result.
    pub(super) async fn send(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> Result<(SentRequest<'_>, Result<ArchiveResponse, TransportFailure>), ArchiveError> {
        let mut request = self.wait_for_turn(endpoint, url).await?;
        let url = request.url.clone();
        self.counters.sent(endpoint);
        let response = request.within(self.transport.get(endpoint, url)).await;
        let result = response.unwrap_or(Err(TransportFailure::Timeout));
        if let Ok(response) = &result {
            request.status = Some(response.status);
            self.answered.store(true, Ordering::Relaxed);
        }
        Ok((request, result))
    }

    async fn wait_for_turn(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> Result<SentRequest<'_>, ArchiveError> {
        let queue = self.queue(endpoint);
        loop {
            self.wait_out_freeze().await?;
            let active = self.counters.enter(endpoint);
            let turn = self.unless_stopped(queue.line.lock()).await?;
            let is_recorded = endpoint == Endpoint::Cdx && queue.pace.is_slow();
            if is_recorded {
                self.resume_pace(&queue.pace)?;
            }
            self.unless_stopped(tokio::time::sleep(queue.pace.until_shortly_before()))
                .await?;
            let connection = self.unless_stopped(self.connections.take()).await?;
            let connection = connection.ok_or(ArchiveError::Interrupted)?;
            while let Err(wait) = queue.pace.try_permit() {
                self.unless_stopped(tokio::time::sleep(wait)).await?;
            }
            if self.stop.is_cancelled() {
                return Err(ArchiveError::Interrupted);
            }
            // Another request may have been refused while this one waited.
            if let SendPermission::Granted(generation) = self.permission()? {
                if !self.allowance.take() {
                    return Err(ArchiveError::Interrupted);
                }
                if is_recorded {
                    self.freeze.note_index_request()?;
                }
                return Ok(SentRequest {
                    scheduler: self,
                    endpoint,
                    url,
                    generation,
                    sent_at: self.clock.now(),
                    began: Instant::now(),
                    status: None,
                    bytes: 0,
                    ended: false,
                    line: (endpoint == Endpoint::Cdx).then_some(turn),
                    shares_line: false,
                    _connection: connection,
                    _active: active,
                });
            }
        }
    }

    /// Continues the pace of the previous process. Only the first call has an effect.
    fn resume_pace(&self, pace: &Pace) -> Result<(), ArchiveError> {
        if !self.has_resumed_pace.swap(true, Ordering::Relaxed)
            && let Some(since_last) = self.freeze.since_index_request()?
        {
            pace.resume(since_last);
        }
        Ok(())
    }

    async fn wait_out_freeze(&self) -> Result<(), ArchiveError> {
        loop {
            match self.permission()? {
                SendPermission::Granted(_) => return Ok(()),
                SendPermission::Wait(time) => self.unless_stopped(self.freeze.sleep(time)).await?,
            }
        }
    }

    /// Reads whether a request may be sent now, and halves the pace after a freeze.
    fn permission(&self) -> Result<SendPermission, ArchiveError> {
        let permission = self.freeze.permission()?;
        if let SendPermission::Granted(generation) = permission
            && self.slowed_for.fetch_max(generation, Ordering::Relaxed) < generation
        {
            self.index.pace.slow_down();
            self.playback.pace.slow_down();
        }
        Ok(permission)
    }

    /// The failed attempt for a request without a complete answer.
    pub(super) fn failed_attempt(
        &self,
        endpoint: Endpoint,
        failure: &TransportFailure,
    ) -> FailedAttempt {
        FailedAttempt::without_answer(endpoint, failure, self.has_been_answered())
    }

    /// Pause that an answer requests.
    pub(super) fn retry_after(&self, response: &ArchiveResponse) -> Option<Duration> {
        response.retry_after(self.clock.now())
    }

    /// True once any request of this process received a status line.
    pub(super) fn has_been_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    pub(super) fn archive(&self) -> &str {
        self.freeze.archive()
    }

    pub(super) fn unreachable(&self, detail: String) -> ArchiveError {
        ArchiveError::Unreachable {
            archive: self.archive().to_owned(),
            detail,
        }
    }

    /// Counts a query without an answer.
    ///
    /// # Errors
    /// The error that ends the run after many in a row.
    pub(super) fn count_failure(
        &self,
        retry_after: Option<Duration>,
        detail: &str,
    ) -> Result<(), ArchiveError> {
        self.failures.count(&self.freeze, retry_after, detail)
    }

    /// Sends nothing to an endpoint for this time, because the archive requested it.
    pub(super) fn rest(&self, endpoint: Endpoint, time: Duration) {
        self.queue(endpoint).pace.rest(time);
    }

    /// Takes one retry out of the run's budget; false when none is left.
    pub(super) fn take_retry(&self) -> bool {
        self.retries.take(self.counters.requests())
    }
}

impl SentRequest<'_> {
    /// Waits for a part of the exchange; `None` when the time for the whole exchange is over.
    pub(super) async fn within<T>(&self, part: impl Future<Output = T>) -> Option<T> {
        let scheduler = self.scheduler;
        let over = async {
            tokio::select! {
                () = tokio::time::sleep_until(self.deadline()) => {}
                () = scheduler.stop.cancelled() => {
                    let stopped_at = *scheduler.stopped_at.get_or_init(Instant::now);
                    tokio::time::sleep_until(self.deadline().min(stopped_at + STOP_GRACE)).await;
                }
            }
        };
        tokio::select! {
            biased;
            () = over => None,
            value = part => Some(value),
        }
    }

    /// Waits like [`Self::within`]. When the request has taken long, the next index request may be sent meanwhile, so that
    /// one site with a slow or endless answer does not hold up the others. Only one request at a time may be slow.
    pub(super) async fn within_shared_line<T>(
        &mut self,
        part: impl Future<Output = T>,
    ) -> Option<T> {
        let mut part = std::pin::pin!(part);
        if self.line.is_some() {
            let patience = tokio::time::sleep_until(self.began + LINE_PATIENCE);
            tokio::select! {
                biased;
                value = self.within(part.as_mut()) => return value,
                () = patience => {}
            }
            if !self.scheduler.is_line_shared.swap(true, Ordering::Relaxed) {
                self.shares_line = true;
                self.line = None;
            }
        }
        self.within(part).await
    }

    /// When the whole exchange must be over, if the user does not stop the run.
    fn deadline(&self) -> Instant {
        self.began + self.scheduler.exchange_timeout
    }

    /// Ends an answered request: counts and logs it, and ends the streak of refusals and failures.
    pub(super) fn finish(mut self, outcome: RequestOutcome) {
        self.scheduler.freeze.note_answer(self.generation);
        self.scheduler.failures.end();
        self.end(outcome);
    }

    /// Ends a request without a usable answer: counts and logs it.
    pub(super) fn end(&mut self, outcome: RequestOutcome) {
        self.ended = true;
        self.scheduler
            .counters
            .ended(self.endpoint, outcome, self.bytes);
        if let Some(log) = &self.scheduler.log {
            log(&RequestRecord {
                at: self.sent_at,
                endpoint: self.endpoint,
                url: self.url.to_string(),
                status: self.status,
                bytes: self.bytes,
                ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
                outcome,
            });
        }
    }
}

impl Drop for SentRequest<'_> {
    fn drop(&mut self) {
        if self.shares_line {
            self.scheduler
                .is_line_shared
                .store(false, Ordering::Relaxed);
        }
        if !self.ended {
            self.end(RequestOutcome::Failed);
        }
    }
}
