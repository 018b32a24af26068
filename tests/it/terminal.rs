//! The program on a terminal: global options, `--quiet` and the pager.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::old_database::{KUPFER, current};
use crate::support::program::{answer, fails, run};

/// Runs the program on a pseudo terminal and returns its exit code and everything that the terminal got.
fn on_terminal(folder: &Path, pager: Option<&str>, arguments: &[&str]) -> (Option<i32>, String) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    let stdio = || Stdio::from(slave.try_clone().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_policytrail"));
    command
        .args(arguments)
        .current_dir(folder)
        .env_remove("PAGER")
        .env_remove("LESS")
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .stdin(stdio())
        .stdout(stdio())
        .stderr(stdio());
    if let Some(pager) = pager {
        command.env("PAGER", pager);
    }
    let mut child = command.spawn().unwrap();
    drop(command);
    drop(slave);
    let mut screen = Vec::new();
    // The end of a pseudo terminal is an error on Linux.
    let _ = File::from(master).read_to_end(&mut screen);
    let code = child.wait().unwrap().code();
    (code, String::from_utf8_lossy(&screen).into_owned())
}

#[test]
fn an_answer_on_a_terminal_goes_through_the_pager() {
    let folder = current();
    let log = ["log", KUPFER];
    let paged = |pager, arguments: &[&str]| on_terminal(folder.path(), pager, arguments);
    let (code, screen) = paged(Some("sed s/^/PAGED:/"), &log);
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("PAGED:policy 1 (privacy)"), "{screen}");
    assert!(screen.contains("\u{1b}[1m"), "colours stay: {screen}");
    // Notes stand in the pager with the text that they are about.
    let (_, screen) = paged(Some("sed s/^/PAGED:/"), &["show", KUPFER, "first"]);
    assert!(screen.contains("PAGED:http"), "{screen}");
    let (_, screen) = paged(Some("echo LESS=$LESS; cat"), &log);
    assert!(screen.contains("LESS=FRX"), "{screen}");
    for (pager, arguments) in [
        (Some("cat"), &log[..]),
        (Some(""), &log),
        (Some("/nonexistent/pager"), &log),
        (Some("sed s/^/PAGED:/"), &["log", KUPFER, "--no-pager"]),
        (Some("sed s/^/PAGED:/"), &["--no-pager", "log", KUPFER]),
    ] {
        let (code, screen) = paged(pager, arguments);
        assert_eq!(code, Some(0), "{screen}");
        assert!(screen.contains("policy 1 (privacy)"), "{pager:?}: {screen}");
        assert!(!screen.contains("PAGED:"), "{screen}");
    }
    // A reader who quits the pager at once is no failure.
    let (code, screen) = paged(Some("true"), &["show", KUPFER, "first..latest"]);
    assert_eq!(code, Some(0), "{screen}");
    let (code, screen) = paged(Some("sed s/^/PAGED:/"), &["show", KUPFER, "--raw"]);
    assert_eq!(code, Some(2), "{screen}");
    assert!(screen.contains("terminal control sequences"), "{screen}");
}

#[test]
fn an_answer_that_goes_elsewhere_is_not_paged() {
    let folder = current();
    let output = Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .args(["log", KUPFER])
        .current_dir(folder.path())
        .env("PAGER", "sed s/^/PAGED:/")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("policy 1 (privacy)") && !text.contains("PAGED"),
        "{text}"
    );
}

#[test]
fn options_stand_before_or_after_the_command() {
    let folder = current();
    let after = answer(
        folder.path(),
        &["log", KUPFER, "--format", "json", "--db", "policytrail.db"],
    );
    for arguments in [
        &["--db", "policytrail.db", "--json", "log", KUPFER][..],
        &["--db=policytrail.db", "--format=json", "log", KUPFER],
        &["--format", "json", "log", "--db", "policytrail.db", KUPFER],
        &["log", "--json", KUPFER],
    ] {
        assert_eq!(answer(folder.path(), arguments), after, "{arguments:?}");
    }
    let diff = answer(folder.path(), &["--json", "diff", KUPFER]);
    assert!(diff.starts_with('{'), "{diff}");
    fails(
        folder.path(),
        &["--db", "none.db", "status"],
        2,
        &["none.db"],
    );
    fails(folder.path(), &["--json", "backup", "b.db"], 2, &["--json"]);
    fails(
        folder.path(),
        &["--json", "log", "--format", "text", KUPFER],
        2,
        &["cannot be used with"],
    );
}

#[test]
fn quiet_leaves_errors_only() {
    let folder = current();
    let loud = run(folder.path(), &["show", KUPFER]);
    let quiet = run(folder.path(), &["--quiet", "show", KUPFER]);
    assert_eq!(quiet.stdout, loud.stdout);
    assert!(!loud.stderr.is_empty());
    assert_eq!(String::from_utf8(quiet.stderr).unwrap(), "");
    fails(
        folder.path(),
        &["show", KUPFER, "9", "--quiet"],
        2,
        &["no version 9"],
    );
}
