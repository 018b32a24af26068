//! Calls of the command of `--on-change`: what fails, what is told of it, and what waits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::paths::sample_location;
use crate::support::program::{answer, fails, policytrail, run};

/// A run at a time with a command, on one site of the sample archive.
fn night(folder: &Path, now: &str, hook: &str) -> Output {
    let sample = sample_location();
    let arguments = ["run", "--archive", &sample, "--db", "a.db", "--now", now];
    let more = [
        "--on-change",
        hook,
        "--metrics",
        "m.txt",
        "velofix-sample.com",
    ];
    run(folder, &[&arguments[..], &more].concat())
}

fn summary(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

#[test]
fn a_failed_alert_is_told_everywhere_until_it_is_delivered() {
    let folder = tempfile::tempdir().unwrap();
    let output = night(folder.path(), "2025-01-01", "exit 7");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let summary_1 = summary(&output);
    assert_eq!(summary_1["outcome"], "done_with_failures");
    let alerts = &summary_1["alerts"];
    assert_eq!(
        (&alerts["delivered"], &alerts["failed"], &alerts["waiting"]),
        (&0.into(), &2.into(), &2.into())
    );
    let metrics = fs::read_to_string(folder.path().join("m.txt")).unwrap();
    for line in [
        "policytrail_run_outcome{outcome=\"done_with_failures\"} 1.0",
        "policytrail_run_outcome{outcome=\"done\"} 0.0",
        "policytrail_run_alerts{outcome=\"failed\"} 2.0",
        "policytrail_alerts_undelivered{state=\"waiting\"} 2.0",
        "policytrail_run_failures 2.0",
    ] {
        assert!(metrics.contains(line), "{line} is not in:\n{metrics}");
    }
    let status = answer(folder.path(), &["status", "--db", "a.db"]);
    assert!(status.contains("done with failures"), "{status}");
    assert!(status.contains("2 alerts still to deliver"), "{status}");
    let output = night(folder.path(), "2025-01-02", "cat >> told.jsonl");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let summary_2 = summary(&output);
    assert_eq!(summary_2["outcome"], "done");
    assert_eq!(summary_2["alerts"]["delivered"], 2);
    assert_eq!(summary_2["alerts"]["waiting"], 0);
    let status = answer(folder.path(), &["status", "--db", "a.db"]);
    assert!(!status.contains("alert"), "{status}");
}

#[test]
fn an_alert_that_always_fails_is_given_up_and_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for day in 1..=5 {
        let output = night(folder.path(), &format!("2025-01-{day:02}"), "exit 7");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
    }
    let output = night(folder.path(), "2025-01-06", "touch called");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(summary(&output)["alerts"]["given_up"], 2);
    assert!(!folder.path().join("called").exists());
    let status = answer(
        folder.path(),
        &["status", "--db", "a.db", "--format", "json"],
    );
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["alerts"]["given_up"], 2);
}

#[test]
fn a_used_up_budget_does_not_hide_a_failed_alert() {
    let folder = tempfile::tempdir().unwrap();
    let output = night(folder.path(), "2025-01-01", "exit 7");
    assert_eq!(summary(&output)["alerts"]["waiting"], 2);
    let server =
        crate::support::archive_server::ArchiveServer::start(&crate::support::paths::sample(), 0);
    let arguments = [
        "run",
        "--archive",
        &server.url,
        "--db",
        "a.db",
        "--now",
        "2025-02-01",
        "--budget",
        "1-request",
        "--on-change",
        "exit 7",
        "velofix-sample.com",
        "pinecone-social-sample.com",
    ];
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let summary = summary(&output);
    assert_eq!(summary["budget_spent"], true);
    assert_eq!(summary["outcome"], "done_with_failures");
}

#[test]
#[cfg(unix)]
fn check_looks_whether_the_command_can_run() {
    let folder = tempfile::tempdir().unwrap();
    let sample = sample_location();
    let write = |hook: &str| {
        let text =
            format!("[run]\non_change = {hook:?}\n[sites]\nnames = ['velofix-sample.com']\n");
        fs::write(folder.path().join("run.toml"), text).unwrap();
    };
    let arguments = ["check", "--config", "run.toml", "--archive", &sample];
    write("./send.sh --to me");
    fails(
        folder.path(),
        &arguments,
        2,
        &["./send.sh", "no such file", "on_change"],
    );
    fs::write(folder.path().join("send.sh"), "#!/bin/sh\n").unwrap();
    fails(folder.path(), &arguments, 2, &["not executable"]);
    let script = folder.path().join("send.sh");
    let chmod = Command::new("chmod").arg("+x").arg(script).status();
    assert!(chmod.unwrap().success());
    let output = policytrail(folder.path(), &arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_service_file_does_not_call_failures_a_success() {
    let unit = include_str!("../../config/systemd/policytrail.service");
    let line = unit
        .lines()
        .find_map(|l| l.strip_prefix("SuccessExitStatus="));
    let codes: Vec<&str> = line.unwrap().split_whitespace().collect();
    assert!(!codes.contains(&"1"), "{codes:?}");
}
