//! The summary of a scheduled run, as data.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::Timestamp;
use crate::store::{ChangeRow, RunOutcome, Status};

/// A scheduled run at its end.
#[derive(Debug)]
pub struct RunReport {
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub outcome: RunOutcome,
    /// True if the budget ended it.
    pub budget_spent: bool,
    /// Sites of the job.
    pub sites: usize,
    /// Sites that were due.
    pub due: usize,
    /// Sites that were crawled to the end.
    pub finished: usize,
    /// Number of new versions.
    pub new_versions: u64,
    /// The new versions, up to a limit.
    pub changes: Vec<ChangeRow>,
    /// Requests that failed, and the error that ended the run.
    pub failures: Vec<String>,
    /// What failed after the crawl: a notification, a file.
    pub late_failures: Vec<String>,
    /// Versions that the command of `--on-change` accepted in this run.
    pub alerts_delivered: u64,
    /// Versions that the settings of alerts do not select.
    pub alerts_passed_over: u64,
    /// Versions whose call failed in this run.
    pub alerts_failed: u64,
    /// The requests of the run, as stored; `null` for an archive of files.
    pub requests: Value,
    /// What opening an archive of files left out, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// What the database holds now.
    pub status: Status,
}

impl RunReport {
    /// Number of sites that were due and still are.
    #[must_use]
    pub fn left(&self) -> usize {
        self.due.saturating_sub(self.finished)
    }

    /// Adds what failed after the crawl. A run with such a failure is not done, even if it crawled all that it may.
    pub fn add_late_failures(&mut self, failures: impl IntoIterator<Item = String>) {
        self.late_failures.extend(failures);
        let is_done = matches!(self.outcome, RunOutcome::Done | RunOutcome::BudgetSpent);
        if is_done && !self.late_failures.is_empty() {
            self.outcome = RunOutcome::DoneWithFailures;
        }
    }

    /// The summary for machines.
    #[must_use]
    pub fn answer(&self) -> Value {
        let failures: Vec<&String> = self.failures.iter().chain(&self.late_failures).collect();
        json!({
            "command": "run", "started_at": self.started_at, "finished_at": self.finished_at,
            "outcome": self.outcome.code(), "budget_spent": self.budget_spent,
            "sites": self.sites, "sites_due": self.due, "sites_finished": self.finished, "sites_left": self.left(),
            "new_versions_count": self.new_versions, "new_versions": self.changes,
            "failures": failures, "requests": self.requests, "skipped": self.skipped,
            "alerts": {
                "delivered": self.alerts_delivered, "failed": self.alerts_failed, "passed_over": self.alerts_passed_over,
                "waiting": self.status.alerts.waiting, "given_up": self.status.alerts.given_up,
            },
            "drops": self.status.drops, "frozen": self.status.frozen,
            "versions": self.status.versions, "database_bytes": self.status.database_bytes,
        })
    }
}
