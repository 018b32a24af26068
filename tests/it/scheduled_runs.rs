//! The scheduled job over an archive that grows, with kills, refusals and a full disk.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::archive_server::{ArchiveServer, ArchiveState};
use crate::support::database;
use crate::support::dataset::digits;
use crate::support::paths::{sample, sample_location};
use crate::support::program::on_sample_sites;

fn night(folder: &Path, archive: &str, now: &str, more: &[&str]) -> Command {
    let mut command = on_sample_sites(folder, "run", archive, &["--now", now]);
    command
        .args(more)
        // All versions are announced, so that a test can compare them.
        .env("POLICYTRAIL_RUN_ALERTS_FIRST_LOOK", "true");
    command
}

fn summary(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn cdx(requests: &[String]) -> usize {
    requests.iter().filter(|r| r.starts_with("/cdx/")).count()
}

#[test]
fn a_run_without_new_captures_costs_one_index_query_per_site_and_no_page() {
    let server = ArchiveServer::start(&sample(), 0);
    let folder = tempfile::tempdir().unwrap();
    let every_night = ["--config", "run.toml"];
    std::fs::write(
        folder.path().join("run.toml"),
        "[run]\nrecheck_max_days = 1\nrecheck_dead_days = 1\n",
    )
    .unwrap();
    let first = night(folder.path(), &server.url, "2025-01-01", &every_night)
        .output()
        .unwrap();
    assert_eq!(summary(&first)["new_versions_count"], 28);
    server.take_requests();
    for day in 2..=30 {
        let now = format!("2025-01-{day:02}");
        let output = night(folder.path(), &server.url, &now, &every_night)
            .output()
            .unwrap();
        let summary = summary(&output);
        assert_eq!(
            (&summary["sites_due"], &summary["sites_finished"]),
            (&8.into(), &8.into()),
            "{now}"
        );
        assert_eq!(summary["new_versions_count"], 0);
        let requests: Vec<String> = server
            .take_requests()
            .into_iter()
            .map(|r| r.split("&filter").next().unwrap().to_owned())
            .collect();
        assert_eq!(
            (requests.len(), cdx(&requests)),
            (8, 8),
            "{now}: {requests:#?}"
        );
    }
}

#[test]
fn sites_are_crawled_again_when_they_are_due() {
    let folder = tempfile::tempdir().unwrap();
    let files = sample_location();
    let due = |now: &str| {
        let output = night(folder.path(), &files, now, &[]).output().unwrap();
        summary(&output)["sites_due"].as_u64().unwrap()
    };
    // All their policies are old, so the interval is a week.
    assert_eq!(
        (
            due("2025-01-01"),
            due("2025-01-02"),
            due("2025-01-07"),
            due("2025-01-08")
        ),
        (8, 0, 0, 8)
    );
}

/// Arguments of every one of the thirty runs.
const ALL: [&str; 8] = [
    "--sample",
    "all",
    "--on-change",
    "cat >> announced.jsonl",
    "--feed",
    "feed.xml",
    "--metrics",
    "m.txt",
];

/// A run whose process is killed in the middle.
fn killed_night(folder: &Path, archive: &str, now: &str, after_ms: u64) {
    let mut child = night(folder, archive, now, &ALL)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(after_ms));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A run in which no file can grow beyond the size of the database.
fn night_on_a_full_disk(folder: &Path, archive: &str, now: &str) {
    let room = std::fs::metadata(folder.join("trail.db")).unwrap().len() / 1024;
    let command = night(folder, archive, now, &ALL);
    let arguments: Vec<String> = command
        .get_args()
        .map(|a| format!("'{}'", a.to_string_lossy()))
        .collect();
    let script = format!(
        "trap '' XFSZ; ulimit -f {room}; exec '{}' {}",
        command.get_program().to_string_lossy(),
        arguments.join(" ")
    );
    let output = Command::new("sh")
        .current_dir(folder)
        .args(["-c", &script])
        .env("POLICYTRAIL_RUN_ALERTS_FIRST_LOOK", "true")
        .output()
        .unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
}

/// Ends the freeze of the archive: it lasts in real time, which `--now` does not change.
fn the_freeze_is_over(database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    let ended = connection
        .execute(
            "UPDATE archives SET frozen_until = '20000101000000' WHERE frozen_until IS NOT NULL",
            [],
        )
        .unwrap();
    assert_eq!(ended, 1);
}

/// Site, text and first capture of each version.
fn versions(database: &Path) -> BTreeSet<(String, String)> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT site, text_sha256 || ' ' || versions.first_seen FROM versions JOIN policies USING (policy_id)
             JOIN sites USING (site_id) JOIN documents USING (document_id)",
        )
        .unwrap();
    let rows = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// The versions that the command of `--on-change` received, named as in [`versions`].
