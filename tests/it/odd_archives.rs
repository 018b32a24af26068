//! Archives and machines that behave oddly: nothing is lost, nothing is requested twice, no failure becomes an absence.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use policytrail::archive::warc::WarcArchive;
use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, DEFAULT_MAX_BODY_BYTES, IndexAnswer, Memento, MementoQuery,
};
use policytrail::config::SiteRow;
use policytrail::crawl::Outcome;
use policytrail::model::{Capture, Site, Timestamp, UrlKey};
use policytrail::store::Store;

use crate::support::crawl::TestCrawl;
use crate::support::paths::sample;
use crate::support::program::program;

const PAGE: &str = "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>We collect your name and e-mail address when \
                    you register, and we never share this personal information with third parties.</p>";

/// An archive of three captures of one policy, without digests.
struct Odd {
    /// The URL key of its index rows.
    urlkey: &'static str,
    /// The URL that its pages came from.
    came_from: &'static str,
    fetched: AtomicUsize,
}

impl Odd {
    fn new(urlkey: &'static str, came_from: &'static str) -> Self {
        Self {
            urlkey,
            came_from,
            fetched: AtomicUsize::new(0),
        }
    }
}

impl Archive for Odd {
    async fn captures(
        &self,
        _: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        for year in ["2010", "2011", "2012"] {
            sink(Capture {
                urlkey: UrlKey::from_cdx(self.urlkey).unwrap(),
                timestamp: Timestamp::earliest(year).unwrap(),
                original: "http://example.com/privacy".to_owned(),
                mimetype: "text/html".to_owned(),
                statuscode: Some(200),
                digest: None,
                length: None,
            });
        }
        Ok(IndexAnswer {
            rows: 3,
            ..IndexAnswer::default()
        })
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        assert!(
            self.fetched.fetch_add(1, Ordering::Relaxed) < 50,
            "it asks without end"
        );
        Ok(Memento {
            timestamp: query.timestamp,
            original: self.came_from.to_owned(),
            status: 200,
            content_type: None,
            body: PAGE.as_bytes().to_vec(),
            redirects: Vec::new(),
            records: Vec::new(),
        })
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        Some(format!("http://odd/{timestamp}/{original}"))
    }

    fn name(&self) -> String {
        "odd".to_owned()
    }

    fn is_local(&self) -> bool {
        true
    }
}

async fn backfill<A: Archive>(
    archive: &A,
    store: &Arc<Store>,
    site: &str,
    pdf_reader: Option<&Path>,
) -> Outcome {
    let settings = [("crawl.sample", "all"), ("discover.by_link", "false")];
    let crawl = TestCrawl {
        pdf_reader: pdf_reader.map(Path::to_path_buf),
        ..TestCrawl::new(archive, store, &settings)
    };
    crawl.run(&[SiteRow::of(Site::parse(site).unwrap())]).await
}

#[tokio::test]
async fn captures_under_another_spelling_of_the_url_key_belong_to_the_policy() {
    let store = Arc::new(Store::open_in_memory().unwrap());
    let archive = Odd::new(
        "com,example)/privacy;jsessionid=1",
        "http://example.com/privacy",
    );
    let outcome = backfill(&archive, &store, "example.com", Some(&program())).await;
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let status = store.status().unwrap();
    assert_eq!(
        (status.captures, status.mementos, status.versions),
        (3, 3, 1)
    );
}

#[tokio::test]
async fn a_page_answered_from_another_url_is_fetched_once() {
    let store = Arc::new(Store::open_in_memory().unwrap());
    let archive = Odd::new("com,example)/privacy", "http://example.com/somewhere/else");
    backfill(&archive, &store, "example.com", Some(&program())).await;
    assert_eq!(archive.fetched.load(Ordering::Relaxed), 3);
    backfill(&archive, &store, "example.com", Some(&program())).await;
    assert_eq!(archive.fetched.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn an_unreadable_pdf_is_fetched_as_often_as_a_readable_one() {
    let archive = WarcArchive::open(&sample(), 1 << 25).unwrap();
    let mut fetched = Vec::new();
    for reader in [program(), PathBuf::from("/nonexistent/policytrail")] {
        let store = Arc::new(Store::open_in_memory().unwrap());
        backfill(&archive, &store, "civic-ledger-sample.org", Some(&reader)).await;
        fetched.push(store.status().unwrap().mementos);
    }
    assert_eq!(fetched[1], fetched[0]);
}

#[tokio::test]
async fn a_pdf_reader_that_does_not_start_drops_nothing() {
    let archive = WarcArchive::open(&sample(), 1 << 25).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("trail.db");
    let store = Arc::new(Store::open_or_create(&database).unwrap());
    let site = "civic-ledger-sample.org";
    let outcome = backfill(
        &archive,
        &store,
        site,
        Some(Path::new("/nonexistent/policytrail")),
    )
    .await;
    assert!(
        outcome.failures.iter().any(|f| f.contains("PDF")),
        "{:?}",
        outcome.failures
    );
    let before = store.status().unwrap();
    assert!(
        before.drops.is_empty() && before.versions == 0,
        "{before:?}"
    );
    assert_eq!(before.sites_unfinished, 1);
    let outcome = backfill(&archive, &store, site, Some(&program())).await;
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let after = store.status().unwrap();
    assert_eq!(
        (after.versions, after.mementos),
        (2, before.mementos),
        "what was fetched is read, not fetched again"
    );
    // The same after an update, when another extractor must read all pages.
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute_batch(
            "UPDATE extractions SET extractor_version = '1'; UPDATE versions SET extractor_version = '1';
             UPDATE policies SET extractor_version = '1'",
        )
        .unwrap();
    let nowhere = Path::new("/nonexistent/policytrail");
    let outcome = backfill(&archive, &store, site, Some(nowhere)).await;
    assert!(!outcome.failures.is_empty());
    assert_eq!(store.status().unwrap().versions, 2);
}

#[tokio::test]
async fn a_pdf_without_a_reader_is_left_for_a_crawl_with_one() {
    let archive = WarcArchive::open(&sample(), DEFAULT_MAX_BODY_BYTES).unwrap();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let site = "civic-ledger-sample.org";
    for _ in 0..2 {
        let outcome = backfill(&archive, &store, site, None).await;
        let says = |words: &str| outcome.failures.iter().any(|f| f.contains(words));
        assert!(
            says("no PDF reader is set") && says("`CrawlBuilder::pdf_reader`"),
            "{:?}",
            outcome.failures
        );
        let status = store.status().unwrap();
        assert!(
            status.drops.is_empty() && status.versions == 0,
            "{status:?}"
        );
        assert_eq!(status.sites_unfinished, 1);
    }
    let fetched = store.status().unwrap().mementos;
    let outcome = backfill(&archive, &store, site, Some(&program())).await;
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    let status = store.status().unwrap();
    assert_eq!((status.versions, status.mementos), (2, fetched));
}
