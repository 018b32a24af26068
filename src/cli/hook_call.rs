//! One call of a shell command of the user's, with text on its standard input and a time limit.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

/// Calls a shell command with `input` on its standard input. When the time is over, or when this future is dropped, the
/// command is killed together with every process that it started.
pub(super) async fn call_hook(command: &str, input: &str, limit: Duration) -> Result<(), String> {
    let mut call = HookCall::start(command)?;
    match tokio::time::timeout(limit, call.finish(input)).await {
        Ok(result) => result,
        Err(_) => Err(format!(
            "it ran longer than {} seconds and was stopped",
            limit.as_secs()
        )),
    }
}

/// The shell that runs the commands of users, with the option before a command.
pub(super) fn shell() -> (&'static str, &'static str) {
    if cfg!(windows) {
        ("cmd", "/C")
    } else {
        ("sh", "-c")
    }
}

/// A running command.
struct HookCall(Child);

impl HookCall {
    /// Starts the command in a process group of its own, so that its descendants can be killed with it.
    fn start(command: &str) -> Result<Self, String> {
        let (shell, option) = shell();
        let mut shell = Command::new(shell);
        shell.arg(option).arg(command);
        #[cfg(unix)]
        shell.process_group(0);
        let child = shell
            .stdin(Stdio::piped())
            // Its output is not part of this program's answer.
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        child.map(Self).map_err(|e| format!("cannot start it: {e}"))
    }

    /// Writes the input and waits for the end of the command.
    async fn finish(&mut self, input: &str) -> Result<(), String> {
        let stdin = self.0.stdin.take();
        let write = async {
            if let Some(mut stdin) = stdin {
                // The command need not read its input.
                let _ = stdin.write_all(input.as_bytes()).await;
            }
            // The pipe is closed. Only the end of the command ends the call.
            std::future::pending().await
        };
        // A process that the command left in the background may keep the pipe open without reading it.
        let status = tokio::select! {
            status = self.0.wait() => status,
            never = write => never,
        };
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(status.to_string()),
            Err(e) => Err(e.to_string()),
        }
    }
}

#[cfg(unix)]
impl Drop for HookCall {
    /// Kills the group of a command that did not end. The processes that an ended command left in the background belong to
    /// the user.
    fn drop(&mut self) {
        use rustix::process::{Pid, Signal, kill_process_group};
        // There is a number as long as the command was not waited for, so the number cannot belong to another group.
        let group = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = group.and_then(Pid::from_raw) {
            // The group may have ended at this moment.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    async fn called(command: &str) -> Result<(), String> {
        call_hook(command, "\"x\"\n", Duration::from_millis(300)).await
    }

    #[tokio::test]
    async fn a_command_gets_its_input_and_is_ended_when_it_takes_too_long() {
        assert_eq!(called("grep -q '\"x\"'").await, Ok(()));
        assert!(called("exit 3").await.unwrap_err().contains('3'));
        let late = called("exec sleep 60").await.unwrap_err();
        assert!(late.contains("longer than"), "{late}");
        // It does not read its input.
        assert_eq!(called("exec true").await, Ok(()));
    }

    #[tokio::test]
    async fn input_that_nobody_reads_does_not_delay_the_end_of_a_command() {
        let long = "x".repeat(1 << 20);
        // The process in the background keeps the pipe open.
        let command = "sleep 1 <&0 & exit 0";
        let called = call_hook(command, &long, Duration::from_millis(900)).await;
        assert_eq!(called, Ok(()));
    }

    /// True once no process of this number runs.
    #[cfg(target_os = "linux")]
    async fn ends(process: &str) -> bool {
        for _ in 0..100 {
            let status = std::fs::read_to_string(format!("/proc/{process}/stat"));
            if status.is_err() || status.is_ok_and(|s| s.contains(") Z ")) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    #[tokio::test]
    #[cfg(target_os = "linux")]
    async fn a_command_that_takes_too_long_is_killed_with_all_its_processes() {
        let folder = tempfile::tempdir().unwrap();
        let numbers = folder.path().join("numbers");
        for wait in ["wait", "sleep 60", "true | sleep 60"] {
            let command = format!(
                "sleep 60 & echo $! > {0}; (sleep 60 & echo $! >> {0}; wait) & {wait}",
                numbers.display()
            );
            assert!(called(&command).await.unwrap_err().contains("longer than"));
            let numbers = std::fs::read_to_string(&numbers).unwrap();
            assert_eq!(numbers.lines().count(), 2, "{numbers}");
            for number in numbers.lines() {
                assert!(ends(number).await, "{wait}: {number} still runs");
            }
        }
    }
}
