//! WARC files and their indexes: whatever the bytes are, an archive is opened or refused, and each row is replayed or
//! refused.
//!
//! Input: one byte of flags (1: the records are compressed here, one gzip member each; 2: the name ends in `.gz`; 4:
//! there is an index), then the WARC, then, after a line `==INDEX==`, the index.
#![no_main]

use std::fs;
use std::io::Write as _;
use std::sync::OnceLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use policytrail::archive::warc::WarcArchive;
use policytrail::archive::{Archive as _, CaptureQuery, KeyFilter, MementoQuery, Scope};
use policytrail::model::{Capture, Site};
use tokio::runtime::{Builder, Runtime};

/// Small, so that the fuzzer can exceed it.
const LIMIT: u64 = 4096;
/// Maximum number of rows that are replayed, each of which reads the file.
const MOST_REPLAYED: usize = 40;
const INDEX_MARK: &[u8] = b"\n==INDEX==\n";

fuzz_target!(|bytes: &[u8]| {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let (warc, index) = match rest
        .windows(INDEX_MARK.len())
        .position(|window| window == INDEX_MARK)
    {
        Some(at) => (&rest[..at], &rest[at + INDEX_MARK.len()..]),
        None => (rest, &[][..]),
    };
    let folder = tempfile::tempdir().unwrap();
    let name = if flags & 3 == 0 {
        "a.warc"
    } else {
        "a.warc.gz"
    };
    let stored = if flags & 1 == 1 {
        compressed(warc)
    } else {
        warc.to_vec()
    };
    fs::write(folder.path().join(name), stored).unwrap();
    if flags & 4 == 4 {
        fs::write(
            folder
                .path()
                .join(if flags & 8 == 8 { "a.cdx" } else { "a.cdxj" }),
            index,
        )
        .unwrap();
    }
    let place = if flags & 16 == 16 {
        folder.path().join(name)
    } else {
        folder.path().to_path_buf()
    };
    let Ok(archive) = WarcArchive::open(&place, LIMIT) else {
        return;
    };
    runtime().block_on(look_through(&archive, rest));
});

async fn look_through(archive: &WarcArchive, bytes: &[u8]) {
    let mut scopes = vec![
        Scope::Domain(Site::parse("example.com").unwrap()),
        Scope::Host("example.com".to_owned()),
        Scope::Host("www.example.org".to_owned()),
    ];
    scopes.extend(urls(bytes).into_iter().map(Scope::Exact));
    let mut left = MOST_REPLAYED;
    for scope in scopes {
        let is_exact = matches!(scope, Scope::Exact(_));
        let query = CaptureQuery {
            scope,
            from: None,
            to: None,
            filter: KeyFilter::default(),
            expects_none: false,
        };
        let mut captures: Vec<Capture> = Vec::new();
        let answer = archive
            .captures(&query, &mut |capture| captures.push(capture))
            .await
            .unwrap();
        assert_eq!(answer.rows, captures.len() as u64);
        assert!(
            answer.rows <= archive.row_count() as u64 && answer.bad_rows <= archive.bad_row_count()
        );
        let key = |c: &Capture| (c.urlkey.clone(), c.timestamp);
        assert!(is_exact || captures.is_sorted_by_key(key), "{captures:?}");
        for capture in captures.iter().take(left) {
            replay(archive, capture).await;
        }
        left = left.saturating_sub(captures.len());
    }
}

async fn replay(archive: &WarcArchive, capture: &Capture) {
    let query = MementoQuery {
        original: capture.original.clone(),
        timestamp: capture.timestamp,
        window: (
            "19900101000000".parse().unwrap(),
            "20991231235959".parse().unwrap(),
        ),
        expected_digest: capture.digest.clone(),
    };
    match archive.memento(&query).await {
        Ok(memento) => {
            assert!(
                memento.body.len() as u64 <= LIMIT,
                "{} bytes",
                memento.body.len()
            );
            assert!(memento.redirects.len() <= 10, "{:?}", memento.redirects);
            assert!(
                (200..300).contains(&memento.status) || (400..=999).contains(&memento.status),
                "{}",
                memento.status
            );
        }
        // Messages for people may be printed to a terminal.
        Err(error) => assert!(!error.to_string().contains(char::is_control), "{error:?}"),
    }
}

/// The URLs that occur in the input as plain text.
fn urls(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let starts = text.match_indices("http").map(|(at, _)| at).take(20);
    let url = |at: usize| {
        text[at..]
            .split([' ', '\r', '\n', '"', '>'])
            .next()
            .map(str::to_owned)
    };
    starts.filter_map(url).collect()
}

/// Writes one gzip member for each part that begins like a record.
fn compressed(warc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut start = 0;
    let starts = (1..warc.len()).filter(|at| warc[*at..].starts_with(b"WARC/1"));
    for end in starts.chain([warc.len()]) {
        let mut encoder = GzEncoder::new(&mut out, Compression::fast());
        encoder.write_all(&warc[start..end]).unwrap();
        encoder.finish().unwrap();
        start = end;
    }
    out
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap()
    })
}
