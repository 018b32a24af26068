//! Imports of exports: the same rows, and no wrong ones.

use std::collections::BTreeSet;
use std::fs;

use policytrail::archive::DEFAULT_MAX_BODY_BYTES;
use policytrail::archive::warc::WarcArchive;
use policytrail::crawl::{Crawl, CrawlError};
use policytrail::extract::EXTRACTOR_VERSION;
use policytrail::store::Store;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::dataset::{files, folder, lines, rows};
use crate::support::paths::{root, sample};
use crate::support::program::{fails, policytrail, succeeds};

#[test]
fn an_imported_jsonl_export_gives_the_same_export() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--out", "all", "--compress", "zst"]);
    run(&["import", "all", "--db", "all.db"]);
    run(&["export", "--db", "all.db", "--out", "all-again"]);
    run(&["export", "--out", "plain"]);
    let (one, two) = (
        files(&folder.path().join("plain")),
        files(&folder.path().join("all-again")),
    );
    for table in "versions policies sites discoveries drops captures".split(' ') {
        let name = format!("{table}.jsonl");
        assert!(one[&name] == two[&name], "{name} differs");
    }

    fs::create_dir(folder.path().join("alone")).unwrap();
    fs::write(
        folder.path().join("alone/versions.jsonl"),
        &one["versions.jsonl"],
    )
    .unwrap();
    run(&["import", "alone/versions.jsonl", "--db", "alone.db"]);
    run(&["export", "--db", "alone.db", "--out", "alone-again"]);
    assert!(
        fs::read(folder.path().join("alone-again/versions.jsonl")).unwrap()
            == one["versions.jsonl"]
    );
    for database in ["all.db", "alone.db"] {
        run(&["verify", "--db", database]);
        run(&["log", "--db", database, "velofix-sample.com"]);
    }
    fails(
        folder.path(),
        &[
            "backfill",
            "example.com",
            "--archive",
            &root().join("data/sample").to_string_lossy(),
            "--db",
            "all.db",
        ],
        2,
        &["imported from JSON Lines", "--db"],
    );
    let database = folder.path().join("all.db");
    let archive = WarcArchive::open(&sample(), DEFAULT_MAX_BODY_BYTES).unwrap();
    let crawl = Crawl::builder(&archive, Store::open(&database).unwrap()).build();
    assert!(matches!(crawl.err(), Some(CrawlError::Imported { .. })));
    let connection = Connection::open(&database).unwrap();
    let dangling: i64 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(dangling, 0);
}

#[test]
fn a_failed_import_names_the_fault_and_leaves_no_database() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "out", "--no-text"]));
    fails(
        path,
        &["import", "out", "--db", "new.db"],
        2,
        &["--no-text", "versions.jsonl"],
    );
    fails(
        path,
        &["import", "nowhere", "--db", "new.db"],
        2,
        &["nowhere"],
    );
    fails(path, &["import", "out"], 2, &["already exists", "--db"]);
    fs::create_dir(path.join("bad")).unwrap();
    fails(
        path,
        &["import", "bad", "--db", "new.db"],
        2,
        &["versions.jsonl"],
    );
    fs::write(
        path.join("bad/versions.jsonl"),
        "{\"site\":\"../../etc\"}\n",
    )
    .unwrap();
    fails(
        path,
        &["import", "bad", "--db", "new.db"],
        2,
        &["line 1", "missing field"],
    );
    let left: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        !left
            .iter()
            .any(|n| n.to_string_lossy().starts_with("new.db")),
        "{left:?}"
    );
}

#[test]
fn a_warc_export_is_an_archive_that_gives_the_same_texts() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--format", "warc", "--out", "warc"]);
    run(&["import", "warc", "--db", "again.db"]);
    let texts = |rows: &[Value]| -> BTreeSet<String> {
        rows.iter()
            .map(|r| format!("{} {} {}", r["site"], r["text_sha256"], r["markdown"]))
            .collect()
    };
    let before = rows(folder.path(), &[], "versions");
    let after = rows(folder.path(), &["--db", "again.db"], "versions");
    assert_eq!(texts(&before), texts(&after));
    let captures = |rows: &[Value]| {
        rows.iter()
            .map(|r| r["captures"].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(
        captures(&before),
        captures(&after),
        "revisits stand for the captures that share a payload"
    );
}

/// The rows of a table with one of them changed.
fn write_changed(path: &std::path::Path, rows: &[Value], change: impl Fn(&mut Value)) {
    let mut rows = rows.to_vec();
    change(&mut rows[0]);
    let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
    fs::write(path, lines.join("\n")).unwrap();
}

#[test]
fn an_imported_history_says_what_came_before_each_version() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--out", "all"]);
    run(&["import", "all", "--db", "all.db"]);
    for site in ["velofix-sample.com", "kupferkessel-sample.de"] {
        let log = |db| run(&["log", site, "--format", "json", "--db", db]).stdout;
        assert_eq!(
            String::from_utf8(log("policytrail.db")).unwrap(),
            String::from_utf8(log("all.db")).unwrap()
        );
        let diff = |db| run(&["diff", site, "--db", db]).stdout;
        assert!(diff("policytrail.db") == diff("all.db"), "{site}");
    }
}

