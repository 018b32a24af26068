//! Tests of the index query for the pages of a site.

use std::sync::LazyLock;

use super::super::kind::{PolicyKind, Source};
use super::super::tests::memory_archive::MemoryArchive;
use super::candidate_rows::{CandidateRows, MAX_CANDIDATES, MAX_ROWS};
use super::query::{ByPath, KNOWN_PATHS_BYTES, PathQuery, by_path, filter_with};
use crate::archive::ArchiveError;
use crate::discover::Vocabulary;
use crate::model::{Capture, Site, Timestamp, UrlKey};

fn site() -> Site {
    Site::parse("example.com").unwrap()
}

fn query(known: &[UrlKey]) -> PathQuery<'_> {
    static SITE: LazyLock<Site> = LazyLock::new(site);
    PathQuery {
        site: &SITE,
        span: (None, None),
        vocabulary: Vocabulary::built_in(),
        known,
        expects_none: false,
    }
}

async fn found(archive: &MemoryArchive) -> ByPath {
    by_path(archive, &query(&[])).await.unwrap()
}

#[tokio::test]
async fn known_addresses_without_policy_words_come_with_the_same_answer() {
    let archive = MemoryArchive::default()
        .page("2010", "http://example.com/company/small-print.html", "x")
        .page("2010", "http://example.com/company/jobs.html", "x")
        .page("2010", "http://example.com/privacy", "x");
    let known = [UrlKey::of("http://example.com/company/small-print.html").unwrap()];
    let found = by_path(&archive, &query(&known)).await.unwrap();
    let keys: Vec<&str> = found.captures.iter().map(|c| c.urlkey.path()).collect();
    assert_eq!(keys, ["/company/small-print.html", "/privacy"]);
    assert_eq!(found.candidates.len(), 1);
}

#[test]
fn paths_of_known_addresses_are_queried_as_far_as_there_is_room() {
    let keys: Vec<UrlKey> = (0..100)
        .map(|i| UrlKey::of(&format!("http://example.com/company/page{i}")).unwrap())
        .collect();
    let filter = filter_with(&["privac".to_owned()], &keys);
    let used: usize = filter.keys.iter().map(|key| key.path().len()).sum();
    assert!(filter.keys.len() > 5 && used <= KNOWN_PATHS_BYTES);
}

#[test]
fn the_most_wanted_address_comes_first_and_one_with_a_policy_word_needs_no_room() {
    let long = format!("http://example.com/{}", "terms/".repeat(60));
    let mut keys = vec![UrlKey::of(&long).unwrap()];
    let short = [
        "http://example.com/our-privacy-page",
        "http://example.com/legal",
        "http://help.example.com/a/9f3c",
        "http://example.com/",
    ]
    .map(|url| UrlKey::of(url).unwrap());
    keys.extend(short);
    let filter = filter_with(&["privac".to_owned()], &keys);
    let paths: Vec<&str> = filter.keys.iter().map(UrlKey::path).collect();
    assert_eq!(paths, ["/legal", "/a/9f3c", "/"]);
    assert!(!filter.names(&keys[0]), "it takes all the room");
    assert!(keys.iter().skip(1).all(|key| filter.names(key)));
    for other in [
        "http://example.com/legal/notice",
        "http://example.com/about",
    ] {
        assert!(!filter.names(&UrlKey::of(other).unwrap()), "{other}");
    }
}

#[tokio::test]
async fn pages_below_a_short_known_path_do_not_come() {
    let archive = MemoryArchive::default()
        .page("2010", "http://example.com/p", "x")
        .page("2010", "http://example.com/products", "x")
        .page("2010", "http://example.com/p/q", "x");
    let known = [UrlKey::of("http://example.com/p").unwrap()];
    let found = by_path(&archive, &query(&known)).await;
    let found = found.unwrap();
    assert_eq!((found.answer.rows, found.captures.len()), (1, 1));
    assert!(found.filter.names(&known[0]));
}

#[tokio::test]
async fn the_policy_comes_first_and_its_rows_come_with_it() {
    let archive = MemoryArchive::default()
        .page("2003", "http://www.example.com:80/privacy.html", "a")
        .page("2013", "https://www.example.com/privacy.html", "b")
        .page(
            "2013",
            "http://blog.example.com/2013/04/privacy-scandal",
            "c",
        )
        .page("2014", "http://www.example.com/cookie-policy", "d")
        .page("2014", "http://www.example.com/images/privacy.gif", "e")
        .page("2014", "http://www.example.com/about", "f");
    let found = found(&archive).await;
    let urls: Vec<(&str, PolicyKind)> = found
        .candidates
        .iter()
        .map(|c| (c.url.as_str(), c.kind))
        .collect();
    assert_eq!(
        urls,
        [
            ("http://www.example.com/cookie-policy", PolicyKind::Cookies),
            ("https://www.example.com/privacy.html", PolicyKind::Privacy),
        ]
    );
    assert_eq!(found.captures.len(), 3);
    assert_eq!(found.answer.rows, 5);
    let evidence = &found.candidates[1].evidence[0];
    assert_eq!(evidence.source, Source::Path);
    assert!(evidence.reasons[0].contains("privacy"), "{evidence:?}");
}

