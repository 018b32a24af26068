//! Sends requests: in line, at the pace, past the freeze, over four connections; and judges whether to ask again.
//!
//! The one way out of this room. A request waits in this order: for the freeze, for its place in line, for the time of its
//! permit to come near, for a connection, for the permit itself; then the freeze is looked at once more, and it goes.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{MutexGuard, Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::freeze::{FreezeLedger, Gate, Guard};
use super::pace::Pace;
use super::settings::{HttpSettings, RequestLog};
use super::transport::{Answer, Transport};
use super::usage::{Active, Counters, Endpoint, Outcome, RequestRecord, Usage};
use super::verdict::{Failure, Seen, Verdict, decide};
use crate::archive::ArchiveError;
use crate::archive::clock::Clock;
use crate::model::Timestamp;

/// Connections at most: new ones are refused after about 15 in a row (hartator #264 #267 #273).
pub(super) const MAX_CONNECTIONS: usize = 4;

/// A connection rests this long after an answer, so that the pool has it back before the next request looks for one.
const CONNECTION_REST: Duration = Duration::from_millis(2);

/// Times that one request is sent at the most.
const MAX_TRIES: u32 = 6;

/// Retries of a run: this many, and one for each two requests that needed none. An archive that fails more often is down,
/// and more requests do not raise it.
const FREE_RETRIES: u64 = 100;
const REQUESTS_PER_RETRY: u64 = 3;

/// Longest pause before a retry: playback, index (whose overload passes more slowly).
const LONGEST_PAUSE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(180));
/// The index waits longer from the start.
const INDEX_PAUSE_FACTOR: u32 = 5;
/// Longest `Retry-After` of a 503 that is waited for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

struct Lane {
    pace: Pace,
    line: tokio::sync::Mutex<()>,
}

pub(super) struct Courier {
    transport: Box<dyn Transport>,
    guard: Guard,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
    index: Lane,
    playback: Lane,
    connections: Semaphore,
    /// When each free connection has rested.
    rested: Mutex<VecDeque<Instant>>,
    counters: Counters,
    log: Option<RequestLog>,
    archive: String,
    is_public_archive: bool,
    retry_pause: Duration,
    exchange_timeout: Duration,
    /// Any status line ever came.
    answered: AtomicBool,
    /// The freeze after which the pace was last slowed.
    slowed_for: AtomicU64,
    retries: AtomicU64,
}

/// A request under way: counted and logged when it ends.
pub(super) struct Call<'a> {
    courier: &'a Courier,
    endpoint: Endpoint,
    url: Url,
    generation: u64,
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

struct Connection<'a> {
    courier: &'a Courier,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Connection<'_> {
    fn drop(&mut self) {
        self.courier.rested.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now() + CONNECTION_REST);
    }
}

/// Why a request has to be sent again, if it may.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) verdict: Verdict,
    pub(super) detail: String,
    pub(super) retry_after: Option<Duration>,
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
        let lane = |per_second| Lane { pace: Pace::new(per_second), line: tokio::sync::Mutex::default() };
        let cdx_per_second = settings.cdx_per_minute / 60.0;
        Self {
            transport,
            guard: Guard::new(ledger, Arc::clone(&clock), archive.clone()),
            clock,
            stop,
            index: lane(cdx_per_second),
            playback: lane(settings.playback_per_second),
            connections: Semaphore::new(MAX_CONNECTIONS),
            rested: Mutex::new(std::iter::repeat_n(Instant::now(), MAX_CONNECTIONS).collect()),
            counters: Counters::new(cdx_per_second, settings.playback_per_second),
            is_public_archive: settings.is_public_archive(),
            log: settings.request_log,
            archive,
            retry_pause: settings.retry_pause,
            exchange_timeout: settings.exchange_timeout,
            answered: AtomicBool::new(false),
            slowed_for: AtomicU64::new(0),
            retries: AtomicU64::new(0),
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
    async fn unless_stopped<T>(&self, future: impl Future<Output = T>) -> Result<T, ArchiveError> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => Err(ArchiveError::Interrupted),
            value = future => Ok(value),
        }
    }

    /// Sends one request when its turn has come. The answer's body is not read yet.
    ///
    /// Errors are those that end the run; what happened to the request itself is in the inner result.
    pub(super) async fn send(&self, endpoint: Endpoint, url: Url) -> Result<(Call<'_>, Result<Answer, Failure>), ArchiveError> {
        let mut call = self.take_turn(endpoint, url).await?;
        let url = call.url.clone();
        self.counters.sent(endpoint);
        let limit = call.deadline();
        let result = match tokio::time::timeout_at(limit, self.transport.get(endpoint, url)).await {
            Ok(result) => result,
            Err(_) => Err(Failure::Timeout),
        };
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
            let line = self.unless_stopped(lane.line.lock()).await?;
            self.unless_stopped(tokio::time::sleep(lane.pace.nearly())).await?;
            let connection = self.connection().await?;
            while let Err(wait) = lane.pace.try_permit() {
                self.unless_stopped(tokio::time::sleep(wait)).await?;
            }
            if self.stop.is_cancelled() {
                return Err(ArchiveError::Interrupted);
            }
            // A refusal may have come while this request stood in line.
            if let Gate::Open(generation) = self.open_gate()? {
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
                    _line: (endpoint == Endpoint::Cdx).then_some(line),
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
                Gate::Wait(time) => self.unless_stopped(tokio::time::sleep(time)).await?,
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

    async fn connection(&self) -> Result<Connection<'_>, ArchiveError> {
        let permit = self.unless_stopped(self.connections.acquire()).await?.map_err(|_| ArchiveError::Interrupted)?;
        let rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let connection = Connection { courier: self, _permit: permit };
        if let Some(rested) = rested.filter(|rested| *rested > Instant::now()) {
            tokio::time::sleep_until(rested).await;
        }
        Ok(connection)
    }

    /// Patience for one question: how often it may be asked again.
    pub(super) fn patience(&self, endpoint: Endpoint, what: String) -> Patience<'_> {
        Patience { courier: self, endpoint, what, tries: 0 }
    }

    /// What a failure means at this moment.
    pub(super) fn trouble_of(&self, endpoint: Endpoint, failure: &Failure) -> Trouble {
        let answered_before = self.answered.load(Ordering::Relaxed);
        let verdict = decide(Seen::Failure { endpoint, failure, answered_before });
        Trouble { verdict, detail: failure.to_string(), retry_after: None }
    }

    pub(super) fn archive(&self) -> &str {
        &self.archive
    }

    fn unreachable(&self, detail: String) -> ArchiveError {
        ArchiveError::Unreachable { archive: self.archive.clone(), detail }
    }

    /// Takes one retry out of the run's budget.
    fn spend_retry(&self) -> bool {
        let requests = self.counters.requests();
        let allowed = FREE_RETRIES.saturating_add(requests / REQUESTS_PER_RETRY);
        self.retries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| (spent < allowed).then(|| spent + 1)).is_ok()
    }
}

