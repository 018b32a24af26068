//! Sites whose archived pages mislead a crawl: endless redirects, removed policies, index rows that
//! appear late, lost payloads.

use std::sync::Arc;

use policytrail::discover::Vocabulary;
use policytrail::extract::EXTRACTOR_VERSION;
use policytrail::model::{Site, Timestamp};
use policytrail::store::{Store, StoredCapture};

use crate::simulated_archive::{World, backfill};

const SITE: &str = "example.co.uk";

fn policy(owner: &str) -> String {
    format!(
        "<html><head><title>Privacy Policy</title></head><body><h1>Privacy Policy</h1>\
         <p>This privacy policy explains how {owner} collects, uses and protects your personal information when you \
         visit our web site. We collect the name, postal address and e-mail address that you give us when you register \
         or place an order. We do not sell or rent personal information to third parties. Cookies are small files that \
         help us to recognise your browser; you can refuse them in its settings. You may ask us at any time which data \
         we hold about you and have it corrected or deleted.</p></body></html>"
    )
}

const HOME: &str = "<html><head><title>Example</title></head><body><h1>Welcome</h1><p>The shop for careful people. \
    Our new catalogue has arrived with many articles. Visit the shop on Saturdays from nine to four.</p></body></html>";

fn at(text: &str) -> Timestamp {
    Timestamp::earliest(text).unwrap()
}

fn url(path: &str) -> String {
    format!("http://www.{SITE}{path}")
}

fn day(n: i64) -> Timestamp {
    Timestamp::from_unix_seconds(at("2010").unix_seconds() + n * 86_400)
}

async fn run(world: &World, store: &Arc<Store>, settings: &[(&str, &str)]) -> Vec<String> {
    backfill(world, SITE, store, settings, Vocabulary::built_in()).await
}

/// The captures of each policy of the site.
fn policies(store: &Store) -> Vec<Vec<StoredCapture>> {
    let site = Site::parse(SITE).unwrap();
    let state = store.site_state(&site).unwrap().unwrap();
    let policies = store.policies_of_site(state.site_id).unwrap();
    policies
        .iter()
        .map(|p| {
            store
                .captures_of_policy(p.policy_id, EXTRACTOR_VERSION)
                .unwrap()
        })
        .collect()
}

