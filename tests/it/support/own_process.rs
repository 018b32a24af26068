//! Tests that measure the memory of their process, or kill it: they run again, alone, in a process of their own.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::process::{Child, Command, Stdio};

/// The variable that gives the new process its task.
const TASK: &str = "POLICYTRAIL_TEST_TASK";

/// The task that this process was started for; `None` in the process of the whole test run.
pub fn task() -> Option<OsString> {
    std::env::var_os(TASK)
}

/// Runs one test (`module::function`) alone in a new process with a task, and returns what it writes to stderr.
#[track_caller]
pub fn run_alone(test: &str, task: impl AsRef<OsStr>) -> String {
    let output = alone(test, task).output().unwrap();
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{report}");
    report
}

/// Starts one test (`module::function`) alone in a new process with a task. Its messages are lost.
pub fn start_alone(test: &str, task: impl AsRef<OsStr>) -> Child {
    let mut command = alone(test, task);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn alone(test: &str, task: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(TASK, task);
    command
}

/// Peak resident memory of this process in bytes; `None` where the system does not report it (only Linux does).
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024)
}

/// The number after `label` at the start of a line of this text.
#[track_caller]
pub fn number_after(label: &str, text: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(label)?.trim().parse().ok())
        .unwrap_or_else(|| panic!("no line with `{label}` in: {text}"))
}
