//! Applies the freeze within this process: which requests wait, for how long, and when the run ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::freeze::{Freeze, FreezeLedger, MAX_OWN_FREEZE_SECONDS, MAX_RETRY_AFTER_SECONDS};
use crate::archive::clock::Clock;
use crate::archive::error::ArchiveError;
use crate::model::Timestamp;

/// Length of the first freeze. It doubles with each refusal in a row. IA counts requests per minute.
const FIRST_FREEZE_SECONDS: i64 = 60;
/// Longest sleep before the ledger is read again: another process may have moved the deadline.
const LEDGER_INTERVAL_SECONDS: i64 = 30;

/// Whether a request may be sent now.
#[derive(Debug)]
pub(super) enum SendPermission {
    /// Yes. The number shows afterwards whether a freeze began while the request was in flight.
    Granted(u64),
    /// Not yet: wait this long, then read the permission again.
    Wait(Duration),
}

/// The freeze of one archive within this process.
pub(super) struct FreezeControl {
    ledger: Arc<dyn FreezeLedger>,
    clock: Arc<dyn Clock>,
    archive: String,
    state: Mutex<FreezeState>,
    /// Wakes the waiting requests after a refusal, because it may end the run.
    changed: tokio::sync::Notify,
}

#[derive(Default)]
struct FreezeState {
    /// Freezes seen by this process, its own and those of others.
    generation: u64,
    /// The last deadline seen.
    last_deadline: Option<Timestamp>,
    /// Set when a refusal could not be recorded, or when nothing was answered for a long time: this process sends no
    /// more requests.
    ended: Option<(Timestamp, String)>,
    /// Freezes begun by this process.
    freezes: u64,
}

/// A freeze after a refusal, and whether an earlier refusal already began it.
struct NextFreeze {
    freeze: Freeze,
    already_counted: bool,
}

impl FreezeControl {
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

    pub(super) fn archive(&self) -> &str {
        &self.archive
    }