#[test]
fn pages_keep_their_names_after_an_import() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    // The second policy of a site has the URL that sorts first.
    let connection = Connection::open(folder.path().join("policytrail.db")).unwrap();
    connection
        .execute_batch(
            "INSERT INTO policies (site_id, policy_url, kind, cross_domain)
                 SELECT site_id, 'http://aaa.velofix-sample.com/', kind, 0 FROM policies WHERE policy_id = 1;
             INSERT INTO versions (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen,
                                   captures, extractor_version)
                 SELECT (SELECT max(policy_id) FROM policies), version, document_id, rendition_id, first_capture_id,
                        first_seen, last_seen, captures, extractor_version
                 FROM versions WHERE policy_id = 1 AND version = 1",
        )
        .unwrap();
    drop(connection);
    run(&["export", "--out", "two", "--format", "jsonl,markdown"]);
    run(&["import", "two", "--db", "two.db"]);
    run(&[
        "export",
        "--db",
        "two.db",
        "--out",
        "two-again",
        "--format",
        "jsonl,markdown",
    ]);
    let pages = |out: &str| files(&folder.path().join(out).join("markdown"));
    assert!(pages("two").keys().any(|n| n.contains("privacy-2")));
    assert_eq!(pages("two"), pages("two-again"));
}

#[test]
fn a_filtered_export_can_be_imported_with_all_its_versions() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    for (at, narrowing) in [
        ["--where", "version=1"],
        ["--where", "version>1"],
        ["--from", "2010"],
        ["--to", "2010"],
    ]
    .into_iter()
    .enumerate()
    {
        let (out, db, again) = (format!("out{at}"), format!("{at}.db"), format!("again{at}"));
        let mut arguments = vec!["export", "--out", &out];
        arguments.extend(narrowing);
        run(&arguments);
        let output = run(&["import", &out, "--db", &db]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            message
                .contains("captures refer to versions that this filtered dataset does not contain"),
            narrowing[0] == "--where",
            "{narrowing:?}: {message}"
        );
        run(&["verify", "--db", &db]);
        run(&["export", "--db", &db, "--out", &again]);
        let versions =
            |out: &str| fs::read(folder.path().join(out).join("versions.jsonl")).unwrap();
        assert!(versions(&out) == versions(&again), "{narrowing:?}");
        let sites: BTreeSet<String> = lines(&folder.path().join(&out).join("versions.jsonl"))
            .iter()
            .map(|r| r["site"].as_str().unwrap().to_owned())
            .collect();
        let logged: usize = sites
            .iter()
            .map(|site| {
                let log = run(&["log", site, "--format", "json", "--db", &db]).stdout;
                String::from_utf8(log).unwrap().lines().count()
            })
            .sum();
        let held: BTreeSet<String> = lines(&folder.path().join(&out).join("versions.jsonl"))
            .iter()
            .map(|r| format!("{} {} {}", r["site"], r["policy_url"], r["version"]))
            .collect();
        assert_eq!(logged, held.len(), "{narrowing:?}");
    }
}

#[test]
fn impossible_rows_are_refused() {
    let folder = folder();
    let path = folder.path();
    let versions = rows(path, &[], "versions");
    fs::create_dir(path.join("bad")).unwrap();
    let changes: [(&str, Value, &str); 12] = [
        ("version", json!(-1), "-1"),
        ("version", json!(0), "nonzero"),
        ("edition", json!(0), "nonzero"),
        ("captures", json!(-3), "-3"),
        ("last_seen", json!("19990101000000"), "last_seen"),
        ("changed_after", json!("20300101000000"), "changed_after"),
        ("text", json!("Other words."), "the hash of `text`"),
        ("language", json!("xx"), "not `xx`"),
        ("word_count", json!(1), "` and 1"),
        ("last_updated", json!("1999-12-31"), "the dates in its text"),
        ("change", json!("huge"), "a kind of change"),
        ("warc_offset", json!(u64::MAX), "the position of a record"),
    ];
    for (field, changed, word) in changes {
        write_changed(&path.join("bad/versions.jsonl"), &versions, |row| {
            row[field] = changed.clone();
        });
        fails(path, &["import", "bad", "--db", "new.db"], 2, &[word]);
    }
    // Hashes of another extractor cannot be checked.
    write_changed(&path.join("bad/versions.jsonl"), &versions, |row| {
        row["text"] = "Other words.".into();
        row["markdown"] = "Other *words*.\n".into();
        row["extractor_version"] = "0.0".into();
    });
    succeeds(policytrail(path, &["import", "bad", "--db", "new.db"]));
}

