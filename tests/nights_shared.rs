//! The scheduled job over real histories (`../shared/archives/ota`), a night a quarter. Skips loudly without them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/archive_server.rs"]
mod archive_server;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use archive_server::{ArchiveServer, Mood};
use serde_json::Value;

fn ota() -> Option<PathBuf> {
    let root = std::env::var_os("POLICYTRAIL_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let folder = root.join("archives/ota");
    if folder.exists() {
        return Some(folder);
    }
    #[expect(clippy::print_stderr, reason = "a skipped test must be seen")]
    {
        eprintln!(
            "SKIPPED: {} is not there; set POLICYTRAIL_SHARED",
            folder.display()
        );
    }
    None
}

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

#[test]
fn a_night_a_quarter_finds_what_a_backfill_at_the_end_finds() {
    let Some(ota) = ota() else { return };
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("sites.csv");
    let mut sites = BTreeSet::new();
    for line in std::fs::read_to_string(ota.join("truth.jsonl"))
        .unwrap()
        .lines()
    {
        let version: Value = serde_json::from_str(line).unwrap();
        let url = url::Url::parse(version["url"].as_str().unwrap()).unwrap();
        sites.insert(format!("{},{url}\n", url.host_str().unwrap()));
    }
    std::fs::write(
        &list,
        format!("site,policy_url\n{}", sites.into_iter().collect::<String>()),
    )
    .unwrap();
    let server = ArchiveServer::start(&ota, 0);
    let command = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policytrail"));
        command
            .current_dir(folder.path())
            .args(arguments)
            .args([
                "--archive",
                &server.url,
                "--sites",
                "sites.csv",
                "--sample",
                "all",
            ])
            .args(["--cdx-per-minute", "60000", "--playback-per-second", "5000"])
            .env_remove("POLICYTRAIL_LOG");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output
    };
    let months = (2022..=2026).flat_map(|year| (1..=12).step_by(3).map(move |month| (year, month)));
    let (mut nights, mut looks) = (0, 0);
    for (year, month) in months.filter(|m| *m <= (2026, 10)) {
        let now = format!("{year}-{month:02}-01");
        let until = format!("{year}{month:02}01000000");
        server.set_mood(Mood {
            until,
            ..Mood::default()
        });
        let output = command(&[
            "run",
            "--db",
            "nights.db",
            "--now",
            &now,
            "--on-change",
            "cat >> told.jsonl",
        ]);
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        looks += summary["sites_due"].as_u64().unwrap();
        nights += 1;
    }
    let requests = server.take_requests();
    let cdx = requests.iter().filter(|r| r.starts_with("/cdx/")).count();
    let pages: Vec<&String> = requests
        .iter()
        .filter(|r| !r.starts_with("/cdx/"))
        .collect();
    let different: BTreeSet<&&String> = pages.iter().collect();
    server.set_mood(Mood::default());
    command(&["backfill", "--db", "whole.db", "--to", "2026-10-01"]);
    let found = versions(&folder.path().join("nights.db"));
    let whole = versions(&folder.path().join("whole.db"));
    let differing: Vec<_> = whole.symmetric_difference(&found).collect();
    assert!(differing.is_empty(), "{differing:?}");
    let told = std::fs::read_to_string(folder.path().join("told.jsonl")).unwrap();
    let told: Vec<(String, String, String)> = told
        .lines()
        .map(|line| {
            let version: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| version[name].as_str().unwrap().to_owned();
            (text("site"), text("text_sha256"), text("first_seen"))
        })
        .collect();
    let once: BTreeSet<_> = told.iter().cloned().collect();
    let differing: Vec<_> = once.symmetric_difference(&found).collect();
    assert!(differing.is_empty(), "{differing:?}");
    assert_eq!(told.len(), found.len(), "each is told once");
    eprintln!(
        "{nights} nights, {looks} looks: {cdx} index queries, {} pages ({} different), {} versions",
        pages.len(),
        different.len(),
        found.len()
    );
}
