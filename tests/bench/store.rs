//! Measures how fast histories are stored and read: `cargo bench --bench store [-- SCALE]`.
//!
//! Creates a database of 1,000,000 captures, 200,000 documents and 20,000 policies (times SCALE) in a temporary folder
//! with the store's own functions, then times the program on it as a user would start it. Most documents have about 150
//! words, so that the disk suffices. Before that, a few thousand documents of ordinary length (2,500 words, 40 kB of
//! HTML) are used to measure how fast they are stored, and how fast a common word is found in them.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark reports, and stops at the first surprise"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use policytrail::extract::text_hash;
use policytrail::history::{Observation, change, versions};
use policytrail::model::{
    ArchiveId, Capture, CaptureId, Document, IndexCounts, PayloadDigest, PolicyId, PolicyKind,
    Site, TextHash, Timestamp, UrlKey,
};
use policytrail::store::{
    Announce, AnnouncementRule, AnsweredQuery, Derived, Fetched, IndexQueryKey, ObservationRow,
    PolicyRow, ReceivedCapture, Store, VersionRecord,
};

const POLICIES: usize = 20_000;
const DOCUMENTS_A_POLICY: usize = 10;
const CAPTURES_A_DOCUMENT: usize = 5;
const BULK_SENTENCES: usize = 15;
const ORDINARY_SENTENCES: usize = 250;
const ORDINARY_POLICIES: usize = 400;
const EXTRACTOR: &str = "bench";
const DAY: i64 = 86_400;

/// Scrambles a number: random enough, and the same every time.
fn scrambled(x: usize) -> usize {
    let x = (x as u64)
        .wrapping_add(1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (x >> 33) as usize
}

/// Returns ten words, each one of five thousand.
fn sentence(seed: usize) -> String {
    let mut out = String::new();
    for i in 0..10 {
        let _ = write!(out, "word{} ", scrambled(seed * 31 + i) % 5000);
    }
    out
}

/// The text of a policy's n-th document. A tenth of its sentences differ from the document before. One policy in a
/// hundred has a rare sentence.
fn text(policy: usize, n: usize, sentences: usize) -> String {
    let mut out = String::new();
    for i in 0..sentences {
        let age = (n + i % 10) / 10;
        let _ = writeln!(out, "{}", sentence(policy * 1_000_003 + i * 101 + age * 7));
    }
    let _ = writeln!(out, "Edition {n} of policy {policy}.");
    if policy.is_multiple_of(100) {
        out.push_str("We sell albatross feathers to third parties.\n");
    }
    out
}

fn page(text: &str) -> Vec<u8> {
    let mut html = String::from("<!DOCTYPE html><html><head><title>Privacy</title></head><body>");
    for line in text.lines() {
        let _ = write!(html, "<p class=\"policy-paragraph\">{line}</p>");
    }
    html.into_bytes()
}

fn document(text: String) -> Document {
    Document {
        effective_date: None,
        last_updated: None,
        title: Some("Privacy".to_owned()),
        language: "en".to_owned(),
        text_hash: text_hash(&text),
        word_count: text.split_whitespace().count() as u64,
        markdown: text.clone(),
        text,
        extractor_version: EXTRACTOR,
    }
}

fn megabytes_used() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    line.split_whitespace()
        .next()
        .and_then(|n| n.parse::<u64>().ok())
        .unwrap_or_default()
        / 1024
}

/// Total times over all policies.
#[derive(Default)]
struct Spent {
    index: Time,
    documents: Time,
    history: Time,
}

/// Elapsed time, and processor time of this process. On a machine that others use too, the processor time says more.
#[derive(Default, Clone, Copy)]
struct Time {
    clock: Duration,
    processor: Duration,
}

