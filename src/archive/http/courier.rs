//! Sends requests: in line, at the pace, past the freeze, over four connections; and judges whether to ask again.
//!
//! The one way out of this room. A request waits in this order: for the freeze, for its place in line, for the time of its
//! permit to come near, for a connection, for the permit itself; then the freeze is looked at once more, and it goes.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::MutexGuard;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::connections::{Connection, Connections};
use super::freeze::{FreezeLedger, Gate, Guard};
use super::pace::Pace;
use super::patience::{Patience, RETRIES, Trouble};
use super::settings::{HttpSettings, RequestLog};
use super::transport::{Answer, Transport};
use super::usage::{Active, Counters, Endpoint, Outcome, RequestRecord, Usage};
use super::verdict::{Failure, Seen, decide};
use crate::archive::clock::Clock;
use crate::archive::{Allowance, ArchiveError};
use crate::model::Timestamp;

/// Questions without an answer, one after another, before everybody pauses.
const FAILURES_BEFORE_PAUSE: u32 = 20;
/// So long.
const FAILURE_PAUSE: Duration = Duration::from_mins(1);
/// The pause that ends the run.
const LAST_PAUSE: u32 = 3;
/// What is under way has so long to end once the user wants to stop: far more than an answer takes that comes at all, and far
/// less than a service manager waits before it kills.
const STOP_GRACE: Duration = Duration::from_mins(1);

struct Lane {
    pace: Pace,
    line: tokio::sync::Mutex<()>,
}

pub(super) struct Courier {
    transport: Box<dyn Transport>,
    pub(super) guard: Guard,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    /// When that was noticed by a request under way.
    stopped_at: OnceLock<Instant>,
    index: Lane,
    playback: Lane,
    connections: Connections,
    counters: Counters,
    log: Option<RequestLog>,
    allowance: Allowance,
    archive: String,
    pub(super) is_public_archive: bool,
    pub(super) retry_pause: Duration,
    exchange_timeout: Duration,
    /// Any status line ever came.
    answered: AtomicBool,
    /// The freeze after which the pace was last slowed.
    slowed_for: AtomicU64,
    retries: AtomicU64,
    /// Questions without an answer, one after another.
    failures: AtomicU32,
    /// The pace of the index was taken up where the last process left it.
    taken_up: AtomicBool,
}

/// A request under way: counted and logged when it ends.
pub(super) struct Call<'a> {
    courier: &'a Courier,
    endpoint: Endpoint,
    url: Url,
    pub(super) generation: u64,
    at: Timestamp,
    began: Instant,
    status: Option<u16>,
    pub(super) bytes: u64,
    ended: bool,
    /// Kept to the end for the index: one request at a time.
    _line: Option<MutexGuard<'a, ()>>,
    _connection: Connection<'a>,
    _active: Active<'a>,
}

