//! The store on small made-up histories.

use super::*;
use crate::model::{
    ArchiveId, Capture, CaptureId, ChangeId, Document, DropReason, Dropped, IndexCounts,
    PayloadDigest, PolicyId, PolicyKind, Site, SiteId, TextHash, Timestamp, UrlKey,
};

use std::path::Path;
use std::time::Duration;

const EXTRACTOR: &str = "test";

fn announcement() -> AnnouncementRule {
    AnnouncementRule {
        noticed_at: stamp("2026"),
        announce: Announce::Everything,
    }
}

fn stamp(text: &str) -> Timestamp {
    Timestamp::earliest(text).unwrap()
}

fn key(url: &str) -> UrlKey {
    UrlKey::of(url).unwrap()
}

fn capture(url: &str, date: &str, digest: &str) -> Capture {
    Capture {
        urlkey: key(url),
        timestamp: stamp(date),
        original: url.to_owned(),
        mimetype: "text/html".to_owned(),
        statuscode: Some(200),
        digest: PayloadDigest::parse(digest).ok(),
        length: Some(100),
    }
}

fn document(words: &str) -> Document {
    Document {
        title: None,
        effective_date: None,
        last_updated: None,
        language: "en".to_owned(),
        text: words.to_owned(),
        markdown: words.to_owned(),
        text_hash: TextHash::of_normalised(words),
        word_count: 1,
        extractor_version: EXTRACTOR,
    }
}

fn policy(urls: &[&str]) -> PolicyRow {
    PolicyRow {
        kind: PolicyKind::Privacy,
        policy_url: urls[0].to_owned(),
        cross_domain: false,
        urls: urls
            .iter()
            .map(|url| (key(url), (*url).to_owned()))
            .collect(),
    }
}

struct House {
    store: Store,
    archive: ArchiveId,
    site: SiteId,
}

fn house() -> House {
    let store = Store::open_in_memory().unwrap();
    let archive = store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
    let site = store
        .site(&Site::parse("example.com").unwrap(), Some(7), None)
        .unwrap();
    House {
        store,
        archive,
        site,
    }
}

impl House {
    fn add(&self, captures: &[Capture]) {
        let key = IndexQueryKey {
            scope: "test".to_owned(),
            words_hash: String::new(),
            span_from: String::new(),
            span_to: String::new(),
        };
        let counts = IndexCounts {
            rows: 1,
            newest: captures.iter().map(|c| c.timestamp).max(),
            ..IndexCounts::default()
        };
        self.store
            .add_captures(
                self.archive,
                AnsweredQuery {
                    key: &key,
                    covered: &[],
                    captures,
                    counts,
                },
                stamp("2024"),
            )
            .unwrap();
    }

    fn fetched(&self, id: CaptureId, from: &Capture, words: &str) {
        let fetched = Fetched {
            received: Some(ReceivedCapture {
                urlkey: from.urlkey.clone(),
                timestamp: from.timestamp,
                original: from.original.clone(),
            }),
            statuscode: Some(200),
            body: Some(words.as_bytes().to_vec()),
            ..Fetched::default()
        };
        self.store
            .add_memento(
                id,
                &fetched,
                Some((EXTRACTOR, &Ok(document(words)))),
                stamp("2024"),
            )
            .unwrap();
    }
}

const URL: &str = "http://example.com/privacy";

/// What is derived while nobody else stores anything.
fn derived<'a>(
    extractor: &'a str,
    versions: &'a [VersionRecord],
    drops: &'a [DropRow],
) -> Derived<'a> {
    Derived {
        extractor,
        versions,
        drops,
        pending: Some(0),
    }
}

/// A version that one capture showed.
fn single_version(number: u32, capture: &Capture, capture_id: CaptureId) -> VersionRecord {
    VersionRecord {
        number,
        edition: 1,
        previous: None,
        same_as: None,
        change: None,
        first_seen: capture.timestamp,
        last_seen: capture.timestamp,
        changed_after: None,
        suspect: Vec::new(),
        observations: vec![ObservationRow {
            capture_id,
            fetched_capture_id: capture_id,
        }],
    }
}

mod captures;
mod changes;
mod documents;
mod durability;
mod ledger;
mod migrations;
mod policies;
mod scale;
mod search;
