//! The store on small made-up histories.

use super::*;
use crate::model::{
    ArchiveId, Capture, CaptureId, ChangeId, Document, DropReason, Dropped, IndexCounts,
    PayloadDigest, PolicyId, PolicyKind, Site, SiteId, TextHash, Timestamp, UrlKey,
};

use std::path::Path;
use std::time::Duration;

const EXTRACTOR: &str = "test";

fn announcement() -> AnnouncementRule {
    AnnouncementRule {
        noticed_at: stamp("2026"),
        announce: true,
    }
}

fn stamp(text: &str) -> Timestamp {
    Timestamp::earliest(text).unwrap()
}

fn key(url: &str) -> UrlKey {
    UrlKey::of(url).unwrap()
}

fn capture(url: &str, date: &str, digest: &str) -> Capture {
    Capture {
        urlkey: key(url),
        timestamp: stamp(date),
        original: url.to_owned(),
        mimetype: "text/html".to_owned(),
        statuscode: Some(200),
        digest: PayloadDigest::parse(digest).ok(),
        length: Some(100),
    }
}

fn document(words: &str) -> Document {
    Document {
        title: None,
        effective_date: None,
        last_updated: None,
        language: "en".to_owned(),
        text: words.to_owned(),
        markdown: words.to_owned(),
        text_hash: TextHash::of_normalised(words),
        word_count: 1,
        extractor_version: EXTRACTOR,
    }
}

fn policy(urls: &[&str]) -> PolicyRow {
    PolicyRow {
        kind: PolicyKind::Privacy,
        policy_url: urls[0].to_owned(),
        cross_domain: false,
        urls: urls
            .iter()
            .map(|url| (key(url), (*url).to_owned()))
            .collect(),
    }
}

struct House {
    store: Store,
    archive: ArchiveId,
    site: SiteId,
}

fn house() -> House {
    let store = Store::open_in_memory().unwrap();
    let archive = store
        .archive("http://archive", "http://archive/web/")
        .unwrap();
    let site = store
        .site(&Site::parse("example.com").unwrap(), Some(7), None)
        .unwrap();
    House {
        store,
        archive,
        site,
    }
}

impl House {
    fn add(&self, captures: &[Capture]) {
        let key = IndexQueryKey {
            scope: "test".to_owned(),
            words_hash: String::new(),
            span_from: String::new(),
            span_to: String::new(),
        };
        let counts = IndexCounts {
            rows: 1,
            newest: captures.iter().map(|c| c.timestamp).max(),
            ..IndexCounts::default()
        };
        self.store
            .add_captures(
                self.archive,
                AnsweredQuery {
                    key: &key,
                    covered: &[],
                    captures,
                    counts,
                },
                stamp("2024"),
            )
            .unwrap();
    }

    fn fetched(&self, id: CaptureId, from: &Capture, words: &str) {
        let fetched = Fetched {
            received: Some(ReceivedCapture {
                urlkey: from.urlkey.clone(),
                timestamp: from.timestamp,
                original: from.original.clone(),
            }),
            statuscode: Some(200),
            body: Some(words.as_bytes().to_vec()),
            ..Fetched::default()
        };
        self.store
            .add_memento(
                id,
                &fetched,
                Some((EXTRACTOR, &Ok(document(words)))),
                stamp("2024"),
            )
            .unwrap();
    }
}

const URL: &str = "http://example.com/privacy";

/// What is derived while nobody else stores anything.
fn derived<'a>(
    extractor: &'a str,
    versions: &'a [VersionRecord],
    drops: &'a [DropRow],
) -> Derived<'a> {
    Derived {
        extractor,
        versions,
        drops,
        pending: 0,
    }
}

