//! Writes WARC 1.1 files: one gzip member per record, so that an index can refer to each.
//!
//! Follows ISO 28500:2017 (WARC 1.1): records end in two CRLF, `WARC-Profile` names the kind of revisit, digests are
//! `sha1:` with base32. The same input gives the same bytes: gzip headers carry no time, record ids are hashes.

use std::io::{self, Write};

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use flate2::{Compression, GzBuilder};
use sha1::{Digest as _, Sha1};

use crate::model::{Capture, PayloadDigest, Timestamp};

/// `WARC-Profile` of a revisit whose payload is identical to an earlier one (WARC 1.1, section 6.7.2).
pub const IDENTICAL_PAYLOAD: &str =
    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";

/// Compression level of the members. It is fixed, because the same input must give the same bytes.
const GZIP_LEVEL: u32 = 9;

/// Location and length of a written record, in bytes of the compressed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordPlace {
    /// Offset of the first byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

/// An HTTP response as it was captured.
#[derive(Debug, Clone, Copy)]
pub struct CapturedResponse<'a> {
    /// Requested URL.
    pub url: &'a str,
    /// Time of the capture.
    pub timestamp: Timestamp,
    /// Status line and headers with the blank line after them, as received.
    pub head: &'a [u8],
    /// Body as received, with transfer and content encodings.
    pub payload: &'a [u8],
}

/// The earlier capture that a revisit refers to.
#[derive(Debug, Clone, Copy)]
pub struct EarlierCapture<'a> {
    /// Its URL.
    pub url: &'a str,
    /// Its time.
    pub timestamp: Timestamp,
}

/// Writes records one after the other and returns the location of each.
#[derive(Debug)]
pub struct WarcWriter<W> {
    out: W,
    offset: u64,
}

impl<W: Write> WarcWriter<W> {
    /// Creates a writer that begins a new file in `out`.
    pub fn new(out: W) -> Self {
        Self { out, offset: 0 }
    }

    /// Writes the `warcinfo` record at the start of a file: its name, its time, and named fields about its creation
    /// (`software`, `description`, …).
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn warcinfo(
        &mut self,
        filename: &str,
        made: Timestamp,
        fields: &[(&str, &str)],
    ) -> io::Result<RecordPlace> {
        let mut block = Vec::new();
        for (name, value) in fields {
            write!(block, "{name}: {value}\r\n")?;
        }
        let headers = [
            ("WARC-Date", warc_date(made)),
            ("WARC-Filename", filename.to_owned()),
            ("Content-Type", "application/warc-fields".to_owned()),
        ];
        self.record("warcinfo", &headers, &[&block])
    }

    /// Writes a `response` record: the whole response.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn response(&mut self, response: &CapturedResponse<'_>) -> io::Result<RecordPlace> {
        let headers = [
            ("WARC-Target-URI", response.url.to_owned()),
            ("WARC-Date", warc_date(response.timestamp)),
            (
                "WARC-Payload-Digest",
                format!("sha1:{}", PayloadDigest::of(response.payload)),
            ),
            (
                "Content-Type",
                "application/http; msgtype=response".to_owned(),
            ),
        ];
        self.record("response", &headers, &[response.head, response.payload])
    }

    /// Writes a `revisit` record: the head of the response, and a reference to the earlier capture with the same payload.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn revisit(
        &mut self,
        response: &CapturedResponse<'_>,
        earlier: EarlierCapture<'_>,
    ) -> io::Result<RecordPlace> {
        let headers = [
            ("WARC-Target-URI", response.url.to_owned()),
            ("WARC-Date", warc_date(response.timestamp)),
            ("WARC-Profile", IDENTICAL_PAYLOAD.to_owned()),
            ("WARC-Refers-To-Target-URI", earlier.url.to_owned()),
            ("WARC-Refers-To-Date", warc_date(earlier.timestamp)),
            (
                "WARC-Payload-Digest",
                format!("sha1:{}", PayloadDigest::of(response.payload)),
            ),
            (
                "Content-Type",
                "application/http; msgtype=response".to_owned(),
            ),
        ];
        self.record("revisit", &headers, &[response.head])
    }

    /// Writes one record of any type as one gzip member. `headers` are all except the version line, `WARC-Type`,
    /// `WARC-Record-ID`, `WARC-Block-Digest` and `Content-Length`, which follow from the rest. Line ends in header
    /// values become spaces, so that no value can forge a header.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn record(
        &mut self,
        kind: &str,
        headers: &[(&str, String)],
        block: &[&[u8]],
    ) -> io::Result<RecordPlace> {
        let mut head = Vec::new();
        write!(head, "WARC/1.1\r\nWARC-Type: {kind}\r\n")?;
        for (name, value) in headers {
            write!(head, "{name}: {}\r\n", value.replace(['\r', '\n'], " "))?;
        }
        let mut id = Sha1::new_with_prefix(&head);
        let mut block_digest = Sha1::new();
        let mut block_bytes = 0_usize;
        for part in block {
            block_digest.update(part);
            id.update(part);
            block_bytes = block_bytes.saturating_add(part.len());
        }
        let block_digest = BASE32_NOPAD.encode(&block_digest.finalize());
        write!(
            head,
            "WARC-Record-ID: <urn:uuid:{}>\r\n",
            uuid_of(&id.finalize())
        )?;
        write!(
            head,
            "WARC-Block-Digest: sha1:{block_digest}\r\nContent-Length: {block_bytes}\r\n\r\n"
        )?;

        let mut member = GzBuilder::new()
            .mtime(0)
            .write(Vec::new(), Compression::new(GZIP_LEVEL));
        member.write_all(&head)?;
        for part in block {
            member.write_all(part)?;
        }
        member.write_all(b"\r\n\r\n")?;
        let member = member.finish()?;
        self.out.write_all(&member)?;
        let place = RecordPlace {
            offset: self.offset,
            length: member.len() as u64,
        };
        self.offset += place.length;
        Ok(place)
    }

    /// Ends the file and returns its output.
    ///
    /// # Errors
    /// When the output cannot be flushed.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A CDXJ line for a record, without line end, as pywb writes it: values are strings, unknown ones are left out.