fn announced(folder: &Path) -> Vec<(String, String)> {
    let name = |line: &str| {
        let version: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| version[name].as_str().unwrap().to_owned();
        let which = format!("{} {}", text("text_sha256"), digits(&version["first_seen"]));
        (text("site"), which)
    };
    let lines = std::fs::read_to_string(folder.join("announced.jsonl")).unwrap();
    lines.lines().map(name).collect()
}

#[test]
fn thirty_disturbed_runs_over_a_growing_archive_find_every_change_once() {
    let server = ArchiveServer::start(&sample(), 1);
    let folder = tempfile::tempdir().unwrap();
    let trail = folder.path().join("trail.db");
    let mut kills = 0;
    for number in 0..31_u32 {
        // Half a year passes per run, from 2010 to the middle of 2025.
        let now = format!("{}-{:02}-15", 2010 + number / 2, 1 + number % 2 * 6);
        let until = format!("{}{:02}15000000", 2010 + number / 2, 1 + number % 2 * 6);
        let refuses = number % 10 == 4;
        server.set_state(ArchiveState { until, refuses });
        let mut tonight = night(folder.path(), &server.url, &now, &ALL);
        match number % 5 {
            // Killed in the middle, then repeated.
            1 | 2 => {
                kills += 1;
                let after_ms = u64::from(20 + number * 9);
                killed_night(folder.path(), &server.url, &now, after_ms);
                summary(&tonight.output().unwrap());
            }
            // The next run completes the work.
            3 => night_on_a_full_disk(folder.path(), &server.url, &now),
            // The archive refuses: the run sends no more requests and ends with its budget.
            4 if refuses => {
                server.take_requests();
                let summary = summary(&tonight.args(["--budget", "1s"]).output().unwrap());
                assert_eq!(summary["requests"]["freezes"], 1);
                assert!(server.take_requests().len() < 40);
                the_freeze_is_over(&trail);
            }
            _ => {
                summary(&tonight.output().unwrap());
            }
        }
        if trail.exists() {
            database::assert_sound(&trail);
        }
    }
    server.set_state(ArchiveState::default());
    let whole = tempfile::tempdir().unwrap();
    let all = ["--sample", "all", "--to", "2025-07-15"];
    let output = on_sample_sites(whole.path(), "backfill", &server.url, &all).output();
    assert!(output.unwrap().status.success());
    assert_eq!(versions(&trail), versions(&whole.path().join("trail.db")));
    let announced = announced(folder.path());
    let once: BTreeSet<(String, String)> = announced.iter().cloned().collect();
    assert_eq!(once, versions(&trail));
    // After a kill between a call and its record, the call is repeated.
    assert!(announced.len() <= once.len() + kills, "{announced:#?}");
}

#[test]
fn a_request_budget_is_kept_and_later_runs_end_in_the_same_database() {
    let server = ArchiveServer::start(&sample(), 0);
    let folder = tempfile::tempdir().unwrap();
    let mut nights = 0;
    let mut worked_on = BTreeSet::new();
    loop {
        let output = night(
            folder.path(),
            &server.url,
            "2025-01-01",
            &["--sample", "all", "--budget", "20-requests"],
        )
        .output()
        .unwrap();
        let summary = summary(&output);
        let requests = server.take_requests();
        assert!(requests.len() <= 20, "{requests:#?}");
        nights += 1;
        if nights == 8 {
            let connection = rusqlite::Connection::open(folder.path().join("trail.db")).unwrap();
            let mut statement = connection
                .prepare("SELECT site FROM sites WHERE attempted_at IS NOT NULL")
                .unwrap();
            worked_on = statement
                .query_map([], |r| r.get::<_, String>(0))
                .unwrap()
                .map(Result::unwrap)
                .collect();
        }
        if summary["budget_spent"] == false {
            break;
        }
        assert!(nights < 60, "it never ends");
    }
    assert_eq!(worked_on.len(), 8, "no site starves: {worked_on:?}");
    let whole = tempfile::tempdir().unwrap();
    let output = on_sample_sites(
        whole.path(),
        "backfill",
        &server.url,
        &["--sample", "all", "--to", "2025-01-01"],
    )
    .output()
    .unwrap();
    assert!(output.status.success(), "{output:?}");
    let derived = |path: PathBuf| -> Vec<String> {
        let facts = database::facts(&path).into_iter();
        facts
            .filter(|f| {
                ["version", "observation", "drop", "document"]
                    .iter()
                    .any(|k| f.starts_with(&format!("Text({:?}", k.as_bytes())))
            })
            .collect()
    };
    database::assert_same(
        &derived(whole.path().join("trail.db")),
        &derived(folder.path().join("trail.db")),
    );
}

