//! Tests of archives in files, on archives made for the tests.

mod catalogue;
mod damage;
mod hostile;
mod line_ends;
mod other_records;
mod real;
mod redirects;
mod replaying;
mod revisits;

use std::io::Write as _;
use std::path::Path;

use super::writer::{CapturedResponse, EarlierCapture, RecordPlace, WarcWriter, cdxj_line};
use super::{SkipReason, WarcArchive};
use crate::archive::{Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};

const LIMIT: u64 = 1_000_000;

fn at(digits: &str) -> Timestamp {
    digits.parse().unwrap()
}

/// A window that contains every capture.
fn any_time() -> (Timestamp, Timestamp) {
    (at("19900101000000"), at("20301231235959"))
}

/// The capture of a payload, without status.
fn capture(url: &str, timestamp: &str, payload: &[u8]) -> Capture {
    Capture {
        urlkey: UrlKey::of(url).unwrap(),
        timestamp: at(timestamp),
        original: url.to_owned(),
        mimetype: "text/html".to_owned(),
        statuscode: None,
        digest: Some(PayloadDigest::of(payload)),
        length: None,
    }
}

/// A folder with one WARC file, filled record by record.
struct ArchiveBuilder {
    folder: tempfile::TempDir,
    warc: WarcWriter<Vec<u8>>,
    index: String,
}

impl ArchiveBuilder {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            warc: WarcWriter::new(Vec::new()),
            index: String::new(),
        }
    }

    /// Adds the index row of a record.
    fn row(&mut self, capture: Capture, place: RecordPlace) {
        let length = Some(place.length);
        let capture = Capture { length, ..capture };
        self.index += &cdxj_line(&capture, place, "a.warc.gz");
        self.index.push('\n');
    }

    /// A response; `head` is its status line and headers with line feeds only.
    fn response(&mut self, url: &str, timestamp: &str, head: &str, payload: &[u8]) -> &mut Self {
        let head = format!("{head}\r\n\r\n");
        let response = CapturedResponse {
            url,
            timestamp: at(timestamp),
            head: head.as_bytes(),
            payload,
        };
        let place = self.warc.response(&response).unwrap();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|s| s.get(..3)?.parse().ok());
        let row = capture(url, timestamp, payload);
        let statuscode = status;
        self.row(Capture { statuscode, ..row }, place);
        self
    }

    fn page(&mut self, url: &str, timestamp: &str, body: &str) -> &mut Self {
        self.response(
            url,
            timestamp,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html",
            body.as_bytes(),
        )
    }

    fn redirect(&mut self, url: &str, timestamp: &str, to: &str) -> &mut Self {
        self.response(
            url,
            timestamp,
            &format!("HTTP/1.1 301 Moved\r\nLocation: {to}"),
            b"",
        )
    }

    fn revisit(
        &mut self,
        url: &str,
        timestamp: &str,
        payload: &[u8],
        earlier: EarlierCapture<'_>,
    ) -> &mut Self {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
        let response = CapturedResponse {
            url,
            timestamp: at(timestamp),
            head,
            payload,
        };
        let place = self.warc.revisit(&response, earlier).unwrap();
        let row = capture(url, timestamp, payload);
        let mimetype = "warc/revisit".to_owned();
        self.row(Capture { mimetype, ..row }, place);
        self
    }

    /// Any record, without an index row.
    fn record(&mut self, kind: &str, headers: &[(&str, &str)], block: &[u8]) -> RecordPlace {
        let headers: Vec<(&str, String)> = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        self.warc.record(kind, &headers, &[block]).unwrap()
    }

    /// The archive without an index.
    fn open(self) -> OpenedArchive {
        let bytes = self.warc.finish().unwrap();
        std::fs::write(self.folder.path().join("a.warc.gz"), bytes).unwrap();
        OpenedArchive::of(self.folder)
    }

    /// The archive with its index.
    fn open_with_index(self) -> OpenedArchive {
        std::fs::write(self.folder.path().join("a.cdxj"), &self.index).unwrap();
        self.open()
    }
}

/// An open archive and its folder.
struct OpenedArchive {
    folder: tempfile::TempDir,
    archive: WarcArchive,
}

impl OpenedArchive {
    fn of(folder: tempfile::TempDir) -> Self {
        let archive = WarcArchive::open(folder.path(), LIMIT).unwrap();
        Self { folder, archive }
    }

    fn memento(&self, url: &str, timestamp: &str) -> Result<Memento, ArchiveError> {
        self.ask(&MementoQuery {
            original: url.to_owned(),
            timestamp: at(timestamp),
            window: any_time(),
            expected_digest: None,
        })
    }

    fn ask(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        memento(&self.archive, query)
    }

    fn body(&self, url: &str, timestamp: &str) -> String {
        String::from_utf8(self.memento(url, timestamp).unwrap().body).unwrap()
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(future)
}

fn memento(archive: &WarcArchive, query: &MementoQuery) -> Result<Memento, ArchiveError> {
    block_on(archive.memento(query))
}

fn captures(archive: &WarcArchive, query: &CaptureQuery) -> (Vec<Capture>, IndexAnswer) {
    let mut rows = Vec::new();
    let answer = block_on(archive.captures(query, &mut |row| rows.push(row))).unwrap();
    (rows, answer)
}

/// All rows of an archive, whatever their site.
fn all_rows(archive: &WarcArchive) -> Vec<Capture> {
    archive
        .collection
        .catalogue
        .rows()
        .map(|row| row.capture.clone())
        .collect()
}

/// What opening an archive left out.
fn skipped(archive: &WarcArchive) -> Vec<(SkipReason, u64)> {
    archive.skipped().counts().collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes), &mut out).unwrap();
    out
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    std::fs::write(folder.join(name), bytes).unwrap();
}
