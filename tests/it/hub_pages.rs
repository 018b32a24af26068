//! Policies that only a hub page ("Legal") links to, and not the same ones in all years.

use std::collections::BTreeSet;
use std::sync::Arc;

use policytrail::discover::Vocabulary;
use policytrail::model::{Site, Timestamp, UrlKey};
use policytrail::store::Store;

use crate::simulated_archive::{World, backfill};

const SITE: &str = "example.co.uk";

fn policy(year: i32) -> String {
    format!(
        "<title>Privacy Policy</title><h1>Privacy Policy</h1><p>This privacy policy of {year} explains how we collect, \
         use and protect your personal information when you visit our web site. We collect the name, postal address and \
         e-mail address that you give us when you register or place an order. We do not sell personal information to \
         third parties. You may ask us at any time which data we hold about you and have it corrected or deleted.</p>"
    )
}

#[tokio::test]
async fn policies_that_a_hub_linked_to_at_other_times_are_found_and_no_payload_is_fetched_twice() {
    let url = |path: &str| format!("http://www.{SITE}{path}");
    let mut world = World::default();
    for year in 2005..2021 {
        // The paths contain no word of a policy: only the hub leads to them.
        let house = if year < 2011 { "/house/7" } else { "/house/9" };
        let hub = format!("<title>Legal</title><a href='{house}'>Privacy Policy</a>");
        let home = format!("<p>Welcome to {year}</p><a href='/legal'>Legal</a>");
        for month in [2, 5, 8, 11] {
            let at = Timestamp::earliest(&format!("{year}-{month:02}")).unwrap();
            world.page(&url("/"), at, 200, &home);
            world.page(&url("/legal"), at, 200, &hub);
            world.page(&url(house), at, 200, &policy(year / 3));
        }
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let left_open = backfill(&world, SITE, &store, &[], Vocabulary::built_in()).await;
    assert!(left_open.is_empty(), "{left_open:?}");

    let site = Site::parse(SITE).unwrap();
    let state = store.site_state(&site).unwrap().unwrap();
    let policies = store.policies_of_site(state.site_id).unwrap();
    let [policy] = &policies[..] else {
        panic!("{policies:?}")
    };
    let keys: Vec<&str> = policy.urlkeys.iter().map(UrlKey::path).collect();
    assert_eq!(keys, ["/house/7", "/house/9"]);

    let requests = world.take_requests();
    // The domain and the hub in one query; the old URL, which was unknown then, in another.
    assert_eq!(requests.cdx, 2, "{:?}", requests.queries);
    let beside_home = requests
        .payloads
        .iter()
        .filter(|(key, ..)| key.path() != "/");
    let payloads: Vec<(&UrlKey, &String)> =
        beside_home.map(|(key, _, digest)| (key, digest)).collect();
    let different: BTreeSet<&(&UrlKey, &String)> = payloads.iter().collect();
    assert_eq!(different.len(), payloads.len(), "{payloads:?}");
    // A second crawl requests no page.
    backfill(&world, SITE, &store, &[], Vocabulary::built_in()).await;
    assert_eq!(world.take_requests().playback, 0);
}

#[tokio::test]
async fn hubs_cost_no_index_query() {
    let url = |path: &str| format!("http://www.{SITE}{path}");
    let mut world = World::default();
    for year in 2005..2021 {
        let at = Timestamp::earliest(&format!("{year}-05")).unwrap();
        // Their URLs are too long to be listed together in the query for the site.
        let hub = format!("/about-the-house/of-the-year/legal-matters-and-notices/{year}");
        let home = format!("<p>Welcome to {year}</p><a href='{hub}'>Legal</a>");
        world.page(&url("/"), at, 200, &home);
        world.page(&url(&hub), at, 200, &format!("<p>{year}</p>"));
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    backfill(&world, SITE, &store, &[], Vocabulary::built_in()).await;
    let requests = world.take_requests();
    assert_eq!(requests.cdx, 1, "{:?}", requests.queries);
}
