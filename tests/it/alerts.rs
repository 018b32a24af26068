//! Calls of the command of `--on-change`: what fails, what is told of it, and what waits.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::support::archive_server::{ArchiveServer, ArchiveState};
use crate::support::paths::{sample, sample_location};
use crate::support::program::{answer, fails, json_lines, on_sample_sites, policytrail, run};

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
    let mut command = policytrail(folder, &[&arguments[..], &more].concat());
    command
        .env("POLICYTRAIL_RUN_ALERTS_FIRST_LOOK", "true")
        .output()
        .unwrap()
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
    let server = ArchiveServer::start(&sample(), 0);
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

/// Runs of one site with a file of settings; `now` is the date up to which the archive has captures.
struct Nights {
    folder: tempfile::TempDir,
    server: ArchiveServer,
}

impl Nights {
    fn new(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("[run]\non_change = 'cat >> told.jsonl'\n{settings}");
        fs::write(folder.path().join("run.toml"), text).unwrap();
        let server = ArchiveServer::start(&sample(), 0);
        Self { folder, server }
    }

    /// A run at a time when the archive has the captures until then. Returns its summary and what the command got.
    fn night(&self, now: &str) -> (Value, String) {
        self.server.set_state(ArchiveState {
            until: format!("{}000000", now.replace('-', "")),
            ..ArchiveState::default()
        });
        let path = self.folder.path();
        let more = ["--now", now, "--config", "run.toml", "--sample", "all"];
        let output = on_sample_sites(path, "run", &self.server.url, &more)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let told = fs::read_to_string(path.join("told.jsonl")).unwrap_or_default();
        let _ = fs::remove_file(path.join("told.jsonl"));
        (summary(&output), told)
    }
}

#[test]
fn the_first_look_at_a_site_is_a_silent_baseline() {
    let nights = Nights::new("");
    let (first, told) = nights.night("2015-01-01");
    assert!(first["new_versions_count"].as_u64().unwrap() > 2);
    assert_eq!(told, "");
    assert_eq!(first["alerts"]["waiting"], 0);
    let (second, told) = nights.night("2021-01-01");
    let told = json_lines(&told);
    assert_eq!(second["new_versions_count"], told.len());
    assert!(told.len() > 2, "{told:?}");
    let (_, told) = nights.night("2021-02-01");
    assert_eq!(told, "");
}

#[test]
fn the_baseline_is_told_to_those_who_ask_for_it() {
    let nights = Nights::new("[run.alerts]\nfirst_look = true\n");
    let (first, told) = nights.night("2025-01-01");
    assert_eq!(first["new_versions_count"], 28);
    assert_eq!(json_lines(&told).len(), 28);
}

#[test]
fn settings_select_the_versions_that_are_told() {
    let all = Nights::new("[run.alerts]\nfirst_look = true\n");
    let all = json_lines(&all.night("2025-01-01").1);
    let selected = |settings: &str, wanted: &dyn Fn(&Value) -> bool| {
        let nights = Nights::new(&format!("[run.alerts]\nfirst_look = true\n{settings}"));
        let (summary, told) = nights.night("2025-01-01");
        let told = json_lines(&told);
        let expected = all.iter().filter(|v| wanted(v)).count();
        assert!(
            0 < expected && expected < all.len(),
            "{settings}: {expected}"
        );
        assert_eq!(told.len(), expected, "{settings}");
        assert!(told.iter().all(wanted), "{settings}");
        assert_eq!(summary["alerts"]["delivered"], expected);
        assert_eq!(summary["alerts"]["passed_over"], all.len() - expected);
        assert_eq!(summary["alerts"]["waiting"], 0);
    };
    selected("min_change = 'rewrite'", &|v| {
        v["change_kind"].is_null() || v["change_kind"] == "rewrite"
    });
    selected("sites = ['velofix-sample.com']", &|v| {
        v["site"] == "velofix-sample.com"
    });
    selected("languages = ['DE', 'und']", &|v| {
        v["language"] == "de" || v["language"] == "und"
    });
    selected("kinds = ['cookies', 'children']", &|v| {
        v["kind"] != "privacy"
    });
}

#[test]
fn a_digest_is_one_call_and_a_mail_needs_nothing_but_an_address() {
    let digest = "[run.alerts]\nfirst_look = true\ndigest = true\n";
    let (summary, told) = Nights::new(digest).night("2025-01-01");
    let told = json_lines(&told);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["count"], 28);
    assert_eq!(told[0]["versions"].as_array().unwrap().len(), 28);
    assert_eq!(summary["alerts"]["delivered"], 28);
    let mail = format!("{digest}format = 'mail'\n");
    let (_, mail) = Nights::new(&mail).night("2025-01-01");
    let (header, body) = mail.split_once("\n\n").unwrap();
    assert!(
        header.contains("Subject: [policytrail] 28 new versions of policies at 8 sites"),
        "{header}"
    );
    assert!(
        mail.lines().all(|line| line.len() <= 76 && line.is_ascii()),
        "{mail}"
    );
    assert!(
        body.contains("velofix-sample.com: version 2 of the privacy policy ("),
        "{body}"
    );
}

#[test]
#[cfg(unix)]
fn the_mail_script_of_the_repository_sends_to_every_address() {
    use std::io::Write as _;
    use std::process::Stdio;
    let folder = tempfile::tempdir().unwrap();
    let sendmail = folder.path().join("sendmail");
    let text = format!(
        "#!/bin/sh\necho \"$@\" > {0}/to; cat > {0}/mail\n",
        folder.path().display()
    );
    fs::write(&sendmail, text).unwrap();
    let chmod = Command::new("chmod").arg("+x").arg(&sendmail).status();
    assert!(chmod.unwrap().success());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/config/alert-mail.sh");
    let mut child = Command::new("sh")
        .args([script, "a@example.org", "b@example.org"])
        .env("PATH", format!("{}:/usr/bin:/bin", folder.path().display()))
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"Subject: x\n\nhello\n").unwrap();
    drop(stdin);
    assert!(child.wait().unwrap().success());
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(read("to"), "-i -- a@example.org b@example.org\n");
    assert_eq!(
        read("mail"),
        "To: a@example.org, b@example.org\nSubject: x\n\nhello\n"
    );
}