#[test]
fn a_second_run_on_a_database_in_use_is_refused() {
    let server = ArchiveServer::start(&sample(), 30);
    let folder = tempfile::tempdir().unwrap();
    let mut first = night(folder.path(), &server.url, "2025-01-01", &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.take_requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = night(folder.path(), &server.url, "2025-01-01", &[])
        .output()
        .unwrap();
    let announced = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(2), "{announced}");
    assert!(announced.contains(&first.id().to_string()), "{announced}");
    // The lock of a dead process blocks no other process.
    first.kill().unwrap();
    first.wait().unwrap();
    let third = night(folder.path(), &server.url, "2025-01-01", &[])
        .output()
        .unwrap();
    assert_eq!(summary(&third)["sites_left"], 0);
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_says_how_to_continue() {
    for signal in ["-TERM", "-HUP", "-INT"] {
        interrupted_by(signal);
    }
}

/// Interrupts a run with a signal and checks how it ends.
#[cfg(unix)]
fn interrupted_by(signal: &str) {
    let server = ArchiveServer::start(&sample(), 30);
    let folder = tempfile::tempdir().unwrap();
    let child = night(folder.path(), &server.url, "2025-01-01", &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while server.take_requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let terminated = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(terminated.unwrap().success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let announced = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        announced.contains("run the same command again"),
        "{announced}"
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["outcome"], "interrupted");
}

/// Waits until the command of `--on-change` was called, and sends SIGTERM.
#[cfg(unix)]
fn terminate_in_a_call(child: &std::process::Child, called: &Path) {
    while !called.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let terminated = Command::new("kill").arg(child.id().to_string()).status();
    assert!(terminated.unwrap().success());
}

#[test]
#[cfg(unix)]
fn an_interrupted_run_leaves_its_notifications_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let files = sample_location();
    let child = night(
        folder.path(),
        &files,
        "2025-01-01",
        &["--on-change", "touch called; exec sleep 60"],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    terminate_in_a_call(&child, &folder.path().join("called"));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let announced: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&announced["outcome"], &announced["sites_left"]),
        (&"interrupted".into(), &0.into())
    );
    let next = night(
        folder.path(),
        &files,
        "2025-01-02",
        &["--on-change", "cat >> announced.jsonl"],
    );
    summary(&{ next }.output().unwrap());
    let announced = std::fs::read_to_string(folder.path().join("announced.jsonl")).unwrap();
    assert_eq!(announced.lines().count(), 28);
}

#[test]
fn an_output_file_that_cannot_be_written_changes_neither_summary_nor_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir(path.join("outcome")).unwrap();
    let files = sample_location();
    let output = night(
        path,
        &files,
        "2025-01-01",
        &[
            "--metrics",
            "outcome/m.txt",
            "--feed",
            "outcome/feed.xml",
            "--summary",
            "s.json",
            "--on-change",
            if cfg!(windows) {
                "if exist outcome rmdir outcome"
            } else {
                "rm -rf outcome"
            },
        ],
    )
    .output()
    .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(
        std::fs::read(path.join("s.json")).unwrap(),
        output.stdout,
        "the summary is written whatever happens to the rest"
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["new_versions_count"], 28);
    let failures = summary["failures"].to_string();
    assert!(
        failures.contains("feed.xml") && failures.contains("m.txt"),
        "{failures}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn an_unwritable_directory_is_reported_before_any_request() {
    let folder = tempfile::tempdir().unwrap();
    let files = sample_location();
    // Not even root can create files there.
    for command in ["run", "check"] {
        std::fs::write(
            folder.path().join("run.toml"),
            "[run]\nmetrics = \"/proc/policytrail.prom\"\n",
        )
        .unwrap();
        let output = on_sample_sites(folder.path(), command, &files, &["--config", "run.toml"])
            .output()
            .unwrap();
        let announced = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{announced}");
        assert!(announced.contains("/proc/policytrail.prom"), "{announced}");
    }
    assert!(!folder.path().join("trail.db").exists());
}

#[test]
#[cfg(unix)]
fn a_second_signal_quits_without_waiting_for_requests_in_flight() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().unwrap();
    // It accepts requests and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    let mut child = night(folder.path(), &address, "2025-01-01", &[])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _asked = silent.accept().unwrap();
    let process = child.id().to_string();
    let terminate = || {
        let announced = Command::new("kill").arg(&process).status();
        assert!(announced.unwrap().success());
    };
    terminate();
    let mut announced = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(announced.any(|line| {
        line.unwrap()
            .contains("Interrupt again to quit immediately")
    }));
    terminate();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
