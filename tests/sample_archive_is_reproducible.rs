//! The committed sample archive is what its generator writes, byte for byte.

#[path = "sample_archive/mod.rs"]
mod sample;

use std::path::Path;

use policytrail::archive::warc::WarcArchive;
use policytrail::archive::{Archive, CaptureQuery, Memento, MementoQuery};
use policytrail::model::Timestamp;
use serde_json::Value;

#[test]
fn the_generator_writes_the_committed_files() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample"));
    for (name, bytes) in sample::files() {
        let committed = std::fs::read(folder.join(name)).unwrap();
        assert!(
            committed == bytes,
            "`data/sample/{name}` is not what `cargo run --example sample-archive` writes"
        );
    }
}

#[test]
fn the_generator_gives_the_same_bytes_twice() {
    assert!(sample::files() == sample::files());
}

#[test]
fn the_sample_archive_is_small_enough_to_carry() {
    let bytes: usize = sample::files().iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(bytes < 600_000, "{bytes} bytes");
}

/// The words of a page, in a way that owes nothing to the program's own extraction.
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

#[tokio::test]
async fn the_expected_phrases_stand_on_the_pages_that_should_show_them() {
    let archive = WarcArchive::open(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample")),
        1 << 20,
    )
    .unwrap();
    let expected: Value = serde_json::from_slice(
        &sample::files()
            .into_iter()
            .find(|(name, _)| *name == "expected.json")
            .unwrap()
            .1,
    )
    .unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut checked = 0;
    for policy in expected["policies"].as_array().unwrap() {
        let mut rows = Vec::new();
        for url in policy["policy_urls"].as_array().unwrap() {
            archive
                .captures(&CaptureQuery::exact(&text(url)), &mut |row| rows.push(row))
                .await
                .unwrap();
        }
        rows.sort();
        rows.dedup();
        for version in policy["versions"].as_array().unwrap() {
            let window: (Timestamp, Timestamp) = (
                text(&version["first_seen"]).parse().unwrap(),
                text(&version["last_seen"]).parse().unwrap(),
            );
            let mut showing = 0;
            for row in rows
                .iter()
                .filter(|row| (window.0..=window.1).contains(&row.timestamp) && row.may_show_page())
            {
                let query = MementoQuery {
                    original: row.original.clone(),
                    timestamp: row.timestamp,
                    window,
                    expected_digest: row.digest.clone(),
                };
                let found = archive.memento(&query).await.unwrap();
                let words = words_of(&found, policy["language"].as_str().unwrap());
                let missing = version["must_contain"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|phrase| !words.contains(phrase.as_str().unwrap()));
                match missing {
                    None => showing += 1,
                    Some(phrase) => {
                        let dropped = expected["drops"].as_array().unwrap().iter().any(|drop| {
                            drop["original"] == row.original.as_str()
                                && drop["timestamp"] == row.timestamp.to_string()
                        });
                        assert!(
                            dropped,
                            "{phrase} is not on {} of {}",
                            row.original, row.timestamp
                        );
                    }
                }
            }
            assert_eq!(
                version["captures"], showing,
                "{} from {}",
                policy["site"], window.0
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 28);
}
