//! Writes the stored payloads as WARC 1.1 with a CDXJ index and a site list: an archive that `--archive` and pywb replay.
//!
//! The database keeps decoded bodies, statuses, content types and redirects, but not the headers as they were received.
//! So each response is rebuilt from these, and the `warcinfo` record says so. Captures that share a payload are `revisit`
//! records.

use std::collections::HashSet;
use std::io::{self, Write};

use sha1::{Digest as _, Sha1};

use super::compression::Compression;
use super::error::ExportError;
use super::file_names::{SITE_LIST, WARC, WARC_INDEX};
use super::folder::ExportFolder;
use super::options::ExportOptions;
use super::warc_head::{media_type, response_head};
use crate::archive::warc::writer::{
    CapturedResponse, EarlierCapture, RecordPlace, WarcWriter, cdxj_line,
};
use crate::model::{Capture, CaptureId, PayloadDigest, Redirect, Timestamp, UrlKey};
use crate::store::tables::{HeldCapture, Snapshot};

/// Description in the `warcinfo` record.
pub(super) const DESCRIPTION: &str = "Privacy policies as stored by policytrail. Status, Content-Type, Location and body are those that the archive \
                           returned; content encodings are removed, and Content-Length is computed. Other response headers \
                           are not in this file. There are no request records.";

/// Fields of the `warcinfo` record: who made the file and how.
pub(super) const WARCINFO_FIELDS: [(&str, &str); 3] = [
    (
        "software",
        concat!("policytrail/", env!("CARGO_PKG_VERSION")),
    ),
    ("format", "WARC File Format 1.1"),
    ("description", DESCRIPTION),
];

/// The last response that was written. Revisits of its payload follow it.
struct WrittenResponse {
    capture_id: CaptureId,
    url: String,
    timestamp: Timestamp,
    head: Vec<u8>,
    payload: Vec<u8>,
}

/// Writes the records of captures, each capture once.
struct RecordWriter<'a, W: Write> {
    warc: WarcWriter<W>,
    snapshot: &'a Snapshot<'a>,
    last_response: Option<WrittenResponse>,
    /// Captures that were written: the first 16 bytes of the hash of time and URL.
    seen: HashSet<[u8; 16]>,
    written: u64,
}

/// A line of the index and where its record is.
type IndexedRecord = (Capture, RecordPlace);

/// Writes the three files; returns the number of records that are captures.
pub(super) fn write_warc(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
) -> Result<u64, ExportError> {
    let file = folder.create(WARC, Compression::None)?;
    let path = file.path().to_path_buf();
    let fail = |e| ExportError::write(&path, e);
    let mut records = RecordWriter {
        warc: WarcWriter::new(file),
        snapshot,
        last_response: None,
        seen: HashSet::new(),
        written: 0,
    };
    let dated = snapshot
        .dated()?
        .unwrap_or_else(|| Timestamp::from_unix_seconds(0));
    records
        .warc
        .warcinfo(WARC, dated, &WARCINFO_FIELDS)
        .map_err(fail)?;
    let index_lines = snapshot.line_sorter()?;
    snapshot.each_held_capture(&options.filter, |held| {
        for (capture, place) in records.write(&held, &fail)? {
            index_lines.add(&cdxj_line(&capture, place, WARC))?;
        }
        Ok::<_, ExportError>(())
    })?;
    let written = records.written;
    let file = records.warc.finish().map_err(fail)?;
    folder.close(file)?;

    let mut index = folder.create(WARC_INDEX, Compression::None)?;
    let path = index.path().to_path_buf();
    index_lines.each(|line| writeln!(index, "{line}").map_err(|e| ExportError::write(&path, e)))?;
    folder.close(index)?;
    write_site_list(snapshot, options, folder)?;
    Ok(written)
}

