//! Captures that sites share, interrupted crawls, another extractor, another archive.
//! In any order of crawls, the histories contain all that is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery, Scope,
};
use policytrail::config::{Layers, Settings, SiteRow};
use policytrail::crawl::{self, Outcome, PdfReader, Reextraction};
use policytrail::model::{Capture, PayloadDigest, Site, Timestamp, UrlKey};
use policytrail::store::{Announce, PolicyAddress, Store};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::crawl::TestCrawl;
use crate::support::database;
use crate::support::program::program;

/// An archive with one page per year and URL; the pages differ by one word.
struct Shelf {
    name: &'static str,
    /// Year, address, word.
    pages: Vec<(String, &'static str, &'static str)>,
    fetched: AtomicUsize,
    /// Number of pages after which the user interrupts.
    stops_after: usize,
    stop: CancellationToken,
    /// Requests go over the network.
    is_far: bool,
}

impl Shelf {
    /// One word a year from `first` on.
    fn new(name: &'static str) -> Self {
        Self {
            name,
            pages: Vec::new(),
            fetched: AtomicUsize::new(0),
            stops_after: usize::MAX,
            stop: CancellationToken::new(),
            is_far: false,
        }
    }

    fn with(mut self, url: &'static str, first: usize, words: &[&'static str]) -> Self {
        for (n, word) in words.iter().enumerate() {
            self.pages.push(((first + n).to_string(), url, word));
        }
        self
    }

    /// The page with a word in its text and, after `|`, something below the text.
    fn body(word: &str) -> Vec<u8> {
        let (word, below) = word.split_once('|').unwrap_or((word, ""));
        format!(
            "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>We collect your name and {word} when you register, and we \
             never share this personal information with third parties.</p>{below}"
        )
        .into_bytes()
    }
}

impl Archive for Shelf {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let mut answer = IndexAnswer::default();
        for (year, url, word) in &self.pages {
            let timestamp = Timestamp::earliest(year).unwrap();
            let key = UrlKey::of(url).unwrap();
            let wanted = match &query.scope {
                Scope::Exact(wanted) => UrlKey::of(wanted).unwrap() == key,
                Scope::Host(_) => false,
                Scope::Domain(site) => {
                    Site::of_url(&Url::parse(url).unwrap()).is_ok_and(|s| s == *site)
                }
            };
            if !wanted
                || query.from.is_some_and(|from| timestamp < from)
                || query.to.is_some_and(|to| timestamp > to)
            {
                continue;
            }
            answer.rows += 1;
            sink(Capture {
                urlkey: key,
                timestamp,
                original: (*url).to_owned(),
                mimetype: "text/html".to_owned(),
                statuscode: Some(200),
                digest: Some(PayloadDigest::of(&Self::body(word))),
                length: Some(900),
            });
        }
        Ok(answer)
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        if self.fetched.fetch_add(1, Ordering::Relaxed) + 1 >= self.stops_after {
            self.stop.cancel();
        }
        // Other crawls have time to request the same page.
        tokio::time::sleep(Duration::from_millis(20)).await;
        let found = self.pages.iter().find(|(year, url, _)| {
            *url == query.original && Timestamp::earliest(year).unwrap() == query.timestamp
        });
        let Some((_, url, word)) = found else {
            return Err(ArchiveError::NotArchived {
                url: query.original.clone(),
            });
        };
        Ok(Memento {
            timestamp: query.timestamp,
            original: (*url).to_owned(),
            status: 200,
            content_type: Some("text/html".to_owned()),
            body: Self::body(word),
            redirects: Vec::new(),
            records: Vec::new(),
        })
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        Some(format!("http://{}/{timestamp}/{original}", self.name))
    }

    fn name(&self) -> String {
        self.name.to_owned()
    }

    fn is_local(&self) -> bool {
        !self.is_far
    }
}

/// A database with the crawls into it.
struct Database {
    folder: tempfile::TempDir,
    store: Arc<Store>,
}

impl Database {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open_or_create(&folder.path().join("trail.db")).unwrap());
        Self { folder, store }
    }

    async fn crawl(
        &self,
        archive: &Shelf,
        rows: &[SiteRow],
        settings: &[(&str, &str)],
        announce: Announce,
    ) -> Outcome {
        let fixed = [("crawl.sample", "all"), ("discover.by_link", "false")];
        let crawl = TestCrawl {
            stop: archive.stop.clone(),
            announce,
            ..TestCrawl::new(archive, &self.store, &[&fixed, settings].concat())
        };
        crawl.run(rows).await
    }

    /// Fails unless everything derived agrees with the captures and nothing is pending.
    fn assert_verified(&self) {
        let mut faults = Vec::new();
        let checked =
            crawl::verify(&self.store, &mut |fault| faults.push(fault.to_owned())).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(checked.pending, 0);
        database::assert_sound(&self.folder.path().join("trail.db"));
    }

    /// Makes the database as an older extractor left it.
    fn grow_old(&self) {
        let database = rusqlite::Connection::open(self.folder.path().join("trail.db")).unwrap();
        database
            .execute_batch(
                "DELETE FROM extractions WHERE extractor_version = '1';
                 UPDATE extractions SET extractor_version = '1'; UPDATE versions SET extractor_version = '1';
                 UPDATE policies SET extractor_version = '1'",
            )
            .unwrap();
    }

    /// Versions by policy.
    fn versions(&self) -> Vec<(PolicyAddress, u64)> {
        let policies = self.store.policies_of(&[]).unwrap();
        policies
            .into_iter()
            .map(|p| {
                let versions = self.store.version_count(p.policy_id).unwrap();
                (p, versions)
            })
            .collect()
    }
}

