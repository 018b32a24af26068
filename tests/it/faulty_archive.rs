//! The whole job against an archive with many failures: it ends in the same database as against one without.

use std::sync::Arc;
use std::time::Duration;

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::config::read_site_list;
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::archive_server::ArchiveServer;
use crate::support::crawl::TestCrawl;
use crate::support::database;
use crate::support::paths::sample;

/// Most runs until nothing is missing. The sample's index comes in pages of seven rows, so that each site needs many
/// answers in sequence, of which one in five fails.
const RUNS: usize = 25;

/// The facts of a backfill of the sample's sites.
async fn facts(server: &ArchiveServer) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let store = Arc::new(Store::open_or_create(&path).unwrap());
    let rows = read_site_list(&sample().join("sites.csv")).unwrap();
    let mut failures = Vec::new();
    // A run may end with answers missing. The next one has new retries and requests those.
    for _ in 0..RUNS {
        let stop = CancellationToken::new();
        let archive = client(server, &stop);
        let settings = [("crawl.sample", "all"), ("crawl.to", "2024")];
        let crawl = TestCrawl {
            stop: stop.clone(),
            ..TestCrawl::new(&archive, &store, &settings)
        };
        let outcome = crawl.run(&rows).await;
        assert!(outcome.ended_by.is_none(), "{:?}", outcome.ended_by);
        failures = outcome.failures;
        if failures.is_empty() {
            drop(store);
            database::assert_sound(&path);
            return database::facts(&path);
        }
    }
    panic!("{RUNS} runs were not enough: {failures:#?}");
}

/// A client with pauses before retries that are short enough for a test.
fn client(server: &ArchiveServer, stop: &CancellationToken) -> HttpArchive {
    let http = HttpSettings {
        base_url: Url::parse(&server.url).unwrap(),
        cdx_per_minute: 60_000.0,
        playback_per_second: 2_000.0,
        retry_pause: Duration::from_millis(2),
        ..HttpSettings::default()
    };
    let ledger = Arc::new(MemoryLedger::default());
    HttpArchive::new(http, ledger, Arc::new(SystemClock), stop.clone()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_with_many_failures_gives_the_same_database_as_one_without() {
    let (good, bad) = (
        ArchiveServer::start(&sample(), 0),
        ArchiveServer::start_faulty(&sample()),
    );
    let wanted = facts(&good).await;
    database::assert_same(&wanted, &facts(&bad).await);
    let (good, bad) = (good.take_requests().len(), bad.take_requests().len());
    assert!(
        bad > good + good / 10,
        "{bad} requests with faults, {good} without"
    );
}
