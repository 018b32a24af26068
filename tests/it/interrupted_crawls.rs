//! However often a crawl is interrupted, it ends in the same database as an uninterrupted one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery,
};
use policytrail::config::SiteRow;
use policytrail::crawl::Outcome;
use policytrail::model::{Capture, Site, Timestamp};
use policytrail::store::Store;
use tokio_util::sync::CancellationToken;

use crate::simulated_archive;
use crate::simulated_archive::{Numbers, World};
use crate::support::crawl::TestCrawl;
use crate::support::database::{assert_same, facts};

/// An archive during which the program is interrupted after so many pages of policies; requests in flight are lost.
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
        // A home page is stored together with its frames and hubs, so only pages of policies count.
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

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
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
    let stop = CancellationToken::new();
    let archive = CutShort {
        world,
        left: AtomicUsize::new(answers),
        stop: stop.clone(),
    };
    let store = Arc::new(Store::open_or_create(database).unwrap());
    let crawl = TestCrawl {
        pdf_reader: None,
        stop,
        ..TestCrawl::new(&archive, &store, &[("crawl.to", "2024")])
    };
    crawl.run(&[SiteRow::of(Site::parse(site).unwrap())]).await
}

/// Interrupts a backfill after every `answers` pages of policies until it is done, and compares its database with that of
/// an uninterrupted one. Returns the number of interruptions.
async fn held_against_the_whole(world: &World, site: &str, answers: usize) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let (whole, pieces) = (
        folder.path().join("whole.db"),
        folder.path().join("pieces.db"),
    );
    let outcome = backfill(world, site, &whole, usize::MAX).await;
    assert!(outcome.ended_by.is_none(), "{outcome:?}");
    let mut cuts = 0;
    while backfill(world, site, &pieces, answers)
        .await
        .ended_by
        .is_some()
    {
        cuts += 1;
        assert!(cuts < 1000, "{site} comes to no end");
    }
    assert_same(&facts(&whole), &facts(&pieces));
    cuts
}

#[tokio::test]
async fn interrupted_crawls_of_every_kind_of_site_end_in_the_same_database() {
    let world = simulated_archive::world(24, 11);
    let mut cuts = 0;
    for (n, site) in world.sites.iter().enumerate() {
        cuts += held_against_the_whole(&world, site, 1 + n % 5).await;
    }
    assert!(cuts > 100, "{cuts} cuts");
}

/// A page with counters that change the length of its records, and whose text changes and sometimes returns: what
/// the sampler requests depends on every answer of a round.
#[tokio::test]
async fn interrupted_crawls_of_a_page_with_misleading_lengths_end_in_the_same_database() {
    for seed in 1..=3 {
        let mut numbers = Numbers::new(seed);
        let mut world = World::default();
        let mut text = 0;
        for month in 0..120_u64 {
            text = match numbers.below(8) {
                0 => numbers.below(9),
                _ => text,
            };
            let counter: String = (0..numbers.below(60))
                .map(|_| char::from(b'!' + u8::try_from(numbers.below(80)).unwrap()))
                .filter(|c| !matches!(c, '<' | '>' | '-'))
                .collect();
            let words = "We collect your personal data and keep it safe. ".repeat(8 + text);
            let body = format!(
                "<title>Privacy Policy</title><!-- {counter} --><h1>Privacy Policy</h1><p>Edition {text}. {words}</p>"
            );
            let at = Timestamp::earliest(&format!("{}-{:02}", 2010 + month / 12, 1 + month % 12))
                .unwrap();
            world.page("http://restless.example.org/privacy", at, 200, &body);
        }
        world.sort();
        held_against_the_whole(&world, "example.org", 1).await;
    }
}
