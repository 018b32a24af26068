//! Payloads come back whole; full disks, locks, second writers and read-only files lose nothing; words are found.

use std::io::Read as _;

use rusqlite::Connection;

use super::*;
use crate::model::CaptureId;

/// Texts of one page that drift slowly, as archived pages do.
fn drifting(n: usize) -> String {
    let line = |i: usize| {
        let noise = u64::try_from(i + 1)
            .unwrap()
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!("<p>Sentence {noise:x} of a policy.</p>\n")
    };
    (n..n + 400).map(line).collect()
}

#[test]
fn payloads_of_one_address_cost_a_small_part_of_the_first_and_come_back_whole() {
    let house = house();
    let captures: Vec<Capture> = (0..40)
        .map(|i| capture(URL, &format!("2010-01-{:02}", i % 28 + 1), &format!("D{i}")))
        .collect();
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    for (i, s) in stored.iter().enumerate() {
        house.fetched(s.capture_id, &s.capture, &drifting(i * 8));
    }
    for (i, s) in stored.iter().enumerate() {
        let page = house.store.stored_page(s.capture_id).unwrap().unwrap();
        assert_eq!(String::from_utf8(page.body).unwrap(), drifting(i * 8));
    }
    let connection = house.store.lock();
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |r| r.get::<_, i64>(0))
            .unwrap()
    };
    let (whole, bytes) = (
        number("SELECT sum(length(body)) FROM payloads WHERE base_payload_id IS NULL"),
        number("SELECT sum(length(body)) FROM payloads"),
    );
    let first = number("SELECT length(body) FROM payloads ORDER BY payload_id LIMIT 1");
    assert!(
        bytes < first * 40 / 2,
        "{bytes} bytes for 40 payloads, the first has {first}"
    );
    assert!(
        whole > first,
        "the page moved on, and no new prefix was chosen"
    );
    let chains = "SELECT count(*) FROM payloads p JOIN payloads b ON b.payload_id = p.base_payload_id WHERE b.base_payload_id IS NOT NULL";
    assert_eq!(number(chains), 0);
}

#[test]
fn a_payload_that_was_tampered_with_is_not_handed_out() {
    for sql in [
        "UPDATE payloads SET body = x'00112233'",
        "UPDATE payloads SET sha256 = 'abc'",
        "UPDATE payloads SET size_bytes = 3",
        "UPDATE payloads SET size_bytes = -1",
        "UPDATE payloads SET base_payload_id = payload_id",
    ] {
        let house = house();
        let captures = [capture(URL, "2010", "AAAA")];
        house.add(&captures);
        house
            .store
            .set_policies(house.site, &[policy(&[URL])])
            .unwrap();
        house.fetched(CaptureId::new(1), &captures[0], "words");
        house.store.lock().execute(sql, []).unwrap();
        let error = house.store.stored_page(CaptureId::new(1)).unwrap_err();
        assert!(
            matches!(error, StoreError::Damaged { .. }),
            "{sql}: {error}"
        );
    }
}

#[test]
fn a_zstd_bomb_is_not_unpacked() {
    let house = house();
    let captures = [capture(URL, "2010", "AAAA")];
    house.add(&captures);
    house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap();
    house.fetched(CaptureId::new(1), &captures[0], "words");
    let bomb = zstd::stream::encode_all(std::io::repeat(0).take(1 << 30), 3).unwrap();
    house
        .store
        .lock()
        .execute("UPDATE payloads SET body = ?1, size_bytes = 1000", [bomb])
        .unwrap();
    let error = house.store.stored_page(CaptureId::new(1)).unwrap_err();
    assert!(
        error.to_string().contains("1001 bytes, not 1000"),
        "{error}"
    );
}

/// Words of a page, different for each `i`.
fn page_words(i: usize) -> String {
    let words: Vec<String> = (0..3000)
        .map(|n| (n * (i + 7919) % 104_729).to_string())
        .collect();
    words.join(" ")
}