#[tokio::test]
async fn an_address_that_only_ever_failed_is_no_candidate() {
    let mut archive = MemoryArchive::default();
    archive.put("2003", "http://example.com/privacy", 404, "");
    archive.put(
        "2003",
        "http://example.com/privacy-policy",
        301,
        "http://example.com/legal",
    );
    let found = found(&archive).await;
    assert_eq!(found.candidates.len(), 1, "{found:?}");
    assert_eq!(found.candidates[0].url, "http://example.com/privacy-policy");
}

#[tokio::test]
async fn one_script_with_many_pages_is_low() {
    let mut archive =
        MemoryArchive::default().page("2003", "http://example.com/index.php?page=privacy", "a");
    let alone = found(&archive).await.candidates[0].score;
    for n in 0..20 {
        archive.put(
            "2003",
            &format!("http://example.com/index.php?page=privacy&id={n}"),
            200,
            "a",
        );
    }
    let among_many = found(&archive).await.candidates[0].score;
    assert!(among_many < alone, "{among_many} {alone}");
}

#[tokio::test]
async fn an_excluded_site_is_an_error_and_not_an_empty_answer() {
    let archive = MemoryArchive {
        excluded: true,
        ..MemoryArchive::default()
    };
    let answer = by_path(&archive, &query(&[])).await;
    assert!(matches!(answer, Err(ArchiveError::Excluded { .. })));
}

#[test]
fn a_flood_of_rows_takes_bounded_memory() {
    let site = site();
    let mut rows = CandidateRows::new(&site, Vocabulary::built_in(), &[]);
    let row = |original: String, second: i64| Capture {
        urlkey: UrlKey::of(&original).unwrap(),
        timestamp: Timestamp::from_unix_seconds(1_000_000_000 + second),
        original,
        mimetype: "text/html".to_owned(),
        statuscode: Some(200),
        digest: None,
        length: None,
    };
    for n in 0..5_000 {
        rows.take(row(format!("http://example.com/a{n}/x/privacy"), n));
    }
    for second in 0..i64::try_from(MAX_ROWS).unwrap() + 10 {
        rows.take(row("http://example.com/privacy".to_owned(), second));
    }
    assert!(rows.rows <= MAX_ROWS && rows.kept.len() <= MAX_CANDIDATES);
    let found = rows.finish();
    assert_eq!(found.rows_left_out.len(), 1);
    assert_eq!(found.candidates[0].urlkey.as_str(), "com,example)/privacy");
    assert!(found.captures.len() <= MAX_CANDIDATES);
}

#[tokio::test]
async fn a_flood_of_candidates_takes_no_row_from_a_known_address() {
    let known = UrlKey::of("http://example.com/legal/statement").unwrap();
    let mut archive = MemoryArchive::default();
    for year in 2001..2011 {
        archive.put(
            &year.to_string(),
            "http://example.com/legal/statement",
            200,
            &format!("what we do with data, {year}"),
        );
    }
    for n in 0..250 {
        let url = format!("http://example.com/privacy?topic={n}");
        archive.put("2005", &url, 200, &n.to_string());
    }
    let found = by_path(&archive, &query(std::slice::from_ref(&known)))
        .await
        .unwrap();
    let rows = found.captures.iter().filter(|row| row.urlkey == known);
    assert_eq!(rows.count(), 10);
    assert_eq!(found.rows_left_out, []);
    assert!(found.candidates.len() <= MAX_CANDIDATES);
}

#[test]
fn rows_of_another_host_are_left_out_whatever_their_key() {
    let site = site();
    let mut rows = CandidateRows::new(&site, Vocabulary::built_in(), &[]);
    let row = |original: &str| Capture {
        urlkey: UrlKey::from_cdx("com,example)/privacy").unwrap(),
        timestamp: Timestamp::from_unix_seconds(1_000_000_000),
        original: original.to_owned(),
        mimetype: "text/html".to_owned(),
        statuscode: Some(200),
        digest: None,
        length: None,
    };
    rows.take(row("http://www.example.com/privacy"));
    rows.take(row("http://evil.com/privacy"));
    rows.take(row("http://notexample.com/privacy"));
    assert_eq!((rows.rows, rows.foreign), (1, 2));
}
