//! The committed sample archive is what its generator writes, byte for byte.

use std::collections::HashMap;

use policytrail::archive::warc::WarcArchive;
use policytrail::archive::{Archive, CaptureQuery, Memento, MementoQuery};
use policytrail::model::{Capture, Timestamp};
use serde_json::Value;

use crate::sample_archive;
use crate::support::paths::sample;

#[test]
fn the_generator_writes_the_committed_files() {
    let folder = sample();
    for (name, bytes) in sample_archive::files() {
        let committed = std::fs::read(folder.join(name)).unwrap();
        assert!(
            committed == bytes,
            "`data/sample/{name}` is not what `cargo run --example sample-archive` writes"
        );
    }
}

#[test]
fn the_generator_gives_the_same_bytes_twice() {
    assert!(sample_archive::files() == sample_archive::files());
}

#[test]
fn the_sample_archive_is_small_enough_to_carry() {
    let bytes: usize = sample_archive::files()
        .iter()
        .map(|(_, bytes)| bytes.len())
        .sum();
    assert!(bytes < 600_000, "{bytes} bytes");
}

/// The words of a page, without use of the program's own extraction.
fn words_of(found: &Memento, language: &str) -> String {
    if found.body.starts_with(b"%PDF") {
        return one_line(&pdf_extract::extract_text_from_mem(&found.body).expect("a valid PDF"));
    }
    let legacy = if language == "ja" {
        encoding_rs::SHIFT_JIS
    } else {
        encoding_rs::WINDOWS_1252
    };
    let html = String::from_utf8(found.body.clone())
        .unwrap_or_else(|e| legacy.decode(e.as_bytes()).0.into_owned());
    let page = scraper::Html::parse_document(&html);
    one_line(&page.root_element().text().collect::<Vec<_>>().join(" "))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The rows of the index at all addresses of a policy.
async fn rows_of(archive: &WarcArchive, policy: &Value) -> Vec<Capture> {
    let mut rows = Vec::new();
    for url in policy["policy_urls"].as_array().unwrap() {
        archive
            .captures(&CaptureQuery::exact(text(url)), &mut |row| rows.push(row))
            .await
            .unwrap();
    }
    rows.sort();
    rows.dedup();
    rows
}

/// A phrase of a version that is not on the page that a capture shows.
async fn missing_phrase(
    archive: &WarcArchive,
    row: &Capture,
    policy: &Value,
    version: &Value,
) -> Option<String> {
    let query = MementoQuery {
        original: row.original.clone(),
        timestamp: row.timestamp,
        window: life(version),
        expected_digest: row.digest.clone(),
    };
    let found = archive.memento(&query).await.unwrap();
    let words = words_of(&found, text(&policy["language"]));
    let mut phrases = version["must_contain"].as_array().unwrap().iter().map(text);
    phrases
        .find(|phrase| !words.contains(phrase))
        .map(str::to_owned)
}

/// When a version was first and last seen.
fn life(version: &Value) -> (Timestamp, Timestamp) {
    let moment = |name: &str| text(&version[name]).parse().unwrap();
    (moment("first_seen"), moment("last_seen"))
}

#[tokio::test]
async fn the_expected_phrases_are_on_the_pages_that_should_show_them() {
    let archive = WarcArchive::open(&sample(), 1 << 20).unwrap();
    let files: HashMap<&str, Vec<u8>> = sample_archive::files().into_iter().collect();
    let expected: Value = serde_json::from_slice(&files["expected.json"]).unwrap();
    let is_dropped = |row: &Capture| {
        expected["drops"].as_array().unwrap().iter().any(|drop| {
            drop["original"] == row.original.as_str()
                && drop["timestamp"] == row.timestamp.to_string()
        })
    };
    let mut checked = 0;
    for policy in expected["policies"].as_array().unwrap() {
        let rows = rows_of(&archive, policy).await;
        for version in policy["versions"].as_array().unwrap() {
            let (first, last) = life(version);
            let mut showing = 0;
            for row in rows
                .iter()
                .filter(|row| (first..=last).contains(&row.timestamp) && row.may_show_page())
            {
                match missing_phrase(&archive, row, policy, version).await {
                    None => showing += 1,
                    Some(phrase) => assert!(
                        is_dropped(row),
                        "{phrase} is not on {} of {}",
                        row.original,
                        row.timestamp
                    ),
                }
            }
            let site = text(&policy["site"]);
            assert_eq!(version["captures"], showing, "{site} from {first}");
            checked += 1;
        }
    }
    assert_eq!(checked, 28);
}
