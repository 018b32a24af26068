//! `reextract` on the sample archive: after an older extractor, a second time, for one site, and with `--drop-old`.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::paths::{sample_location, sample_sites};
use crate::support::program::{policytrail, run};

fn reextract(folder: &Path, more: &[&str]) -> Value {
    let mut arguments = vec!["reextract", "--db", "trail.db", "--format", "json"];
    arguments.extend(more);
    let output = run(folder, &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn sum(answer: &Value, field: &str) -> u64 {
    let policies = answer["policies"].as_array().unwrap();
    policies.iter().map(|p| p[field].as_u64().unwrap()).sum()
}

fn export(folder: &Path) -> String {
    let output = run(folder, &["export", "--db", "trail.db", "--out", "out"]);
    assert!(output.status.success());
    fs::read_to_string(folder.join("out/versions.jsonl")).unwrap()
}

fn count(folder: &Path, sql: &str) -> i64 {
    let database = rusqlite::Connection::open(folder.join("trail.db")).unwrap();
    database.query_row(sql, [], |r| r.get(0)).unwrap()
}

/// A database as an older extractor left it: other texts and another extractor version.
fn by_an_older_extractor(folder: &Path) {
    let (sample, sites) = (sample_location(), sample_sites());
    let output = run(
        folder,
        &[
            "backfill",
            "--archive",
            &sample,
            "--sites",
            &sites,
            "--db",
            "trail.db",
            "--to",
            "2024",
        ],
    );
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let database = rusqlite::Connection::open(folder.join("trail.db")).unwrap();
    database
        .execute_batch(
            "UPDATE extractions SET extractor_version = '1'; UPDATE versions SET extractor_version = '1';
             UPDATE policies SET extractor_version = '1';
             UPDATE documents SET text_sha256 = 'old' || document_id; UPDATE renditions SET sha256 = 'old' || rendition_id;",
        )
        .unwrap();
}

#[test]
fn reextract_keeps_old_results_until_they_are_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    by_an_older_extractor(folder);
    let old = count(folder, "SELECT count(*) FROM extractions");
    let before = export(folder);
    let answer = reextract(folder, &[]);
    assert_eq!(sum(&answer, "pages_extracted").cast_signed(), old);
    assert_eq!(
        sum(&answer, "versions_before"),
        sum(&answer, "versions_after")
    );
    assert!(sum(&answer, "changed_words") > 0);
    assert_eq!(sum(&answer, "changed_verdict"), 0);
    assert_eq!(
        count(
            folder,
            "SELECT count(*) FROM extractions WHERE extractor_version = '1'"
        ),
        old
    );
    let after = export(folder);
    assert_eq!(before.lines().count(), after.lines().count());
    assert!(!after.contains("\"extractor_version\":\"1\""));
    // A second run has nothing to do and still reports what changed.
    let again = reextract(folder, &["--drop-old"]);
    assert_eq!(sum(&again, "pages_extracted"), 0);
    assert_eq!(sum(&again, "changed_words"), sum(&answer, "changed_words"));
    assert_eq!(again["dropped"]["extractions"].as_i64().unwrap(), old);
    assert!(again["dropped"]["documents"].as_i64().unwrap() > 0);
    assert_eq!(export(folder), after);
    assert_eq!(count(folder, "SELECT count(*) FROM extractions"), old);
    assert_eq!(
        count(folder, "SELECT count(*) FROM document_words_docsize"),
        count(folder, "SELECT count(*) FROM documents"),
        "the full-text index knows what was dropped"
    );
    let verified = run(folder, &["verify", "--db", "trail.db"]);
    assert!(verified.status.success(), "{verified:?}");
    assert_eq!(
        count(folder, "SELECT count(*) FROM pragma_foreign_key_check"),
        0
    );
}

#[test]
fn one_site_can_be_reextracted_and_results_that_other_versions_need_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    by_an_older_extractor(folder);
    let answer = reextract(folder, &["kupferkessel-sample.de", "--drop-old"]);
    let sites: Vec<&str> = answer["policies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["site"].as_str().unwrap())
        .collect();
    assert_eq!(sites, ["kupferkessel-sample.de"]);
    assert!(
        count(
            folder,
            "SELECT count(*) FROM extractions WHERE extractor_version = '1'"
        ) > 0
    );
    assert_eq!(
        count(folder, "SELECT count(*) FROM pragma_foreign_key_check"),
        0
    );
    let lines = export(folder);
    assert!(lines.contains("\"extractor_version\":\"1\""));
    assert!(lines.contains("harbourlight-sample.com"));
    let refused = run(
        folder,
        &["reextract", "--db", "trail.db", "nobody-sample.com"],
    );
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn stated_dates_come_with_their_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    by_an_older_extractor(folder);
    reextract(folder, &[]);
    let mut dated = 0;
    for line in export(folder).lines() {
        let version: Value = serde_json::from_str(line).unwrap();
        for (date, sentence) in [
            ("effective_date", "effective_date_sentence"),
            ("last_updated", "last_updated_sentence"),
        ] {
            if let Some(sentence) = version[sentence].as_str() {
                let text = version["text"].as_str().unwrap();
                assert!(version[date].as_str().unwrap().starts_with(['1', '2']));
                assert!(
                    text.contains(sentence.lines().next().unwrap()),
                    "{sentence}"
                );
                dated += 1;
            }
        }
    }
    assert!(dated > 0);
}

#[test]
fn the_log_contains_no_terminal_control_characters() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    by_an_older_extractor(folder);
    let database = rusqlite::Connection::open(folder.join("trail.db")).unwrap();
    database
        .execute_batch(
            "UPDATE policies SET policy_url = 'http://stranger/' || char(27, 93, 48, 59, 120, 7, 13, 10, 155, 8238)",
        )
        .unwrap();
    let output = policytrail(folder, &["reextract", "--db", "trail.db"])
        .env("POLICYTRAIL_LOG", "policytrail=info")
        .output()
        .unwrap();
    assert!(output.status.success());
    let log = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<&str> = log.lines().filter(|l| l.contains("stranger")).collect();
    assert_eq!(lines.len(), 9, "{log:?}");
    for line in lines {
        assert!(line.contains("pages="), "one line an event: {line:?}");
        let obeyed = |c: char| c.is_control() || c == '\u{202e}';
        assert!(!line.contains(obeyed), "{line:?}");
    }
}
