//! A job at its end: what it leaves to print, and its exit code.

use std::sync::Arc;

use serde_json::Value;

use super::failure::{Exit, Failure};
use super::wording::counted;
use crate::archive::warc::Skipped;
use crate::crawl::Outcome;
use crate::model::{RunId, Timestamp};
use crate::store::Store;

/// A job at its end.
#[derive(Debug)]
pub(super) struct FinishedJob {
    pub(super) store: Arc<Store>,
    /// The row of the run.
    pub(super) run_id: RunId,
    pub(super) outcome: Outcome,
    /// Sites of the job; of a scheduled job, those that were due.
    pub(super) due: usize,
    /// True if the budget ended the run.
    pub(super) budget_spent: bool,
    pub(super) started_at: Timestamp,
    /// The requests of the run, as stored; `null` for an archive of files.
    pub(super) requests: Value,
    /// What opening an archive of files left out.
    pub(super) skipped: Skipped,
}

impl FinishedJob {
    /// Logs what failed and returns the exit code.
    pub(super) fn exit(self) -> Result<Exit, Failure> {
        for failure in &self.outcome.failures {
            tracing::error!("failed: {failure}");
        }
        if !self.outcome.failures.is_empty() {
            let failures = counted(self.outcome.failures.len() as u64, "request");
            tracing::error!("{failures} failed; run the same command again to retry them");
        }
        for failure in self.skipped.failures() {
            tracing::error!("failed: {failure}");
        }
        for open in &self.outcome.left_open {
            tracing::warn!(
                "{open}: the limit of --max-requests is reached; run the same command again to continue"
            );
        }
        if self.outcome.is_interrupted() {
            tracing::warn!("interrupted; run the same command again to continue");
            return Ok(Exit::Interrupted);
        }
        match self.outcome.ended_by {
            Some(error) => Err(error.into()),
            None if self.outcome.failures.is_empty() && self.skipped.failure_count() == 0 => {
                Ok(Exit::Done)
            }
            None => Ok(Exit::DoneWithFailures),
        }
    }
}
