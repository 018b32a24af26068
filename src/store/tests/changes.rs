//! New versions are recorded and announced once; a copy is one state.

use super::*;

/// A history of these texts, one capture a year, by an extractor.
fn history(house: &House, extractor: &str, texts: &[&str], announce: Announce) {
    let captures: Vec<Capture> = (0..texts.len())
        .map(|n| capture(URL, &(2010 + n).to_string(), "-"))
        .collect();
    house.add(&captures);
    let id = house
        .store
        .set_policies(house.site, &[policy(&[URL])])
        .unwrap()[0];
    let stored = house.store.captures_of_policy(id, extractor).unwrap();
    let mut versions = Vec::new();
    for ((s, c), text) in stored.iter().zip(&captures).zip(texts) {
        if s.attempt.is_none() {
            house.fetched(s.capture_id, c, text);
        }
        let document = Ok(document(text));
        house
            .store
            .add_extraction(s.capture_id, extractor, &document)
            .unwrap();
        versions.push(VersionRecord {
            number: u32::try_from(versions.len()).unwrap() + 1,
            first_seen: c.timestamp,
            last_seen: c.timestamp,
            changed_after: None,
            edition: 1,
            previous: None,
            same_as: None,
            change: None,
            suspect: Vec::new(),
            observations: vec![ObservationRow {
                capture_id: s.capture_id,
                fetched_capture_id: s.capture_id,
            }],
        });
    }
    let announcement = AnnouncementRule {
        announce,
        ..announcement()
    };
    house
        .store
        .set_history(
            id,
            &derived(extractor, &versions, &[]),
            Some(0),
            announcement,
        )
        .unwrap();
}

#[test]
fn every_version_is_told_once_and_a_text_that_comes_back_is_told_again() {
    let house = house();
    let unannounced = || -> Vec<(i64, i64)> {
        let rows = house.store.unannounced(None, 9).unwrap();
        rows.iter()
            .map(|c| (c.change_id.get(), c.version))
            .collect()
    };
    history(&house, EXTRACTOR, &["a", "b"], Announce::Everything);
    assert_eq!(unannounced(), [(1, 1), (2, 2)]);
    house
        .store
        .record_announcement(&[ChangeId::new(1)], Some(stamp("2026")))
        .unwrap();
    house
        .store
        .record_announcement(&[ChangeId::new(2)], None)
        .unwrap();
    history(&house, EXTRACTOR, &["a", "b", "a"], Announce::Everything);
    assert_eq!(
        unannounced(),
        [(2, 2), (3, 3)],
        "a failed call is made again"
    );
    for _ in 1..MAX_ANNOUNCEMENT_ATTEMPTS {
        house
            .store
            .record_announcement(&[ChangeId::new(2)], None)
            .unwrap();
    }
    assert_eq!(unannounced(), [(3, 3)], "but not for ever");
    let counts = house.store.alert_counts().unwrap();
    assert_eq!((counts.waiting, counts.given_up), (1, 1));
    let newest = house.store.newest_changes(9).unwrap();
    assert_eq!(newest.len(), 3);
    assert_eq!(newest[0].first_seen, stamp("2012"));
    assert_eq!(
        house
            .store
            .count_changes_after(Some(ChangeId::new(2)))
            .unwrap(),
        1
    );
}

#[test]
fn what_nobody_waits_for_and_what_only_another_extractor_reads_is_not_told() {
    let house = house();
    history(&house, EXTRACTOR, &["a", "b"], Announce::Nothing);
    assert!(house.store.unannounced(None, 9).unwrap().is_empty());
    history(&house, "another", &["a!", "b!"], Announce::Everything);
    assert!(house.store.unannounced(None, 9).unwrap().is_empty());
    history(&house, "another", &["a!", "b!", "c"], Announce::Everything);
    assert_eq!(house.store.unannounced(None, 9).unwrap().len(), 1);
}

#[test]
fn a_copy_made_while_another_writes_is_one_state_of_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trail.db");
    let store = Store::open_or_create(&path).unwrap();
    let writer = Store::open(&path).unwrap();
    let site = |n: u32| Site::parse(&format!("example{n}.com")).unwrap();
    writer.site(&site(0), None, None).unwrap();
    let mut written = 0;
    let copy = folder.path().join("copy.db");
    store
        .copy_to(&copy, |_, _| {
            written += 1;
            writer.site(&site(written), None, None).unwrap();
        })
        .unwrap();
    assert!(written > 0);
    let copied = Store::open(&copy).unwrap().site_turns().unwrap();
    assert_eq!(copied.len(), 1, "{copied:?}");
}
