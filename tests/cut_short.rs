//! However often a look at a site is cut short, the database ends as after one that was not.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "the integration tests use different parts")]
#[path = "support/database.rs"]
mod database;
#[path = "simulated_archive/mod.rs"]
mod simulated_archive;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use database::{assert_same, facts};
use policytrail::archive::clock::SystemClock;
use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery,
};
use policytrail::config::{Layers, Settings, SiteRow};
use policytrail::crawl::{self, Context, Outcome, PdfReader, Progress, Until};
use policytrail::discover::Vocabulary;
use policytrail::model::{Capture, Site, Timestamp};
use policytrail::store::Store;
use simulated_archive::World;
use tokio_util::sync::CancellationToken;

/// An archive before which somebody stops the program after so many pages of policies; those in flight are lost.
struct CutShort<'a> {
    world: &'a World,
    left: AtomicUsize,
    stop: CancellationToken,
}

impl Archive for CutShort<'_> {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        self.world.captures(query, sink).await
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        // A home page is stored together with its frames and hubs: only pages of policies count.
        let counts = usize::from(query.expected_digest.is_some());
        let take = |left: usize| left.checked_sub(counts);
        let answer = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take);
        if answer.is_err() {
            self.stop.cancel();
            return Err(ArchiveError::Interrupted);
        }
        self.world.memento(query).await
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> String {
        self.world.memento_url(timestamp, original)
    }

    fn name(&self) -> String {
        self.world.name()
    }

    fn is_local(&self) -> bool {
        self.world.is_local()
    }
}

async fn backfill(world: &World, site: &str, database: &Path, answers: usize) -> Outcome {
    let mut layers = Layers::default();
    layers.add_text("crawl.to", "2024", "test");
    let settings = Settings::from_layers(&layers).unwrap();
    let stop = CancellationToken::new();
    let archive = CutShort {
        world,
        left: AtomicUsize::new(answers),
        stop: stop.clone(),
    };
    let store = Arc::new(Store::open_or_create(database).unwrap());
    let context = Context {
        archive: &archive,
        archive_id: store
            .archive("simulated", "http://archive.example/web/")
            .unwrap(),
        store,
        clock: Arc::new(SystemClock),
        crawl: settings.crawl,
        discover: settings.discover,
        vocabulary: Vocabulary::built_in(),
        pdf: PdfReader::new("no-such-program".into()),
        progress: Arc::new(Progress::default()),
        in_flight: Arc::default(),
        stop,
        tell_changes: false,
    };
    let row = SiteRow::of(Site::parse(site).unwrap());
    crawl::look(&context, &[row], Until::Versions).await
}

/// A site of each kind, stopped after every few pages of its policies until it is done.
#[tokio::test]
async fn a_look_that_is_stopped_again_and_again_ends_as_one_that_is_not() {
    let world = simulated_archive::world(24, 11);
    let folder = tempfile::tempdir().unwrap();
    let mut cuts = 0;
    for (n, site) in world.sites.iter().enumerate() {
        let (whole, pieces) = (
            folder.path().join(format!("{n}-whole.db")),
            folder.path().join(format!("{n}-pieces.db")),
        );
        let outcome = backfill(&world, site, &whole, usize::MAX).await;
        assert!(outcome.ended_by.is_none(), "{outcome:?}");
        let answers = 1 + n % 5;
        while backfill(&world, site, &pieces, answers)
            .await
            .ended_by
            .is_some()
        {
            cuts += 1;
            assert!(cuts < 5000, "{site} comes to no end");
        }
        assert_same(&facts(&whole), &facts(&pieces));
    }
    assert!(cuts > 100, "{cuts} cuts");
}