fn site(name: &str) -> SiteRow {
    SiteRow::of(Site::parse(name).unwrap())
}

const PRIVACY: &str = "http://example.com/privacy";
const OTHER: &str = "http://example.org/privacy";

#[tokio::test]
async fn a_capture_that_two_sites_share_is_in_both_histories() {
    let database = Database::new();
    let archive = Shelf::new("shelf").with(PRIVACY, 2010, &["a", "b", "c", "d"]);
    let early = [("crawl.to", "2011")];
    database
        .crawl(&archive, &[site("example.com")], &early, Announce::Nothing)
        .await;
    let mut other = site("example.org");
    other.policy_url = Some(PRIVACY.to_owned());
    database
        .crawl(&archive, &[other], &[], Announce::Nothing)
        .await;
    let versions: Vec<u64> = database.versions().iter().map(|(_, n)| *n).collect();
    assert_eq!(versions, [4, 4]);
    database.assert_verified();
}

#[tokio::test]
async fn captures_fetched_before_an_interruption_are_in_the_history() {
    let database = Database::new();
    let mut archive = Shelf::new("shelf").with(
        PRIVACY,
        2005,
        &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"],
    );
    archive.stops_after = 5;
    let outcome = database
        .crawl(&archive, &[site("example.com")], &[], Announce::Nothing)
        .await;
    assert!(outcome.is_interrupted());
    let known = database.versions()[0].1;
    assert!((1..12).contains(&known), "{known}");
    assert_eq!(
        known,
        database.store.status().unwrap().mementos,
        "every page that was fetched is a version"
    );
    database.assert_verified();
}

#[tokio::test]
async fn a_page_that_policies_share_is_reextracted_for_all_of_them() {
    let database = Database::new();
    let archive =
        Shelf::new("shelf")
            .with(OTHER, 2010, &["a", "b"])
            .with(PRIVACY, 2010, &["a", "b", "c"]);
    database
        .crawl(&archive, &[site("example.org")], &[], Announce::Nothing)
        .await;
    database
        .crawl(&archive, &[site("example.com")], &[], Announce::Nothing)
        .await;
    assert_eq!(archive.fetched.load(Ordering::Relaxed), 3);
    let before = database.versions();
    database.grow_old();
    let settings = Settings::from_layers(&Layers::default()).unwrap();
    Reextraction {
        store: &database.store,
        pdf: Some(&PdfReader::new(program())),
        crawl: &settings.crawl,
        now: Timestamp::earliest("2026").unwrap(),
        stop: &CancellationToken::new(),
    }
    .run(database.store.policies_of(&[]).unwrap(), |_| {})
    .unwrap();
    assert_eq!(database.versions(), before);
    database.assert_verified();
    database.grow_old();
    database
        .crawl(&archive, &[site("example.com")], &[], Announce::Nothing)
        .await;
    assert_eq!(
        archive.fetched.load(Ordering::Relaxed),
        3,
        "nothing is asked for again"
    );
    assert_eq!(database.versions(), before);
}

#[tokio::test]
async fn a_new_version_is_announced_even_if_the_extractor_is_new_too() {
    let database = Database::new();
    let archive = Shelf::new("shelf").with(PRIVACY, 2010, &["a", "b", "c"]);
    let early = [("crawl.to", "2011")];
    database
        .crawl(
            &archive,
            &[site("example.com")],
            &early,
            Announce::Everything,
        )
        .await;
    for change in database.store.unannounced(None, 9).unwrap() {
        database
            .store
            .record_announcement(
                &[change.change_id],
                Some(Timestamp::earliest("2026").unwrap()),
            )
            .unwrap();
    }
    database.grow_old();
    database
        .crawl(&archive, &[site("example.com")], &[], Announce::Everything)
        .await;
    let unannounced: Vec<i64> = database
        .store
        .unannounced(None, 9)
        .unwrap()
        .iter()
        .map(|c| c.version)
        .collect();
    assert_eq!(unannounced, [3]);
}

