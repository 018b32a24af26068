//! What is told of time and progress: archives that cannot be reached, interrupted crawls, rehearsed times.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::paths::sample_location;
use crate::support::program::{answer, on_sample_sites, run};

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
