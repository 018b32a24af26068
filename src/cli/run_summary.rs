//! What a scheduled run came to, for people and for machines.

use serde_json::{Value, json};

use super::failure::Failure;
use super::job::{Finished, Job};
use super::on_change::Calls;
use super::terminal::{harmless_json, harmless_line};
use crate::model::Timestamp;
use crate::store::{ChangeRow, RunOutcome, Status};

/// New versions listed one by one; more are counted.
const MOST_LISTED: u32 = 1000;

/// A run at its end.
pub(super) struct Summary {
    pub(super) started_at: Timestamp,
    pub(super) finished_at: Timestamp,
    pub(super) outcome: &'static str,
    pub(super) sites: usize,
    pub(super) due: usize,
    pub(super) finished: usize,
    pub(super) budget_spent: bool,
    pub(super) new_versions: u64,
    changes: Vec<ChangeRow>,
    failures: Vec<String>,
    /// What went wrong after the looks: a call, a file.
    pub(super) troubles: Vec<String>,
    pub(super) requests: Value,
    pub(super) status: Status,
    usage_text: String,
}

impl Summary {
    /// Gathers it, once the run has ended; `newest_before` is the newest change before it began.
    pub(super) fn new(
        job: &Job,
        finished: &Finished,
        newest_before: i64,
        calls: Calls,
    ) -> Result<Self, Failure> {
        let outcome = &finished.outcome;
        let mut failures = outcome.failures.clone();
        failures.extend(outcome.ended_by.iter().map(ToString::to_string));
        Ok(Self {
            started_at: finished.started_at,
            finished_at: job.now(),
            outcome: if calls.interrupted {
                RunOutcome::Interrupted.code()
            } else {
                outcome.outcome.code()
            },
            sites: job.site_names().len(),
            due: finished.due,
            finished: outcome.finished.len(),
            budget_spent: finished.budget_spent,
            new_versions: finished.store.count_changes_after(newest_before)?,
            changes: finished.store.changes_after(newest_before, MOST_LISTED)?,
            failures,
            troubles: calls.failures,
            requests: finished.usage.json(),
            status: finished.store.status()?,
            usage_text: finished.usage.text(),
        })
    }

    /// Notes what could not be done: the summary comes all the same.
    pub(super) fn note(&mut self, done: Result<(), Failure>) {
        self.troubles
            .extend(done.err().map(|failure| failure.line()));
    }

    /// Sites that were due and are still.
    pub(super) fn left(&self) -> usize {
        self.due.saturating_sub(self.finished)
    }

    /// For machines, on one line.
    pub(super) fn json_line(&self) -> String {
        let failures: Vec<&String> = self.failures.iter().chain(&self.troubles).collect();
        let value = json!({
            "command": "run", "started_at": self.started_at.to_string(), "finished_at": self.finished_at.to_string(),
            "outcome": self.outcome, "budget_spent": self.budget_spent,
            "sites": self.sites, "sites_due": self.due, "sites_finished": self.finished, "sites_left": self.left(),
            "new_versions_count": self.new_versions, "new_versions": self.changes,
            "failures": failures, "requests": self.requests,
            "drops": self.status.drops, "frozen": self.status.frozen,
            "versions": self.status.versions, "database_bytes": self.status.database_bytes,
        });
        let mut line = harmless_json(&value);
        line.push('\n');
        line
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{} of {} sites were due, {} looked at to the end; {} new versions\n",
            self.due, self.sites, self.finished, self.new_versions
        );
        for change in &self.changes {
            let line = format!(
                "{} version {} ({} words), first seen {}: {}",
                change.policy_url,
                change.version,
                change.word_count,
                change.first_seen,
                change.memento_url
            );
            text += "  ";
            text += &harmless_line(&line);
            text.push('\n');
        }
        if self.budget_spent {
            text += "the budget is spent; ";
            text += &self.left().to_string();
            text += " sites wait for the next run\n";
        }
        text + &self.usage_text
    }
}
