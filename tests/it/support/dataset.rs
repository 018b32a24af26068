//! A database of the sample archive, and the contents of its exports.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use policytrail::model::Timestamp;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::paths::{sample_location, sample_sites};
use super::program::{json_lines, policytrail, succeeds};

/// A folder with a database of the sample archive, every capture read.
pub fn folder() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (archive, sites) = (sample_location(), sample_sites());
        succeeds(policytrail(
            folder.path(),
            &[
                "backfill",
                "--archive",
                &archive,
                "--sites",
                &sites,
                "--sample",
                "all",
                // The sample stands for captures of the Wayback Machine.
                "--memento-prefix",
                "https://web.archive.org/web/",
            ],
        ));
        folder
    });
    let folder = tempfile::tempdir().unwrap();
    fs::copy(
        made.path().join("policytrail.db"),
        folder.path().join("policytrail.db"),
    )
    .unwrap();
    folder
}

pub fn lines(path: &Path) -> Vec<Value> {
    json_lines(&fs::read_to_string(path).unwrap())
}

/// The 14 digits of a time in the ISO 8601 form.
pub fn digits(time: &Value) -> String {
    let time = Timestamp::from_iso(time.as_str().unwrap());
    time.unwrap().to_string()
}

/// Exports and reads one table.
#[track_caller]
pub fn rows(folder: &Path, arguments: &[&str], table: &str) -> Vec<Value> {
    let mut all = vec!["export", "--out", "rows"];
    all.extend_from_slice(arguments);
    succeeds(policytrail(folder, &all));
    lines(&folder.join(format!("rows/{table}.jsonl")))
}

/// Every file under a folder with its bytes, except those of git.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if name == "policies.git" {
                continue;
            }
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(folder, "", &mut found);
    found
}

/// Changes a version with several captures into one with two sightings: its first capture, and the others.
pub fn sighted_twice(folder: &Path) -> (String, String) {
    let connection = Connection::open(folder.join("policytrail.db")).unwrap();
    let (policy, version, first, site): (i64, i64, String, String) = connection
        .query_row(
            "SELECT policy_id, version, v.first_seen, site FROM versions v JOIN policies USING (policy_id) JOIN sites USING (site_id)
             WHERE v.captures > 1 AND substr(v.first_seen, 1, 4) < substr(v.last_seen, 1, 4) AND site NOT LIKE 'velofix%'
             ORDER BY 1, 2 LIMIT 1",
            [],
            |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
        )
        .unwrap();
    connection
        .execute(
            "INSERT INTO repeated_sightings
             SELECT o.policy_id, o.version, 1 + (c.timestamp > ?3), 2, min(o.capture_id), count(*), NULL, min(c.timestamp), max(c.timestamp)
             FROM observations o JOIN captures c USING (capture_id) WHERE o.policy_id = ?1 AND o.version = ?2 GROUP BY 3",
            (policy, version, &first),
        )
        .unwrap();
    (site, first)
}
