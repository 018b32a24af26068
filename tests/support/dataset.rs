//! A database of the sample archive, and what exports of it hold.
#![allow(dead_code, reason = "each test uses what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn policytrail(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policytrail"));
    command.current_dir(folder).args(arguments);
    command
}

#[track_caller]
pub fn succeeds(mut command: Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

#[track_caller]
pub fn fails(folder: &Path, arguments: &[&str], code: i32, words: &[&str]) {
    let output = policytrail(folder, arguments).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    for word in words {
        assert!(
            told.contains(word),
            "{arguments:?} does not say {word:?}: {told}"
        );
    }
    assert!(!told.contains("panicked"), "{told}");
}

/// A folder with a database of the sample archive, every capture looked at.
pub fn folder() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let sample = root().join("data/sample");
        let (archive, sites) = (
            sample.to_string_lossy().into_owned(),
            sample.join("sites.csv"),
        );
        let sites = sites.to_string_lossy().into_owned();
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
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Exports and reads one table.
#[track_caller]
pub fn rows(folder: &Path, arguments: &[&str], table: &str) -> Vec<Value> {
    let mut all = vec!["export", "--out", "rows"];
    all.extend_from_slice(arguments);
    succeeds(policytrail(folder, &all));
    lines(&folder.join(format!("rows/{table}.jsonl")))
}

/// Every file under a folder with its bytes, without git's.
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
