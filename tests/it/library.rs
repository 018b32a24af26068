//! The crate as a library: crawls without the command line.

use std::sync::Arc;

use policytrail::archive::DEFAULT_MAX_BODY_BYTES;
use policytrail::archive::warc::WarcArchive;
use policytrail::config::{
    CrawlSettings, DiscoverSettings, Layers, RunSettings, Settings, SiteRow,
};
use policytrail::crawl::{Crawl, Progress, Until};
use policytrail::store::Store;

use crate::support::paths::sample;

#[test]
fn the_defaults_of_a_library_user_are_those_of_the_program() {
    let settings = Settings::from_layers(&Layers::default()).unwrap();
    let (crawl, discover) = (CrawlSettings::default(), DiscoverSettings::default());
    assert_eq!(format!("{crawl:?}"), format!("{:?}", settings.crawl));
    assert_eq!(format!("{discover:?}"), format!("{:?}", settings.discover));
    let run = RunSettings::default();
    assert_eq!(format!("{run:?}"), format!("{:?}", settings.run));
    assert_eq!(DEFAULT_MAX_BODY_BYTES, settings.archive.max_body_bytes);
}

#[tokio::test]
async fn a_crawl_needs_an_archive_and_a_database_and_plans_what_is_left() {
    let archive = WarcArchive::open(&sample(), DEFAULT_MAX_BODY_BYTES).unwrap();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let progress = Arc::new(Progress::default());
    let crawl = Crawl::builder(&archive, Arc::clone(&store))
        .progress(Arc::clone(&progress))
        .build()
        .unwrap();
    let sites = [SiteRow::of("pinecone-social-sample.com".parse().unwrap())];
    crawl.crawl_sites(&sites, Until::Index).await;
    let before = crawl.plan(&sites).await.unwrap();
    assert!(before[0].playback_least > 0, "{before:?}");

    let due = crawl.run_due_sites(&sites, &RunSettings::default()).await;
    let outcome = due.unwrap().outcome.into_result().unwrap();
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    assert_eq!(outcome.finished, [sites[0].site.clone()]);
    assert_eq!(store.status().unwrap().versions, 4);
    assert!(progress.snapshot().captures_fetched > 0);
    let after = crawl.plan(&sites).await.unwrap();
    assert!(
        after[0].playback_likely < before[0].playback_likely,
        "{before:?} {after:?}"
    );
}

#[tokio::test]
async fn a_stopped_crawl_ends_with_an_error_and_a_new_one_continues() {
    let archive = WarcArchive::open(&sample(), DEFAULT_MAX_BODY_BYTES).unwrap();
    let store = Arc::new(Store::open_in_memory().unwrap());
    let sites = [SiteRow::of("pinecone-social-sample.com".parse().unwrap())];
    let crawl = Crawl::builder(&archive, Arc::clone(&store));
    let stop = tokio_util::sync::CancellationToken::new();
    stop.cancel();
    let stopped = crawl.stop(stop).build().unwrap();
    let outcome = stopped.crawl_sites(&sites, Until::Versions).await;
    assert!(outcome.is_interrupted());
    assert!(outcome.into_result().is_err());
    let crawl = Crawl::builder(&archive, Arc::clone(&store))
        .build()
        .unwrap();
    let outcome = crawl.crawl_sites(&sites, Until::Versions).await;
    outcome.into_result().unwrap();
    assert_eq!(store.status().unwrap().versions, 4);
}