impl Courier {
    pub(super) fn new(
        settings: HttpSettings,
        archive: String,
        transport: Box<dyn Transport>,
        ledger: Arc<dyn FreezeLedger>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Self {
        let lane = |per_second| Lane {
            pace: Pace::new(per_second),
            line: tokio::sync::Mutex::default(),
        };
        let cdx_per_second = settings.cdx_per_minute / 60.0;
        Self {
            transport,
            guard: Guard::new(ledger, Arc::clone(&clock), archive.clone()),
            clock,
            stop,
            stopped_at: OnceLock::new(),
            index: lane(cdx_per_second),
            playback: lane(settings.playback_per_second),
            connections: Connections::new(),
            counters: Counters::new(cdx_per_second, settings.playback_per_second),
            is_public_archive: settings.is_public_archive(),
            log: settings.request_log,
            allowance: settings.allowance,
            archive,
            retry_pause: settings.retry_pause,
            exchange_timeout: settings.exchange_timeout,
            answered: AtomicBool::new(false),
            slowed_for: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            failures: AtomicU32::new(0),
            taken_up: AtomicBool::new(false),
        }
    }

    pub(super) fn usage(&self) -> Usage {
        Usage {
            cdx: self.counters.snapshot(Endpoint::Cdx),
            playback: self.counters.snapshot(Endpoint::Playback),
            retries: self.retries.load(Ordering::Relaxed),
            freezes: self.guard.freezes(),
        }
    }

    fn lane(&self, endpoint: Endpoint) -> &Lane {
        match endpoint {
            Endpoint::Cdx => &self.index,
            Endpoint::Playback => &self.playback,
        }
    }

    /// Waits for something unless the user wants to stop.
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

    /// Sends one request when its turn has come. The answer's body is not read yet.
    ///
    /// Errors are those that end the run; what happened to the request itself is in the inner result.
    pub(super) async fn send(
        &self,
        endpoint: Endpoint,
        url: Url,
    ) -> Result<(Call<'_>, Result<Answer, Failure>), ArchiveError> {
        let mut call = self.take_turn(endpoint, url).await?;
        let url = call.url.clone();
        self.counters.sent(endpoint);
        let answer = call.within(self.transport.get(endpoint, url)).await;
        let result = answer.unwrap_or(Err(Failure::Timeout));
        if let Ok(answer) = &result {
            call.status = Some(answer.status);
            self.answered.store(true, Ordering::Relaxed);
        }
        Ok((call, result))
    }

    async fn take_turn(&self, endpoint: Endpoint, url: Url) -> Result<Call<'_>, ArchiveError> {
        let lane = self.lane(endpoint);
        loop {
            self.wait_out_freeze().await?;
            let active = self.counters.enter(endpoint);
            let turn = self.unless_stopped(lane.line.lock()).await?;
            let is_recorded = endpoint == Endpoint::Cdx && lane.pace.is_slow();
            if is_recorded
                && !self.taken_up.swap(true, Ordering::Relaxed)
                && let Some(since_last) = self.guard.since_index_request()?
            {
                lane.pace.take_up(since_last);
            }
            self.unless_stopped(tokio::time::sleep(lane.pace.nearly()))
                .await?;
            let connection = self.unless_stopped(self.connections.take()).await?;
            let connection = connection.ok_or(ArchiveError::Interrupted)?;
            while let Err(wait) = lane.pace.try_permit() {
                self.unless_stopped(tokio::time::sleep(wait)).await?;
            }
            if self.stop.is_cancelled() {
                return Err(ArchiveError::Interrupted);
            }
            // A refusal may have come while this request stood in line.
            if let Gate::Open(generation) = self.open_gate()? {
                if !self.allowance.take() {
                    return Err(ArchiveError::Interrupted);
                }
                if is_recorded {
                    self.guard.note_index_request()?;
                }
                return Ok(Call {
                    courier: self,
                    endpoint,
                    url,
                    generation,
                    at: self.clock.now(),
                    began: Instant::now(),
                    status: None,
                    bytes: 0,
                    ended: false,
                    _line: (endpoint == Endpoint::Cdx).then_some(turn),
                    _connection: connection,
                    _active: active,
                });
            }
        }
    }

    async fn wait_out_freeze(&self) -> Result<(), ArchiveError> {
        loop {
            match self.open_gate()? {
                Gate::Open(_) => return Ok(()),
                Gate::Wait(time) => self.unless_stopped(self.guard.sleep(time)).await?,
            }
        }
    }

    fn open_gate(&self) -> Result<Gate, ArchiveError> {
        let gate = self.guard.ask()?;
        if let Gate::Open(generation) = gate
            && self.slowed_for.fetch_max(generation, Ordering::Relaxed) < generation
        {
            self.index.pace.slow_down();
            self.playback.pace.slow_down();
        }
        Ok(gate)
    }

