//! Tells a command of the user's of new versions, one call each.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::failure::Failure;
use super::job::Job;
use super::news::told;
use crate::config::RunSettings;
use crate::store::Store;

/// Calls for one version, over several runs, before it is given up.
const MOST_TRIES: u32 = 5;
/// Versions read from the database at a time.
const BATCH: u32 = 500;

/// What came of the calls.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// A line a failed call.
    pub(super) failures: Vec<String>,
    /// The user stopped them; what was not told is told by the next run.
    pub(super) interrupted: bool,
}

/// Calls the command for every version that it was not told of, the oldest first. A call that fails is told, and made
/// again in later runs, five times in all; one in whose middle the user stops is as if it had not been made.
pub(super) fn tell(store: &Store, command: &str, settings: &RunSettings, job: &Job) -> Calls {
    let mut calls = Calls::default();
    if let Err(failure) = tell_all(store, command, settings, job, &mut calls) {
        calls.failures.push(failure.line());
    }
    calls
}

fn tell_all(
    store: &Store,
    command: &str,
    settings: &RunSettings,
    job: &Job,
    calls: &mut Calls,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut last = 0;
    loop {
        let changes = store.untold(MOST_TRIES, last, BATCH)?;
        let Some(newest) = changes.last() else {
            return Ok(());
        };
        last = newest.change_id;
        for change in &changes {
            let object = told(store, change)?;
            let call = call(command, &object, settings.on_change_timeout);
            let Some(result) = runtime.block_on(job.stop().run_until_cancelled(call)) else {
                calls.interrupted = true;
                return Ok(());
            };
            store.told(change.change_id, result.is_ok().then(|| job.now()))?;
            if let Err(why) = result {
                let what = format!("{} version {}", change.policy_url, change.version);
                calls
                    .failures
                    .push(format!("--on-change failed for {what}: {why}"));
            }
        }
    }
}

/// One call, with the object as one line on its standard input.
async fn call(command: &str, object: &Value, limit: Duration) -> Result<(), String> {
    let mut child = shell(command)
        .stdin(Stdio::piped())
        // What it prints is no part of this program's answer.
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| format!("it does not start: {e}"))?;
    let stdin = child.stdin.take();
    let line = format!("{object}\n");
    let work = async {
        if let Some(mut stdin) = stdin {
            // A command need not read what it gets.
            let _ = stdin.write_all(line.as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(status.to_string()),
        Ok(Err(e)) => Err(e.to_string()),
        Err(_) => Err(format!("it took longer than {} seconds", limit.as_secs())),
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
        call(command, &Value::from("x"), Duration::from_millis(300)).await
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
        // It does not read what it gets.
        assert_eq!(called("exec true").await, Ok(()));
    }
}