    fn state(&self) -> std::sync::MutexGuard<'_, FreezeState> {
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
            .map_err(|detail| self.ledger_error(detail))
    }

    /// The freeze in the ledger, or no freeze if its deadline is impossible.
    fn read_believed(&self, now: Timestamp) -> Result<Freeze, ArchiveError> {
        self.read().map(|stored| stored.believed(now))
    }

    fn ledger_error(&self, detail: String) -> ArchiveError {
        ArchiveError::File {
            path: format!("{} (stored refusals)", self.archive),
            detail,
        }
    }

    /// Time since the last request to the index, of this process or another; `None` when there was none.
    pub(super) fn since_index_request(&self) -> Result<Option<Duration>, ArchiveError> {
        let last = self
            .ledger
            .last_index_request()
            .map_err(|detail| self.ledger_error(detail))?;
        // Both moments are truncated to seconds. One second is subtracted, so that the result is never longer than the
        // real time.
        Ok(last.map(|last| {
            let seconds = self.clock.now().unix_seconds() - last.unix_seconds() - 1;
            Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
        }))
    }

    /// Records that a request to the index is sent now.
    pub(super) fn note_index_request(&self) -> Result<(), ArchiveError> {
        self.ledger
            .note_index_request(self.clock.now())
            .map_err(|detail| self.ledger_error(detail))
    }

    /// Reads from the ledger whether a request may be sent.
    pub(super) fn permission(&self) -> Result<SendPermission, ArchiveError> {
        let now = self.clock.now();
        let mut state = self.state();
        if let Some((until, detail)) = state.ended.clone() {
            return Err(self.refused(until, detail));
        }
        let stored = self.read()?;
        let freeze = stored.believed(now);
        if stored.until != state.last_deadline {
            state.last_deadline = stored.until;
            state.generation += u64::from(freeze.until.is_some());
            if let Some(until) = freeze.until.filter(|until| now < *until) {
                tracing::warn!(archive = %self.archive, until = %until, "the archive refused requests; waiting until this time (UTC)");
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
                Ok(SendPermission::Wait(Duration::from_secs(
                    seconds.unsigned_abs(),
                )))
            }
            _ => Ok(SendPermission::Granted(state.generation)),
        }
    }

    /// Records the refusal of a request that was sent under `generation`. `Ok` means that requests may continue when
    /// the freeze is over.
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
            Err(error) => {
                // The number of refusals is unknown, so this process sends nothing more.
                let until = Timestamp::from_unix_seconds(
                    now.unix_seconds().saturating_add(MAX_OWN_FREEZE_SECONDS),
                );
                state.ended = Some((until, format!("{detail}; and {error}")));
                self.changed.notify_waiters();
                return Err(error);
            }
        };
        let NextFreeze {
            freeze: next,
            already_counted,
        } = state.next_freeze(freeze, generation, retry_after, now);
        let until = next.until.unwrap_or(now);
        self.changed.notify_waiters();
        if next != freeze {
            state.last_deadline = next.until;
            if let Err(error) = self.ledger.write(&next) {
                let detail = format!("{detail}; and this could not be recorded: {error}");
                state.ended = Some((until, detail.clone()));
                return Err(self.refused(until, detail));
            }
            if !already_counted {
                tracing::warn!(archive = %self.archive, until = %until, in_a_row = next.refusals_in_a_row, "the archive refused requests: {detail}");
            }
        }
        match next.ends_run(now) {
            Some(why) => Err(self.refused(until, format!("{detail}, {why}"))),
            None => Ok(()),
        }
    }

    /// Pauses all requests after failures that are not refusals, and returns the end of the pause.
    pub(super) fn pause(&self, time: Duration) -> Result<Timestamp, ArchiveError> {
        let now = self.clock.now();
        let mut state = self.state();
        let freeze = self.read_believed(now)?;
        let seconds = i64::try_from(time.as_secs())
            .unwrap_or(i64::MAX)
            .min(MAX_RETRY_AFTER_SECONDS);
        let until = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(seconds) + 1);
        let until = freeze.until.map_or(until, |frozen| frozen.max(until));
        let next = Freeze {
            until: Some(until),
            ..freeze
        };
        self.ledger
            .write(&next)
            .map_err(|detail| self.ledger_error(detail))?;
        state.generation += 1;
        state.last_deadline = next.until;
        self.changed.notify_waiters();
        tracing::warn!(archive = %self.archive, until = %until, "the archive answers no request; pausing until this time (UTC)");
        Ok(until)
    }

    /// Stops all further requests of this process, and returns the error for it.
    pub(super) fn end_run(&self, until: Timestamp, detail: String) -> ArchiveError {
        self.state().ended = Some((until, detail.clone()));
        self.changed.notify_waiters();
        self.refused(until, detail)
    }

    /// Sleeps for this time, or until a request is refused.
    pub(super) async fn sleep(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.changed.notified()).await;
    }

    /// Records a good answer to a request that was sent under `generation`: it ends the streak of refusals.
    pub(super) fn note_answer(&self, generation: u64) {
        let mut state = self.state();
        if generation != state.generation || state.last_deadline.is_none() {
            return;
        }
        let now = self.clock.now();
        match self.ledger.read() {
            Ok(stored)
                if stored != Freeze::default()
                    && stored.believed(now).until.is_none_or(|until| until <= now) =>
            {
                match self.ledger.write(&Freeze::default()) {
                    Ok(()) => state.last_deadline = None,
                    // This is harmless: the next refusal counts as one more in a row.
                    Err(error) => {
                        tracing::warn!(archive = %self.archive, "cannot delete the stored refusals: {error}");
                    }
                }
            }
            _ => {}
        }
    }

    /// When requests are allowed again, for an error message.
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

impl FreezeState {
    /// The freeze after one more refusal of a request that was sent under `generation`.
    fn next_freeze(
        &mut self,
        freeze: Freeze,
        generation: u64,
        retry_after: Option<Duration>,
        now: Timestamp,
    ) -> NextFreeze {
        let requested = retry_after.map_or(0, |d| {
            i64::try_from(d.as_secs())
                .unwrap_or(i64::MAX)
                .min(MAX_RETRY_AFTER_SECONDS)
        });
        // The clock is truncated to seconds. One second is added, so that the wait is never shorter than intended.
        let after = |seconds: i64| {
            Timestamp::from_unix_seconds(
                now.unix_seconds().saturating_add(seconds).saturating_add(1),
            )
        };
        let already_counted =
            generation != self.generation || freeze.until.is_some_and(|until| now < until);
        if already_counted {
            // A slow answer may arrive after the freeze is over.
            let until = freeze
                .until
                .max(Some(after(requested.max(FIRST_FREEZE_SECONDS))));
            return NextFreeze {
                freeze: Freeze { until, ..freeze },
                already_counted,
            };
        }
        let doublings = freeze.refusals_in_a_row.min(16);
        let own = FIRST_FREEZE_SECONDS
            .saturating_mul(1 << doublings)
            .min(MAX_OWN_FREEZE_SECONDS);
        self.generation += 1;
        self.freezes += 1;
        NextFreeze {
            freeze: Freeze {
                until: Some(after(own.max(requested))),
                refusals_in_a_row: freeze.refusals_in_a_row.saturating_add(1),
            },
            already_counted,
        }
    }
}
