//! The main job against a real pywb, where one is installed: on the PATH, or in the folder `POLICYTRAIL_PYWB` names
//! (`python3 -m venv /tmp/pywb && /tmp/pywb/bin/pip install pywb 'setuptools<81'`, then `POLICYTRAIL_PYWB=/tmp/pywb/bin`).
//! Without one these tests say so and look at nothing.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "in a test, a panic is the report, and a skip must be seen"
)]

#[path = "support/database.rs"]
mod database;
#[path = "support/pywb_server.rs"]
mod pywb_server;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use policytrail::archive::clock::SystemClock;
use policytrail::archive::http::{Dialect, HttpArchive, HttpSettings, MemoryLedger};
use policytrail::archive::warc::WarcArchive;
use policytrail::archive::warc::writer::{CapturedResponse, EarlierCapture, WarcWriter};
use policytrail::archive::{
    Archive, ArchiveError, CaptureQuery, KeyFilter, Memento, MementoQuery, Scope,
};
use policytrail::model::{Capture, Timestamp, UrlKey};
use pywb_server::PywbServer;
use rusqlite::types::ValueRef;
use tokio_util::sync::CancellationToken;
use url::Url;

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/sample")
}

/// What a backfill of the sample's sites puts into its database.
fn facts_of_backfill(archive: &str, sampling: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_policytrail"))
        .current_dir(folder.path())
        .args([
            "backfill",
            "--archive",
            archive,
            "--db",
            "trail.db",
            "--to",
            "2024",
            "--sample",
            sampling,
        ])
        .args(["--sites".as_ref(), sample().join("sites.csv").as_os_str()])
        .args(["--cdx-per-minute", "60000", "--playback-per-second", "2000"])
        .env_remove("POLICYTRAIL_LOG")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let database = folder.path().join("trail.db");
    database::assert_sound(&database);
    // pywb leaves the trailers of a chunked body at its end (`0`, `Served-In: 12ms`): other bytes, the same words.
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
    let files = sample().to_string_lossy().into_owned();
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

fn moved(to: &str) -> String {
    format!("HTTP/1.1 301 Moved Permanently\r\nLocation: {to}\r\n\r\n")
}

/// What real crawls hold and the sample does not. Left out for what pywb (2.10) makes of it: other ports (no host or domain
/// query lists them) and bodies shorter than their `Content-Length` (it keeps the length, so that their end never comes).
#[expect(
    clippy::too_many_lines,
    reason = "a list of captures, each with what it is for"
)]
fn oddities() -> Vec<(String, &'static str, String, Vec<u8>)> {
    let page = |word: &str| format!("<p>{word}</p>").into_bytes();
    let html = |url: &str, time: &'static str| (url.to_owned(), time, HTML.to_owned(), page(url));
    let to = |url: &str, time: &'static str, target: &str| {
        (url.to_owned(), time, moved(target), Vec::new())
    };
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
        // pywb gives a URL that it lacks with another query the nearest in its opinion.
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
        (
            "http://example.com/gone".to_owned(),
            "20130101000000",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n".to_owned(),
            page("gone"),
        ),
        (
            "http://example.com/busy".to_owned(),
            "20130101000001",
            "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nRetry-After: 60\r\n\r\n".to_owned(),
            page("busy"),
        ),
        (
            "http://example.com/limit".to_owned(),
            "20130101000002",
            "HTTP/1.1 429 Too Many\r\nContent-Type: text/html\r\n\r\n".to_owned(),
            page("limit"),
        ),
        (
            "http://example.com/empty".to_owned(),
            "20130101000003",
            HTML.to_owned(),
            Vec::new(),
        ),
        (
            "http://example.com/chunks".to_owned(),
            "20130201000000",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
                .to_owned(),
            b"5\r\nwords\r\n0\r\n\r\n".to_vec(),
        ),
        (
            "http://example.com/packed".to_owned(),
            "20130201000001",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
                .to_owned(),
            gzip(b"<p>packed"),
        ),
        (
            "http://example.com/said-packed".to_owned(),
            "20130201000002",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
                .to_owned(),
            page("plain"),
        ),
        (
            "http://example.com/untyped".to_owned(),
            "20130201000003",
            "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
            page("untyped"),
        ),
        (
            "http://example.com/file.pdf".to_owned(),
            "20130201000005",
            "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n".to_owned(),
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
fn told(answer: Result<Memento, ArchiveError>) -> String {
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

#[tokio::test]
async fn a_real_pywb_and_its_files_replay_odd_captures_alike() {
    let folder = tempfile::tempdir().unwrap();
    let warc = folder.path().join("odd.warc.gz");
    write_oddities(&warc);
    let Some(pywb) = PywbServer::start(&warc) else {
        return;
    };
    let files = WarcArchive::open(&warc, 1 << 20).unwrap();
    let settings = HttpSettings {
        base_url: Url::parse(&pywb.collection).unwrap(),
        dialect: Dialect::Pywb,
        cdx_per_minute: 60_000.0,
        playback_per_second: 2000.0,
        retry_pause: std::time::Duration::from_millis(1),
        ..HttpSettings::default()
    };
    let server = HttpArchive::new(
        settings,
        Arc::new(MemoryLedger::default()),
        Arc::new(SystemClock),
        CancellationToken::new(),
    )
    .unwrap();
    let rows = captures(&files).await;
    let mut differences = Vec::new();
    let told_rows = |rows: &[Capture]| -> Vec<String> {
        rows.iter()
            .map(|c| {
                format!(
                    "{} {} {} {:?} {:?}",
                    c.timestamp, c.original, c.mimetype, c.statuscode, c.digest
                )
            })
            .collect()
    };
    let (by_file, by_http) = (told_rows(&rows), told_rows(&captures(&server).await));
    differences.extend(
        by_file
            .iter()
            .filter(|row| !by_http.contains(row))
            .map(|row| format!("only in files: {row}")),
    );
    differences.extend(
        by_http
            .iter()
            .filter(|row| !by_file.contains(row))
            .map(|row| format!("only in pywb: {row}")),
    );
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
                told(files.memento(&query).await),
                told(server.memento(&query).await),
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
