//! Runs the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::paths::sample_sites;

/// The program's file.
pub fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_policytrail"))
}

/// A command of the program in a folder.
pub fn policytrail(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .current_dir(folder)
        .args(arguments)
        .env_remove("POLICYTRAIL_LOG");
    command
}

/// A command on `folder/trail.db`, for the sites of the sample archive, at rates that no test has to wait for.
pub fn on_sample_sites(folder: &Path, command: &str, archive: &str, more: &[&str]) -> Command {
    let arguments = [command, "--archive", archive, "--db", "trail.db", "--sites"];
    let mut command = policytrail(folder, &arguments);
    command
        .arg(sample_sites())
        .args(["--cdx-per-minute", "60000", "--playback-per-second", "2000"])
        .args(more);
    command
}

/// Runs the program in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    policytrail(folder, arguments).output().unwrap()
}

/// Runs a command that must succeed.
#[track_caller]
pub fn succeeds(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// Runs the program, which must succeed, and returns its standard output.
#[track_caller]
pub fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs the program, which must end with this code and a message that contains these words. No message may hold a
/// terminal's control characters or report a panic.
#[track_caller]
pub fn fails(folder: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let output = run(folder, arguments);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
    for word in words {
        assert!(
            message.contains(word),
            "{arguments:?} does not say {word:?}: {message}"
        );
    }
    assert!(!message.contains('\u{1b}'), "{message:?}");
    assert!(!message.contains("panicked"), "{message}");
}

/// The values of a text with one JSON value a line.
pub fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