#[test]
fn a_capture_with_a_fetched_digest_is_known_without_a_request() {
    let house = house();
    let captures = [
        capture(URL, "2010", "AAAA"),
        capture(URL, "2011", "AAAA"),
        capture(URL, "2012", "BBBB"),
    ];
    house.add(&captures);
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let known = |house: &House| -> Vec<bool> {
        house
            .store
            .captures_of_policy(id, EXTRACTOR)
            .unwrap()
            .iter()
            .map(|c| c.text_hash.is_some())
            .collect()
    };
    assert_eq!(known(&house), [false, false, false]);
    let first = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].clone();
    house.fetched(first.capture_id, &first.capture, "words");
    assert_eq!(known(&house), [true, true, false]);
}

#[test]
fn a_page_that_came_from_another_time_says_nothing_about_the_digest_asked_for() {
    let house = house();
    let captures = [
        capture(URL, "2010", "AAAA"),
        capture(URL, "2011", "AAAA"),
        capture(URL, "2012", "BBBB"),
    ];
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    // Asked for 2010, the archive played 2012.
    house.fetched(stored[0].capture_id, &captures[2], "words of 2012");
    let now = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    assert_eq!(
        now.iter()
            .map(|c| c.text_hash.is_some())
            .collect::<Vec<_>>(),
        [false, false, true]
    );
    assert_eq!(
        now[0].attempt.as_ref().unwrap().timestamp,
        Some(captures[2].timestamp)
    );
}

#[test]
fn a_capture_has_a_fetch_result_when_it_was_requested_or_its_payload_is_shown() {
    let house = house();
    let captures = [
        capture(URL, "2010", "AAAA"),
        capture(URL, "2011", "AAAA"),
        capture(URL, "2012", "BBBB"),
        capture(URL, "2013", "CCCC"),
        capture(URL, "2014", "CCCC"),
    ];
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    // Asked for 2010, the archive played 2012: nothing is known of 2011, which has the digest of 2010.
    house.fetched(stored[0].capture_id, &captures[2], "words of 2012");
    house.fetched(stored[3].capture_id, &captures[3], "words of 2013");
    let now = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    let known = now
        .iter()
        .map(|c| c.attempt.is_some() || c.fetched_capture_id.is_some());
    let results = now
        .iter()
        .map(|c| house.store.has_fetch_result(c.capture_id).unwrap());
    let known: Vec<bool> = known.collect();
    assert_eq!(known, [true, false, true, true, true]);
    assert_eq!(results.collect::<Vec<_>>(), known);
}

#[test]
fn a_digest_of_nothing_is_shared_by_nobody() {
    let house = house();
    let empty = crate::model::EMPTY_PAYLOAD_DIGEST;
    house.add(&[capture(URL, "2010", empty), capture(URL, "2011", empty)]);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let first = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].clone();
    house.fetched(first.capture_id, &first.capture, "words");
    let known = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    assert_eq!(known.iter().filter(|c| c.text_hash.is_some()).count(), 1);
}

#[test]
fn a_policy_keeps_its_id_when_addresses_join_it_and_the_older_one_stays() {
    let house = house();
    let other = "http://example.com/legal/privacy";
    let ids = house
        .store
        .set_policies(house.site, &[policy(&[URL]), policy(&[other])])
        .unwrap();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        house
            .store
            .set_policies(house.site, &[policy(&[URL]), policy(&[other])])
            .unwrap(),
        ids
    );
    house
        .store
        .set_history(
            ids[1],
            &derived(EXTRACTOR, &[], &[]),
            Some(0),
            announcement(),
        )
        .unwrap();
    let joined = house
        .store
        .set_policies(house.site, &[policy(&[other, URL])])
        .unwrap();
    assert_eq!(joined, [ids[0]]);
    assert_eq!(house.store.status().unwrap().policies, 1);
}

/// A version that one capture showed.
fn single_version(number: u32, capture: &Capture, capture_id: CaptureId) -> VersionRecord {
    VersionRecord {
        number,
        edition: 1,
        previous: None,
        same_as: None,
        change: None,
        first_seen: capture.timestamp,
        last_seen: capture.timestamp,
        changed_after: None,
        observations: vec![ObservationRow {
            capture_id,
            fetched_capture_id: capture_id,
        }],
    }
}

