//! The main job on the sample archive: from files, over HTTP, again, killed, resumed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::archive_server::ArchiveServer;
use crate::support::database;
use crate::support::paths::{sample, sample_location};
use crate::support::program::{json_lines, on_sample_sites, policytrail, succeeds};

/// The versions, with times as `expected.json` has them.
fn export(folder: &Path) -> Vec<Value> {
    succeeds(policytrail(
        folder,
        &[
            "export",
            "--db",
            "trail.db",
            "--out",
            "out",
            "--timestamps",
            "wayback",
        ],
    ));
    json_lines(&std::fs::read_to_string(folder.join("out/versions.jsonl")).unwrap())
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A backfill of the sample's sites into `folder/trail.db`.
fn backfill(folder: &Path, archive: &str, more: &[&str]) -> Command {
    let mut command = on_sample_sites(folder, "backfill", archive, &["--to", "2024"]);
    command.args(more);
    command
}

#[test]
fn the_versions_are_those_that_a_careful_reader_expects() {
    let folder = folder();
    succeeds(backfill(
        folder.path(),
        &sample_location(),
        &["--sample", "all"],
    ));
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(sample().join("expected.json")).unwrap())
            .unwrap();
    let mut found: BTreeMap<(String, String), Vec<Value>> = BTreeMap::new();
    for version in export(folder.path()) {
        let key = (
            version["site"].as_str().unwrap().to_owned(),
            version["policy_url"].as_str().unwrap().to_owned(),
        );
        found.entry(key).or_default().push(version);
    }
    let mut faults = Vec::new();
    for policy in expected["policies"].as_array().unwrap() {
        let site = policy["site"].as_str().unwrap();
        let urls = policy["policy_urls"].as_array().unwrap();
        let key = found
            .keys()
            .find(|(s, url)| s == site && urls.iter().any(|u| u == url.as_str()))
            .cloned();
        let Some(versions) = key.and_then(|key| found.remove(&key)) else {
            faults.push(format!("{site}: no policy at any of {urls:?}"));
            continue;
        };
        compare(
            site,
            &versions,
            policy["versions"].as_array().unwrap(),
            &mut faults,
        );
    }
    faults.extend(
        found
            .keys()
            .map(|(site, url)| format!("{site}: {url} is no policy")),
    );
    faults.extend(drops_that_differ(
        &folder.path().join("trail.db"),
        expected["drops"].as_array().unwrap(),
    ));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    database::assert_sound(&folder.path().join("trail.db"));
}

fn compare(site: &str, found: &[Value], expected: &[Value], faults: &mut Vec<String>) {
    if found.len() != expected.len() {
        faults.push(format!(
            "{site}: {} versions, expected {}",
            found.len(),
            expected.len()
        ));
    }
    for (version, wanted) in found.iter().zip(expected) {
        for field in [
            "first_seen",
            "last_seen",
            "changed_after",
            "captures",
            "title",
        ] {
            if version[field] != wanted[field] {
                faults.push(format!(
                    "{site} #{}: {field} is {}, expected {}",
                    version["version"], version[field], wanted[field]
                ));
            }
        }
        let text = version["text"]
            .as_str()
            .unwrap()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        for (list, should) in [("must_contain", true), ("must_not_contain", false)] {
            for phrase in wanted[list].as_array().unwrap() {
                if text.contains(phrase.as_str().unwrap()) != should {
                    faults.push(format!("{site} #{}: {list} {phrase}", version["version"]));
                }
            }
        }
    }
}

