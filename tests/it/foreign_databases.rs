//! Databases that other programs have changed, that several processes open, or that cannot be written to.

use std::fs;
use std::path::Path;

use rusqlite::Connection;

use crate::support::old_database::{KUPFER, current, database, schema_1};
use crate::support::program::{answer, fails, json_lines, policytrail, run};

#[test]
fn archived_text_cannot_control_a_terminal_or_a_browser() {
    let folder = current();
    let connection = Connection::open(database(folder.path())).unwrap();
    let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}gpj.exe</ins><script>alert(1)</script>\"'&";
    connection
        .execute(
            "UPDATE renditions SET title = ?1, text = text || ?1, markdown = markdown || ?1",
            [evil],
        )
        .unwrap();
    connection
        .execute(
            "UPDATE policies SET policy_url = 'javascript:alert(1)//' || ?1",
            [evil],
        )
        .unwrap();
    connection
        .execute(
            "UPDATE archives SET memento_url_prefix = 'javascript:alert(2)//' || ?1",
            [evil],
        )
        .unwrap();
    drop(connection);
    for arguments in [
        &["log", KUPFER][..],
        &["log", KUPFER, "--format", "json"],
        &["show", KUPFER],
        &["show", KUPFER, "--format", "json"],
        &["diff", KUPFER],
        &["diff", KUPFER, "1", "4", "--format", "unified"],
        &["diff", KUPFER, "1", "4", "--format", "html"],
        &["diff", KUPFER, "1", "4", "--format", "json"],
        &["search", "Daten"],
        &["search", "Daten", "--format", "json"],
        &["status"],
        &["status", "--format", "json"],
    ] {
        let output = run(folder.path(), arguments);
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text}");
        for c in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'] {
            assert!(!text.contains(c), "{arguments:?} prints {c:?}");
        }
        if arguments.contains(&"html") {
            assert!(
                !text.contains("<script") && !text.contains("href=\"javascript"),
                "{text}"
            );
        }
    }
}

#[test]
fn verify_names_what_is_wrong() {
    for (sql, words) in [
        (
            "UPDATE payloads SET body = x'28b52ffd' WHERE payload_id = 3",
            "payload 3: ",
        ),
        (
            "UPDATE payloads SET sha256 = 'ff' || substr(sha256, 3) WHERE payload_id = 4",
            "payload 4: its bytes have the SHA-256",
        ),
        (
            "UPDATE renditions SET text = text || ' more' WHERE rendition_id = 2",
            "rendition 2: ",
        ),
        (
            "UPDATE documents SET simhash = simhash + 1 WHERE document_id = 1",
            "the simhash of its text differs",
        ),
        (
            "UPDATE versions SET words_added = 1 + words_added WHERE policy_id = 1 AND version = 2",
            "policy 1: version 2 differs",
        ),
        (
            "UPDATE versions SET last_seen = '20990101000000' WHERE policy_id = 2 AND version = 1",
            "policy 2: version 1 differs",
        ),
        ("DELETE FROM drops", "dropped captures"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM captures WHERE capture_id = 5",
            "that does not exist",
        ),
        (
            "UPDATE policies SET captures = 99 WHERE policy_id = 1",
            "counts are wrong: policy 1",
        ),
        (
            "UPDATE payloads SET base_payload_id = payload_id WHERE payload_id = 7",
            "payload 7",
        ),
    ] {
        let folder = current();
        Connection::open(database(folder.path()))
            .unwrap()
            .execute_batch(sql)
            .unwrap();
        let output = run(folder.path(), &["verify"]);
        let message = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{sql}: {message}");
        assert!(
            message.contains(words) && message.contains("fault"),
            "{sql}: {message}"
        );
        let json = run(folder.path(), &["verify", "--format", "json"]);
        let lines = json_lines(&String::from_utf8(json.stdout).unwrap());
        assert_eq!(
            lines.len() as u64,
            lines.last().unwrap()["faults"].as_u64().unwrap() + 1,
            "{sql}"
        );
    }
}

fn words_of_schema(connection: &Connection) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .unwrap();
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_database_with_an_endless_trigger_is_refused_at_once() {
    let endless =
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n";
    let folder = current();
    Connection::open(database(folder.path()))
        .unwrap()
        .execute_batch(&format!(
            "CREATE TABLE own (x); CREATE TRIGGER more AFTER UPDATE ON policies BEGIN INSERT INTO own {endless}; END"
        ))
        .unwrap();
    for arguments in [&["status"][..], &["verify"], &["reextract"]] {
        fails(
            folder.path(),
            arguments,
            2,
            &["trigger `more`", "another program"],
        );
    }
}

