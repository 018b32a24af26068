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
use policytrail::archive::Archive as _;
use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::config::{Layers, Settings, read_site_list};
use policytrail::crawl::{self, Context, PdfReader, Progress, Until};
use policytrail::discover::Vocabulary;
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;
use url::Url;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample")
}

/// A backfill of the sample's sites with pauses before retries that a test can wait for.
async fn facts(server: &ArchiveServer) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let mut layers = Layers::default();
    layers.add_text("crawl.sample", "all", "test");
    layers.add_text("crawl.to", "2024", "test");
    let settings = Settings::from_layers(&layers).unwrap();
    let http = HttpSettings {
        base_url: Url::parse(&server.url).unwrap(),
        cdx_per_minute: 60_000.0,
        playback_per_second: 2_000.0,
        retry_pause: Duration::from_millis(2),
        ..HttpSettings::default()
    };
    let stop = CancellationToken::new();
    let clock = Arc::new(SystemClock);
    let archive = HttpArchive::new(
        http,
        Arc::new(MemoryLedger::default()),
        clock.clone(),
        stop.clone(),
    )
    .unwrap();
    let store = Arc::new(Store::open_or_create(&path).unwrap());
    let archive_id = store.archive("test", "http://test/web/").unwrap();
    assert!(!archive.is_local());
    let context = Context {
        archive: &archive,
        archive_id,
        store,
        clock,
        crawl: settings.crawl,
        discover: settings.discover,
        vocabulary: Vocabulary::built_in(),
        pdf: PdfReader::new(env!("CARGO_BIN_EXE_policytrail").into()),
        progress: Arc::new(Progress::default()),
        stop,
    };
    let rows = read_site_list(&sample().join("sites.csv")).unwrap();
    // Which answers are needed does not depend on the faults, but a run may end with some of them missing: the next
    // run asks for those alone.
    for _ in 0..5 {
        let outcome = crawl::look(&context, &rows, Until::Versions).await;
        assert!(outcome.ended_by.is_none(), "{:?}", outcome.ended_by);
        if outcome.failures.is_empty() {
            drop(context);
            database::assert_sound(&path);
            return database::facts(&path);
        }
    }
    panic!("five runs were not enough");
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