fn drops_that_differ(path: &Path, expected: &[Value]) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement =
        connection.prepare("SELECT c.original, c.timestamp, d.reason FROM drops d JOIN captures c USING (capture_id)").unwrap();
    let drop = |original: &str, timestamp: &str, reason: &str| {
        format!("drop {original} {timestamp} {reason}")
    };
    let rows = statement.query_map([], |r| {
        Ok(drop(
            &r.get::<_, String>(0)?,
            &r.get::<_, String>(1)?,
            &r.get::<_, String>(2)?,
        ))
    });
    let found: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    let wanted: Vec<String> = expected
        .iter()
        .map(|d| {
            drop(
                &text(d, "original"),
                &text(d, "timestamp"),
                &text(d, "reason"),
            )
        })
        .collect();
    let missing = wanted
        .iter()
        .filter(|d| !found.contains(d))
        .map(|d| format!("not found: {d}"));
    let extra = found
        .iter()
        .filter(|d| !wanted.contains(d))
        .map(|d| format!("not expected: {d}"));
    missing.chain(extra).collect()
}

#[test]
fn a_server_and_its_files_give_the_same_database() {
    let server = ArchiveServer::start(&sample(), 0);
    for sampling in ["all", "every-change", "interval"] {
        let (by_file, by_http) = (folder(), folder());
        succeeds(backfill(
            by_file.path(),
            &sample_location(),
            &["--sample", sampling],
        ));
        succeeds(backfill(
            by_http.path(),
            &server.url,
            &["--sample", sampling],
        ));
        let (one, other) = (
            database::facts(&by_file.path().join("trail.db")),
            database::facts(&by_http.path().join("trail.db")),
        );
        database::assert_same(&one, &other);
    }
}

#[test]
fn no_payload_is_fetched_twice_and_a_second_run_fetches_nothing() {
    let server = ArchiveServer::start(&sample(), 0);
    let folder = folder();
    succeeds(backfill(folder.path(), &server.url, &["--sample", "all"]));
    let first = server.take_requests();
    let mut playbacks: Vec<&String> = first.iter().filter(|r| r.starts_with("/web/")).collect();
    playbacks.sort();
    let twice: Vec<_> = playbacks
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .collect();
    assert!(twice.is_empty(), "{twice:#?}");
    let before = database::facts(&folder.path().join("trail.db"));
    succeeds(backfill(folder.path(), &server.url, &["--sample", "all"]));
    let second = server.take_requests();
    let playbacks: Vec<&String> = second.iter().filter(|r| !r.starts_with("/cdx/")).collect();
    assert!(playbacks.is_empty(), "{playbacks:#?}");
    // One query per site, and one for the policy on another company's host, which the second run also asks for newer
    // captures. Not counted are further pages of an answer and the check that an empty answer is empty, which the second
    // run sends at once.
    let questions = |requests: &[String]| {
        requests
            .iter()
            .filter(|r| {
                r.starts_with("/cdx/") && !r.contains("resumeKey=") && !r.contains("output=json")
            })
            .count()
    };
    assert_eq!(
        (questions(&first), questions(&second)),
        (9, 9),
        "{second:#?}"
    );
    database::assert_same(&before, &database::facts(&folder.path().join("trail.db")));
}

#[test]
fn sampling_every_change_finds_the_versions_of_all_captures_for_fewer_requests() {
    let server = ArchiveServer::start(&sample(), 0);
    let (all, sampled) = (folder(), folder());
    succeeds(backfill(all.path(), &server.url, &["--sample", "all"]));
    let requests_for_all = server.take_requests().len();
    succeeds(backfill(
        sampled.path(),
        &server.url,
        &["--sample", "every-change"],
    ));
    let requests = server.take_requests().len();
    assert!(
        requests < requests_for_all,
        "{requests} of {requests_for_all}"
    );
    let versions = |folder: &Path| -> Vec<Value> {
        let fields = [
            "policy_url",
            "version",
            "text_sha256",
            "first_seen",
            "changed_after",
        ];
        export(folder)
            .iter()
            .map(|v| fields.iter().map(|f| v[*f].clone()).collect())
            .collect()
    };
    assert_eq!(versions(sampled.path()), versions(all.path()));
}

