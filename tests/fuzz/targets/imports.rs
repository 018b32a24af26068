//! Imports of JSON Lines: a dataset is refused with a message, or the database made of it is intact and gives the same
//! dataset again.
//!
//! Input: one byte of flags (1, 2: `versions.jsonl` as it is, with gzip or with zstd; 4: the hashes of its texts are made
//! right), then `versions.jsonl`, then other tables, each after a line such as `==captures==`.

use std::fs;
use std::path::Path;

use policytrail::crawl::verify;
use policytrail::export::{ExportOptions, TableFormat, export, import_dataset};
use policytrail::extract::{EXTRACTOR_VERSION, fact_faults, markdown_fault, text_hash};
use policytrail::store::{Store, TextChecks};
use serde_json::Value;

const TABLES: [&str; 5] = ["sites", "policies", "discoveries", "reviews", "captures"];
const CHECKS: TextChecks = TextChecks {
    extractor_version: EXTRACTOR_VERSION,
    text_hash,
    fact_faults,
    markdown_fault,
};

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), *flags, rest);
    let store = Store::open_in_memory().unwrap();
    match import_dataset(folder.path(), &store, CHECKS) {
        Ok(rows) => {
            let mut faults = Vec::new();
            verify(&store, &mut |fault| faults.push(fault.to_owned())).unwrap();
            assert!(faults.is_empty(), "{faults:?}");
            check_export(&store, rows.versions);
        }
        // Messages for people may be printed to a terminal.
        Err(error) => {
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "{message:?}");
        }
    }
}

/// Exports the database, imports that, and exports again.
fn check_export(store: &Store, versions: u64) {
    let first = exported(store);
    let copy = Store::open_in_memory().unwrap();
    let rows = import_dataset(first.path(), &copy, CHECKS).unwrap();
    assert_eq!(rows.versions, versions);
    let second = exported(&copy);
    for table in TABLES.iter().chain(&["versions"]) {
        let read =
            |folder: &Path| fs::read_to_string(folder.join(format!("{table}.jsonl"))).unwrap();
        assert_eq!(read(first.path()), read(second.path()), "{table}");
    }
}

fn exported(store: &Store) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let options = ExportOptions {
        tables: vec![TableFormat::Jsonl],
        ..ExportOptions::default()
    };
    export(store, &options, folder.path()).unwrap();
    folder
}

fn write_tables(folder: &Path, flags: u8, bytes: &[u8]) {
    let mut name = "versions";
    let mut lines: Vec<&[u8]> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let next = TABLES
            .iter()
            .find(|table| line == format!("=={table}==").as_bytes());
        if let Some(next) = next {
            write_table(folder, flags, name, &lines);
            lines.clear();
            name = next;
        } else {
            lines.push(line);
        }
    }
    write_table(folder, flags, name, &lines);
}

fn write_table(folder: &Path, flags: u8, name: &str, lines: &[&[u8]]) {
    let mut bytes = lines.join(&b'\n');
    let mut ending = "";
    if name == "versions" {
        if flags & 4 == 4 {
            let lines: Vec<Vec<u8>> = lines.iter().map(|line| with_right_hash(line)).collect();
            bytes = lines.join(&b'\n');
        }
        ending = ["", ".gz", ".zst", ""][usize::from(flags & 3)];
    }
    fs::write(folder.join(format!("{name}.jsonl{ending}")), bytes).unwrap();
}

/// The line of a version with the hash of its text.
fn with_right_hash(line: &[u8]) -> Vec<u8> {
    let Ok(Value::Object(mut version)) = serde_json::from_slice(line) else {
        return line.to_vec();
    };
    if let Some(text) = version.get("text").and_then(Value::as_str) {
        let hash = text_hash(text).to_string();
        version.insert("text_sha256".to_owned(), Value::String(hash));
    }
    Value::Object(version).to_string().into_bytes()
}
