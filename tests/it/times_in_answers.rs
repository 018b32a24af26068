//! Times in the answers of commands: ISO 8601 in JSON and CSV, whatever the command. Imports read the 14 digits too.

use std::fs;

use policytrail::model::Timestamp;
use serde_json::Value;

use crate::support::dataset::folder;
use crate::support::paths::{sample_location, sample_sites};
use crate::support::program::{answer, json_lines, policytrail, run, succeeds};

const SITE: &str = "kupferkessel-sample.de";

/// Collects the times of 14 digits in a value, and counts those in the ISO 8601 form.
fn times(value: &Value, digits: &mut Vec<String>, iso: &mut usize) {
    match value {
        Value::String(text) => {
            if text.parse::<Timestamp>().is_ok() {
                digits.push(text.clone());
            }
            *iso += usize::from(Timestamp::from_iso(text).is_some());
        }
        Value::Array(items) => items.iter().for_each(|v| times(v, digits, iso)),
        Value::Object(fields) => fields.values().for_each(|v| times(v, digits, iso)),
        _ => {}
    }
}

#[track_caller]
fn check(what: &[&str], json: &str) {
    let (mut digits, mut iso) = (Vec::new(), 0);
    for value in json_lines(json) {
        times(&value, &mut digits, &mut iso);
    }
    assert_eq!(digits, Vec::<String>::new(), "{what:?}");
    assert!(iso > 0, "{what:?} has no time");
}

#[test]
fn every_answer_in_json_has_times_in_the_iso_form() {
    let folder = folder();
    let path = folder.path();
    let archive = sample_location();
    let arguments = ["exclude", &format!("{SITE}@2012"), "--why", "a test"];
    assert!(run(path, &arguments).status.success());
    for command in [
        &["log", SITE][..],
        &["show", SITE],
        &["diff", SITE],
        &["changes"],
        &["search", "cookies"],
        &["status"],
        &["review", "--decisions"],
        &["discover", SITE, "--archive", &archive],
    ] {
        let mut arguments = command.to_vec();
        arguments.extend(["--format", "json"]);
        check(command, &answer(path, &arguments));
    }
    let csv = answer(path, &["changes", "--format", "csv"]);
    let is_digits = |field: &str| field.parse::<Timestamp>().is_ok();
    let is_iso = |field: &str| Timestamp::from_iso(field).is_some();
    assert!(csv.split([',', '\r']).any(is_iso), "{csv}");
    assert!(!csv.split([',', '\r']).any(is_digits), "{csv}");
}

#[test]
fn a_run_and_its_notifications_have_times_in_the_iso_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let (archive, sites) = (sample_location(), sample_sites());
    fs::write(
        path.join("policytrail.toml"),
        "[run.alerts]\nfirst_look = true\n",
    )
    .unwrap();
    let summary = answer(
        path,
        &[
            "run",
            "--config",
            "policytrail.toml",
            "--archive",
            &archive,
            "--sites",
            &sites,
            "--on-change",
            "cat >> alerts.jsonl",
        ],
    );
    check(&["run"], &summary);
    check(
        &["--on-change"],
        &fs::read_to_string(path.join("alerts.jsonl")).unwrap(),
    );
    let stored: i64 = rusqlite::Connection::open(path.join("policytrail.db"))
        .unwrap()
        .query_row(
            "SELECT (SELECT count(*) FROM home_page_scans WHERE scan LIKE '%T__:__:__Z%')
                  + (SELECT count(*) FROM hub_page_scans WHERE scan LIKE '%T__:__:__Z%')
                  + (SELECT count(*) FROM mementos WHERE redirects LIKE '%T__:__:__Z%')",
            [],
            |r| r.get(0),
        )
        .unwrap();
    assert_eq!(stored, 0, "the database holds 14 digits everywhere");
}

#[test]
fn an_import_reads_both_forms_of_times() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--out", "plain"]);
    run(&["export", "--out", "old", "--timestamps", "wayback"]);
    run(&["import", "old", "--db", "old.db"]);
    run(&[
        "export",
        "--db",
        "old.db",
        "--out",
        "old-again",
        "--timestamps",
        "wayback",
    ]);
    run(&["export", "--db", "old.db", "--out", "new-again"]);
    for table in "versions policies sites discoveries drops captures".split(' ') {
        let read =
            |out: &str| fs::read(folder.path().join(format!("{out}/{table}.jsonl"))).unwrap();
        assert!(read("old") == read("old-again"), "{table} differs");
        assert!(read("plain") == read("new-again"), "{table} differs");
    }
}
