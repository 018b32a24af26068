//! The main job against a real pywb, where one is installed: on the PATH, or in the folder `POLICYTRAIL_PYWB` names
//! (`python3 -m venv /tmp/pywb && /tmp/pywb/bin/pip install pywb 'setuptools<81'`, then `POLICYTRAIL_PYWB=/tmp/pywb/bin`).
//! Without one these tests print that they are skipped.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{Dialect, HttpArchive, HttpSettings, MemoryLedger};
use policytrail::archive::warc::WarcArchive;
use policytrail::archive::warc::writer::{CapturedResponse, EarlierCapture, WarcWriter};
use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, KeyFilter, Memento, MementoQuery, Scope,
};
use policytrail::model::{Capture, Timestamp, UrlKey};
use rusqlite::types::ValueRef;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::database;
use crate::support::paths::{sample, sample_location};
use crate::support::program::{on_sample_sites, succeeds};
use crate::support::pywb_server::PywbServer;

/// The facts of a backfill of the sample's sites.
fn facts_of_backfill(archive: &str, sampling: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--to", "2024", "--sample", sampling];
    succeeds(on_sample_sites(folder.path(), "backfill", archive, &more));
    let database = folder.path().join("trail.db");
    database::assert_sound(&database);
    // pywb leaves the trailers of a chunked body at its end (`0`, `Served-In: 12ms`): only the bytes differ.
    let bytes_as_they_came = format!("{:?} |", ValueRef::Text(b"memento"));
    database::facts(&database)
        .into_iter()
        .filter(|fact| !fact.starts_with(&bytes_as_they_came))
        .collect()
}

#[test]
fn a_real_pywb_and_its_files_give_the_same_versions() {
    let Some(pywb) = PywbServer::start(&sample().join("sample.warc.gz")) else {
        return;
    };
    let files = sample_location();
    for sampling in ["all", "every-change"] {
        let by_file = facts_of_backfill(&files, sampling);
        let version = format!("{:?} |", ValueRef::Text(b"version"));
        assert_eq!(
            by_file
                .iter()
                .filter(|fact| fact.starts_with(&version))
                .count(),
            28
        );
        database::assert_same(
            &by_file,
            &facts_of_backfill(&format!("pywb+{}", pywb.collection), sampling),
        );
    }
}

const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