#[tokio::test]
async fn endless_redirects_cost_few_requests() {
    // The target of each redirect shows the policy, or asks for consent.
    for (target, shows) in [
        ("/consent?token=", policy("Example")),
        ("/consent?token=", HOME.to_owned()),
        ("/consent/", policy("Example")),
        ("/consent/", HOME.to_owned()),
    ] {
        let mut world = World::default();
        world.page(&url("/privacy"), day(0), 200, &policy("Example"));
        for n in 1..300 {
            let to = url(&format!("{target}{n}"));
            world.redirect(&url("/privacy"), day(n), 302, &to);
            world.page(&to, day(n), 200, &shows);
        }
        world.sort();
        let store = Arc::new(Store::open_in_memory().unwrap());
        run(&world, &store, &[]).await;
        let requests = world.take_requests();
        assert!(
            requests.cdx <= 9 && requests.playback <= 40,
            "{target}: {} index questions, {} pages",
            requests.cdx,
            requests.playback
        );
        if shows == HOME {
            assert_eq!(requests.cdx, 1, "{target}");
        }
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_budget_and_the_rest_is_reported() {
    let mut world = World::default();
    for n in 0..100 {
        let to = url(&format!("/p/{n}"));
        world.redirect(&url("/privacy"), day(n), 302, &to);
        world.page(&to, day(n), 200, &policy("Example"));
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let settings = [
        ("crawl.max_requests_per_site", "1"),
        ("discover.by_link", "false"),
    ];
    let left_open = run(&world, &store, &settings).await;
    // The redirect and the page that it leads to.
    assert_eq!(world.take_requests().playback, 2);
    assert!(
        left_open
            .iter()
            .any(|l| l.contains("redirects not followed")),
        "{left_open:?}"
    );
}

#[tokio::test]
async fn a_removed_policy_does_not_move_to_the_page_that_its_url_redirects_to() {
    for target in ["/", "/index.html", "/home", "/404.html", "/en/"] {
        let mut world = World::default();
        for n in 0..20 {
            let shows = policy("Example");
            world.page(&url("/privacy"), day(n * 30), 200, &shows);
        }
        for n in 20..60 {
            world.redirect(&url("/privacy"), day(n * 30), 301, &url(target));
        }
        for n in 0..60 {
            let shows = format!("{HOME}<!-- {n} -->");
            world.page(&url(target), day(n * 30), 200, &shows);
        }
        world.sort();
        let store = Arc::new(Store::open_in_memory().unwrap());
        run(&world, &store, &[]).await;
        let requests = world.take_requests();
        assert_eq!(requests.cdx, 1, "{target}: {:?}", requests.queries);
        let policies = policies(&store);
        assert_eq!(policies.len(), 1, "{target}");
        assert!(
            policies[0]
                .iter()
                .all(|s| s.capture.original.ends_with("/privacy")),
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_url_that_a_later_index_answer_adds_is_queried_from_its_first_capture() {
    let mut world = World::default();
    for year in 2010..2022 {
        world.page(
            &url("/privacy"),
            at(&format!("{year}")),
            200,
            &policy("Example"),
        );
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let settings = [("discover.by_link", "false")];
    run(&world, &store, &settings).await;
    assert_eq!(policies(&store).len(), 1);
    // Rows that the index did not have before, most of them older than the last query.
    for year in 2012..2022 {
        let shows = policy(&format!("Example of {year}"));
        world.page(
            &url("/privacy-statement.html"),
            at(&format!("{year}")),
            200,
            &shows,
        );
    }
    world.sort();
    run(&world, &store, &settings).await;
    let policies = policies(&store);
    let captures: Vec<usize> = policies.iter().map(Vec::len).collect();
    assert_eq!(captures, [12, 10]);
    world.take_requests();
    run(&world, &store, &settings).await;
    assert_eq!(world.take_requests().cdx, 1);
}

#[tokio::test]
async fn a_changed_vocabulary_queries_the_index_from_the_beginning() {
    let mut world = World::default();
    for year in 2010..2022 {
        let at = at(&format!("{year}"));
        world.page(&url("/privacy"), at, 200, &policy("Example"));
        world.page(&url("/privacy-fence"), at, 200, &policy("Example Fences"));
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let settings = [("discover.by_link", "false")];
    run(&world, &store, &settings).await;
    assert_eq!(policies(&store).len(), 1);
    // The query has the same stems, other rows are kept.
    let text = include_str!("../../data/vocabulary.toml").replace(
        "[\"en\", \"privacy fence*\"]",
        "[\"en\", \"privacy trellis*\"]",
    );
    let vocabulary = Vocabulary::from_toml(&text).unwrap();
    backfill(&world, SITE, &store, &settings, &vocabulary).await;
    let captures: Vec<usize> = policies(&store).iter().map(Vec::len).collect();
    assert_eq!(captures, [12, 12]);
}

#[tokio::test]
async fn a_payload_fetched_through_a_redirect_is_not_fetched_again_under_its_own_url() {
    let mut world = World::default();
    for n in 0..40 {
        world.page(&url("/privacy"), day(n * 30), 200, &policy("Example"));
    }
    for n in 40..80 {
        world.redirect(&url("/privacy"), day(n * 30), 301, &url("/privacy-policy"));
    }
    for n in 35..90 {
        let shows = policy("The new owner");
        world.page(&url("/privacy-policy"), day(n * 30), 200, &shows);
    }
    world.sort();
    let store = Arc::new(Store::open_in_memory().unwrap());
    run(&world, &store, &[("discover.by_link", "false")]).await;
    let policies = policies(&store);
    assert_eq!(policies.len(), 1);
    assert!(
        policies[0]
            .iter()
            .all(|s| s.text_hash.is_some() || s.capture.is_redirect())
    );
    let requests = world.take_requests();
    // The policy, and the targets of the first and the last redirect, which are followed in parallel.
    assert_eq!(requests.payloads.len(), 3, "{:?}", requests.payloads);
}
