//! What is told of time and progress: archives that cannot be reached, interrupted crawls, rehearsed times.

use std::time::{Duration, Instant};

use serde_json::Value;

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
