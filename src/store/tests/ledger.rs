//! Freezes and interrupted crawls.

use super::*;

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
        .archive("http://archive", Some("http://archive/web/"))
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
fn an_interrupted_crawl_is_remembered_and_a_complete_one_is_not() {
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
fn a_crawl_that_began_in_the_future_starts_again() {
    let house = house();
    let (now, future) = (stamp("2026"), stamp("2099"));
    assert_eq!(house.store.begin_crawl(house.site, future).unwrap(), None);
    assert_eq!(house.store.begin_crawl(house.site, now).unwrap(), None);
    assert_eq!(house.store.begin_crawl(house.site, now).unwrap(), Some(now));
}
