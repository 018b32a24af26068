//! Imports of tables with the archived pages beside them, and what an import says that it does not keep.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::support::dataset::{files, folder, lines};
use crate::support::program::{fails, policytrail, succeeds};

/// The standard error of a command that succeeds.
#[track_caller]
fn notes(folder: &Path, arguments: &[&str]) -> String {
    String::from_utf8(succeeds(policytrail(folder, arguments)).stderr).unwrap()
}

/// The hashes of the pages that a database holds of captures.
fn payloads(database: &Path) -> Vec<String> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection
        .prepare("SELECT DISTINCT sha256 FROM payloads JOIN mementos USING (payload_id) ORDER BY 1")
        .unwrap();
    let rows = statement.query_map([], |r| r.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn an_import_of_tables_and_warc_keeps_the_pages() {
    let folder = folder();
    let path = folder.path();
    let database = path.join("policytrail.db");
    // A dataset has no runs. The date of an imported one is that of the last crawl of a site.
    Connection::open(&database)
        .unwrap()
        .execute(
            "UPDATE runs SET finished_at = (SELECT max(crawled_at) FROM sites)",
            [],
        )
        .unwrap();
    let format = "jsonl,warc,markdown";
    succeeds(policytrail(
        path,
        &["export", "--format", format, "--out", "both"],
    ));
    let output = succeeds(policytrail(path, &["import", "both", "--db", "again.db"]));
    let message = String::from_utf8(output.stdout).unwrap();
    assert!(message.contains("archived pages of "), "{message}");
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("not kept: the original WARC records"),
        "{message}"
    );
    succeeds(policytrail(path, &["verify", "--db", "again.db"]));
    let before = payloads(&database);
    assert!(!before.is_empty());
    assert_eq!(before, payloads(&path.join("again.db")));
    succeeds(policytrail(
        path,
        &[
            "export",
            "--format",
            format,
            "--out",
            "both-again",
            "--db",
            "again.db",
        ],
    ));
    let (one, two) = (files(&path.join("both")), files(&path.join("both-again")));
    for (name, bytes) in &one {
        assert!(two[name] == *bytes, "{name} differs");
    }
    let raw = |db: &str| {
        let arguments = ["show", "velofix-sample.com", "--raw", "--db", db];
        succeeds(policytrail(path, &arguments)).stdout
    };
    assert!(raw("policytrail.db") == raw("again.db"));
    fails(
        path,
        &["reextract", "--db", "again.db"],
        2,
        &["imported", "WARC"],
    );
}

#[test]
fn an_import_says_what_it_does_not_keep() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "tables"]));
    let message = notes(path, &["import", "tables", "--db", "tables.db"]);
    assert!(
        message.contains("not kept: the archived pages (a WARC export"),
        "{message}"
    );
    succeeds(policytrail(
        path,
        &["export", "--format", "warc", "--out", "warc"],
    ));
    let message = notes(path, &["import", "warc", "--db", "warc.db"]);
    assert!(
        message.contains("not kept: the evidence of the searches"),
        "{message}"
    );

    // Pages of one site only, and one of them with other bytes than the dataset says.
    let site = ["--site", "velofix-sample.com", "--format", "warc"];
    succeeds(policytrail(
        path,
        &[&["export", "--out", "part"][..], &site].concat(),
    ));
    for name in ["policies.warc.gz", "policies.cdxj"] {
        fs::copy(path.join("part").join(name), path.join("tables").join(name)).unwrap();
    }
    let captures = fs::read_to_string(path.join("tables/captures.jsonl")).unwrap();
    let of_site = lines(&path.join("tables/captures.jsonl"));
    let changed = of_site
        .iter()
        .find(|r| r["site"] == "velofix-sample.com" && r["payload_sha256"].is_string())
        .unwrap()["payload_sha256"]
        .as_str()
        .unwrap();
    let captures = captures.replace(changed, &"ab".repeat(32));
    fs::write(path.join("tables/captures.jsonl"), captures).unwrap();
    let message = notes(path, &["import", "tables", "--db", "part.db"]);
    assert!(
        message.contains("not kept: the archived pages of ") && message.contains("do not have"),
        "{message}"
    );
    let stored = payloads(&path.join("part.db"));
    assert!(!stored.is_empty() && !stored.iter().any(|s| s == changed));
    fs::write(path.join("tables/policies.warc.gz"), "no WARC").unwrap();
    fs::remove_file(path.join("tables/policies.cdxj")).unwrap();
    let import = ["import", "tables", "--db", "broken.db"];
    let output = policytrail(path, &import).output().unwrap();
    assert_ne!(output.status.code(), Some(0), "{output:?}");
}
