//! Which rows answer a query.

use super::*;
use crate::archive::warc::catalogue::{Catalogue, CatalogueRow, UnreadableRows};
use crate::archive::warc::members::RecordLocation;
use crate::archive::{KeyFilter, Scope};
use crate::model::Site;

fn row(urlkey: &str, timestamp: &str, original: &str, digest: &str) -> CatalogueRow {
    let capture = Capture {
        urlkey: UrlKey::from_cdx(urlkey).unwrap(),
        timestamp: timestamp.parse().unwrap(),
        original: original.to_owned(),
        mimetype: "text/html".to_owned(),
        statuscode: Some(200),
        digest: PayloadDigest::parse(digest).ok(),
        length: None,
    };
    CatalogueRow {
        capture,
        file: 0,
        place: RecordLocation::default(),
    }
}

fn ask(catalogue: &Catalogue, query: &CaptureQuery) -> (Vec<String>, IndexAnswer) {
    let mut found = Vec::new();
    let answer = catalogue.answer(query, &mut |c| {
        found.push(format!("{} {} {}", c.urlkey, c.timestamp, c.original));
    });
    (found, answer)
}

/// Key, time, URL and digest of the sample rows.
const SAMPLE: [[&str; 4]; 9] = [
    [
        "com,example,shop)/privacy",
        "20120101000000",
        "http://shop.example.com/privacy",
        "A",
    ],
    [
        "com,example:8080)/privacy",
        "20120101000000",
        "http://example.com:8080/privacy",
        "A",
    ],
    [
        "com,example)/privacy",
        "20130101000000",
        "https://example.com/privacy",
        "C",
    ],
    [
        "com,example)/privacy",
        "20120101000000",
        "http://example.com/privacy",
        "A",
    ],
    [
        "com,example)/privacy",
        "20120101000000",
        "http://example.com/privacy",
        "A",
    ],
    [
        "com,example)/privacy",
        "20120101000000",
        "https://example.com/privacy",
        "A",
    ],
    [
        "com,example)/privacy-tips",
        "20120101000000",
        "http://example.com/privacy-tips",
        "B",
    ],
    [
        "com,example-two)/privacy",
        "20120101000000",
        "http://example-two.com/privacy",
        "A",
    ],
    [
        "com,examples)/",
        "20120101000000",
        "http://examples.com/",
        "A",
    ],
];

fn sample() -> Catalogue {
    let rows = SAMPLE.map(|[key, time, url, digest]| row(key, time, url, digest));
    let mut bad = UnreadableRows::default();
    bad.add("com,example)/odd 2012 x");
    bad.add("com,other)/odd 2012 x");
    bad.add("%%");
    Catalogue::new(rows.to_vec(), &bad)
}

#[test]
fn an_exact_query_finds_every_spelling_of_a_url_and_leaves_repeats_out() {
    let (found, answer) = ask(
        &sample(),
        &CaptureQuery::exact("http://www.Example.com/privacy/"),
    );
    assert_eq!(
        found,
        [
            "com,example)/privacy 20120101000000 http://example.com/privacy",
            "com,example)/privacy 20120101000000 https://example.com/privacy",
            "com,example)/privacy 20130101000000 https://example.com/privacy",
        ]
    );
    assert_eq!(
        answer,
        IndexAnswer {
            rows: 3,
            repeated_rows: 1,
            bad_rows: 0
        }
    );
}

#[test]
fn host_and_domain_stop_at_the_end_of_the_name() {
    let mut query = CaptureQuery {
        scope: Scope::Domain(Site::parse("example.com").unwrap()),
        from: None,
        to: None,
        filter: KeyFilter::default(),
        expects_none: false,
    };
    let (found, answer) = ask(&sample(), &query);
    assert_eq!((found.len(), answer.bad_rows), (6, 1), "{found:?}");
    query.scope = Scope::Host("www.example.com".to_owned());
    assert_eq!(ask(&sample(), &query).0.len(), 5);
    query.filter.words = vec!["tips".to_owned(), "cookie".to_owned()];
    assert_eq!(ask(&sample(), &query).0.len(), 1);
    query.scope = Scope::Host("exa mple".to_owned());
    assert_eq!(ask(&sample(), &query), (Vec::new(), IndexAnswer::default()));
}

#[test]
fn first_and_last_moment_are_inclusive() {
    let mut query = CaptureQuery::exact("http://example.com/privacy");
    query.from = "20130101000000".parse().ok();
    query.to = query.from;
    assert_eq!(ask(&sample(), &query).0.len(), 1);
}

#[test]
fn a_row_under_a_foreign_key_is_found_by_its_url_too() {
    let rows = vec![row(
        "com,example,www)/privacy",
        "20120101000000",
        "http://www.example.com/privacy",
        "A",
    )];
    let catalogue = Catalogue::new(rows, &UnreadableRows::default());
    assert_eq!(
        catalogue
            .rows_of(&UrlKey::of("http://www.example.com/privacy").unwrap())
            .len(),
        1
    );
    assert_eq!(
        ask(
            &catalogue,
            &CaptureQuery::exact("https://www.example.com/privacy")
        )
        .1
        .rows,
        1
    );
}

#[test]
fn a_payload_is_found_by_digest_at_the_same_url_first() {
    let catalogue = sample();
    let like = row("com,example-two)/privacy", "20190101000000", "x", "A").capture;
    let found = catalogue
        .row_with_payload(&PayloadDigest::parse("A").unwrap(), &like)
        .unwrap();
    assert_eq!(found.capture.urlkey, like.urlkey);
    assert!(
        catalogue
            .row_with_payload(&PayloadDigest::parse("Z").unwrap(), &like)
            .is_none()
    );
}