/// Stores a page with these words as the memento of the capture with number `i`.
fn store_page(house: &House, capture: &Capture, i: usize) -> Result<(), StoreError> {
    let words = page_words(i);
    let fetched = Fetched {
        received: Some(ReceivedCapture {
            urlkey: capture.urlkey.clone(),
            timestamp: capture.timestamp,
            original: capture.original.clone(),
        }),
        statuscode: Some(200),
        body: Some(words.clone().into_bytes()),
        ..Fetched::default()
    };
    let id = CaptureId::new(i64::try_from(i + 1).unwrap());
    house.store.add_memento(
        id,
        &fetched,
        Some((EXTRACTOR, &Ok(document(&words)))),
        stamp("2024"),
    )
}

#[test]
fn a_full_disk_is_reported_loses_nothing_and_the_work_goes_on_when_there_is_room() {
    let (whole, full) = (house(), house());
    let captures: Vec<Capture> = (1..29)
        .map(|i| capture(URL, &format!("2010-01-{i:02}"), &format!("D{i}")))
        .collect();
    for house in [&whole, &full] {
        house.add(&captures);
        house
            .store
            .set_policies(house.site, &[policy(&[URL])])
            .unwrap();
    }
    let pages: i64 = full
        .store
        .lock()
        .query_row("PRAGMA page_count", [], |r| r.get(0))
        .unwrap();
    full.store
        .lock()
        .pragma_update(None, "max_page_count", pages + 40)
        .unwrap();
    let mut refused = 0;
    for (i, capture) in captures.iter().enumerate() {
        store_page(&whole, capture, i).unwrap();
        if let Err(error) = store_page(&full, capture, i) {
            refused += 1;
            assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
            assert!(
                error
                    .to_string()
                    .contains("Free some space and run the same command again"),
                "{error}"
            );
        }
    }
    assert!((5..28).contains(&refused), "{refused}");
    assert!(full.store.structural_faults().unwrap().is_empty());
    full.store
        .lock()
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    let facts = |house: &House| {
        let connection = house.store.lock();
        let mut statement = connection
            .prepare("SELECT m.capture_id, p.sha256, r.sha256, d.simhash FROM mementos m JOIN payloads p USING (payload_id)
                      JOIN extractions e USING (capture_id) JOIN renditions r USING (rendition_id) JOIN documents d USING (document_id) ORDER BY 1")
            .unwrap();
        let rows = statement
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
            .unwrap();
        rows.collect::<rusqlite::Result<Vec<(i64, String, String, i64)>>>()
            .unwrap()
    };
    assert_eq!(facts(&full).len() + refused, facts(&whole).len());
    for (i, capture) in captures.iter().enumerate() {
        store_page(&full, capture, i).unwrap();
    }
    assert_eq!(facts(&full), facts(&whole));
    assert!(full.store.structural_faults().unwrap().is_empty());
}

#[test]
fn a_database_locked_by_another_process_is_told_and_can_be_read_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open_or_create(&path).unwrap();
    store.lock().busy_timeout(Duration::from_millis(1)).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("wait until it ends"), "{error}");
    assert_eq!(store.status().unwrap().sites, 0);
    other.execute_batch("COMMIT").unwrap();
    store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
}

