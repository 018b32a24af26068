//! Queries an archive of WARC files and replays its captures: what must hold whatever the files contain.

use std::sync::OnceLock;

use policytrail::archive::warc::WarcArchive;
use policytrail::archive::{Archive as _, CaptureQuery, KeyFilter, MementoQuery, Scope};
use policytrail::model::{Capture, Site, UrlKey};
use tokio::runtime::{Builder, Runtime};

/// Largest body. Small, so that the fuzzer can exceed it.
pub const LIMIT: u64 = 4096;
/// Maximum number of rows that are replayed, each of which reads the file.
const MOST_REPLAYED: usize = 40;

/// Queries the archive for sites, hosts and the URLs that occur in the input, and replays what it finds. Returns the rows
/// of all queries.
pub fn read_all(archive: &WarcArchive, bytes: &[u8]) -> Vec<Capture> {
    runtime().block_on(look_through(archive, bytes))
}

async fn look_through(archive: &WarcArchive, bytes: &[u8]) -> Vec<Capture> {
    let mut scopes = vec![
        Scope::Domain(Site::parse("example.com").unwrap()),
        Scope::Host("example.com".to_owned()),
        Scope::Host("www.example.org".to_owned()),
    ];
    scopes.extend(urls(bytes).into_iter().map(Scope::Exact));
    let mut left = MOST_REPLAYED;
    let mut all = Vec::new();
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
        // Rows that an index has under another key than that of their URL follow at the end.
        let own = captures
            .iter()
            .filter(|c| UrlKey::of(&c.original).as_ref() == Ok(&c.urlkey));
        assert!(is_exact || own.is_sorted_by_key(key), "{captures:?}");
        for capture in captures.iter().take(left) {
            replay(archive, capture).await;
        }
        left = left.saturating_sub(captures.len());
        all.append(&mut captures);
    }
    all
}

/// Replays one capture.
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

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_current_thread()
            .max_blocking_threads(1)
            .build()
            .unwrap()
    })
}