/// Changes rows in a way that the types of the schema forbid, and leaves the schema as it was.
fn change_against_the_schema(file: &Path, sql: &str) {
    let untyped = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE sql LIKE '%) STRICT%'";
    let connection = Connection::open(file).unwrap();
    let schema = words_of_schema(&connection);
    connection.execute_batch(untyped).unwrap();
    drop(connection);
    let connection = Connection::open(file).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    // A check or a missing rowid may refuse a part of the change; the rest is enough.
    let _ = connection.execute_batch(sql);
    connection
        .execute_batch("PRAGMA writable_schema = ON")
        .unwrap();
    for (name, words) in schema {
        connection
            .execute(
                "UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1",
                [name, words],
            )
            .unwrap();
    }
}

#[test]
fn a_malicious_database_is_refused_or_read_without_panic() {
    for sql in [
        "UPDATE versions SET first_seen = x'ff00', last_seen = 7.5",
        "UPDATE versions SET version = 4000000000, edition = -3, captures = -1",
        "UPDATE versions SET previous_version = version, edition = 4000000000",
        "UPDATE documents SET word_count = -9223372036854775808, language = x'ff'",
        "UPDATE documents SET simhash = 'text', text_sha256 = rowid",
        "UPDATE renditions SET text = CAST(x'ff80fe' AS TEXT), markdown = zeroblob(1000000)",
        "UPDATE renditions SET text = replace(hex(zeroblob(30000)), '00', 'a b' || char(10)) WHERE rendition_id < 4",
        "UPDATE payloads SET size_bytes = 9223372036854775807",
        "UPDATE payloads SET base_payload_id = payload_id + 1",
        "UPDATE captures SET timestamp = '99999999999999', urlkey = ''",
        "UPDATE policies SET policy_url = zeroblob(50), versions = -1, extractor_version = 5",
        "UPDATE sites SET tags = 3, site = 'kupferkessel-sample.de' || site_id",
        "DROP TABLE document_words",
        "DROP TABLE documents",
        "DELETE FROM renditions",
        "DELETE FROM policy_urls",
    ] {
        let folder = current();
        change_against_the_schema(&database(folder.path()), sql);
        for arguments in [
            &["status"][..],
            &["log", KUPFER],
            &["show", KUPFER],
            &["show", "kupferkessel-sample.de@2015"],
            &["diff", KUPFER],
            &["diff", KUPFER, "1", "2", "--format", "html"],
            &["search", "Daten"],
            &["export", "--out", "out"],
            &["verify"],
        ] {
            let output = run(folder.path(), arguments);
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                matches!(output.status.code(), Some(0..=2)),
                "{sql}: {arguments:?}: {:?} {message}",
                output.status
            );
            assert!(
                !message.contains("panicked"),
                "{sql}: {arguments:?}: {message}"
            );
        }
    }
}

#[test]
fn several_processes_can_migrate_a_database_at_the_same_time() {
    let folder = schema_1();
    let start = |_| {
        policytrail(folder.path(), &["log", KUPFER, "--format", "json"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..12).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert_eq!(
            json_lines(&String::from_utf8(output.stdout).unwrap()).len(),
            4
        );
    }
    answer(folder.path(), &["verify"]);
}

#[test]
fn two_readers_and_a_writer_do_not_block_each_other() {
    let folder = current();
    let writer = Connection::open(database(folder.path())).unwrap();
    writer
        .execute_batch("BEGIN IMMEDIATE; UPDATE sites SET rank = 3")
        .unwrap();
    for arguments in [
        &["log", KUPFER][..],
        &["search", "Daten"],
        &["status"],
        &["verify"],
    ] {
        answer(folder.path(), arguments);
    }
    writer.execute_batch("COMMIT").unwrap();
}

#[cfg(unix)]
#[test]
fn a_database_on_a_read_only_disk_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = current();
    for beside in ["policytrail.db-wal", "policytrail.db-shm"] {
        let _ = fs::remove_file(folder.path().join(beside));
    }
    let mode =
        |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&database(folder.path()), 0o444);
    mode(folder.path(), 0o555);
    let binds = fs::write(folder.path().join("probe"), "").is_err();
    if binds {
        answer(folder.path(), &["log", KUPFER]);
        answer(folder.path(), &["verify"]);
        let backfill = ["backfill", "example.com", "--archive", "nowhere.warc.gz"];
        assert_eq!(run(folder.path(), &backfill).status.code(), Some(2));
    } else {
        eprintln!("SKIPPED: permissions do not bind this user (root)");
    }
    mode(folder.path(), 0o755);
}
