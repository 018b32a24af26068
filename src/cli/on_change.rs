//! Notifies a command of the user's of new versions.

use super::failure::Failure;
use super::hook_call::call_hook;
use super::job::Job;
use crate::report::change_notification;
use crate::store::{ChangeRow, Store};

/// Versions read from the database at a time.
const BATCH: u32 = 500;
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
    /// True if the user interrupted the calls. The next run makes those that are left.
    pub(super) interrupted: bool,
}

/// Calls the command for every version of which it was not notified, the oldest first. A failed call is repeated by later
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
        let mut last = None;
        loop {
            let changes = self.store.unannounced(last, BATCH)?;
            let Some(newest) = changes.last() else {
                return Ok(());
            };
            last = Some(newest.change_id);
            for change in &changes {
                if !runtime.block_on(self.notify_of(change))? {
                    return Ok(());
                }
            }
        }
    }

    /// Makes one call. False if no further call is to be made.
    async fn notify_of(&mut self, change: &ChangeRow) -> Result<bool, Failure> {
        let notification = change_notification(self.store, change)?;
        let line = format!("{notification}\n");
        let limit = self.job.settings.run.on_change_timeout;
        let call = call_hook(self.command, &line, limit);
        let Some(called) = self.job.stop().run_until_cancelled(call).await else {
            self.result.interrupted = true;
            return Ok(false);
        };
        let announced_at = called.is_ok().then(|| self.job.now());
        self.store
            .record_announcement(change.change_id, announced_at)?;
        match called {
            Ok(()) => {
                self.result.delivered += 1;
                self.failures_in_a_row = 0;
            }
            Err(why) => {
                self.result.failed += 1;
                self.failures_in_a_row += 1;
                let what = format!("{} version {}", change.policy_url, change.version);
                let failure = format!("--on-change failed for {what}: {why}");
                self.result.failures.push(failure);
            }
        }
        if self.failures_in_a_row < MAX_FAILURES_IN_A_ROW {
            return Ok(true);
        }
        self.result.failures.push(format!(
            "--on-change failed {MAX_FAILURES_IN_A_ROW} times in a row and was not called again; the next run continues"
        ));
        Ok(false)
    }
}