/// Returns the processor time of the main thread, as counted by the scheduler; zero if the system does not count it.
fn processor() -> Duration {
    let account = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = account
        .split_whitespace()
        .next()
        .and_then(|n| n.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn timed<T>(total: &mut Time, work: impl FnOnce() -> T) -> T {
    let (started, ran) = (Instant::now(), processor());
    let value = work();
    total.clock += started.elapsed();
    total.processor += processor().saturating_sub(ran);
    value
}

/// The index rows of a policy.
fn captures(url: &str, number: usize) -> Vec<Capture> {
    (0..DOCUMENTS_A_POLICY * CAPTURES_A_DOCUMENT)
        .map(|i| Capture {
            urlkey: UrlKey::of(url).unwrap(),
            timestamp: Timestamp::from_unix_seconds(
                1_000_000_000 + i64::try_from(i).unwrap() * 30 * DAY,
            ),
            original: url.to_owned(),
            mimetype: "text/html".to_owned(),
            statuscode: Some(200),
            digest: PayloadDigest::parse(&format!("D{number}X{}", i / CAPTURES_A_DOCUMENT)).ok(),
            length: Some(4000),
        })
        .collect()
}

/// The index query for one URL, without limits of time.
fn key_of(url: &str) -> IndexQueryKey {
    IndexQueryKey {
        scope: format!("exact {url}"),
        words_hash: String::new(),
        span_from: String::new(),
        span_to: String::new(),
    }
}

/// Stores one policy as a crawl does: index rows, pages, then its history.
fn store_policy(
    store: &Store,
    archive: ArchiveId,
    number: usize,
    sentences: usize,
    spent: &mut Spent,
) {
    let name = format!("site-{number}.com");
    let url = format!("https://{name}/privacy");
    let now = Timestamp::from_unix_seconds(1_700_000_000);
    let captures = captures(&url, number);
    let key = key_of(&url);
    let policy_id = timed(&mut spent.index, || {
        let site = store
            .site(&Site::parse(&name).unwrap(), None, None)
            .unwrap();
        store
            .add_captures(
                archive,
                AnsweredQuery {
                    key: &key,
                    covered: &[],
                    captures: &captures,
                    counts: IndexCounts::default(),
                },
                now,
            )
            .unwrap();
        let row = PolicyRow {
            kind: PolicyKind::Privacy,
            policy_url: url.clone(),
            cross_domain: false,
            urls: vec![(UrlKey::of(&url).unwrap(), url.clone())],
        };
        store.set_policies(site, &[row]).unwrap()[0]
    });
    let stored = store.captures_of_policy(policy_id, EXTRACTOR).unwrap();
    let texts: Vec<String> = (0..DOCUMENTS_A_POLICY)
        .map(|n| text(number, n, sentences))
        .collect();
    for (n, words) in texts.iter().enumerate() {
        let first = &stored[n * CAPTURES_A_DOCUMENT];
        let fetched = Fetched {
            received: Some(ReceivedCapture {
                urlkey: first.capture.urlkey.clone(),
                timestamp: first.capture.timestamp,
                original: url.clone(),
            }),
            statuscode: Some(200),
            body: Some(page(words)),
            ..Fetched::default()
        };
        let document = Ok(document(words.clone()));
        timed(&mut spent.documents, || {
            store
                .add_memento(
                    first.capture_id,
                    &fetched,
                    Some((EXTRACTOR, &document)),
                    now,
                )
                .unwrap();
        });
    }
    timed(&mut spent.history, || derive(store, policy_id));
}

/// Derives and stores the history of a policy.
fn derive(store: &Store, policy_id: PolicyId) {
    let stored = store.captures_of_policy(policy_id, EXTRACTOR).unwrap();
    let seen: Vec<Observation<CaptureId>> = stored
        .iter()
        .map(|s| Observation {
            capture: s.capture_id,
            timestamp: s.capture.timestamp,
            text_hash: s.text_hash.unwrap(),
        })
        .collect();
    let found = versions(&seen, &std::collections::HashMap::new());
    let hashes: Vec<TextHash> = found.iter().map(|v| v.text_hash).collect();
    let words = |hash: TextHash| store.text(hash).unwrap().unwrap();
    let records: Vec<VersionRecord> = found
        .iter()
        .enumerate()
        .map(|(i, v)| VersionRecord {
            number: v.number,
            edition: v.edition,
            previous: v.previous,
            same_as: v.same_as,
            change: v.previous.map(|p| {
                let (old, new) = (words(hashes[p as usize - 1]), words(hashes[i]));
                let known = |i: usize| store.text_traits(hashes[i]).unwrap().unwrap().simhash;
                change(&old, &new, (known(p as usize - 1), known(i)))
            }),
            first_seen: v.first_seen,
            last_seen: v.last_seen,
            changed_after: v.changed_after,
            suspect: Vec::new(),
            observations: v
                .captures
                .iter()
                .map(|&capture_id| ObservationRow {
                    capture_id,
                    fetched_capture_id: stored
                        .iter()
                        .find(|s| s.capture_id == capture_id)
                        .unwrap()
                        .fetched_capture_id
                        .unwrap(),
                })
                .collect(),
        })
        .collect();
    let noticed = AnnouncementRule {
        noticed_at: Timestamp::from_unix_seconds(0),
        announce: Announce::Nothing,
    };
    let derived = Derived {
        extractor: EXTRACTOR,
        versions: &records,
        drops: &[],
        pending: Some(store.pending(policy_id).unwrap()),
    };
    store
        .set_history(policy_id, &derived, Some(0), noticed)
        .unwrap();
}

/// Writes a number per second of elapsed time and, in brackets, per second of processor time.
#[expect(clippy::cast_precision_loss, reason = "a report")]
fn rate(n: usize, time: Time) -> String {
    let by = |time: Duration| n as f64 / time.as_secs_f64().max(1e-9);
    format!("{:.0} ({:.0})", by(time.clock), by(time.processor))
}

fn ordinary(folder: &Path) {
    let store = Store::open_or_create(&folder.join("ordinary.db")).unwrap();
    let archive = store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
    let mut spent = Spent::default();
    for number in 0..ORDINARY_POLICIES {
        store_policy(&store, archive, number, ORDINARY_SENTENCES, &mut spent);
    }
    let documents = ORDINARY_POLICIES * DOCUMENTS_A_POLICY;
    println!(
        "documents of 2,500 words:   {} documents/s stored, {} observations/s derived with their changes",
        rate(documents, spent.documents),
        rate(documents * CAPTURES_A_DOCUMENT, spent.history)
    );
}

fn bulk(folder: &Path, policies: usize) {
    let store = Store::open_or_create(&folder.join("policytrail.db")).unwrap();
    let archive = store
        .archive("http://archive", Some("http://archive/web/"))
        .unwrap();
    let mut spent = Spent::default();
    for number in 0..policies {
        store_policy(&store, archive, number, BULK_SENTENCES, &mut spent);
        if (number + 1).is_multiple_of((policies / 5).max(1)) {
            println!(
                "  {:>6} policies, {:>4} MB of memory",
                number + 1,
                megabytes_used()
            );
        }
    }
    let documents = policies * DOCUMENTS_A_POLICY;
    println!(
        "documents of 150 words:     {} documents/s stored, {} observations/s derived, {} index rows/s",
        rate(documents, spent.documents),
        rate(documents * CAPTURES_A_DOCUMENT, spent.history),
        rate(documents * CAPTURES_A_DOCUMENT, spent.index),
    );
}

/// Prints the median of nine runs of a command, from its start to its end.
fn command(folder: &Path, arguments: &[&str]) {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let started = Instant::now();
            let status = Command::new(env!("CARGO_BIN_EXE_policytrail"))
                .current_dir(folder)
                .args(arguments)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            // A search that finds nothing ends with 1.
            assert!(matches!(status.code(), Some(0 | 1)), "{arguments:?}");
            started.elapsed()
        })
        .collect();
    times.sort();
    println!(
        "{:<44} {:>6.1} ms (slowest of nine {:>6.1})",
        arguments.join(" "),
        times[4].as_secs_f64() * 1e3,
        times[8].as_secs_f64() * 1e3
    );
}