#[test]
fn markdown_that_does_not_say_what_its_text_says_is_not_imported() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "good"]));
    let versions = rows(path, &[], "versions");
    fs::create_dir(path.join("bad")).unwrap();
    for (added, word) in [
        ("<script>alert(1)</script>", "HTML"),
        ("![](https://tracker.example/a.gif)", "image"),
        ("[.](javascript:alert)", "javascript"),
        ("We sell your data.", "differs from its text"),
    ] {
        for extractor in [EXTRACTOR_VERSION, "0.0"] {
            write_changed(&path.join("bad/versions.jsonl"), &versions, |row| {
                let markdown = row["markdown"].as_str().unwrap();
                row["markdown"] = format!("{added}\n\n{markdown}").into();
                row["extractor_version"] = extractor.into();
            });
            fails(path, &["import", "bad", "--db", "new.db"], 2, &[word]);
            assert!(!path.join("new.db").exists());
        }
    }
}

#[test]
fn verify_hashes_the_texts_of_an_imported_database() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--out", "all"]);
    run(&["import", "all", "--db", "all.db"]);
    let message = String::from_utf8(run(&["verify", "--db", "all.db"]).stdout).unwrap();
    assert!(
        !message.contains("(0 against their text hash)"),
        "{message}"
    );
    let connection = Connection::open(folder.path().join("all.db")).unwrap();
    connection
        .execute("UPDATE documents SET text_sha256 = replace(text_sha256, substr(text_sha256, 1, 4), 'beef') WHERE document_id = 1", [])
        .unwrap();
    let output = policytrail(folder.path(), &["verify", "--db", "all.db"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn two_files_of_one_table_are_refused() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    succeeds(policytrail(
        path,
        &["export", "--out", "zst", "--compress", "zst"],
    ));
    fs::copy(
        path.join("zst/sites.jsonl.zst"),
        path.join("out/sites.jsonl.zst"),
    )
    .unwrap();
    fails(
        path,
        &["import", "out", "--db", "new.db"],
        2,
        &["sites.jsonl.zst", "remove one"],
    );
}

#[test]
fn repeated_rows_and_truncated_lines_are_reported_with_their_line() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    let versions = fs::read_to_string(path.join("out/versions.jsonl")).unwrap();
    let first = versions.lines().next().unwrap();
    fs::create_dir(path.join("alone")).unwrap();
    let import = ["import", "alone", "--db", "new.db"];
    fs::write(
        path.join("alone/versions.jsonl"),
        format!("{first}\n{first}\n"),
    )
    .unwrap();
    fails(
        path,
        &import,
        2,
        &["lines 1 to 2", "version 1, sighting 1", "already exists"],
    );
    let cut = &first[..first.len() / 2];
    fs::write(path.join("alone/versions.jsonl"), format!("{first}\n{cut}")).unwrap();
    fails(
        path,
        &import,
        2,
        &["versions.jsonl`, line 2: EOF", "download it again"],
    );
    assert!(!path.join("new.db").exists() && !path.join("new.db.part").exists());
}

#[test]
fn an_import_does_not_continue_in_the_database_of_a_killed_import() {
    let folder = folder();
    let path = folder.path();
    succeeds(policytrail(path, &["export", "--out", "out"]));
    succeeds(policytrail(path, &["import", "out", "--db", "left.db"]));
    std::fs::create_dir(path.join("new.db.part")).unwrap();
    std::fs::copy(path.join("left.db"), path.join("new.db.part/whole")).unwrap();
    succeeds(policytrail(path, &["import", "out", "--db", "new.db"]));
    assert!(!path.join("new.db.part").exists());
    succeeds(policytrail(
        path,
        &["export", "--db", "new.db", "--out", "again"],
    ));
    assert!(
        files(&path.join("out"))["versions.jsonl"] == files(&path.join("again"))["versions.jsonl"]
    );
}

#[test]
fn an_import_contains_nothing_of_a_removed_database() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--out", "out"]);
    run(&["import", "out", "--db", "new.db"]);
    let (database, log) = (
        folder.path().join("new.db"),
        folder.path().join("new.db-wal"),
    );
    let connection = Connection::open(&database).unwrap();
    connection
        .execute("UPDATE sites SET rank = 4711", [])
        .unwrap();
    // This is what a killed process leaves.
    let left_behind = fs::read(&log).unwrap();
    drop(connection);
    fs::remove_file(&database).unwrap();
    fs::write(&log, left_behind).unwrap();
    run(&["import", "out", "--db", "new.db"]);
    let stale: i64 = Connection::open(&database)
        .unwrap()
        .query_row("SELECT count(*) FROM sites WHERE rank = 4711", [], |r| {
            r.get(0)
        })
        .unwrap();
    assert_eq!(stale, 0);
}

#[test]
fn a_directory_can_have_the_name_of_an_archive() {
    let folder = folder();
    let run = |arguments: &[&str]| succeeds(policytrail(folder.path(), arguments));
    run(&["export", "--format", "warc", "--out", "wayback"]);
    run(&["import", "wayback", "--db", "again.db"]);
}
