//! The freeze after a refusal: how long, where its deadline is kept, and when it ends the run.
//!
//! 429s ignored for more than a minute bring a firewall block of an hour, doubling each time (IA staff in EDGI #137). So
//! a refusal stops both endpoints for a minute at least, doubling per repeat; the deadline is kept in a ledger that the next
//! process and a second one obey; three in a row end the run, and so does an archive that wants to be left alone for longer
//! than an hour: nobody is served by a process that sits there with the database's lock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::archive::ArchiveError;
use crate::archive::clock::Clock;
use crate::model::Timestamp;

/// Shortest freeze; doubles per refusal in a row. IA counts by the minute.
const FIRST_FREEZE_SECONDS: i64 = 60;
/// Longest freeze of our own choosing.
const LONGEST_FREEZE_SECONDS: i64 = 3600;
/// Longest `Retry-After` that is believed.
const LONGEST_RETRY_AFTER_SECONDS: i64 = 7 * 86_400;
/// Refusals in a row that end the run.
const LAST_REFUSAL: u32 = 3;
/// Longest sleep before the ledger is read again: another process may have moved the deadline.
const LEDGER_INTERVAL_SECONDS: i64 = 30;

/// What the ledger says about one archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freeze {
    /// No request before this moment; `None`: never refused since the last good answer.
    pub until: Option<Timestamp>,
    /// Refusals since the last good answer.
    pub refusals_in_a_row: u32,
}

impl Freeze {
    /// This freeze; none when it ends later than any refusal sets it: a damaged database, or a clock that was wrong once.
    fn believed(self, now: Timestamp) -> Self {
        let latest = now.unix_seconds() + LONGEST_RETRY_AFTER_SECONDS + 1;
        let is_possible = |until: Timestamp| until.unix_seconds() <= latest;
        if self.until.is_none_or(is_possible) {
            self
        } else {
            Self::default()
        }
    }

    /// Why this freeze is not waited for but ends the run; `None` when it is waited for, or over.
    fn ends_run(self, now: Timestamp) -> Option<String> {
        let left = self.until?.unix_seconds() - now.unix_seconds();
        if left <= 0 {
            None
        } else if self.refusals_in_a_row >= LAST_REFUSAL {
            Some(format!("{} refusals in a row", self.refusals_in_a_row))
        } else if left > LONGEST_FREEZE_SECONDS + 1 {
            Some("it asks to be left alone for longer than an hour".to_owned())
        } else {
            None
        }
    }
}

/// Keeps the freeze of one archive where every process that asks this archive sees it.
pub trait FreezeLedger: Send + Sync {
    /// The freeze now; [`Freeze::default`] when none was ever written. Read before every request.
    ///
    /// # Errors
    /// What the store said; no request is made then.
    fn read(&self) -> Result<Freeze, String>;

    /// Replaces the freeze, durably.
    ///
    /// # Errors
    /// What the store said; after a refusal that ends the run.
    fn write(&self, freeze: &Freeze) -> Result<(), String>;

    /// When the last request to the index was sent, by whatever process: the pace is kept from one run to the next.
    ///
    /// # Errors
    /// What the store said; no request is made then.
    fn last_index_request(&self) -> Result<Option<Timestamp>, String>;

    /// Notes that a request to the index is sent now.
    ///
    /// # Errors
    /// What the store said; the request is not made then.
    fn note_index_request(&self, at: Timestamp) -> Result<(), String>;
}

/// A ledger in memory, for servers of one's own and for tests.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<(Freeze, Option<Timestamp>)>);

impl MemoryLedger {
    fn lock(&self) -> std::sync::MutexGuard<'_, (Freeze, Option<Timestamp>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FreezeLedger for MemoryLedger {
    fn read(&self) -> Result<Freeze, String> {
        Ok(self.lock().0)
    }

    fn write(&self, freeze: &Freeze) -> Result<(), String> {
        self.lock().0 = *freeze;
        Ok(())
    }

    fn last_index_request(&self) -> Result<Option<Timestamp>, String> {
        Ok(self.lock().1)
    }

    fn note_index_request(&self, at: Timestamp) -> Result<(), String> {
        self.lock().1 = Some(at);
        Ok(())
    }
}

/// Whether a request may be sent now.
#[derive(Debug)]
pub(super) enum Gate {
    /// Yes; the number tells afterwards whether a freeze began while the request was under way.
    Open(u64),
    /// Not before this time is over; then ask again.
    Wait(Duration),
}