#[test]
fn versions_are_exported_with_their_evidence_and_rewritten_whole() {
    let house = house();
    let captures = [capture(URL, "2010", "AAAA"), capture(URL, "2011", "BBBB")];
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    house.fetched(stored[0].capture_id, &captures[0], "old words");
    let version = single_version(1, &captures[0], stored[0].capture_id);
    let drop = DropRow {
        capture_id: stored[1].capture_id,
        dropped: Dropped::new(DropReason::Soft404, "not found"),
    };
    for _ in 0..2 {
        house
            .store
            .set_history(
                id,
                &derived(
                    EXTRACTOR,
                    std::slice::from_ref(&version),
                    std::slice::from_ref(&drop),
                ),
                Some(3),
                announcement(),
            )
            .unwrap();
    }
    let newest = house.store.newest_changes(9).unwrap();
    assert_eq!(
        newest[0].memento_url,
        "http://archive/web/20100101000000/http://example.com/privacy"
    );
    let status = house.store.status().unwrap();
    assert_eq!((status.versions, status.drops["soft_404"]), (1, 1));
    let summary = &house.store.summaries(&["example.com".to_owned()]).unwrap()[0];
    assert_eq!(
        (summary.versions, summary.captures, summary.dropped),
        (1, 1, 1)
    );
    assert!(
        house
            .store
            .summaries(&["other.com".to_owned()])
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_stored_page_comes_back_byte_for_byte_for_the_next_extractor() {
    let house = house();
    let captures = [capture(URL, "2010", "AAAA")];
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let first = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].clone();
    let body = "päge ".repeat(1000);
    house.fetched(first.capture_id, &first.capture, &body);
    assert!(house.store.unextracted(id, EXTRACTOR).unwrap().is_empty());
    assert_eq!(
        house.store.unextracted(id, "next").unwrap(),
        [first.capture_id]
    );
    let page = house.store.stored_page(first.capture_id).unwrap().unwrap();
    assert_eq!(
        (page.body, page.original.as_str()),
        (body.into_bytes(), URL)
    );
}

#[test]
fn a_freeze_outlives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open_or_create(&path).unwrap();
    assert_eq!(
        store.freeze("http://archive").unwrap(),
        ArchiveFreeze::default()
    );
    assert!(
        store
            .set_freeze("http://archive", Some(stamp("2030")), 2)
            .is_err()
    );
    store
        .archive("http://archive", "http://archive/web/")
        .unwrap();
    store
        .set_freeze("http://archive", Some(stamp("2030")), 2)
        .unwrap();
    drop(store);
    assert_eq!(
        Store::open(&path)
            .unwrap()
            .freeze("http://archive")
            .unwrap(),
        ArchiveFreeze {
            until: Some(stamp("2030")),
            refusals_in_a_row: 2
        }
    );
}

#[test]
fn a_look_cut_short_is_remembered_and_a_complete_one_is_not() {
    let house = house();
    assert_eq!(
        house
            .store
            .begin_crawl(house.site, stamp("2020-01-01"))
            .unwrap(),
        None
    );
    assert_eq!(
        house
            .store
            .begin_crawl(house.site, stamp("2020-01-02"))
            .unwrap(),
        Some(stamp("2020"))
    );
    house
        .store
        .end_crawl(house.site, None, stamp("2022"))
        .unwrap();
    assert_eq!(
        house.store.begin_crawl(house.site, stamp("2023")).unwrap(),
        None
    );
}

#[test]
fn a_look_that_began_in_the_future_is_begun_anew() {
    let house = house();
    let (now, future) = (stamp("2026"), stamp("2099"));
    assert_eq!(house.store.begin_crawl(house.site, future).unwrap(), None);
    assert_eq!(house.store.begin_crawl(house.site, now).unwrap(), None);
    assert_eq!(house.store.begin_crawl(house.site, now).unwrap(), Some(now));
}

