//! Captures and their payloads.

use super::*;
use crate::model::{RecordRole, WarcRecord};

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
fn a_page_from_another_time_says_nothing_about_the_requested_digest() {
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
fn rows_that_others_made_unreadable_are_skipped() {
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
fn records_keep_their_bytes_and_damage_is_known() {
    let house = house();
    let capture = capture(URL, "2012", "AAAA");
    house.add(std::slice::from_ref(&capture));
    let policy = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let id = house.store.captures_of_policy(policy, EXTRACTOR).unwrap()[0].capture_id;
    let body = "words ".repeat(20_000);
    let record = |role, bytes: Option<String>| WarcRecord {
        role,
        file: "a.warc.gz".to_owned(),
        offset: 1 << 40,
        skipped_bytes: 7,
        bytes: bytes.map(String::into_bytes),
    };
    let records = vec![
        record(RecordRole::Redirect, None),
        record(RecordRole::Capture, Some(format!("WARC/1.1\r\n\r\n{body}"))),
    ];
    let fetched = Fetched {
        body: Some(body.into_bytes()),
        records: records.clone(),
        ..Fetched::default()
    };
    for _ in 0..2 {
        house
            .store
            .add_memento(id, &fetched, None, stamp("2024"))
            .unwrap();
    }
    let stored = house.store.records_of(id).unwrap();
    assert!(stored.iter().map(|s| &s.record).eq(&records));
    assert_eq!(house.store.recorded_after(None).unwrap(), [id]);
    assert_eq!(house.store.recorded_after(Some(id)).unwrap(), []);
    let size: i64 = house
        .store
        .read(|t| t.query_row("SELECT max(length(record)) FROM records", [], |r| r.get(0)))
        .unwrap();
    assert!(size < 200, "{size} bytes beside the payload");
    house
        .store
        .write(|t| {
            t.execute(
                "UPDATE records SET sha256 = '00' WHERE sha256 IS NOT NULL",
                [],
            )
        })
        .unwrap();
    let damaged = &house.store.records_of(id).unwrap()[1];
    assert!(damaged.sha256.is_some() && damaged.record.bytes.is_none());
}