/// Guards one archive's ledger within this process.
pub(super) struct Guard {
    ledger: Arc<dyn FreezeLedger>,
    clock: Arc<dyn Clock>,
    archive: String,
    state: Mutex<State>,
    /// Wakes those who wait when a refusal comes: it may be the last.
    changed: tokio::sync::Notify,
}

#[derive(Default)]
struct State {
    /// Freezes seen by this process, its own and others'.
    generation: u64,
    /// The last deadline seen.
    seen: Option<Timestamp>,
    /// Set when a refusal could not be recorded, or nothing was answered for long: no request leaves this process any more.
    ended: Option<(Timestamp, String)>,
    /// Freezes begun by this process.
    freezes: u64,
}

impl Guard {
    pub(super) fn new(
        ledger: Arc<dyn FreezeLedger>,
        clock: Arc<dyn Clock>,
        archive: String,
    ) -> Self {
        Self {
            ledger,
            clock,
            archive,
            state: Mutex::default(),
            changed: tokio::sync::Notify::new(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, until: Timestamp, detail: String) -> ArchiveError {
        ArchiveError::Refused {
            archive: self.archive.clone(),
            until,
            detail,
        }
    }

    fn read(&self) -> Result<Freeze, ArchiveError> {
        self.ledger
            .read()
            .map_err(|detail| self.ledger_fault(detail))
    }

    /// The freeze in the ledger as far as it is believed.
    fn read_believed(&self, now: Timestamp) -> Result<Freeze, ArchiveError> {
        self.read().map(|stored| stored.believed(now))
    }

    fn ledger_fault(&self, detail: String) -> ArchiveError {
        ArchiveError::File {
            path: format!("{} (its record of refusals)", self.archive),
            detail,
        }
    }

    /// Time since the last request to the index, of this process or another; `None` when there was none.
    pub(super) fn since_index_request(&self) -> Result<Option<Duration>, ArchiveError> {
        let last = self
            .ledger
            .last_index_request()
            .map_err(|detail| self.ledger_fault(detail))?;
        // Both are cut off to seconds: one less, so that the time is never longer than it was.
        Ok(last.map(|last| {
            let seconds = self.clock.now().unix_seconds() - last.unix_seconds() - 1;
            Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        }))
    }

    /// Notes that a request to the index is sent now.
    pub(super) fn note_index_request(&self) -> Result<(), ArchiveError> {
        self.ledger
            .note_index_request(self.clock.now())
            .map_err(|detail| self.ledger_fault(detail))
    }

    /// Reads the ledger and says whether a request may go.
    pub(super) fn ask(&self) -> Result<Gate, ArchiveError> {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some((until, detail)) = state.ended.clone() {
            return Err(self.refused(until, detail));
        }
        let stored = self.read()?;
        let freeze = stored.believed(now);
        if stored.until != state.seen {
            state.seen = stored.until;
            state.generation += u64::from(freeze.until.is_some());
            if let Some(until) = freeze.until.filter(|until| now < *until) {
                tracing::warn!(archive = %self.archive, until = %until, "left alone until then (UTC), because it refused; waiting");
            }
        }
        match freeze.until {
            Some(until) if now < until => {
                if let Some(detail) = freeze.ends_run(now) {
                    return Err(self.refused(until, detail));
                }
                let seconds = until
                    .unix_seconds()
                    .saturating_sub(now.unix_seconds())
                    .clamp(1, LEDGER_INTERVAL_SECONDS);
                Ok(Gate::Wait(Duration::from_secs(seconds.unsigned_abs())))
            }
            _ => Ok(Gate::Open(state.generation)),
        }
    }

    /// Records a refusal of a request that was sent under `generation`. Ok: go on when the freeze is over.
    pub(super) fn refuse(
        &self,
        generation: u64,
        retry_after: Option<Duration>,
        detail: &str,
    ) -> Result<(), ArchiveError> {
        let now = self.clock.now();
        let mut state = self.state();
        let freeze = match self.read_believed(now) {
            Ok(freeze) => freeze,
            Err(fault) => {
                // Not knowing how often it was refused, this process sends nothing more.
                let until = Timestamp::from_unix_seconds(
                    now.unix_seconds().saturating_add(LONGEST_FREEZE_SECONDS),
                );
                state.ended = Some((until, format!("{detail}; and {fault}")));
                self.changed.notify_waiters();
                return Err(fault);
            }
        };
        let asked = retry_after.map_or(0, |d| {
            i64::try_from(d.as_secs())
                .unwrap_or(i64::MAX)
                .min(LONGEST_RETRY_AFTER_SECONDS)
        });
        // The clock's seconds are cut off: one more, so that the wait is never shorter than meant.
        let after = |seconds: i64| {
            Timestamp::from_unix_seconds(
                now.unix_seconds().saturating_add(seconds).saturating_add(1),
            )
        };
        let already_counted =
            generation != state.generation || freeze.until.is_some_and(|until| now < until);
        let next = if already_counted {
            // An answer that was long on its way may come when the freeze is over.
            let until = freeze
                .until
                .max(Some(after(asked.max(FIRST_FREEZE_SECONDS))));
            Freeze { until, ..freeze }
        } else {
            let doublings = freeze.refusals_in_a_row.min(16);
            let own = FIRST_FREEZE_SECONDS
                .saturating_mul(1 << doublings)
                .min(LONGEST_FREEZE_SECONDS);
            state.generation += 1;
            state.freezes += 1;
            Freeze {
                until: Some(after(own.max(asked))),
                refusals_in_a_row: freeze.refusals_in_a_row.saturating_add(1),
            }
        };
        let until = next.until.unwrap_or(now);
        self.changed.notify_waiters();
        if next != freeze {
            state.seen = next.until;
            if let Err(fault) = self.ledger.write(&next) {
                let detail = format!("{detail}; and this could not be recorded: {fault}");
                state.ended = Some((until, detail.clone()));
                return Err(self.refused(until, detail));
            }
            if !already_counted {
                tracing::warn!(archive = %self.archive, until = %until, in_a_row = next.refusals_in_a_row, "refused: {detail}");
            }
        }
        match next.ends_run(now) {
            Some(why) => Err(self.refused(until, format!("{detail}, {why}"))),
            None => Ok(()),
        }
    }

    /// Lets everybody pause so long after failures that are no refusals, and says until when.
    pub(super) fn pause(&self, time: Duration) -> Result<Timestamp, ArchiveError> {
        let now = self.clock.now();
        let mut state = self.state();
        let freeze = self.read_believed(now)?;
        let seconds = i64::try_from(time.as_secs())
            .unwrap_or(i64::MAX)
            .min(LONGEST_RETRY_AFTER_SECONDS);
        let until = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(seconds) + 1);
        let until = freeze.until.map_or(until, |frozen| frozen.max(until));
        let next = Freeze {
            until: Some(until),
            ..freeze
        };
        self.ledger
            .write(&next)
            .map_err(|detail| self.ledger_fault(detail))?;
        state.generation += 1;
        state.seen = next.until;
        self.changed.notify_waiters();
        tracing::warn!(archive = %self.archive, until = %until, "fails at everything; left alone until then (UTC)");
        Ok(until)
    }

    /// Lets no request leave this process any more, and gives the error that says so.
    pub(super) fn end(&self, until: Timestamp, detail: String) -> ArchiveError {
        self.state().ended = Some((until, detail.clone()));
        self.changed.notify_waiters();
        self.refused(until, detail)
    }

    /// Sleeps so long, or until a refusal comes.
    pub(super) async fn sleep(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.changed.notified()).await;
    }

    /// Records a good answer to a request that was sent under `generation`: refusals are no longer in a row.
    pub(super) fn answered(&self, generation: u64) {
        let mut state = self.state();
        if generation != state.generation || state.seen.is_none() {
            return;
        }
        let now = self.clock.now();
        match self.ledger.read() {
            Ok(stored)
                if stored != Freeze::default()
                    && stored.believed(now).until.is_none_or(|until| until <= now) =>
            {
                match self.ledger.write(&Freeze::default()) {
                    Ok(()) => state.seen = None,
                    // The safe side: the next refusal counts as one more in a row.
                    Err(fault) => {
                        tracing::warn!(archive = %self.archive, "cannot clear the record of refusals: {fault}");
                    }
                }
            }
            _ => {}
        }
    }

    /// When requests are allowed again, for an error's text.
    pub(super) fn until(&self) -> Timestamp {
        self.ledger
            .read()
            .ok()
            .and_then(|freeze| freeze.until)
            .unwrap_or_else(|| self.clock.now())
    }

    /// Freezes begun by this process.
    pub(super) fn freezes(&self) -> u64 {
        self.state().freezes
    }
}
