//! What is told of time and progress: archives that cannot be reached, interrupted crawls, rehearsed times.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::dataset;
use crate::support::paths::sample_location;
use crate::support::program::{answer, on_sample_sites, policytrail, run, succeeds};
use crate::support::warc::write_warc;

#[test]
fn an_archive_that_never_answered_ends_the_run_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    // Nothing listens there any more.
    let address = format!("http://{}/", port.local_addr().unwrap());
    drop(port);
    let began = Instant::now();
    let arguments = [
        "backfill",
        "--archive",
        &address,
        "--db",
        "a.db",
        "example.com",
    ];
    let output = run(folder.path(), &arguments);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("connection refused"), "{message}");
    assert!(message.contains("check the address"), "{message}");
    let status = answer(folder.path(), &["status", "--db", "a.db"]);
    assert!(status.contains("(not finished)"), "{status}");
    assert!(!status.contains("(none found)"), "{status}");
}

#[test]
fn a_time_in_place_of_the_present_hides_later_captures() {
    let folder = tempfile::tempdir().unwrap();
    let versions = |now: &str| {
        let more = ["--now", now, "--sample", "all"];
        let output = on_sample_sites(folder.path(), "run", &sample_location(), &more)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        let database = rusqlite::Connection::open(folder.path().join("trail.db")).unwrap();
        let newest: String = database
            .query_row("SELECT max(timestamp) FROM captures", [], |r| r.get(0))
            .unwrap();
        assert!(
            newest < format!("{}235959", now.replace('-', "")),
            "{newest}"
        );
        summary["versions"].as_u64().unwrap()
    };
    let early = versions("2015-01-01");
    assert!(0 < early && early < 28, "{early}");
    assert_eq!(versions("2025-01-01"), 28);
}

#[test]
fn what_a_rehearsal_hides_is_fetched_later() {
    let folder = tempfile::tempdir().unwrap();
    let url = "http://example.com/privacy";
    let text = |year: u32| {
        let page = "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>We collect personal data of the year";
        format!("{page} {year} when you register, and we use cookies.</p>").into_bytes()
    };
    let years: Vec<String> = (2010..2020).map(|year| year.to_string()).collect();
    let captures = (2010..).zip(&years);
    let captures = captures.map(|(n, year)| (year.as_str(), url, "text/html", text(n)));
    write_warc(&folder.path().join("a.warc.gz"), captures);
    std::fs::write(
        folder.path().join("sites.csv"),
        format!("site,policy_url\nexample.com,{url}\n"),
    )
    .unwrap();
    let database = folder.path().join("a.db");
    let counts = |command: &[&str]| {
        let mut program = policytrail(folder.path(), command);
        program.args(["--archive", "a.warc.gz", "--sites", "sites.csv", "--db"]);
        program.arg(&database).args(["--sample", "all"]);
        succeeds(program);
        let database = rusqlite::Connection::open(&database).unwrap();
        let count = |query: &str| -> i64 { database.query_row(query, [], |r| r.get(0)).unwrap() };
        (
            count("SELECT count(*) FROM mementos"),
            count("SELECT count(*) FROM drops"),
        )
    };
    assert_eq!(counts(&["backfill", "--max-requests", "2"]), (2, 0));
    // The index rows of all captures are stored now.
    let (fetched, dropped) = counts(&["run", "--now", "2013-06-01"]);
    assert_eq!((fetched, dropped), (5, 0));
    assert_eq!(counts(&["backfill"]), (10, 0));
}

#[test]
fn status_at_an_earlier_time_hides_later_captures_and_versions() {
    let folder = dataset::folder();
    let status = |more: &[&str]| -> Value {
        let told = answer(folder.path(), &[&["status", "--json"], more].concat());
        serde_json::from_str(&told).unwrap()
    };
    let of_archive = |mut status: Value| {
        for name in ["looks", "sites_due"] {
            status.as_object_mut().unwrap().remove(name);
        }
        status
    };
    let whole = of_archive(status(&[]));
    assert_eq!(of_archive(status(&["--now", "2030"])), whole);

    let early = status(&["--now", "2015-01-01"]);
    let database = rusqlite::Connection::open(folder.path().join("policytrail.db")).unwrap();
    let counted = |table_and_time: &str| -> u64 {
        let sql = format!("SELECT count(*) FROM {table_and_time} < '20150101000001'");
        database
            .query_row(&sql, [], |r| r.get::<_, i64>(0))
            .unwrap()
            .cast_unsigned()
    };
    for (name, expected) in [
        ("versions", counted("versions WHERE first_seen")),
        ("captures", counted("captures WHERE timestamp")),
        (
            "mementos",
            counted("mementos m JOIN captures c USING (capture_id) WHERE c.timestamp"),
        ),
    ] {
        assert_eq!(early[name].as_u64(), Some(expected), "{name}");
        assert!(expected < whole[name].as_u64().unwrap(), "{name}");
    }
    let policies = early["policies_by_site"].as_array().unwrap();
    let sum = |name: &str| -> u64 { policies.iter().map(|p| p[name].as_u64().unwrap()).sum() };
    assert_eq!(Some(sum("versions")), early["versions"].as_u64());
    let dropped: u64 = early["drops"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_u64().unwrap())
        .sum();
    assert_eq!(sum("dropped"), dropped);
    for policy in policies {
        for name in ["first_seen", "last_seen"] {
            assert!(
                policy[name].as_str().is_none_or(|time| time < "2015-01-02"),
                "{policy}"
            );
        }
    }
    let before_all = answer(folder.path(), &["status", "--now", "1990"]);
    assert!(
        before_all.contains("(none found)") && before_all.contains(" 0 versions"),
        "{before_all}"
    );
}
