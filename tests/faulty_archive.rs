//! The whole job against an archive that fails at every turn: the same database as against a faultless one.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/archive_server.rs"]
mod archive_server;
#[path = "support/database.rs"]
mod database;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use archive_server::ArchiveServer;
use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::config::{Layers, Settings, read_site_list};
use policytrail::crawl::{self, PdfReader, Progress, Session, Until};
use policytrail::discover::Vocabulary;
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;
use url::Url;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample")
}

/// Runs until nothing is missing; the sample's index comes in pages of seven rows, so that each site takes many answers
/// in a row, of which one in five fails.
const RUNS: usize = 25;

/// The facts of a backfill of the sample's sites.
async fn facts(server: &ArchiveServer) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let mut layers = Layers::default();
    layers.add_text("crawl.sample", "all", "test");
    layers.add_text("crawl.to", "2024", "test");
    let settings = Settings::from_layers(&layers).unwrap();
    let store = Arc::new(Store::open_or_create(&path).unwrap());
    let archive_id = store.archive("test", "http://test/web/").unwrap();
    let rows = read_site_list(&sample().join("sites.csv")).unwrap();
    let mut failures = Vec::new();
    // A run may end with answers missing; the next one, a process of its own with retries of its own, asks for those.
    for _ in 0..RUNS {
        let stop = CancellationToken::new();
        let archive = client(server, &stop);
        let session = Session {
            archive: &archive,
            archive_id,
            store: Arc::clone(&store),
            clock: Arc::new(SystemClock),
            crawl: settings.crawl.clone(),
            discover: settings.discover.clone(),
            vocabulary: Vocabulary::built_in(),
            pdf: PdfReader::new(env!("CARGO_BIN_EXE_policytrail").into()),
            progress: Arc::new(Progress::default()),
            in_flight: Arc::default(),
            stop,
            announce_changes: false,
        };
        let outcome = crawl::crawl_sites(&session, &rows, Until::Versions).await;
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

/// A client whose pauses before retries a test can wait for.
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
async fn an_archive_that_fails_at_every_turn_gives_the_database_of_a_faultless_one() {
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