#[test]
fn rows_that_other_hands_made_unreadable_are_passed_over() {
    let house = house();
    house.add(&[capture(URL, "2010", "AAAA"), capture(URL, "2011", "BBBB")]);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    house
        .store
        .lock()
        .execute(
            "UPDATE captures SET timestamp = 'nonsense' WHERE digest = 'AAAA'",
            [],
        )
        .unwrap();
    assert_eq!(
        house.store.captures_of_policy(id, EXTRACTOR).unwrap().len(),
        1
    );
}

#[test]
fn a_document_is_described_by_one_layout_whichever_came_first() {
    let captures = [capture(URL, "2010", "AAAA"), capture(URL, "2011", "BBBB")];
    let layouts = [
        ("one line of words", "en", 4),
        ("one line\nof words", "und", 9),
    ];
    let mut described = Vec::new();
    for order in [[0, 1], [1, 0]] {
        let house = house();
        house.add(&captures);
        for n in order {
            let (text, language, word_count) = layouts[n];
            let document = Document {
                language: language.to_owned(),
                word_count,
                text_hash: TextHash::of_normalised("one line of words"),
                ..document(text)
            };
            let capture_id = CaptureId::new(i64::try_from(n).unwrap() + 1);
            let fetched = Fetched {
                body: Some(text.as_bytes().to_vec()),
                ..Fetched::default()
            };
            house
                .store
                .add_memento(
                    capture_id,
                    &fetched,
                    Some((EXTRACTOR, &Ok(document))),
                    stamp("2026"),
                )
                .unwrap();
        }
        assert!(house.store.structural_faults().unwrap().is_empty());
        let row = house.store.lock().query_row(
            "SELECT language, word_count, simhash FROM documents",
            [],
            |r| {
                Ok((
                    r.get::<_, String>(0)?,
                    r.get::<_, i64>(1)?,
                    r.get::<_, i64>(2)?,
                ))
            },
        );
        described.push(row.unwrap());
    }
    assert_eq!(described[0], described[1]);
}

#[test]
fn another_language_of_a_text_is_news_for_every_history_that_shows_it() {
    let house = house();
    let elsewhere = "http://other.com/privacy";
    let other_site = house
        .store
        .site(&Site::parse("other.com").unwrap(), None, None)
        .unwrap();
    let captures = [
        capture(URL, "2010", "AAAA"),
        capture(elsewhere, "2011", "BBBB"),
    ];
    house.add(&captures);
    let mut ids = Vec::new();
    for ((site, url), c) in [(house.site, URL), (other_site, elsewhere)]
        .into_iter()
        .zip(&captures)
    {
        let id = house.store.set_policies(site, &[policy(&[url])]).unwrap()[0];
        let capture_id = house.store.captures_of_policy(id, EXTRACTOR).unwrap()[0].capture_id;
        house.fetched(capture_id, c, "the same words");
        let version = VersionRecord {
            number: 1,
            edition: 1,
            previous: None,
            same_as: None,
            change: None,
            first_seen: c.timestamp,
            last_seen: c.timestamp,
            changed_after: None,
            observations: vec![ObservationRow {
                capture_id,
                fetched_capture_id: capture_id,
            }],
        };
        let derived = Derived {
            pending: house.store.pending(id).unwrap(),
            ..derived(EXTRACTOR, std::slice::from_ref(&version), &[])
        };
        house
            .store
            .set_history(id, &derived, Some(0), announcement())
            .unwrap();
        ids.push((id, capture_id));
    }
    assert!(house.store.pending_policies().unwrap().is_empty());
    // Languages tell editions apart: the other history may have to be another one now.
    let read_otherwise = Document {
        language: "nl".to_owned(),
        ..document("the same words")
    };
    house
        .store
        .add_extraction(ids[0].1, "next", &Ok(read_otherwise))
        .unwrap();
    assert_eq!(
        house.store.pending_policies().unwrap(),
        [ids[0].0, ids[1].0]
    );
}

mod changes;
mod durability;
mod migrations;
mod scale;
