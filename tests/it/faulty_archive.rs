//! The whole job against an archive with many failures: it ends in the same database as against one without, also if it is
//! killed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{HttpArchive, HttpSettings, MemoryLedger};
use policytrail::config::read_site_list;
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::archive_server::{ArchiveServer, Faults};
use crate::support::crawl::TestCrawl;
use crate::support::database;
use crate::support::own_process::{run_alone, start_alone, task};
use crate::support::paths::sample;

/// Most runs until nothing is missing. The sample's index comes in pages of seven rows, so that each site needs many
/// answers in sequence, of which one in five fails.
const RUNS: usize = 25;

/// The number of times that a crawl is killed.
const KILLS: usize = 5;
/// The number of requests between two kills. All together are fewer than those of a whole crawl.
const REQUESTS_BETWEEN_KILLS: usize = 25;
/// Requests that a kill may make unknown: those in flight, and those whose answers were not stored yet.
const LOST_BY_A_KILL: usize = 8;

/// Repeats a backfill of the sample's sites until nothing is missing: a run may end with answers missing, and the next one
/// has new retries and requests those.
async fn backfill(url: &str, path: &Path) {
    let store = Arc::new(Store::open_or_create(path).unwrap());
    let rows = read_site_list(&sample().join("sites.csv")).unwrap();
    let mut failures = Vec::new();
    for _ in 0..RUNS {
        let stop = CancellationToken::new();
        let archive = client(url, &stop);
        let settings = [("crawl.sample", "all"), ("crawl.to", "2024")];
        let crawl = TestCrawl {
            stop: stop.clone(),
            ..TestCrawl::new(&archive, &store, &settings)
        };
        let outcome = crawl.run(&rows).await;
        assert!(outcome.ended_by.is_none(), "{:?}", outcome.ended_by);
        failures = outcome.failures;
        if failures.is_empty() {
            return;
        }
    }
    panic!("{RUNS} runs were not enough: {failures:#?}");
}

/// The facts of a backfill of the sample's sites.
async fn facts(server: &ArchiveServer) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    backfill(&server.url, &path).await;
    database::assert_sound(&path);
    database::facts(&path)
}

/// A client with pauses before retries that are short enough for a test.
fn client(url: &str, stop: &CancellationToken) -> HttpArchive {
    let http = HttpSettings {
        base_url: Url::parse(url).unwrap(),
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
    let good = ArchiveServer::start(&sample(), 0);
    let wanted = facts(&good).await;
    let good = good.take_requests().len();
    for faults in [Faults::Overloaded, Faults::Truncating] {
        let bad = ArchiveServer::start_faulty(&sample(), faults);
        database::assert_same(&wanted, &facts(&bad).await);
        let bad = bad.take_requests().len();
        assert!(
            bad > good + good / 10,
            "{faults:?}: {bad} requests with faults, {good} without"
        );
    }
}

/// The crawl runs in a process of its own, which gets SIGKILL.
#[test]
fn a_killed_crawl_of_a_failing_archive_ends_in_the_same_database() {
    const NAME: &str =
        "faulty_archive::a_killed_crawl_of_a_failing_archive_ends_in_the_same_database";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(task) = task() {
        let task = task.into_string().unwrap();
        let (url, path) = task.split_once(' ').unwrap();
        return runtime.block_on(backfill(url, Path::new(path)));
    }
    let wanted = runtime.block_on(facts(&ArchiveServer::start(&sample(), 0)));
    for faults in [Faults::Overloaded, Faults::Truncating] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trail.db");
        let server = ArchiveServer::start_faulty(&sample(), faults);
        let task = format!("{} {}", server.url, path.display());
        for kill in 1..=KILLS {
            let mut crawl = start_alone(NAME, &task);
            while server.number_of_requests() < kill * REQUESTS_BETWEEN_KILLS {
                assert!(
                    crawl.try_wait().unwrap().is_none(),
                    "it ended before the kill {kill}"
                );
                std::thread::sleep(Duration::from_millis(1));
            }
            crawl.kill().unwrap();
            crawl.wait().unwrap();
        }
        run_alone(NAME, &task);
        database::assert_sound(&path);
        database::assert_same(&wanted, &database::facts(&path));
        let twice = server.pages_given_twice();
        assert!(
            twice.len() <= KILLS * LOST_BY_A_KILL,
            "{faults:?}: {twice:#?}"
        );
    }
}