    /// Patience for one question: how often it may be asked again.
    pub(super) fn patience(&self, endpoint: Endpoint, what: String) -> Patience<'_> {
        Patience::new(self, endpoint, what)
    }

    /// What a failure means at this moment.
    pub(super) fn trouble_of(&self, endpoint: Endpoint, failure: &Failure) -> Trouble {
        let answered_before = self.has_been_answered();
        let verdict = decide(Seen::Failure {
            endpoint,
            failure,
            answered_before,
        });
        Trouble {
            verdict,
            detail: failure.to_string(),
            retry_after: None,
        }
    }

    /// How long an answer asks to be left alone, in either form of `Retry-After` (RFC 9110, 10.2.3).
    pub(super) fn retry_after(&self, answer: &Answer) -> Option<Duration> {
        let said = answer.header("retry-after")?;
        let said = said.trim();
        said.parse().ok().map(Duration::from_secs).or_else(|| {
            let until = Timestamp::from_http_date(said)?.unix_seconds();
            let seconds = until.saturating_sub(self.clock.now().unix_seconds());
            Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
        })
    }

    /// True once any status line ever came, to any request of this process.
    pub(super) fn has_been_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    pub(super) fn archive(&self) -> &str {
        &self.archive
    }

    pub(super) fn unreachable(&self, detail: String) -> ArchiveError {
        ArchiveError::Unreachable {
            archive: self.archive.clone(),
            detail,
        }
    }

    /// Counts a question that got no answer. After many in a row the archive is down or wants to be left alone, whatever
    /// status it gives: everybody pauses, and the third pause ends the run.
    ///
    /// # Errors
    /// The end of the run.
    pub(super) fn count_failure(
        &self,
        retry_after: Option<Duration>,
        detail: &str,
    ) -> Result<(), ArchiveError> {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if !failures.is_multiple_of(FAILURES_BEFORE_PAUSE) {
            return Ok(());
        }
        let until = self
            .guard
            .pause(FAILURE_PAUSE.max(retry_after.unwrap_or_default()))?;
        if failures < LAST_PAUSE * FAILURES_BEFORE_PAUSE {
            return Ok(());
        }
        let detail = format!("{failures} questions in a row without an answer, the last: {detail}");
        Err(self.guard.end(until, detail))
    }

    /// Leaves an endpoint alone for so long, as it asked.
    pub(super) fn rest(&self, endpoint: Endpoint, time: Duration) {
        self.lane(endpoint).pace.rest(time);
    }

    /// Takes one retry out of the run's budget.
    pub(super) fn spend_retry(&self) -> bool {
        let requests = self.counters.requests();
        let allowed = RETRIES
            .free
            .saturating_add(requests / RETRIES.requests_per_retry);
        self.retries
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| {
                (spent < allowed).then(|| spent + 1)
            })
            .is_ok()
    }
}

impl Call<'_> {
    /// Waits for a part of the exchange; `None` when the whole of it must be over.
    pub(super) async fn within<T>(&self, part: impl Future<Output = T>) -> Option<T> {
        let courier = self.courier;
        let over = async {
            tokio::select! {
                () = tokio::time::sleep_until(self.deadline()) => {}
                () = courier.stop.cancelled() => {
                    let stopped_at = *courier.stopped_at.get_or_init(Instant::now);
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

    /// When the whole exchange must be over, if nobody wants to stop.
    fn deadline(&self) -> Instant {
        let limit = self.courier.exchange_timeout;
        self.began
            + if self.endpoint == Endpoint::Cdx {
                limit * 4
            } else {
                limit
            }
    }

    /// Ends a request that was answered: counted, logged, and the archive no longer counts as refusing.
    pub(super) fn finish(mut self, outcome: Outcome) {
        self.courier.guard.answered(self.generation);
        self.courier.failures.store(0, Ordering::Relaxed);
        self.end(outcome);
    }

    /// Ends a request that was not answered as it should be.
    pub(super) fn end(&mut self, outcome: Outcome) {
        self.ended = true;
        self.courier
            .counters
            .ended(self.endpoint, outcome, self.bytes);
        if let Some(log) = &self.courier.log {
            log(&RequestRecord {
                at: self.at,
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

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.end(Outcome::Failed);
        }
    }
}

/// An archive's words for an error text: one line, without control characters, shortened.
pub(super) fn clean(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect();
    line.trim().to_owned()
}