impl Call<'_> {
    /// When the whole exchange must be over.
    pub(super) fn deadline(&self) -> Instant {
        let limit = self.courier.exchange_timeout;
        self.began + if self.endpoint == Endpoint::Cdx { limit * 4 } else { limit }
    }

    /// Ends a request that was answered: counted, logged, and the archive no longer counts as refusing.
    pub(super) fn finish(mut self, outcome: Outcome) {
        self.courier.guard.answered(self.generation);
        self.end(outcome);
    }

    fn end(&mut self, outcome: Outcome) {
        self.ended = true;
        self.courier.counters.ended(self.endpoint, outcome, self.bytes);
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

/// One question's claim on tries and pauses.
pub(super) struct Patience<'a> {
    courier: &'a Courier,
    endpoint: Endpoint,
    what: String,
    tries: u32,
}

impl Patience<'_> {
    /// Ends a call that brought trouble, and returns when the question may be asked again; or says why it may not.
    pub(super) async fn again(&mut self, mut call: Call<'_>, trouble: Trouble) -> Result<(), ArchiveError> {
        let courier = self.courier;
        match trouble.verdict {
            Verdict::Refused => {
                let generation = call.generation;
                call.end(Outcome::Refused);
                drop(call);
                courier.guard.refuse(generation, trouble.retry_after, &trouble.detail)?;
                if courier.answered.load(Ordering::Relaxed) {
                    return Ok(());
                }
                // Nothing has ever answered: a person must not wait seven minutes for a server that is not there.
                let until = courier.guard.until();
                let detail = format!("{}, and nothing has answered yet", trouble.detail);
                Err(if courier.is_public_archive {
                    ArchiveError::Refused { archive: courier.archive.clone(), until, detail }
                } else {
                    courier.unreachable(format!("{detail}; the next request may go after {until} UTC"))
                })
            }
            Verdict::Unreachable => Err(courier.unreachable(trouble.detail)),
            Verdict::Retry | Verdict::Narrow => {
                self.tries += 1;
                let spent = self.tries >= MAX_TRIES;
                if spent || !courier.spend_retry() {
                    let why = if spent { format!("asked {} times", self.tries) } else { "the run's retries are spent".to_owned() };
                    call.end(Outcome::Failed);
                    return Err(self.unavailable(&format!("{}; {why}", trouble.detail)));
                }
                call.end(Outcome::Retried);
                drop(call);
                tracing::debug!(what = %self.what, tries = self.tries, "asking again: {}", trouble.detail);
                let pause = self.pause().max(trouble.retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER));
                courier.unless_stopped(tokio::time::sleep(pause)).await
            }
            _ => {
                call.end(Outcome::Failed);
                Err(self.unavailable(&trouble.detail))
            }
        }
    }

    /// The error for a question that got no answer.
    pub(super) fn unavailable(&self, detail: &str) -> ArchiveError {
        ArchiveError::Unavailable { archive: self.courier.archive.clone(), what: self.what.clone(), detail: clean(detail) }
    }

    /// 2, 4, 8 … seconds (index: 10, 20, 40 …), each 75 to 125 % of that, so that clients do not march in step.
    fn pause(&self) -> Duration {
        let (factor, longest) = match self.endpoint {
            Endpoint::Playback => (1, LONGEST_PAUSE.0),
            Endpoint::Cdx => (INDEX_PAUSE_FACTOR, LONGEST_PAUSE.1),
        };
        let doublings = 1_u32 << self.tries.saturating_sub(1).min(16);
        self.courier.retry_pause.saturating_mul(factor).saturating_mul(doublings).min(longest).mul_f64(0.75 + 0.5 * chance())
    }
}

/// A number in 0..1 from the standard library's only source of chance: the keys of its hash maps.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let bits = std::hash::RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / 4_294_967_296.0
}

/// An archive's words for an error text: one line, without control characters, shortened.
pub(super) fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.trim().to_owned()
}

/// Seconds of a `Retry-After`; its date form is not in use by archives.
pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}
