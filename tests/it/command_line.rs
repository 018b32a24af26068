//! The command line: help, documents, bad input, exit codes.

use std::fs;

use crate::support::paths::{root, sample_location};
use crate::support::program::{fails, run};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn invalid_sites_are_all_reported_before_any_request() {
    let folder = folder();
    let list = folder.path().join("sites.csv");
    fs::write(
        &list,
        "site,policy_url\nexample.com,\nlocalhost,\nexample.org,nowhere\n",
    )
    .unwrap();
    let arguments = [
        "backfill",
        "co.uk",
        "--url",
        "ftp://x.com/",
        "--sites",
        list.to_str().unwrap(),
        "--archive",
        &sample_location(),
    ];
    fails(
        folder.path(),
        &arguments,
        2,
        &["co.uk", "--url", "line 3", "line 4"],
    );
    assert!(!folder.path().join("policytrail.db").exists());
    fails(folder.path(), &["backfill"], 2, &["no site", "--sites"]);
}

#[test]
fn unusable_archives_are_reported_with_a_cure_and_leave_no_database() {
    let folder = folder();
    let warc = fs::read(root().join("data/sample/sample.warc.gz")).unwrap();
    fs::write(folder.path().join("cut.warc.gz"), &warc[..200]).unwrap();
    fs::write(
        folder.path().join("noise.warc.gz"),
        [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    )
    .unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (archive, words) in [
        ("missing.warc.gz", ["missing.warc.gz", "give a WARC file"]),
        ("cut.warc.gz", ["cut off", "download it again"]),
        ("noise.warc.gz", ["noise.warc.gz", "give a WARC file"]),
        ("empty", ["empty", "WARC"]),
    ] {
        fails(
            folder.path(),
            &["backfill", "example.com", "--archive", archive],
            2,
            &words,
        );
    }
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn index_rows_that_point_past_the_end_drop_only_their_captures() {
    let folder = folder();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let warc = fs::read(root().join("data/sample/sample.warc.gz")).unwrap();
    fs::write(archive.join("sample.warc.gz"), &warc[..warc.len() / 2]).unwrap();
    fs::copy(
        root().join("data/sample/sample.cdxj"),
        archive.join("sample.cdxj"),
    )
    .unwrap();
    let sites = [
        "harbourlight-sample.com",
        "kupferkessel-sample.de",
        "velofix-sample.com",
        "pinecone-social-sample.com",
    ];
    let mut arguments = vec!["backfill", "--archive", "archive", "--sample", "all"];
    arguments.extend(sites);
    let output = run(folder.path(), &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let database = rusqlite::Connection::open(folder.path().join("policytrail.db")).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert!(count("SELECT count(*) FROM drops WHERE reason = 'damaged_record'") > 0);
    assert!(count("SELECT count(*) FROM versions") > 0);
}

#[test]
fn a_missing_archive_is_reported_at_once() {
    let folder = folder();
    // A port that nothing listens on.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let archive = format!("http://{address}");
    fails(
        folder.path(),
        &["backfill", "example.com", "--archive", &archive],
        3,
        &[&archive],
    );
}

#[test]
fn unusable_databases_are_reported_and_left_untouched() {
    let folder = folder();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    fs::write(
        folder.path().join("text.db"),
        "no database at all, but long enough to look at".repeat(100),
    )
    .unwrap();
    let newer = folder.path().join("newer.db");
    drop(policytrail::store::Store::open_or_create(&newer).unwrap());
    rusqlite::Connection::open(&newer)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let before = fs::read(&foreign).unwrap();
    for (database, words) in [
        ("foreign.db", "not a policytrail database"),
        ("text.db", "not a policytrail database"),
        ("newer.db", "newer policytrail"),
        ("nowhere/x.db", "does not exist"),
    ] {
        let arguments = [
            "backfill",
            "example.com",
            "--archive",
            &sample_location(),
            "--db",
            database,
        ];
        fails(folder.path(), &arguments, 2, &[database, words, "--db"]);
    }
    assert_eq!(fs::read(&foreign).unwrap(), before);
    fails(
        folder.path(),
        &["status"],
        2,
        &["policytrail.db", "backfill"],
    );
    fails(
        folder.path(),
        &["export", "--out", "x"],
        2,
        &["policytrail.db"],
    );
    assert!(!folder.path().join("policytrail.db").exists());
}

#[test]
fn an_export_that_cannot_be_written_leaves_nothing_behind() {
    let folder = folder();
    drop(policytrail::store::Store::open_or_create(&folder.path().join("policytrail.db")).unwrap());
    fs::write(folder.path().join("file"), "").unwrap();
    fails(
        folder.path(),
        &["export", "--out", "file/x"],
        1,
        &["file/x", "--out"],
    );
    let output = run(folder.path(), &["export", "--out", "out"]);
    assert!(output.status.success());
    let made: Vec<_> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(made.contains(&"versions.jsonl".to_owned()), "{made:?}");
    assert!(!made.iter().any(|name| name.starts_with('.')), "{made:?}");
}

#[test]
fn a_database_path_without_a_database_is_a_usage_error() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("folder")).unwrap();
    fs::write(at("empty.db"), "").unwrap();
    for command in [
        &["status"][..],
        &["log", "a.com"],
        &["verify"],
        &["search", "data"],
    ] {
        for (database, word) in [("folder", "a directory"), ("empty.db", "is empty")] {
            let arguments = [command, &["--db", database]].concat();
            fails(folder.path(), &arguments, 2, &[database, word, "--db"]);
        }
    }
    assert_eq!(fs::metadata(at("empty.db")).unwrap().len(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    fs::write(
        at("run.toml"),
        "[archive]\ncontact = \"a@example.org\"\n[sites]\nnames = [\"example.com\"]\n[database]\npath = \"empty.db\"\n",
    )
    .unwrap();
    let output = run(folder.path(), &["check", "--config", "run.toml"]);
    let message = String::from_utf8(output.stdout).unwrap();
    assert!(message.contains("will be created"), "{message}");
}

#[test]
fn a_plan_expects_no_home_page_that_a_finished_crawl_has_scanned() {
    let folder = folder();
    let sample = sample_location();
    let site = ["--archive", &sample, "--db", "a.db", "velofix-sample.com"];
    let plan = || {
        let arguments = [&["plan", "--offline", "--format", "json"], &site[..]].concat();
        let output = run(folder.path(), &arguments);
        let plan: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        ["playback_least", "playback_likely"].map(|key| plan[key].as_u64().unwrap())
    };
    drop(policytrail::store::Store::open_or_create(&folder.path().join("a.db")).unwrap());
    let by_name = [
        "plan",
        "--offline",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "b.com",
        "a.com",
    ];
    let table = String::from_utf8(run(folder.path(), &by_name).stdout).unwrap();
    assert!(table.find("a.com") < table.find("b.com"), "{table}");
    assert_eq!(plan(), [2, 8], "of a site that was never looked at");
    let backfill = run(folder.path(), &[&["backfill"], &site[..]].concat());
    assert!(backfill.status.success(), "{backfill:?}");
    assert_eq!(plan(), [0, 0], "a second backfill would ask for nothing");
}

#[test]
fn typing_mistakes_get_a_helpful_message() {
    let folder = folder();
    fs::write(
        folder.path().join("ranks.csv"),
        "site,rank\nexample.com,-5\n",
    )
    .unwrap();
    let sample = sample_location();
    let backfill = |more: &[&str], words: &[&str]| {
        let arguments = [&["backfill", "--archive", &sample, "--db", "a.db"], more].concat();
        fails(folder.path(), &arguments, 2, words);
    };
    for option in [
        "--resolution",
        "--max-requests",
        "--cdx-per-minute",
        "--playback-per-second",
    ] {
        backfill(&[option, "-1", "a.com"], &[option, "is -1", "must be from"]);
    }
    backfill(&["--resolution", "1e308", "a.com"], &["is 1e308;"]);
    backfill(
        &["--from", "2010", "--to", "2005", "a.com"],
        &["--from", "of --to"],
    );
    backfill(&["velofix-sample.com@2010"], &["an @", "a domain such as"]);
    backfill(&["--sites", "ranks.csv"], &["line 2", "rank `-5`"]);
    backfill(
        &["--log-requests", "log.jsonl", "a.com"],
        &["no requests are made", "--log-requests"],
    );
    let search = ["search", "data", "--limit", "0", "--db", "a.db"];
    fails(folder.path(), &search, 2, &["--limit"]);
    assert!(!folder.path().join("a.db").exists());
}

#[test]
fn a_failing_notification_command_is_reported_and_the_run_continues() {
    let folder = folder();
    let sample = sample_location();
    let arguments = [
        "run",
        "--archive",
        &sample,
        "--db",
        "a.db",
        "--on-change",
        "exit 7",
        "--summary",
        "s.json",
        "--quiet",
        "velofix-sample.com",
    ];
    let mut command = crate::support::program::policytrail(folder.path(), &arguments);
    command.env("POLICYTRAIL_RUN_ALERTS_FIRST_LOOK", "true");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(
        fs::read(folder.path().join("s.json")).unwrap(),
        output.stdout
    );
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["new_versions_count"], 2);
    let failures = summary["failures"].as_array().unwrap();
    assert!(
        failures.len() == 2 && failures[0].as_str().unwrap().contains("exit status: 7"),
        "{failures:?}"
    );
    let mut messages = Vec::new();
    for line in String::from_utf8(output.stderr).unwrap().lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        messages.push(line["message"].clone());
    }
    assert_eq!(&messages, failures);
}