#[tokio::test]
async fn captures_of_another_archive_wait_for_that_archive() {
    let database = Database::new();
    let one = Shelf::new("one").with(PRIVACY, 2008, &["a", "b", "c", "d"]);
    let other = Shelf::new("other").with(PRIVACY, 2012, &["e", "f"]);
    let few = [("crawl.max_requests_per_site", "2")];
    database
        .crawl(&one, &[site("example.com")], &few, Announce::Nothing)
        .await;
    database
        .crawl(&other, &[site("example.com")], &[], Announce::Nothing)
        .await;
    database
        .crawl(&one, &[site("example.com")], &[], Announce::Nothing)
        .await;
    let status = database.store.status().unwrap();
    assert_eq!(status.drops.len(), 0, "{:?}", status.drops);
    assert_eq!(status.versions, 6);
    database.assert_verified();
}

#[tokio::test]
async fn sites_crawled_in_parallel_fetch_shared_captures_once() {
    let database = Database::new();
    let archive = Shelf::new("shelf")
        .with(PRIVACY, 2010, &["a", "b", "c", "d", "e"])
        .with(OTHER, 2010, &["a", "b", "f"]);
    let mut third = site("example.net");
    third.policy_url = Some(PRIVACY.to_owned());
    let rows = [site("example.com"), site("example.org"), third];
    database
        .crawl(&archive, &rows, &[], Announce::Nothing)
        .await;
    assert_eq!(archive.fetched.load(Ordering::Relaxed), 6);
    let versions: Vec<u64> = database.versions().iter().map(|(_, n)| *n).collect();
    assert_eq!(versions, [5, 5, 3]);
    database.assert_verified();
}

#[tokio::test]
async fn the_database_is_the_same_whichever_layout_of_a_text_came_first() {
    let words = [
        "don't sell it, and a long list of words,<br>which stand on lines,<br>some here,<br>some there",
        "don\u{2019}t sell it, and a long list of words, which stand on lines, some here, some there",
        "another thing that your brother said",
    ];
    let all = Shelf::new("shelf").with(PRIVACY, 2010, &words);
    let mut facts = Vec::new();
    for early in ["2010", "2011"] {
        let database = Database::new();
        let span = [("crawl.from", early), ("crawl.to", early)];
        database
            .crawl(&all, &[site("example.com")], &span, Announce::Nothing)
            .await;
        database
            .crawl(&all, &[site("example.com")], &[], Announce::Nothing)
            .await;
        database.assert_verified();
        facts.push(database::facts(&database.folder.path().join("trail.db")));
    }
    database::assert_same(&facts[0], &facts[1]);
}

#[tokio::test]
async fn words_below_the_text_that_come_and_go_make_no_version() {
    let words = [
        "phone number",
        "phone number|<p>Select your language</p><p>Gift cards</p>",
        "phone number|<p>Careers</p>",
        "phone number",
        "home address",
    ];
    let all = Shelf::new("shelf").with(PRIVACY, 2010, &words);
    let mut facts = Vec::new();
    for early in ["2010", "2011", "2012"] {
        let database = Database::new();
        let span = [("crawl.from", early), ("crawl.to", early)];
        for settings in [&span[..], &[]] {
            database
                .crawl(&all, &[site("example.com")], settings, Announce::Nothing)
                .await;
        }
        database.assert_verified();
        let policy = &database
            .store
            .policies_with_versions("example.com")
            .unwrap()[0];
        let history = database.store.history(policy.policy_id).unwrap();
        let found: Vec<(u64, u64)> = history.iter().map(|v| (v.captures, v.texts)).collect();
        assert_eq!(found, [(4, 3), (1, 1)]);
        facts.push(database::facts(&database.folder.path().join("trail.db")));
    }
    database::assert_same(&facts[0], &facts[1]);
    database::assert_same(&facts[0], &facts[2]);
}

#[tokio::test]
async fn a_policy_with_a_history_is_still_crawled_when_a_better_candidate_is_found() {
    let database = Database::new();
    let archive = Shelf::new("shelf").with(PRIVACY, 2010, &["a", "b"]).with(
        "http://example.com/datapage",
        2010,
        &["x"],
    );
    let one = [("crawl.policies_per_site", "1")];
    database
        .crawl(&archive, &[site("example.com")], &one, Announce::Nothing)
        .await;
    let archive = archive.with(PRIVACY, 2012, &["c"]);
    let mut given = site("example.com");
    given.policy_url = Some("http://example.com/datapage".to_owned());
    database
        .crawl(&archive, &[given], &one, Announce::Nothing)
        .await;
    let mut versions: Vec<u64> = database.versions().iter().map(|(_, n)| *n).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 3]);
}

#[tokio::test]
async fn a_capture_with_a_future_timestamp_hides_no_later_capture() {
    let database = Database::new();
    let mut archive =
        Shelf::new("shelf")
            .with(PRIVACY, 2010, &["a", "b"])
            .with(PRIVACY, 9000, &["z"]);
    archive.is_far = true;
    let sites = [site("example.com")];
    database
        .crawl(&archive, &sites, &[], Announce::Nothing)
        .await;
    let archive = archive.with(PRIVACY, 2098, &["c"]);
    database
        .crawl(&archive, &sites, &[], Announce::Nothing)
        .await;
    assert_eq!(database.versions()[0].1, 4);
}