#[test]
fn a_request_limit_is_kept_and_later_runs_end_in_the_same_database() {
    let server = ArchiveServer::start(&sample(), 0);
    let (whole, limited) = (folder(), folder());
    succeeds(backfill(whole.path(), &server.url, &[]));
    server.take_requests();
    // Home pages and targets of redirects are not counted: they show where the policy is.
    let is_policy = |r: &&String| r.starts_with("/web/") && r.contains("datenschutz");
    let mut message = String::new();
    for round in 0..30 {
        let site = ["kupferkessel-sample.de"];
        let mut command = policytrail(
            limited.path(),
            &[
                "backfill",
                "--archive",
                &server.url,
                "--db",
                "trail.db",
                "--to",
                "2024",
            ],
        );
        command
            .args([
                "--max-requests",
                "3",
                "--cdx-per-minute",
                "60000",
                "--playback-per-second",
                "2000",
            ])
            .args(site);
        let output = succeeds(command);
        let requested = server.take_requests().iter().filter(is_policy).count();
        assert!(requested <= 3, "{requested} pages in round {round}");
        message.push_str(&String::from_utf8_lossy(&output.stderr));
        if requested == 0 {
            assert!(round > 2);
            break;
        }
    }
    assert!(
        message.contains("--max-requests") && message.contains("run the same command again"),
        "{message}"
    );
    let of_site = |folder: &Path| -> Vec<Value> {
        let fields = ["version", "text_sha256", "first_seen", "changed_after"];
        let versions = export(folder)
            .into_iter()
            .filter(|v| v["site"] == "kupferkessel-sample.de");
        versions
            .map(|v| fields.iter().map(|f| v[*f].clone()).collect())
            .collect()
    };
    assert_eq!(of_site(limited.path()), of_site(whole.path()));
}

#[test]
fn a_backfill_killed_at_any_moment_ends_in_the_same_database() {
    let server = ArchiveServer::start(&sample(), 1);
    let whole = folder();
    succeeds(backfill(whole.path(), &server.url, &["--sample", "all"]));
    let wanted = database::facts(&whole.path().join("trail.db"));
    let mut killed = folder();
    let mut kills = 0;
    // Each process runs a little longer than the one before, so that the kills spread over the whole job.
    for life in 0..400u64 {
        let mut child = backfill(killed.path(), &server.url, &["--sample", "all"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(3 + life * 7 % 131));
        let alive = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        let database = killed.path().join("trail.db");
        if alive {
            kills += 1;
            if kills % 10 == 0 && database.exists() {
                database::assert_sound(&database);
            }
        } else {
            // The backfill ended before it was killed: another one starts with short runs again.
            database::assert_same(&wanted, &database::facts(&database));
            killed = folder();
        }
        if kills == 50 {
            break;
        }
    }
    assert_eq!(
        kills, 50,
        "too few runs were still alive when they were killed"
    );
    succeeds(backfill(killed.path(), &server.url, &["--sample", "all"]));
    database::assert_same(&wanted, &database::facts(&killed.path().join("trail.db")));
    database::assert_sound(&killed.path().join("trail.db"));
}

#[test]
fn a_second_backfill_on_a_database_in_use_is_refused() {
    let server = ArchiveServer::start(&sample(), 30);
    let folder = folder();
    let mut first = backfill(folder.path(), &server.url, &[])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.take_requests().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let second = backfill(folder.path(), &server.url, &[]).output().unwrap();
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(2), "{message}");
    assert!(
        message.contains("in use by another process") && message.contains(&first.id().to_string()),
        "{message}"
    );
    assert!(first.wait().unwrap().success());
}

#[test]
fn the_table_is_on_stdout_and_the_log_on_stderr() {
    let folder = folder();
    let output = succeeds(backfill(
        folder.path(),
        &sample_location(),
        &["--sample", "all"],
    ));
    let (out, log) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(
        out.starts_with("site ") && out.contains("harbourlight-sample.com"),
        "{out}"
    );
    assert!(
        log.lines().all(|l| l.contains("INFO")) && log.contains("site crawled"),
        "{log}"
    );
}