impl<W: Write> RecordWriter<'_, W> {
    /// Writes the records of a stored capture: its redirects, and itself as response or revisit.
    fn write(
        &mut self,
        held: &HeldCapture,
        fail: &dyn Fn(io::Error) -> ExportError,
    ) -> Result<Vec<IndexedRecord>, ExportError> {
        let mut rows = Vec::new();
        for hop in held
            .redirects
            .iter()
            .filter(|hop| (300..400).contains(&hop.status))
        {
            rows.extend(self.redirect(hop).map_err(fail)?);
        }
        if held.is_revisit {
            let last = self.last_response.take();
            if let Some(response) = &last
                && response.capture_id == held.fetched_capture_id
            {
                rows.extend(self.revisit(held, response).map_err(fail)?);
            }
            self.last_response = last;
        } else if held.has_payload {
            let payload = self.snapshot.payload(held.fetched_capture_id)?;
            let response = WrittenResponse {
                capture_id: held.fetched_capture_id,
                url: held.original.clone(),
                timestamp: held.timestamp,
                head: response_head(
                    held.statuscode.unwrap_or(200),
                    ("Content-Type", held.content_type.as_deref()),
                    payload.len(),
                ),
                payload,
            };
            rows.extend(self.response(held, &response).map_err(fail)?);
            self.last_response = Some(response);
        }
        Ok(rows)
    }

    /// Writes a response.
    fn response(
        &mut self,
        held: &HeldCapture,
        response: &WrittenResponse,
    ) -> io::Result<Option<IndexedRecord>> {
        let Some(urlkey) = self.take(&response.url, response.timestamp) else {
            return Ok(None);
        };
        let place = self.warc.response(&response.captured())?;
        let mimetype = held.content_type.as_deref().and_then(media_type);
        let capture = Capture {
            urlkey,
            timestamp: response.timestamp,
            original: response.url.clone(),
            mimetype: mimetype.unwrap_or_else(|| "unk".to_owned()),
            statuscode: Some(held.statuscode.unwrap_or(200)),
            digest: Some(PayloadDigest::of(&response.payload)),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    /// Writes a capture with the payload of the response before it.
    fn revisit(
        &mut self,
        held: &HeldCapture,
        earlier: &WrittenResponse,
    ) -> io::Result<Option<IndexedRecord>> {
        let Some(urlkey) = self.take(&held.original, held.timestamp) else {
            return Ok(None);
        };
        let captured = CapturedResponse {
            url: &held.original,
            timestamp: held.timestamp,
            ..earlier.captured()
        };
        let place = self.warc.revisit(
            &captured,
            EarlierCapture {
                url: &earlier.url,
                timestamp: earlier.timestamp,
            },
        )?;
        let capture = Capture {
            urlkey,
            timestamp: held.timestamp,
            original: held.original.clone(),
            mimetype: "warc/revisit".to_owned(),
            statuscode: None,
            digest: Some(PayloadDigest::of(&earlier.payload)),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    /// Writes an archived redirect.
    fn redirect(&mut self, hop: &Redirect) -> io::Result<Option<IndexedRecord>> {
        let Some(urlkey) = self.take(&hop.from, hop.timestamp) else {
            return Ok(None);
        };
        let place = self.warc.response(&CapturedResponse {
            url: &hop.from,
            timestamp: hop.timestamp,
            head: &response_head(hop.status, ("Location", Some(&hop.to)), 0),
            payload: b"",
        })?;
        let capture = Capture {
            urlkey,
            timestamp: hop.timestamp,
            original: hop.from.clone(),
            mimetype: "unk".to_owned(),
            statuscode: Some(hop.status),
            digest: Some(PayloadDigest::of(b"")),
            length: Some(place.length),
        };
        Ok(Some((capture, place)))
    }

    /// The key of a capture that is to be written; `None` if it was written already or its URL cannot be indexed.
    fn take(&mut self, url: &str, timestamp: Timestamp) -> Option<UrlKey> {
        let urlkey = UrlKey::of(url).ok()?;
        // A URL that breaks a header line would be read as a different one.
        if url.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let hash = Sha1::digest(format!("{timestamp} {url}"));
        let mut name = [0; 16];
        name.copy_from_slice(&hash[..16]);
        if !self.seen.insert(name) {
            return None;
        }
        self.written += 1;
        Some(urlkey)
    }
}

impl WrittenResponse {
    fn captured(&self) -> CapturedResponse<'_> {
        CapturedResponse {
            url: &self.url,
            timestamp: self.timestamp,
            head: &self.head,
            payload: &self.payload,
        }
    }
}

/// Writes every URL of every policy: an import of the archive uses them.
fn write_site_list(
    snapshot: &Snapshot<'_>,
    options: &ExportOptions,
    folder: &mut ExportFolder,
) -> Result<(), ExportError> {
    let mut sink = folder.create(SITE_LIST, Compression::None)?;
    let path = sink.path().to_path_buf();
    let fail = |e: csv::Error| ExportError::write(&path, e.into());
    {
        let mut list = csv::Writer::from_writer(&mut sink);
        list.write_record(["site", "policy_url", "rank"])
            .map_err(fail)?;
        snapshot.each_policy_address(&options.filter, |site, url, rank| {
            let rank = rank.map_or_else(String::new, |r| r.to_string());
            list.write_record([site, url, &rank]).map_err(fail)
        })?;
        list.flush().map_err(|e| ExportError::write(&path, e))?;
    }
    folder.close(sink)?;
    Ok(())
}