/// An archived response: its URL, time, head and body.
type Response = (String, &'static str, String, Vec<u8>);

fn page(word: &str) -> Vec<u8> {
    format!("<p>{word}</p>").into_bytes()
}

/// A page of this URL.
fn html(url: &str, time: &'static str) -> Response {
    (url.to_owned(), time, HTML.to_owned(), page(url))
}

/// A redirect.
fn to(url: &str, time: &'static str, target: &str) -> Response {
    let head = format!("HTTP/1.1 301 Moved Permanently\r\nLocation: {target}\r\n\r\n");
    (url.to_owned(), time, head, Vec::new())
}

/// A response with a status line and headers of its own.
fn response(url: &str, time: &'static str, head: &str, body: Vec<u8>) -> Response {
    let head = format!("HTTP/1.1 {head}\r\n\r\n");
    (url.to_owned(), time, head, body)
}

/// What real crawls hold and the sample does not. Two things are left out because pywb (2.10) does not replay them: other
/// ports (no host or domain query lists them) and bodies shorter than their `Content-Length` (pywb keeps the length, so
/// that their end never comes).
fn oddities() -> Vec<Response> {
    [redirects(), addresses(), responses()].concat()
}

/// Redirects to other spellings of their own URL, to other pages and to nothing.
fn redirects() -> Vec<Response> {
    vec![
        html("http://www.example.com/", "20100101000000"),
        // To https, to www, to the slash: one key with their targets.
        to(
            "http://example.com/secure",
            "20110101000000",
            "https://example.com/secure",
        ),
        html("https://example.com/secure", "20110101000001"),
        to(
            "http://example.com/bare",
            "20110301000000",
            "http://www.example.com/bare/",
        ),
        html("http://www.example.com/bare/", "20110301000005"),
        // The same, without its target in the archive.
        to(
            "http://example.com/alone",
            "20110401000000",
            "https://example.com/alone",
        ),
        // A redirect years before and years after a page of the same URL.
        html("http://example.com/turned", "20080101000000"),
        to("http://example.com/turned", "20120101000000", "/elsewhere"),
        html("http://example.com/elsewhere", "20120101000001"),
        html("http://example.com/turned", "20140101000000"),
        to("http://example.com/loop", "20120201000000", "/pool"),
        to("http://example.com/pool", "20120201000001", "/loop"),
        to(
            "http://example.com/nowhere",
            "20120301000000",
            "http://other.example.net/",
        ),
        to(
            "http://example.com/relative/a",
            "20120401000000",
            "../b?x=1&y=2#part",
        ),
        html("http://example.com/b?x=1&y=2", "20120401000001"),
        to(
            "http://example.com/host",
            "20120501000000",
            "//www.example.com/",
        ),
    ]
}

/// URLs that are spelt in odd ways.
fn addresses() -> Vec<Response> {
    vec![
        // For a URL that it does not hold, pywb replays one with another query.
        html("http://example.com/page.html", "20120601000000"),
        to(
            "http://example.com/tracked",
            "20120601000001",
            "/page.html?utm_source=x",
        ),
        html("http://example.com/q?a=1", "20120601000002"),
        html("http://example.com/q?_=123", "20120601000003"),
        html(
            "http://example.com/a%20b/%C3%A9?q=%2F&r=http%3A%2F%2Fexample.org%2F",
            "20120701000000",
        ),
        html("http://example.com/pr%69vacy", "20120701000001"),
        html(
            "http://example.com/UPPER/Case.HTML?B=2&A=1",
            "20120701000002",
        ),
        html(
            "http://example.com/x;jsessionid=ABC?sid=1",
            "20120701000004",
        ),
        html("http://example.com/~user/|pipe", "20120701000005"),
    ]
}

/// Statuses, encodings and types that are no page.
fn responses() -> Vec<Response> {
    vec![
        response(
            "http://example.com/gone",
            "20130101000000",
            "404 Not Found\r\nContent-Type: text/html",
            page("gone"),
        ),
        response(
            "http://example.com/busy",
            "20130101000001",
            "503 Busy\r\nContent-Type: text/html\r\nRetry-After: 60",
            page("busy"),
        ),
        response(
            "http://example.com/limit",
            "20130101000002",
            "429 Too Many\r\nContent-Type: text/html",
            page("limit"),
        ),
        response(
            "http://example.com/empty",
            "20130101000003",
            "200 OK\r\nContent-Type: text/html",
            Vec::new(),
        ),
        response(
            "http://example.com/chunks",
            "20130201000000",
            "200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked",
            b"5\r\nwords\r\n0\r\n\r\n".to_vec(),
        ),
        response(
            "http://example.com/packed",
            "20130201000001",
            "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
            gzip(b"<p>packed"),
        ),
        response(
            "http://example.com/said-packed",
            "20130201000002",
            "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip",
            page("plain"),
        ),
        response(
            "http://example.com/untyped",
            "20130201000003",
            "200 OK",
            page("untyped"),
        ),
        response(
            "http://example.com/file.pdf",
            "20130201000005",
            "200 OK\r\nContent-Type: application/pdf",
            b"%PDF-1.4\n\xff".to_vec(),
        ),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn write_oddities(path: &Path) {
    let mut writer = WarcWriter::new(File::create(path).unwrap());
    for (url, time, head, payload) in oddities() {
        let response = CapturedResponse {
            url: &url,
            timestamp: time.parse().unwrap(),
            head: head.as_bytes(),
            payload: &payload,
        };
        writer.response(&response).unwrap();
    }
    let again = CapturedResponse {
        url: "http://www.example.com/",
        timestamp: "20150101000000".parse().unwrap(),
        head: HTML.as_bytes(),
        payload: b"<p>http://www.example.com/</p>",
    };
    writer
        .revisit(
            &again,
            EarlierCapture {
                url: again.url,
                timestamp: "20100101000000".parse().unwrap(),
            },
        )
        .unwrap();
    writer.finish().unwrap();
}

async fn captures(archive: &impl Archive) -> Vec<Capture> {
    let query = CaptureQuery {
        scope: Scope::Host("example.com".to_owned()),
        from: None,
        to: None,
        filter: KeyFilter::default(),
        expects_none: false,
    };
    let mut found = Vec::new();
    archive
        .captures(&query, &mut |capture| found.push(capture))
        .await
        .unwrap();
    found.sort_by(|a, b| (a.timestamp, &a.original).cmp(&(b.timestamp, &b.original)));
    found
}

/// A memento, or the name of its error, as text that can be compared.
fn message(answer: Result<Memento, ArchiveError>) -> String {
    match answer {
        Ok(m) => {
            let body = String::from_utf8_lossy(&m.body).into_owned();
            // pywb passes over captures that redirect to the same key, to https or to the slash.
            let elsewhere = m
                .redirects
                .iter()
                .filter(|r| UrlKey::of(&r.from) != UrlKey::of(&r.to));
            let hops: Vec<String> = elsewhere
                .map(|r| format!("{} {} {} → {}", r.timestamp, r.status, r.from, r.to))
                .collect();
            format!(
                "{} {} {} {:?} {body:?} {hops:?}",
                m.timestamp, m.original, m.status, m.content_type
            )
        }
        Err(error) => format!("{error:?}")
            .split([' ', '{'])
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

/// Rows of an index as texts that can be compared.
fn texts(rows: &[Capture]) -> Vec<String> {
    let text = |c: &Capture| {
        format!(
            "{} {} {} {:?} {:?}",
            c.timestamp, c.original, c.mimetype, c.statuscode, c.digest
        )
    };
    rows.iter().map(text).collect()
}

/// A client of this pywb, at rates that no test has to wait for.
fn client(pywb: &PywbServer) -> HttpArchive {
    let settings = HttpSettings {
        base_url: Url::parse(&pywb.collection).unwrap(),
        dialect: Dialect::Pywb,
        cdx_per_minute: 60_000.0,
        playback_per_second: 2000.0,
        retry_pause: std::time::Duration::from_millis(1),
        ..HttpSettings::default()
    };
    let ledger = Arc::new(MemoryLedger::default());
    HttpArchive::new(
        settings,
        ledger,
        Arc::new(SystemClock),
        CancellationToken::new(),
    )
    .unwrap()
}

#[tokio::test]
async fn a_real_pywb_and_its_files_replay_odd_captures_in_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let warc = folder.path().join("odd.warc.gz");
    write_oddities(&warc);
    let Some(pywb) = PywbServer::start(&warc) else {
        return;
    };
    let files = WarcArchive::open(&warc, 1 << 20).unwrap();
    let server = client(&pywb);
    let rows = captures(&files).await;
    let mut differences = Vec::new();
    let (by_file, by_http) = (texts(&rows), texts(&captures(&server).await));
    let only = |one: &[String], other: &[String], place: &str| -> Vec<String> {
        let missing = one.iter().filter(|row| !other.contains(row));
        missing
            .map(|row| format!("only in {place}: {row}"))
            .collect()
    };
    differences.extend(only(&by_file, &by_http, "files"));
    differences.extend(only(&by_http, &by_file, "pywb"));
    let always: (Timestamp, Timestamp) = (
        "19900101000000".parse().unwrap(),
        "20501231235959".parse().unwrap(),
    );
    for row in &rows {
        let soon = Timestamp::from_unix_seconds(row.timestamp.unix_seconds() + 60);
        for window in [always, (row.timestamp, soon)] {
            let query = MementoQuery {
                original: row.original.clone(),
                timestamp: row.timestamp,
                window,
                expected_digest: row.digest.clone(),
            };
            let (one, other) = (
                message(files.memento(&query).await),
                message(server.memento(&query).await),
            );
            if one != other {
                differences.push(format!(
                    "{} {} until {}:\n  files {one}\n  pywb  {other}",
                    row.timestamp, row.original, window.1
                ));
            }
        }
    }
    eprintln!("{} captures compared", rows.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
