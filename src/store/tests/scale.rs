//! Thousands of captures of one policy: what is asked of them takes steps in proportion. What is derived of them is checked.

use rusqlite::{StatementStatus, params};

use super::super::captures::stored::OF_POLICY;
use super::super::maintenance::faults::FAULTS;
use super::*;

/// A policy whose captures show two texts in turns, each fetched once; every pair of captures is a version of its own when
/// `many`, else there are two versions, editions of each other.
fn in_turns(captures: usize, many: bool) -> (House, PolicyId) {
    let house = house();
    let rows: Vec<Capture> = (0..captures)
        .map(|n| {
            let seconds = 1_000_000_000 + i64::try_from(n).unwrap();
            Capture {
                timestamp: Timestamp::from_unix_seconds(seconds),
                ..capture(URL, "2010", if n % 2 == 0 { "AAAA" } else { "BBBB" })
            }
        })
        .collect();
    house.add(&rows);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    house.fetched(stored[0].capture_id, &rows[0], "one text");
    house.fetched(stored[1].capture_id, &rows[1], "another text");
    let stored = house.store.captures_of_policy(id, EXTRACTOR).unwrap();
    let observation = |n: usize| ObservationRow {
        capture_id: stored[n].capture_id,
        fetched_capture_id: stored[n].fetched_capture_id.unwrap(),
    };
    let count = if many { captures } else { 2 };
    let versions: Vec<VersionRecord> = (0..count)
        .map(|v| {
            let shown: Vec<usize> = (v..captures).step_by(count).collect();
            VersionRecord {
                number: u32::try_from(v).unwrap() + 1,
                edition: if many {
                    1
                } else {
                    u32::try_from(v).unwrap() + 1
                },
                previous: None,
                same_as: None,
                change: None,
                first_seen: rows[shown[0]].timestamp,
                last_seen: rows[shown[shown.len() - 1]].timestamp,
                changed_after: None,
                suspect: Vec::new(),
                observations: shown.into_iter().map(observation).collect(),
            }
        })
        .collect();
    house
        .store
        .set_history(
            id,
            &derived(EXTRACTOR, &versions, &[]),
            Some(0),
            announcement(),
        )
        .unwrap();
    (house, id)
}

/// Steps of SQLite's machine that a question takes to its last answer.
fn steps(house: &House, sql: &str, arguments: impl rusqlite::Params) -> i32 {
    let connection = house.store.lock();
    let mut statement = connection.prepare(sql).unwrap();
    let mut rows = statement.query(arguments).unwrap();
    while rows.next().unwrap().is_some() {}
    drop(rows);
    statement.get_status(StatementStatus::VmStep)
}

#[test]
fn captures_of_one_digest_are_not_gone_through_for_each_of_them() {
    let [few, many] = [200, 800].map(|captures| {
        let (house, id) = in_turns(captures, false);
        steps(&house, OF_POLICY, params![id, EXTRACTOR])
    });
    assert!(many < few * 6, "{few} steps, {many} for four times as many");
}

#[test]
fn observations_of_one_policy_are_not_gone_through_for_each_version() {
    let [few, many] = [200, 800].map(|captures| {
        let (house, _) = in_turns(captures, true);
        FAULTS.map(|(_, sql)| steps(&house, sql, []))
    });
    for (question, (few, many)) in FAULTS.iter().zip(few.into_iter().zip(many)) {
        assert!(
            many < few * 6 + 600,
            "{}: {few} steps, {many} for four times as many",
            question.0
        );
    }
}

#[test]
fn sightings_are_those_that_the_observations_give() {
    let (house, id) = in_turns(6, false);
    let sightings = "SELECT count(*) FROM repeated_sightings";
    let count: i64 = house
        .store
        .lock()
        .query_row(sightings, [], |r| r.get(0))
        .unwrap();
    assert_eq!(count, 6);
    assert!(house.store.has_its_sightings(id).unwrap());
    for sql in [
        "UPDATE repeated_sightings SET changed_after = '20010101000000' WHERE sighting = 2 AND version = 1",
        "DELETE FROM repeated_sightings WHERE version = 2",
        "DELETE FROM repeated_sightings",
    ] {
        house.store.lock().execute(sql, []).unwrap();
        assert!(!house.store.has_its_sightings(id).unwrap(), "{sql}");
    }
    let (house, id) = in_turns(6, true);
    assert!(house.store.has_its_sightings(id).unwrap());
}
