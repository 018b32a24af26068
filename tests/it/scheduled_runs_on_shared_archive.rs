//! The scheduled job over real histories (`../shared/archives/ota`), one run per quarter. Skips loudly without them.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::archive_server::{ArchiveServer, ArchiveState};
use crate::support::dataset::digits;
use crate::support::paths::shared;
use crate::support::program::{policytrail, succeeds};

/// Site and text of each version, with the time it was first seen.
fn versions(database: &Path) -> BTreeSet<(String, String, String)> {
    let connection = rusqlite::Connection::open(database).unwrap();
    let mut statement = connection
        .prepare(
            "SELECT site, text_sha256, versions.first_seen FROM versions JOIN policies USING (policy_id)
             JOIN sites USING (site_id) JOIN documents USING (document_id)",
        )
        .unwrap();
    let rows = statement
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// The site list of the shared archive: every policy by its address.
fn site_list(archive: &Path) -> String {
    let mut sites = BTreeSet::new();
    for line in std::fs::read_to_string(archive.join("truth.jsonl"))
        .unwrap()
        .lines()
    {
        let version: Value = serde_json::from_str(line).unwrap();
        let url = url::Url::parse(version["url"].as_str().unwrap()).unwrap();
        sites.insert(format!("{},{url}\n", url.host_str().unwrap()));
    }
    format!("site,policy_url\n{}", sites.into_iter().collect::<String>())
}

/// The versions that the command of `--on-change` received.
fn announced(folder: &Path) -> Vec<(String, String, String)> {
    let lines = std::fs::read_to_string(folder.join("announced.jsonl")).unwrap();
    let version = |line: &str| {
        let version: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| version[name].as_str().unwrap().to_owned();
        (
            text("site"),
            text("text_sha256"),
            digits(&version["first_seen"]),
        )
    };
    lines.lines().map(version).collect()
}

#[test]
fn quarterly_runs_find_the_versions_of_one_backfill_at_the_end() {
    let Some(ota) = shared("archives/ota") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sites.csv"), site_list(&ota)).unwrap();
    let server = ArchiveServer::start(&ota, 0);
    let command = |arguments: &[&str]| {
        let mut command = policytrail(folder.path(), arguments);
        command
            .args(["--archive", &server.url, "--sites", "sites.csv"])
            .args(["--sample", "all"])
            .env("POLICYTRAIL_RUN_ALERTS_FIRST_LOOK", "true")
            .args(["--cdx-per-minute", "60000", "--playback-per-second", "5000"]);
        succeeds(command)
    };
    let night = [
        "run",
        "--db",
        "nights.db",
        "--on-change",
        "cat >> announced.jsonl",
    ];
    let months = (2022..=2026).flat_map(|year| (1..=12).step_by(3).map(move |month| (year, month)));
    let (mut nights, mut crawls) = (0, 0);
    for (year, month) in months.filter(|m| *m <= (2026, 10)) {
        let now = format!("{year}-{month:02}-01");
        server.set_state(ArchiveState {
            until: format!("{year}{month:02}01000000"),
            ..ArchiveState::default()
        });
        let output = command(&[&night[..], &["--now", &now]].concat());
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        crawls += summary["sites_due"].as_u64().unwrap();
        nights += 1;
    }
    let requests = server.take_requests();
    let (cdx, pages): (Vec<&String>, Vec<&String>) =
        requests.iter().partition(|r| r.starts_with("/cdx/"));
    server.set_state(ArchiveState::default());
    command(&["backfill", "--db", "whole.db", "--to", "2026-10-01"]);
    let found = versions(&folder.path().join("nights.db"));
    let whole = versions(&folder.path().join("whole.db"));
    let differing: Vec<_> = whole.symmetric_difference(&found).collect();
    assert!(differing.is_empty(), "{differing:?}");
    let announced = announced(folder.path());
    let once: BTreeSet<_> = announced.iter().cloned().collect();
    let differing: Vec<_> = once.symmetric_difference(&found).collect();
    assert!(differing.is_empty(), "{differing:?}");
    assert_eq!(announced.len(), found.len(), "each is announced once");
    eprintln!(
        "{nights} nights, {crawls} crawls: {} index queries, {} pages ({} different), {} versions",
        cdx.len(),
        pages.len(),
        pages.iter().collect::<BTreeSet<_>>().len(),
        found.len()
    );
}
