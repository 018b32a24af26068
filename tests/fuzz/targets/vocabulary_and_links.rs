//! Scoring in discovery: any URL and any page are scored in bounded time, and every candidate can be requested.
//!
//! Input: a URL or index key up to the first line feed, then a page.

use std::collections::HashSet;
use std::time::Duration;

use super::cpu_time::timed;
use policytrail::discover::{PLAUSIBLE_SCORE, Vocabulary, judge_links, judge_path};
use policytrail::model::{Site, UrlKey};
use policytrail::page::Page;
use url::Url;

const LONGEST: Duration = Duration::from_secs(1);

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let at = bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len());
    let (line, page) = bytes.split_at(at);
    let line = String::from_utf8_lossy(line);
    let vocabulary = Vocabulary::built_in();
    let keys = [
        UrlKey::from_cdx(&line),
        UrlKey::of(&line),
        UrlKey::of(&format!("http://www.example.com/{line}")),
    ];
    for key in keys.into_iter().flatten() {
        let verdict = judge_path(&key, vocabulary);
        assert!(
            verdict.score <= 100 && !verdict.reasons.is_empty(),
            "{verdict:?}"
        );
    }
    let url = Url::parse(&line).ok();
    let site = Site::parse("example.com").unwrap();
    let (links, time) = timed(|| {
        let page = Page::parse(page, Some("text/html; charset=utf-8"), url.as_ref());
        judge_links(&page, vocabulary, &site)
    });
    assert!(time <= LONGEST, "{time:?} for {} bytes", bytes.len());
    let mut seen = HashSet::new();
    for link in &links {
        assert!((PLAUSIBLE_SCORE..=100).contains(&link.score), "{link:?}");
        let url = Url::parse(&link.url).unwrap();
        assert!(
            matches!(url.scheme(), "http" | "https") && url.has_host(),
            "{link:?}"
        );
        let key = UrlKey::of_url(&url).unwrap();
        assert!(seen.insert((key, link.kind)), "{link:?} comes twice");
        assert!(!link.text.contains(char::is_control), "{link:?}");
    }
    assert!(
        links.is_sorted_by_key(|link| std::cmp::Reverse(link.score)),
        "{links:?}"
    );
}
