//! The summary of a scheduled run: gathered at its end, and printed for people.

use super::archives::request_counts_text;
use super::failure::Failure;
use super::finished_job::FinishedJob;
use super::job::Job;
use super::on_change::NotificationResult;
use super::wording::counted;
use crate::model::ChangeId;
use crate::report::{RunReport, safe_line};
use crate::store::{AlertCounts, MAX_ANNOUNCEMENT_ATTEMPTS, RunOutcome};

/// Most new versions that are listed one by one; all are counted.
const MAX_LISTED: u32 = 1000;

/// Gathers the summary of a finished run. `newest_before` is the newest change before the run.
pub(super) fn run_report(
    job: &Job,
    finished: &FinishedJob,
    newest_before: Option<ChangeId>,
    notifications: NotificationResult,
) -> Result<RunReport, Failure> {
    let outcome = &finished.outcome;
    let mut failures = outcome.failures.clone();
    failures.extend(outcome.ended_by.iter().map(ToString::to_string));
    failures.extend_from_slice(finished.skipped.failures());
    let mut report = RunReport {
        started_at: finished.started_at,
        finished_at: job.now(),
        outcome: if notifications.interrupted {
            RunOutcome::Interrupted
        } else {
            outcome.outcome
        },
        budget_spent: finished.budget_spent,
        sites: job.site_names().len(),
        due: finished.due,
        finished: outcome.finished.len(),
        new_versions: finished.store.count_changes_after(newest_before)?,
        changes: finished.store.changes_after(newest_before, MAX_LISTED)?,
        failures,
        late_failures: Vec::new(),
        alerts_delivered: notifications.delivered,
        alerts_failed: notifications.failed,
        alerts_passed_over: notifications.passed_over,
        requests: finished.requests.clone(),
        skipped: finished
            .skipped
            .counts()
            .map(|(reason, count)| (reason.code(), count))
            .collect(),
        status: finished.store.status()?,
    };
    report.add_late_failures(notifications.failures);
    Ok(report)
}

/// The summary for people.
pub(super) fn run_text(report: &RunReport) -> String {
    let mut text = format!(
        "{}: {} due, {} crawled completely; {}\n",
        counted(report.sites as u64, "site"),
        report.due,
        report.finished,
        counted(report.new_versions, "new version")
    );
    for change in &report.changes {
        let line = format!(
            "{} version {} ({}), first seen {}: {}",
            change.policy_url,
            change.version,
            counted(change.word_count.cast_unsigned(), "word"),
            change.first_seen,
            change.proof.text()
        );
        text += "  ";
        text += &safe_line(&line);
        text.push('\n');
    }
    if report.budget_spent {
        text += "the budget is used up; ";
        text += &counted(report.left() as u64, "site");
        text += " left for the next run\n";
    }
    text += &alert_text(report);
    text += &request_counts_text(&report.requests);
    for (reason, count) in &report.skipped {
        let line = format!("left out when the archive was opened: {reason} {count}\n");
        text += &line;
    }
    text
}

/// The calls of `--on-change`, for people; empty if there was none and none is to come.
fn alert_text(report: &RunReport) -> String {
    let alerts = report.status.alerts;
    let (delivered, failed) = (report.alerts_delivered, report.alerts_failed);
    if delivered + failed + alerts.waiting + alerts.given_up == 0 {
        return String::new();
    }
    let mut text = format!("alerts: {delivered} delivered, {failed} failed\n");
    text += &alert_lines(alerts).join("\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The alerts that were not delivered, for people.
pub(super) fn alert_lines(alerts: AlertCounts) -> Vec<String> {
    let mut lines = Vec::new();
    if alerts.waiting > 0 {
        lines.push(format!(
            "{} still to deliver; the next `policytrail run` with a command for --on-change delivers them",
            counted(alerts.waiting, "alert")
        ));
    }
    if alerts.given_up > 0 {
        lines.push(format!(
            "{} given up after {MAX_ANNOUNCEMENT_ATTEMPTS} failed calls each; `policytrail check` tests the command of --on-change",
            counted(alerts.given_up, "alert")
        ));
    }
    lines
}
