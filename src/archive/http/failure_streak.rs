//! Queries in a row without an answer. Many of them pause all requests, and the third pause ends the run.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::freeze_control::FreezeControl;
use crate::archive::error::ArchiveError;

/// Failed queries in a row before all requests pause.
const FAILURES_BEFORE_PAUSE: u32 = 20;
/// Length of that pause.
const FAILURE_PAUSE: Duration = Duration::from_mins(1);
/// Number of the pause that ends the run.
const LAST_PAUSE: u32 = 3;

/// Counts the failed queries in a row.
#[derive(Debug, Default)]
pub(super) struct FailureStreak {
    failures: AtomicU32,
}

impl FailureStreak {
    /// Ends the streak, because a request was answered.
    pub(super) fn end(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }

    /// Counts a query without an answer. After many in a row, the archive is down or does not want to be used, whatever
    /// status it sends. Then all requests pause, and the third pause ends the run.
    ///
    /// # Errors
    /// The error that ends the run.
    pub(super) fn count(
        &self,
        freeze: &FreezeControl,
        retry_after: Option<Duration>,
        detail: &str,
    ) -> Result<(), ArchiveError> {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if !failures.is_multiple_of(FAILURES_BEFORE_PAUSE) {
            return Ok(());
        }
        let until = freeze.pause(FAILURE_PAUSE.max(retry_after.unwrap_or_default()))?;
        if failures < LAST_PAUSE * FAILURES_BEFORE_PAUSE {
            return Ok(());
        }
        let detail =
            format!("{failures} requests in a row got no answer; the last error: {detail}");
        Err(freeze.end_run(until, detail))
    }
}