fn main() {
    let scale: f64 = std::env::args()
        .skip(1)
        .find_map(|a| a.parse().ok())
        .unwrap_or(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a small positive number"
    )]
    let policies = (POLICIES as f64 * scale) as usize;
    let folder = tempfile::tempdir().unwrap();
    ordinary(folder.path());
    bulk(folder.path(), policies);
    let bytes = std::fs::metadata(folder.path().join("policytrail.db"))
        .unwrap()
        .len();
    println!("{policies} policies, database {} MB", bytes >> 20);
    for arguments in [
        &["status"][..],
        &["status", "--format", "json"],
        &["log", "site-77.com"],
        &["show", "site-77.com@2010"],
        &["diff", "site-77.com"],
        &["search", "albatross feathers"],
        &["search", "word4711"],
        &["search", "--anywhere", "word1 word2"],
        &["search", "edition"],
        &["search", "--any", "edition of", "word12*"],
        &["search", "--added", "word4711"],
        &["search", "--removed", "word4711", "--from", "2003"],
        &["search", "edition 3", "--site", "site-77.com"],
        &["search", "edition", "--language", "fr"],
        &["search", "edition", "--from", "2012"],
        &["changes"],
        &["changes", "--language", "fr"],
        &["changes", "--since", "2004", "--until", "2005"],
        &["changes", "--min", "rewrite"],
        &["changes", "--added", "word4711"],
        &["changes", "--added", "edition"],
        &["changes", "--removed", "word4711"],
        &["similar", "site-77.com"],
        &["search", "--db", "ordinary.db", "edition"],
    ] {
        command(folder.path(), arguments);
    }
}