#[must_use]
pub fn cdxj_line(capture: &Capture, place: RecordPlace, filename: &str) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let fields = [
        Some(format!("\"url\": {}", text(&capture.original))),
        (capture.mimetype != "-").then(|| format!("\"mime\": {}", text(&capture.mimetype))),
        capture
            .statuscode
            .map(|status| format!("\"status\": \"{status}\"")),
        capture
            .digest
            .as_ref()
            .map(|digest| format!("\"digest\": \"{digest}\"")),
        Some(format!("\"length\": \"{}\"", place.length)),
        Some(format!("\"offset\": \"{}\"", place.offset)),
        Some(format!("\"filename\": {}", text(filename))),
    ];
    let fields: Vec<String> = fields.into_iter().flatten().collect();
    format!(
        "{} {} {{{}}}",
        capture.urlkey,
        capture.timestamp,
        fields.join(", ")
    )
}

/// A timestamp in the form of WARC: `2012-06-11T04:04:11Z`.
fn warc_date(timestamp: Timestamp) -> String {
    let digits = timestamp.to_string();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or("00");
    format!(
        "{}T{}:{}:{}Z",
        timestamp.date_text(),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    )
}

/// The first 16 bytes of a SHA-1 as a UUID of version 5 (RFC 9562, section 5.5).
fn uuid_of(hash: &[u8]) -> String {
    let mut bytes: Vec<u8> = hash.iter().copied().take(16).collect();
    bytes.resize(16, 0);
    if let [_, _, _, _, _, _, version, _, variant, ..] = bytes.as_mut_slice() {
        *version = (*version & 0x0f) | 0x50;
        *variant = (*variant & 0x3f) | 0x80;
    }
    let hex = HEXLOWER.encode(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0, 8),
        part(8, 12),
        part(12, 16),
        part(16, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UrlKey;

    fn unpack(bytes: &[u8]) -> String {
        let mut text = String::new();
        io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes), &mut text).unwrap();
        text
    }

    #[test]
    fn each_record_is_a_member_at_the_returned_location() {
        let mut warc = WarcWriter::new(Vec::new());
        let timestamp: Timestamp = "20120611040411".parse().unwrap();
        warc.warcinfo("a.warc.gz", timestamp, &[("software", "test")])
            .unwrap();
        let response = CapturedResponse {
            url: "http://example.com/",
            timestamp,
            head: b"HTTP/1.1 200 OK\r\n\r\n",
            payload: b"abc",
        };
        let first = warc.response(&response).unwrap();
        let second = warc
            .revisit(
                &response,
                EarlierCapture {
                    url: response.url,
                    timestamp,
                },
            )
            .unwrap();
        let bytes = warc.finish().unwrap();
        assert_eq!(second.offset + second.length, bytes.len() as u64);
        let member = |place: RecordPlace| {
            let start = usize::try_from(place.offset).unwrap();
            unpack(&bytes[start..start + usize::try_from(place.length).unwrap()])
        };
        let text = member(first);
        assert!(text.starts_with("WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.com/\r\nWARC-Date: 2012-06-11T04:04:11Z\r\n"));
        assert!(
            text.contains("\r\nWARC-Payload-Digest: sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5\r\n")
        );
        assert!(
            text.contains("\r\nContent-Length: 22\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc\r\n\r\n"),
            "{text}"
        );
        let text = member(second);
        assert!(
            text.contains("\r\nWARC-Refers-To-Date: 2012-06-11T04:04:11Z\r\n")
                && text.ends_with("HTTP/1.1 200 OK\r\n\r\n\r\n\r\n"),
            "{text}"
        );
    }

    #[test]
    fn no_value_can_forge_a_header() {
        let mut warc = WarcWriter::new(Vec::new());
        warc.record(
            "metadata",
            &[("X", "a\r\nContent-Length: 0\r\n\r\nHTTP".to_owned())],
            &[b"block"],
        )
        .unwrap();
        assert!(unpack(&warc.finish().unwrap()).contains("X: a  Content-Length: 0    HTTP\r\n"));
    }

    #[test]
    fn a_cdxj_line_leaves_out_what_is_unknown_and_escapes_the_rest() {
        let capture = Capture {
            urlkey: UrlKey::from_cdx("com,example)/").unwrap(),
            timestamp: "20120611040411".parse().unwrap(),
            original: "http://example.com/?\"".to_owned(),
            mimetype: "-".to_owned(),
            statuscode: None,
            digest: None,
            length: Some(7),
        };
        let line = cdxj_line(
            &capture,
            RecordPlace {
                offset: 5,
                length: 7,
            },
            "a.warc.gz",
        );
        assert_eq!(
            line,
            "com,example)/ 20120611040411 {\"url\": \"http://example.com/?\\\"\", \"length\": \"7\", \"offset\": \"5\", \"filename\": \"a.warc.gz\"}"
        );
    }
}
