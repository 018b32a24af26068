//! The whole job on a small simulated archive: recall, precision and number of requests.

use policytrail::discover::Vocabulary;

use crate::simulated_archive::{measure, world};

/// Number of sites: every kind of site twice.
const SITES: usize = 48;

#[tokio::test]
async fn nearly_every_version_is_found_for_few_requests() {
    let world = world(SITES, 1);
    let (score, _) = measure(&world, &[], Vocabulary::built_in()).await;
    let message = format!("{score}\n{:#?}", score.faults);
    eprintln!("{score}");
    assert!(score.true_versions > 200, "{message}");
    assert!(
        score.recall() >= 0.97 && score.precision() >= 0.97,
        "{message}"
    );
    assert!(
        score.cdx_a_site() <= 1.1 && score.playback_a_version() <= 5.0,
        "{message}"
    );
    let twice = [&score.captures_twice[..], &score.payloads_twice[..]].concat();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_archive_and_another_seed_another_archive() {
    let names = |seed| world(4, seed).sites;
    assert_eq!(names(1), names(1));
    assert_ne!(names(1), names(2));
    assert_eq!(world(4, 1).captures_in_all(), world(4, 1).captures_in_all());
}
