//! Proof of captures: a link only where an archive shows them, and the record of the file they come from.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;

use crate::support::dataset::{digits, files, rows};
use crate::support::paths::{sample, sample_location};
use crate::support::program::{answer, json_lines, policytrail, succeeds};

const SITE: &str = "pinecone-social-sample.com";

/// A folder with a database of one sample site, read from files.
fn crawled(more: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let archive = sample_location();
    let mut command = policytrail(folder.path(), &["backfill", SITE, "--archive", &archive]);
    command.args(more);
    succeeds(command);
    folder
}

/// Every answer and every file that can hold a link to a capture.
fn everything_shown(folder: &Path) -> String {
    let mut shown = String::new();
    for arguments in [
        &["log", SITE, "--format", "json"][..],
        &["show", SITE, "--format", "json"],
        &["diff", SITE],
        &["diff", SITE, "--format", "html"],
        &["diff", SITE, "--format", "json"],
    ] {
        shown += &answer(folder, arguments);
    }
    let output = succeeds(policytrail(folder, &["show", SITE]));
    shown += &String::from_utf8(output.stderr).unwrap();
    let formats = "jsonl,csv,markdown,text";
    answer(
        folder,
        &[
            "export", "--out", "all", "--format", formats, "--links", "archive",
        ],
    );
    for (_, bytes) in files(&folder.join("all")) {
        shown += &String::from_utf8(bytes).unwrap();
    }
    shown
}

#[test]
fn captures_from_files_have_no_link_but_their_record() {
    let folder = crawled(&[]);
    let shown = everything_shown(folder.path());
    for invented in ["web.archive.org", "Wayback"] {
        let place = shown.find(invented);
        let around = place.map(|at| &shown[at.saturating_sub(200)..(at + 100).min(shown.len())]);
        assert_eq!(around, None);
    }
    let versions = json_lines(&answer(folder.path(), &["log", SITE, "--format", "json"]));
    for version in &versions {
        assert_eq!(version["memento_url"], Value::Null);
        assert_eq!(version["archive"], "file");
        is_in_its_file(version);
    }
    for row in rows(folder.path(), &[], "versions") {
        is_in_its_file(&row);
    }
}

/// Checks that the named record is in the named file, with public means: gzip, and the URL in the record's head.
#[track_caller]
fn is_in_its_file(version: &Value) {
    let file = version["warc_file"].as_str().unwrap();
    let offset = usize::try_from(version["warc_offset"].as_u64().unwrap()).unwrap();
    let bytes = fs::read(sample().join(file)).unwrap();
    let mut record = Vec::new();
    flate2::read::GzDecoder::new(&bytes[offset..])
        .read_to_end(&mut record)
        .unwrap();
    let head = String::from_utf8_lossy(&record[..record.len().min(600)]).into_owned();
    assert!(head.starts_with("WARC/1") && head.contains(SITE), "{head}");
    assert_eq!(version["payload_sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_named_archive_gets_the_links() {
    let folder = crawled(&["--memento-prefix", "https://archive.example/all"]);
    let shown = everything_shown(folder.path());
    assert!(!shown.contains("web.archive.org") && !shown.contains("Wayback"));
    for row in rows(folder.path(), &[], "versions") {
        let (time, original) = (&row["first_seen"], &row["original"]);
        let url = format!(
            "https://archive.example/all/{}/{}",
            digits(time),
            original.as_str().unwrap()
        );
        assert_eq!(row["memento_url"], url.as_str());
        assert!(shown.contains(&url));
    }
}

#[test]
fn records_that_contradict_their_digests_are_counted_and_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("archive")).unwrap();
    let page = "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>We collect your name and e-mail address when you \
                register, and we never share this personal information with third parties.</p>";
    let block = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
    let record = format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.com/privacy\u{1b}[31m\r\n\
         WARC-Date: 2012-06-11T04:04:11Z\r\nWARC-Payload-Digest: sha1:{}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        "A".repeat(32),
        block.len()
    );
    fs::write(folder.path().join("archive/a.warc"), record).unwrap();
    let url = "http://example.com/privacy%1B[31m";
    let backfill = [
        "backfill",
        "example.com",
        "--archive",
        "archive",
        "--url",
        url,
    ];
    succeeds(policytrail(folder.path(), &backfill));
    let told = answer(folder.path(), &["verify"]);
    assert!(
        told.contains(
            "no fault found; 1 record from WARC files with another digest than the record states"
        ),
        "{told}"
    );
    let json = answer(folder.path(), &["verify", "--json"]);
    assert!(json.contains("\"contradicted_records\":1"), "{json}");
    // No control character of a URL reaches an export.
    answer(
        folder.path(),
        &["export", "--out", "all", "--format", "csv"],
    );
    for (name, bytes) in files(&folder.path().join("all")) {
        assert!(!bytes.contains(&0x1b), "{name:?}");
    }
}
