//! Policies and their histories.

use super::*;

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
        newest[0].proof.memento_url.as_deref(),
        Some("http://archive/web/20100101000000/http://example.com/privacy")
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
