//! Indexes a WARC file by reading it from end to end.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use data_encoding::BASE32_NOPAD;
use flate2::bufread::GzDecoder;
use sha1::{Digest as _, Sha1};

use super::http_message::{ResponseHead, mimetype_of};
use super::lines::{CountingReader, HeadError};
use super::record::{RecordHead, RecordKind};
use crate::model::{Capture, PayloadDigest, UrlKey};

/// Size of the buffers between file, decompressor and parser.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// First bytes of a gzip member.
pub(super) const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Location of a record in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordLocation {
    /// Offset in the file of the record, or of the gzip member around it.
    pub(super) offset: u64,
    /// Bytes of the decompressed member before the record: 0 in files with one member per record.
    pub(super) skip: u64,
}

/// Result of reading a whole file.
#[derive(Debug, Default)]
pub(super) struct WarcScan {
    /// Captures and the locations of their records, in the order of the file.
    pub(super) rows: Vec<(Capture, RecordLocation)>,
    /// `response`, `revisit` and `resource` records of web pages without a valid URL or date.
    pub(super) bad_rows: u64,
    /// Gzip members with more than one record.
    pub(super) shared_members: u64,
}

/// Why a file could not be read to its end.
#[derive(Debug)]
pub(super) struct ScanError {
    /// Offset of the record or member that cannot be read.
    pub(super) offset: u64,
    /// What is wrong.
    pub(super) detail: String,
    /// True when the file ends too early.
    pub(super) is_cut_off: bool,
}

/// Reads a whole WARC file.
pub(super) fn scan_file(path: &Path) -> Result<WarcScan, ScanError> {
    let file = File::open(path).map_err(|e| ScanError {
        offset: 0,
        detail: e.to_string(),
        is_cut_off: false,
    })?;
    scan(BufReader::with_capacity(BUFFER_BYTES, file))
}

/// Reads a whole WARC from a stream: plain, one gzip member per record, one member for all, or any mixture.
pub(super) fn scan(reader: impl BufRead) -> Result<WarcScan, ScanError> {
    let mut outer = CountingReader::from(reader, 0);
    let mut scan = WarcScan::default();
    loop {
        let offset = outer.position();
        let error = |error: HeadError| {
            let is_cut_off =
                matches!(&error, HeadError::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof);
            ScanError {
                offset,
                detail: error.to_string(),
                is_cut_off,
            }
        };
        let start = outer.fill_buf().map_err(|e| error(e.into()))?;
        if start.is_empty() && offset == 0 {
            // A failed download leaves an empty file. Reading it as an archive without captures would hide that.
            return Err(error(HeadError::WrongStart("the file is empty".to_owned())));
        }
        if start.is_empty() {
            return Ok(scan);
        }
        if start.first() == GZIP_MAGIC.first() {
            scan_member(&mut outer, offset, &mut scan).map_err(error)?;
        } else {
            let rows_before = scan.rows.len();
            let place = RecordLocation { offset, skip: 0 };
            scan_record(&mut outer, place, &mut scan).map_err(error)?;
            let length = outer.position().saturating_sub(offset);
            set_length(&mut scan, rows_before, length);
        }
    }
}

/// Reads one gzip member with all records in it.
fn scan_member(
    outer: &mut impl BufRead,
    offset: u64,
    scan: &mut WarcScan,
) -> Result<(), HeadError> {
    let rows_before = scan.rows.len();
    let mut records = 0_u64;
    let mut outer = CountingReader::from(outer, 0);
    {
        let decoder = GzDecoder::new(&mut outer);
        let mut inner = CountingReader::from(BufReader::with_capacity(BUFFER_BYTES, decoder), 0);
        while !inner.fill_buf()?.is_empty() {
            let place = RecordLocation {
                offset,
                skip: inner.position(),
            };
            scan_record(&mut inner, place, scan)?;
            records += 1;
        }
    }
    if records == 1 {
        set_length(scan, rows_before, outer.position());
    } else if records > 1 {
        scan.shared_members += 1;
    }
    Ok(())
}

fn set_length(scan: &mut WarcScan, from: usize, length: u64) {
    for (capture, _) in scan.rows.iter_mut().skip(from) {
        capture.length = Some(length);
    }
}

/// Reads one record and the line ends after it.
fn scan_record(
    reader: &mut impl BufRead,
    place: RecordLocation,
    scan: &mut WarcScan,
) -> Result<(), HeadError> {
    let head = RecordHead::read(reader)?;
    let mut block = reader.by_ref().take(head.content_length);
    match row_of(&head, &mut block)? {
        RecordRow::Capture(capture) => scan.rows.push((*capture, place)),
        RecordRow::Bad => scan.bad_rows += 1,
        RecordRow::None => {}
    }
    io::copy(&mut block, &mut io::sink())?;
    if block.limit() > 0 {
        return Err(HeadError::Io(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file ends inside the record",
        )));
    }
    // Two CRLF end a record. Some writers wrote one, or bare line feeds.
    loop {
        let bytes = reader.fill_buf()?;
        let line_ends = bytes
            .iter()
            .take_while(|b| matches!(b, b'\r' | b'\n'))
            .count();
        let goes_on = line_ends > 0 && line_ends == bytes.len();
        reader.consume(line_ends);
        if !goes_on {
            return Ok(());
        }
    }
}

/// The index row of a record, if it has one.
enum RecordRow {
    Capture(Box<Capture>),
    Bad,
    None,
}

/// Builds the index row of a record. Reads as much of the block as necessary.
fn row_of(head: &RecordHead, block: &mut impl BufRead) -> Result<RecordRow, HeadError> {
    if head.kind == RecordKind::Other {
        return Ok(RecordRow::None);
    }
    let target = head.target().unwrap_or_default();
    let has_other_scheme = target
        .split_once(':')
        .is_some_and(|(scheme, _)| !scheme.to_ascii_lowercase().starts_with("http"));
    if has_other_scheme {
        // dns:, ftp:, urn: and similar records are not pages.
        return Ok(RecordRow::None);
    }
    let (Ok(urlkey), Some(timestamp)) = (UrlKey::of(target), head.date()) else {
        return Ok(RecordRow::Bad);
    };
    let (mimetype, statuscode) = match head.kind {
        RecordKind::Revisit => ("warc/revisit".to_owned(), None),
        RecordKind::Resource => (mimetype_of(head.content_type()), Some(200)),
        _ => match ResponseHead::read(block) {
            Ok(response) => (response.mimetype(), Some(response.status)),
            Err(HeadError::Io(error)) => return Err(error.into()),
            // The row stays in the index, so that replay reports what is wrong.
            Err(HeadError::TooLong(_) | HeadError::WrongStart(_)) => ("unk".to_owned(), None),
        },
    };
    let digest = match head.payload_digest() {
        Some(digest) => Some(digest),
        None if head.kind == RecordKind::Revisit => None,
        None => Some(digest_of(block)?),
    };
    let original = target.to_owned();
    Ok(RecordRow::Capture(Box::new(Capture {
        urlkey,
        timestamp,
        original,
        mimetype,
        statuscode,
        digest,
        length: None,
    })))
}

fn digest_of(payload: &mut impl BufRead) -> Result<PayloadDigest, HeadError> {
    let mut hash = Sha1::new();
    loop {
        let bytes = payload.fill_buf()?;
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        let count = bytes.len();
        payload.consume(count);
    }
    let letters = BASE32_NOPAD.encode(&hash.finalize());
    PayloadDigest::parse(&letters).map_err(|e| HeadError::WrongStart(e.to_string()))
}
