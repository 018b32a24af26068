//! The freeze after a refusal, and the ledger that keeps its deadline after the process has ended.
//!
//! Clients that ignore a 429 for more than a minute are blocked by a firewall for an hour, doubling each time (IA staff
//! in EDGI #137). So a refusal stops both endpoints for at least a minute, doubling per repeat. The ledger keeps the
//! deadline, so that later and parallel processes respect it. Three refusals in a row end the run. A requested pause of
//! more than an hour also ends the run: a process that only waits would hold the lock of the database for no purpose.

use std::sync::{Mutex, PoisonError};

use crate::model::Timestamp;

/// Longest freeze that this program chooses itself.
pub(super) const MAX_OWN_FREEZE_SECONDS: i64 = 3600;
/// Longest `Retry-After` that is respected. A longer one is shortened to this.
pub(super) const MAX_RETRY_AFTER_SECONDS: i64 = 7 * 86_400;
/// Number of refusals in a row that ends the run.
const LAST_REFUSAL: u32 = 3;

/// What the ledger records about one archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freeze {
    /// No request is sent before this moment. `None` if nothing was refused since the last good answer.
    pub until: Option<Timestamp>,
    /// Refusals since the last good answer.
    pub refusals_in_a_row: u32,
}

impl Freeze {
    /// This freeze, or no freeze if it ends later than any refusal can have set it. In that case the database is
    /// damaged, or a clock was wrong.
    pub(super) fn believed(self, now: Timestamp) -> Self {
        let latest = now.unix_seconds() + MAX_RETRY_AFTER_SECONDS + 1;
        let is_possible = |until: Timestamp| until.unix_seconds() <= latest;
        if self.until.is_none_or(is_possible) {
            self
        } else {
            Self::default()
        }
    }

    /// Why this freeze ends the run; `None` when the run waits for its end, or when it is over.
    pub(super) fn ends_run(self, now: Timestamp) -> Option<String> {
        let left = self.until?.unix_seconds() - now.unix_seconds();
        if left <= 0 {
            None
        } else if self.refusals_in_a_row >= LAST_REFUSAL {
            Some(format!("{} refusals in a row", self.refusals_in_a_row))
        } else if left > MAX_OWN_FREEZE_SECONDS + 1 {
            Some("it asks for a pause of more than an hour".to_owned())
        } else {
            None
        }
    }
}

/// Stores the freeze of one archive for all processes that use this archive.
pub trait FreezeLedger: Send + Sync {
    /// Reads the freeze before every request; [`Freeze::default`] when none was ever written.
    ///
    /// # Errors
    /// Message of the store; then no request is sent.
    fn read(&self) -> Result<Freeze, String>;

    /// Replaces the freeze, durably.
    ///
    /// # Errors
    /// Message of the store; after a refusal that ends the run.
    fn write(&self, freeze: &Freeze) -> Result<(), String>;

    /// Time of the last request to the index by any process, so that a run continues the pace of the previous run.
    ///
    /// # Errors
    /// Message of the store; then no request is sent.
    fn last_index_request(&self) -> Result<Option<Timestamp>, String>;

    /// Records that a request to the index is sent now.
    ///
    /// # Errors
    /// Message of the store; then the request is not sent.
    fn note_index_request(&self, at: Timestamp) -> Result<(), String>;
}

/// A ledger in memory, for private servers and for tests.
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
