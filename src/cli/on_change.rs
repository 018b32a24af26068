//! Notifies a command of the user's of new versions, one call each.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::failure::Failure;
use super::job::Job;
use crate::report::change_notification;
use crate::store::Store;

/// Most calls for one version, over several runs.
const MAX_ATTEMPTS: u32 = 5;
/// Versions read from the database at a time.
const BATCH: u32 = 500;

/// The result of all calls.
#[derive(Debug, Default)]
pub(super) struct NotificationResult {
    /// One line for each failed call.
    pub(super) failures: Vec<String>,
    /// True if the user interrupted the calls. The next run makes those that are left.
    pub(super) interrupted: bool,
}

/// Calls the command for every version of which it was not notified, the oldest first. A failed call is repeated by later
/// runs, five attempts in all. A call that the user interrupts does not count as an attempt.
pub(super) fn notify(store: &Store, command: &str, job: &Job) -> NotificationResult {
    let mut result = NotificationResult::default();
    if let Err(failure) = notify_each(store, command, job, &mut result) {
        result.failures.push(failure.line());
    }
    result
}

fn notify_each(
    store: &Store,
    command: &str,
    job: &Job,
    result: &mut NotificationResult,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let limit = job.settings.run.on_change_timeout;
    let mut last = None;
    loop {
        let changes = store.unannounced(MAX_ATTEMPTS, last, BATCH)?;
        let Some(newest) = changes.last() else {
            return Ok(());
        };
        last = Some(newest.change_id);
        for change in &changes {
            let notification = change_notification(store, change)?;
            let call = call_command(command, &notification, limit);
            let Some(called) = runtime.block_on(job.stop().run_until_cancelled(call)) else {
                result.interrupted = true;
                return Ok(());
            };
            store.record_announcement(change.change_id, called.is_ok().then(|| job.now()))?;
            if let Err(why) = called {
                let what = format!("{} version {}", change.policy_url, change.version);
                let failure = format!("--on-change failed for {what}: {why}");
                result.failures.push(failure);
            }
        }
    }
}

/// Calls the command with the notification as one line on its standard input.
async fn call_command(command: &str, notification: &Value, limit: Duration) -> Result<(), String> {
    let mut child = shell(command)
        .stdin(Stdio::piped())
        // Its output is not part of this program's answer.
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("cannot start it: {e}"))?;
    let stdin = child.stdin.take();
    let line = format!("{notification}\n");
    let work = async {
        if let Some(mut stdin) = stdin {
            // The command need not read its input.
            let _ = stdin.write_all(line.as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(status.to_string()),
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => Err(format!(
            "it ran longer than {} seconds and was stopped",
            limit.as_secs()
        )),
    }
}

fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    };
    let mut shell = Command::new(shell);
    shell.arg(flag).arg(command);
    shell
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    async fn called(command: &str) -> Result<(), String> {
        call_command(command, &Value::from("x"), Duration::from_millis(300)).await
    }

    #[tokio::test]
    async fn a_command_gets_its_object_and_is_ended_when_it_takes_too_long() {
        assert_eq!(called("grep -q '\"x\"'").await, Ok(()));
        assert!(called("exit 3").await.unwrap_err().contains('3'));
        assert!(
            called("exec sleep 60")
                .await
                .unwrap_err()
                .contains("longer than")
        );
        // It does not read its input.
        assert_eq!(called("exec true").await, Ok(()));
    }
}
