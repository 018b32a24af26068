//! Runs targets in processes of their own, two at a time, and keeps the input that ended one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use super::{TARGETS, folder};

/// Number of targets that run at the same time.
const AT_ONCE: usize = 2;
/// Time that a target may take longer than it was told. One input takes a second or two on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A target that runs.
struct Running {
    target: &'static str,
    child: Child,
    deadline: Instant,
}

/// Runs each wanted target, or all, for a number of seconds.
pub fn run(seconds: u64, wanted: &[&str]) -> ExitCode {
    let mut waiting = TARGETS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| wanted.is_empty() || wanted.contains(name));
    let (mut running, mut failed): (Vec<Running>, Vec<&str>) = (Vec::new(), Vec::new());
    loop {
        while running.len() < AT_ONCE
            && let Some(target) = waiting.next()
        {
            running.push(start(target, seconds));
        }
        if running.is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(20));
        running.retain_mut(|one| match is_good(one) {
            None => true,
            Some(good) => {
                if !good {
                    keep_finding(one.target);
                    failed.push(one.target);
                }
                false
            }
        });
    }
    if failed.is_empty() {
        ExitCode::SUCCESS
    } else {
        println!("failed: {}", failed.join(", "));
        ExitCode::FAILURE
    }
}

fn start(target: &'static str, seconds: u64) -> Running {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["work", target, &seconds.to_string()])
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(seconds) + PATIENCE;
    Running {
        target,
        child,
        deadline,
    }
}

/// Whether a target ended without a finding; `None` while it runs. A target that takes too long is ended.
fn is_good(running: &mut Running) -> Option<bool> {
    if let Some(status) = running.child.try_wait().unwrap() {
        return Some(status.success());
    }
    if Instant::now() < running.deadline {
        return None;
    }
    println!("{}: one input takes too long", running.target);
    running.child.kill().unwrap();
    running.child.wait().unwrap();
    Some(false)
}

/// The file with the input that a target checks now.
pub fn current_input(target: &str) -> PathBuf {
    folder("artifacts").join(target).join("current")
}

/// Keeps the input that ended a target, and says how to check it again.
fn keep_finding(target: &str) {
    let current = current_input(target);
    let Some(kept) = (0..1000)
        .map(|number| current.with_file_name(format!("finding-{number}")))
        .find(|path| !path.exists())
    else {
        return;
    };
    if fs::rename(&current, &kept).is_ok() {
        report(target, &kept);
    }
}

fn report(target: &str, kept: &Path) {
    let bytes = fs::read(kept).unwrap_or_default();
    println!(
        "{target}: FOUND by {} bytes: {}",
        bytes.len(),
        bytes[..bytes.len().min(300)].escape_ascii()
    );
    println!(
        "check it again with: cargo run --example fuzz -- input {target} {}",
        kept.display()
    );
}
