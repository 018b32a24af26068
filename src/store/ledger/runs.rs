//! Runs: when they began and how they ended.

use rusqlite::params;

use crate::model::{ArchiveId, RunId, Timestamp};
use crate::store::database::{Store, StoreError};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everything was crawled.
    Done,
    /// Something got no answer and is left for the next run.
    DoneWithFailures,
    /// The archive refused or cannot be reached.
    Refused,
    /// The user stopped it.
    Interrupted,
    /// It took all that it may; the next run goes on.
    BudgetSpent,
}

impl RunOutcome {
    /// The word stored and printed.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::DoneWithFailures => "done_with_failures",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::BudgetSpent => "budget_spent",
        }
    }
}

impl Store {
    /// Notes the start of a run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_run(
        &self,
        command: &str,
        archive_id: ArchiveId,
        now: Timestamp,
    ) -> Result<RunId, StoreError> {
        self.write(|t| {
            t.query_row(
                "INSERT INTO runs (command, program_version, archive_id, started_at) VALUES (?1, ?2, ?3, ?4) RETURNING run_id",
                params![command, env!("CARGO_PKG_VERSION"), archive_id, now.to_string()],
                |r| r.get(0),
            )
        })
    }

    /// Notes the end of a run, with its counts of requests as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_run(
        &self,
        run_id: RunId,
        outcome: RunOutcome,
        requests: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE runs SET finished_at = ?2, outcome = ?3, requests = ?4 WHERE run_id = ?1",
                params![run_id, now.to_string(), outcome.code(), requests],
            )
        })?;
        Ok(())
    }

    /// Replaces the outcome of a run that ended, when the work after its crawl failed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_run_outcome(&self, run_id: RunId, outcome: RunOutcome) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE runs SET outcome = ?2 WHERE run_id = ?1",
                params![run_id, outcome.code()],
            )
        })?;
        Ok(())
    }
}
