//! Notifies a command of the user's of new versions.

use super::alert::{alert_input, is_wanted};
use super::failure::Failure;
use super::hook_call::call_hook;
use super::job::Job;
use crate::model::ChangeId;
use crate::store::{ChangeRow, Store};

/// Versions read from the database at a time.
const BATCH: u32 = 500;
/// Most versions in one call for a digest, so that its text fits into memory.
const MAX_DIGEST: usize = 500;
/// Failed calls in a row after which a run makes no more: the command does not work, and each call may take a minute.
const MAX_FAILURES_IN_A_ROW: u32 = 20;

/// The result of all calls.
#[derive(Debug, Default)]
pub(super) struct NotificationResult {
    /// One line for each failed call.
    pub(super) failures: Vec<String>,
    /// Versions that the command accepted.
    pub(super) delivered: u64,
    /// Versions whose call failed.
    pub(super) failed: u64,
    /// Versions that the settings do not select.
    pub(super) passed_over: u64,
    /// True if the user interrupted the calls. The next run makes those that are left.
    pub(super) interrupted: bool,
}

/// Calls the command for every version of which it was not notified and that the settings select, the oldest first. A failed call is repeated by later
/// runs, up to a number of attempts. A call that the user interrupts does not count as an attempt.
pub(super) fn notify(store: &Store, command: &str, job: &Job) -> NotificationResult {
    let mut notifier = Notifier {
        store,
        command,
        job,
        failures_in_a_row: 0,
        result: NotificationResult::default(),
    };
    if let Err(failure) = notifier.notify_all() {
        notifier.result.failures.push(failure.line());
    }
    notifier.result
}

/// The calls of one run.
struct Notifier<'a> {
    store: &'a Store,
    command: &'a str,
    job: &'a Job,
    failures_in_a_row: u32,
    result: NotificationResult,
}

impl Notifier<'_> {
    fn notify_all(&mut self) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let settings = &self.job.settings.run.alerts;
        let most = if settings.digest { MAX_DIGEST } else { 1 };
        let mut wanted = Vec::new();
        let mut last = None;
        loop {
            let changes = self.store.unannounced(last, BATCH)?;
            let Some(newest) = changes.last() else {
                break;
            };
            last = Some(newest.change_id);
            let mut passed_over = Vec::new();
            for change in changes {
                if !is_wanted(&change, settings) {
                    passed_over.push(change.change_id);
                    continue;
                }
                wanted.push(change);
                if wanted.len() == most
                    && !runtime.block_on(self.notify_of(&std::mem::take(&mut wanted)))?
                {
                    return Ok(());
                }
            }
            self.store.pass_over(&passed_over, self.job.now())?;
            self.result.passed_over += passed_over.len() as u64;
        }
        if !wanted.is_empty() {
            runtime.block_on(self.notify_of(&wanted))?;
        }
        Ok(())
    }

    /// Makes one call for these versions. False if no further call is to be made.
    async fn notify_of(&mut self, changes: &[ChangeRow]) -> Result<bool, Failure> {
        let run = &self.job.settings.run;
        let input = alert_input(self.store, changes, &run.alerts)?;
        let call = call_hook(self.command, &input, run.on_change_timeout);
        let Some(called) = self.job.stop().run_until_cancelled(call).await else {
            self.result.interrupted = true;
            return Ok(false);
        };
        let ids: Vec<ChangeId> = changes.iter().map(|change| change.change_id).collect();
        let announced_at = called.is_ok().then(|| self.job.now());
        self.store.record_announcement(&ids, announced_at)?;
        let Err(why) = called else {
            self.result.delivered += ids.len() as u64;
            self.failures_in_a_row = 0;
            return Ok(true);
        };
        self.result.failed += ids.len() as u64;
        self.failures_in_a_row += 1;
        let what = match changes {
            [change] => format!("{} version {}", change.policy_url, change.version),
            _ => format!("a digest of {} versions", changes.len()),
        };
        let failure = format!("--on-change failed for {what}: {why}");
        self.result.failures.push(failure);
        if self.failures_in_a_row < MAX_FAILURES_IN_A_ROW {
            return Ok(true);
        }
        self.result.failures.push(format!(
            "--on-change failed {MAX_FAILURES_IN_A_ROW} times in a row and was not called again; the next run continues"
        ));
        Ok(false)
    }
}
