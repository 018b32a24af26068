//! Reading histories as people do: `log`, `show`, `diff`, `search`, `verify`, on a database of the first schema, and on
//! databases that strangers have had their hands on.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use rusqlite::Connection;
use serde_json::Value;

/// Four sites of the sample archive, as the program of the first schema stored them.
fn schema_1() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let packed =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/schema1.db.zst")).unwrap();
    fs::write(
        folder.path().join("policytrail.db"),
        zstd::decode_all(packed.as_slice()).unwrap(),
    )
    .unwrap();
    folder
}

/// The same, brought up to date.
fn current() -> tempfile::TempDir {
    static UP_TO_DATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = schema_1();
        answer(folder.path(), &["log", KUPFER]);
        fs::read(database(folder.path())).unwrap()
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(database(folder.path()), &*UP_TO_DATE).unwrap();
    folder
}

fn policytrail(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("POLICYTRAIL_LOG")
        .output()
        .unwrap()
}

#[track_caller]
fn answer(folder: &Path, arguments: &[&str]) -> String {
    let output = policytrail(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail with code 2 and say these words.
#[track_caller]
fn refuses(folder: &Path, arguments: &[&str], words: &[&str]) {
    let output = policytrail(folder, arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
    for word in words {
        assert!(
            told.contains(word),
            "{arguments:?} does not say {word:?}: {told}"
        );
    }
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

fn database(folder: &Path) -> PathBuf {
    folder.join("policytrail.db")
}

const KUPFER: &str = "kupferkessel-sample.de";

#[test]
fn a_database_of_the_first_schema_is_brought_up_to_date_and_everything_in_it_verifies() {
    let folder = schema_1();
    let before: Vec<(i64, i64, String)> = {
        let connection = Connection::open(database(folder.path())).unwrap();
        let mut rows = connection
            .prepare("SELECT policy_id, version, first_seen FROM versions ORDER BY 1, 2")
            .unwrap();
        rows.query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect()
    };
    assert_eq!(before.len(), 13);
    let told = answer(folder.path(), &["verify"]);
    assert!(
        told.contains("68 payloads") && told.contains("all as it should be"),
        "{told}"
    );
    let connection = Connection::open(database(folder.path())).unwrap();
    let mut rows = connection
        .prepare("SELECT policy_id, version, first_seen FROM versions ORDER BY 1, 2")
        .unwrap();
    let after: Vec<(i64, i64, String)> = rows
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(after, before);
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |r| r.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(
        number(
            "SELECT count(*) FROM versions WHERE previous_version IS NOT NULL AND change_kind IS NULL"
        ),
        0
    );
    assert_eq!(
        number("SELECT count(*) FROM documents WHERE simhash = 0"),
        0
    );
    let schema = policytrail::store::Store::schema_version();
    assert_eq!(number("PRAGMA user_version"), schema);
}

#[test]
fn log_is_a_line_a_version_within_80_columns() {
    let folder = current();
    let text = answer(folder.path(), &["log", KUPFER]);
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    assert!(
        text.contains("4 versions in 19 captures\nseen 2004-05-11 to 2023-07-08"),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
    let versions = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    assert_eq!(versions.len(), 4);
    assert_eq!(versions[1]["previous_version"], 1);
    assert!(versions[1]["words_added"].as_u64().unwrap() > 0);
    for version in &versions {
        assert!(
            text.contains(&format!("\n{:>4} ", version["version"].as_u64().unwrap())),
            "{text}"
        );
    }
    assert!(answer(folder.path(), &["log", KUPFER, "--color", "always"]).contains("\u{1b}[1m"));
}

#[test]
fn show_gives_the_version_in_force_on_a_day_and_says_when_that_is_not_certain() {
    let folder = current();
    let versions = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    let show = |what: String| {
        json_lines(&answer(folder.path(), &["show", &what, "--format", "json"])).remove(0)
    };
    let second = &versions[1];
    assert_eq!(show(format!("{KUPFER}#2"))["version"], 2);
    assert_eq!(show(KUPFER.to_owned())["version"], 4);
    let first_day = second["first_seen"].as_str().unwrap();
    assert_eq!(show(format!("{KUPFER}@{first_day}"))["version"], 2);
    let last_of_first = second["changed_after"].as_str().unwrap();
    let between = show(format!("{KUPFER}@{}1231", &last_of_first[..4]));
    assert_eq!(between["version"], 1);
    assert!(
        between["note"].as_str().unwrap().contains("not certain"),
        "{between}"
    );
    let markdown = answer(folder.path(), &["show", &format!("{KUPFER}#2")]);
    assert!(markdown.starts_with("# "), "{markdown}");
    let raw = policytrail(folder.path(), &["show", &format!("{KUPFER}#2"), "--raw"]).stdout;
    assert!(raw.starts_with(b"<"), "{raw:?}");
    refuses(
        folder.path(),
        &["show", &format!("{KUPFER}@1999")],
        &["the first is of 2004-05-11"],
    );
    refuses(
        folder.path(),
        &["show", &format!("{KUPFER}#9")],
        &["versions 1 to 4", "policytrail log"],
    );
    refuses(
        folder.path(),
        &["show", "kupferkesel-sample.de"],
        &["is not in", KUPFER, "policytrail backfill"],
    );
    refuses(
        folder.path(),
        &["show", &format!("{KUPFER}@soon")],
        &["soon", "2012-06-11"],
    );
    refuses(
        folder.path(),
        &["show", KUPFER, "--policy", "2"],
        &["--policy N", "datenschutz"],
    );
}

#[test]
fn diff_speaks_to_terminals_browsers_patches_and_machines() {
    let folder = current();
    let diff = |more: &[&str]| {
        let mut arguments = vec!["diff", KUPFER];
        arguments.extend(more);
        answer(folder.path(), &arguments)
    };
    let json: Value = serde_json::from_str(&diff(&["1", "2", "--format", "json"])).unwrap();
    let (from, to) = (
        json["from"]["version"].as_u64(),
        json["to"]["version"].as_u64(),
    );
    assert_eq!((from, to), (Some(1), Some(2)));
    let log = json_lines(&answer(folder.path(), &["log", KUPFER, "--format", "json"]));
    assert_eq!(json["words_added"], log[1]["words_added"]);
    assert_eq!(json["change"], log[1]["change"]);
    let plain = diff(&["2"]);
    assert!(
        plain.contains("{+") && plain.contains("changed between"),
        "{plain}"
    );
    assert!(diff(&["2", "--color", "always"]).contains("\u{1b}[32;4m"));
    let unified = diff(&["#1", "#2", "--format", "unified"]);
    assert!(
        unified.starts_with("--- ") && unified.contains("\n@@ "),
        "{unified}"
    );
    let html = diff(&["1", "4", "--format", "html"]);
    assert!(
        html.contains("default-src 'none'") && html.contains("<ins>") && html.contains("<del>"),
        "{html}"
    );
    for never in ["<script", "<img", "<link", "src=", "javascript:", "url("] {
        assert!(!html.contains(never), "{never}");
    }
    let same: Value = serde_json::from_str(&diff(&["3", "3", "--format", "json"])).unwrap();
    assert_eq!(same["change"], "identical");
    refuses(
        folder.path(),
        &["diff", KUPFER, "1"],
        &["no version before version 1"],
    );
    refuses(
        folder.path(),
        &["diff", KUPFER, "1", "17"],
        &["versions 1 to 4"],
    );
}

#[test]
fn search_tells_since_when_and_until_when_a_phrase_stood() {
    let folder = current();
    let hits = json_lines(&answer(
        folder.path(),
        &["search", "persönlichen", "daten", "--format", "json"],
    ));
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(hits[0]["site"], KUPFER);
    let japanese = json_lines(&answer(
        folder.path(),
        &["search", "個人情報", "--format", "json"],
    ));
    assert_eq!(japanese[0]["site"], "sakura-techo-sample.jp");
    assert!(
        japanese[0]["excerpt"]
            .as_str()
            .unwrap()
            .contains("個人情報")
    );
    assert_eq!(
        answer(folder.path(), &["search", "no such phrase anywhere"]),
        ""
    );
    refuses(folder.path(), &["search", "–"], &["no word to look for"]);
}

#[test]
fn every_query_in_the_readme_gives_an_answer() {
    let folder = current();
    let connection = Connection::open(database(folder.path())).unwrap();
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme
        .split("```sql\n")
        .skip(1)
        .map(|b| b.split("```").next().unwrap());
    let queries: Vec<&str> = blocks
        .flat_map(|b| b.split(";\n"))
        .filter(|q| !q.trim().is_empty())
        .collect();
    assert_eq!(queries.len(), 6);
    for query in queries {
        let mut statement = connection
            .prepare(query)
            .unwrap_or_else(|e| panic!("{query}: {e}"));
        let mut rows = statement.query([]).unwrap();
        let mut count = 0;
        while rows.next().unwrap().is_some() {
            count += 1;
        }
        // These four sites share no policy.
        assert!(
            count > 0 || query.contains("shared_documents") || query.contains("near_documents"),
            "{query}"
        );
    }
}

#[test]
fn archived_text_cannot_command_a_terminal_or_a_browser() {
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
        let output = policytrail(folder.path(), arguments);
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
            "payload 4: its bytes have SHA-256",
        ),
        (
            "UPDATE renditions SET text = text || ' more' WHERE rendition_id = 2",
            "rendition 2: ",
        ),
        (
            "UPDATE documents SET simhash = simhash + 1 WHERE document_id = 1",
            "another simhash",
        ),
        (
            "UPDATE versions SET words_added = 1 + words_added WHERE policy_id = 1 AND version = 2",
            "policy 1: version 2 is not what",
        ),
        (
            "UPDATE versions SET last_seen = '20990101000000' WHERE policy_id = 2 AND version = 1",
            "policy 2: version 1 is not what",
        ),
        ("DELETE FROM drops", "drops"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM captures WHERE capture_id = 5",
            "that is not there",
        ),
        (
            "UPDATE policies SET captures = 99 WHERE policy_id = 1",
            "counts are wrong of policy 1",
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
        let output = policytrail(folder.path(), &["verify"]);
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{sql}: {told}");
        assert!(
            told.contains(words) && told.contains("fault"),
            "{sql}: {told}"
        );
        let json = policytrail(folder.path(), &["verify", "--format", "json"]);
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
fn a_database_whose_schema_runs_for_ever_is_refused_at_once() {
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
        refuses(folder.path(), arguments, &["trigger `more`", "other hands"]);
    }
}

#[test]
fn a_database_made_to_harm_is_refused_or_read_without_panic() {
    let untyped = "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE sql LIKE '%) STRICT%'";
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
        let connection = Connection::open(database(folder.path())).unwrap();
        let schema = words_of_schema(&connection);
        connection.execute_batch(untyped).unwrap();
        drop(connection);
        let connection = Connection::open(database(folder.path())).unwrap();
        connection
            .execute_batch("PRAGMA foreign_keys = OFF")
            .unwrap();
        // A check or a missing rowid may refuse the worst of it; what got in is enough.
        let _ = connection.execute_batch(sql);
        // A schema that says what it should, over rows that are not what it says.
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
        drop(connection);
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
            let output = policytrail(folder.path(), arguments);
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                matches!(output.status.code(), Some(0..=2)),
                "{sql}: {arguments:?}: {:?} {told}",
                output.status
            );
            assert!(!told.contains("panicked"), "{sql}: {arguments:?}: {told}");
        }
    }
}

#[test]
fn several_processes_that_bring_a_database_up_to_date_at_once_get_on() {
    let folder = schema_1();
    let start = |_| {
        Command::new(env!("CARGO_BIN_EXE_policytrail"))
            .current_dir(folder.path())
            .args(["log", KUPFER, "--format", "json"])
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
fn two_readers_and_a_writer_get_on() {
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
        assert_eq!(policytrail(folder.path(), &backfill).status.code(), Some(2));
    } else {
        eprintln!("SKIPPED: permissions do not bind this user (root)");
    }
    mode(folder.path(), 0o755);
}

#[test]
fn a_policy_keeps_its_number_when_it_alone_is_asked_for() {
    let folder = current();
    let connection = Connection::open(database(folder.path())).unwrap();
    connection
        .execute(
            "UPDATE policies SET kind = 'cookies', site_id = (SELECT site_id FROM sites WHERE site = ?1)
             WHERE policy_id = (SELECT max(policy_id) FROM policies WHERE versions > 0)",
            [KUPFER],
        )
        .unwrap();
    drop(connection);
    let told = answer(folder.path(), &["log", KUPFER, "--policy", "2"]);
    assert!(told.contains("policy 2 (cookies)"), "{told}");
}