#[test]
fn two_writers_at_once_lose_nothing_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let store = Store::open_or_create(&path).unwrap();
    let archive = store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
    let house = House {
        site: store
            .site(&Site::parse("example.com").unwrap(), None, None)
            .unwrap(),
        store,
        archive,
    };
    let captures: Vec<Capture> = (1..29)
        .map(|i| capture(URL, &format!("2010-01-{i:02}"), &format!("D{i}")))
        .collect();
    house.add(&captures);
    house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let own = House {
                    store: Store::open(&path).unwrap(),
                    ..house
                };
                for (i, from) in captures.iter().enumerate() {
                    own.add(&captures);
                    own.fetched(
                        CaptureId::new(i64::try_from(i + 1).unwrap()),
                        from,
                        &format!("words of day {}", i / 2),
                    );
                }
            });
        }
    });
    let connection = house.store.lock();
    let number = |sql: &str| {
        connection
            .query_row(sql, [], |r| r.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(number("SELECT count(*) FROM captures"), 28);
    assert_eq!(number("SELECT count(*) FROM mementos"), 28);
    assert_eq!(number("SELECT count(*) FROM documents"), 14);
    assert_eq!(number("SELECT count(*) FROM document_words_docsize"), 14);
    drop(connection);
    assert!(house.store.structural_faults().unwrap().is_empty());
}

#[test]
fn a_file_that_nobody_can_write_is_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a database%?#.db");
    let store = Store::open_or_create(&path).unwrap();
    store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
    drop(store);
    let store = Store::open_unwritable(&path, "read-only".to_owned()).unwrap();
    assert_eq!(
        store.freeze("http://archive").unwrap(),
        ArchiveFreeze::default()
    );
    let error = store
        .archive("other", Some("http://archive/web/"))
        .unwrap_err();
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error}");
    assert!(error.to_string().contains("permissions"), "{error}");
    std::fs::write(
        folder.path().join("a database%?#.db-wal"),
        "not yet in the file",
    )
    .unwrap();
    assert!(matches!(
        Store::open_unwritable(&path, "read-only".to_owned()),
        Err(StoreError::NotWritable { .. })
    ));
}

/// Operators of the full-text index. In quotation marks they are words.
const QUOTED_OPERATORS: [&str; 5] = [
    "\"words:sell\"",
    "\"a^b\"",
    "\"NEAR(sell data)\"",
    "\"sell AND\"",
    "\"s*\"",
];

#[test]
fn words_are_found_in_any_script_and_never_taken_for_operators() {
    let house = house();
    let captures: Vec<Capture> = (1..4)
        .map(|i| capture(URL, &format!("201{i}"), &format!("D{i}")))
        .collect();
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let texts = [
        "We sell your data.",
        "We never sell the Data of café guests. 個人情報の保護",
        "Nothing OR all",
    ];
    let mut versions = Vec::new();
    for (number, (from, words)) in (1_u32..).zip(captures.iter().zip(texts)) {
        let capture_id = CaptureId::new(i64::from(number));
        house.fetched(capture_id, from, words);
        versions.push(single_version(number, from, capture_id));
    }
    house
        .store
        .set_history(
            id,
            &derived(EXTRACTOR, &versions, &[]),
            None,
            announcement(),
        )
        .unwrap();
    let found = |query: &str, mode: QueryMode| {
        let search = PhraseSearch {
            query: SearchQuery::parse(&[query.to_owned()], mode).unwrap(),
            scope: SearchScope::default(),
            event: PhraseEvent::Present,
        };
        let mut versions = Vec::new();
        let has_more = house.store.search(&search, Some(10), |found| {
            versions.extend(found.intervals.into_iter().flat_map(|i| i.versions));
            Ok::<_, StoreError>(())
        });
        assert!(!has_more.unwrap());
        versions
    };
    let (phrase, all) = (QueryMode::Phrase, QueryMode::AllWords);
    assert_eq!(found("sell your", phrase), [1]);
    assert_eq!(found("SELL", phrase), [1, 2]);
    assert_eq!(found("data sell", phrase), [0; 0]);
    assert_eq!(found("data sell", all), [1, 2]);
    assert_eq!(found("cafe", phrase), [2]);
    assert_eq!(found("情報", phrase), [2]);
    assert_eq!(found("報情", phrase), [0; 0]);
    assert_eq!(found("\"nothing OR all\"", phrase), [3]);
    assert_eq!(found("your OR nothing", phrase), [1, 3]);
    assert_eq!(found("sell AND cafe", phrase), [2]);
    assert_eq!(found("noth*", phrase), [3]);
    for quoted in QUOTED_OPERATORS {
        assert_eq!(found(quoted, phrase), [0; 0], "{quoted}");
    }
}
