//! The head of a WARC record (ISO 28500, versions 0.17 to 1.1).

use std::io::BufRead;

use super::lines::{HeadError, HeaderFields, LineRead, read_line, shown};
use crate::model::{PayloadDigest, Timestamp};

/// Longest head of a record that is accepted. Heads have a few hundred bytes, and may contain a URL of some kilobytes.
const MAX_HEAD_BYTES: usize = 256 * 1024;

/// The type of a record, as far as this program reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecordKind {
    /// A response of a server.
    Response,
    /// The head of a response whose payload is in an earlier record.
    Revisit,
    /// A file without HTTP headers.
    Resource,
    /// A request of the crawler.
    Request,
    /// Text or another form that a tool made from a response.
    Conversion,
    /// Any other type: `warcinfo`, `metadata`, `continuation`, and future types.
    Other,
}

impl RecordKind {
    /// True for the kinds that are captures.
    pub(super) fn is_capture(self) -> bool {
        matches!(self, Self::Response | Self::Revisit | Self::Resource)
    }
}

/// True for bytes that begin with the version line of a record: `WARC/1.0`.
pub(super) fn is_version_start(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"WARC/") else {
        return false;
    };
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b'.')
        .count();
    let (number, after) = rest.split_at(length);
    number.contains(&b'.')
        && number.first().is_some_and(u8::is_ascii_digit)
        && after
            .first()
            .is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The head of a record.
#[derive(Debug, Clone)]
pub(super) struct RecordHead {
    headers: HeaderFields,
    /// Type of the record.
    pub(super) kind: RecordKind,
    /// Length of the block that follows, in bytes.
    pub(super) content_length: u64,
}

impl RecordHead {
    /// Reads a head. The next byte of the reader is then the first of the block.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Self, HeadError> {
        let mut line = Vec::new();
        let found = read_line(reader, 64, &mut line)?;
        if found != LineRead::Whole || !is_version_start(&line) {
            return Err(HeadError::WrongStart(
                "no WARC record begins at this position".to_owned(),
            ));
        }
        let headers = HeaderFields::read(reader, MAX_HEAD_BYTES)?;
        let length = headers.get("content-length").unwrap_or_default();
        let content_length = length.parse::<u64>().map_err(|_| {
            HeadError::WrongStart(format!(
                "the record has no valid Content-Length (`{}`)",
                shown(length)
            ))
        })?;
        let kind = match headers
            .get("warc-type")
            .unwrap_or_default()
            .to_ascii_lowercase()
            .as_str()
        {
            "response" => RecordKind::Response,
            "revisit" => RecordKind::Revisit,
            "resource" => RecordKind::Resource,
            "request" => RecordKind::Request,
            "conversion" => RecordKind::Conversion,
            _ => RecordKind::Other,
        };
        Ok(Self {
            headers,
            kind,
            content_length,
        })
    }

    /// The type as the record spells it.
    pub(super) fn type_name(&self) -> &str {
        self.headers.get("warc-type").unwrap_or("without WARC-Type")
    }

    /// `WARC-Target-URI`.
    pub(super) fn target(&self) -> Option<&str> {
        self.headers.get("warc-target-uri").map(without_brackets)
    }

    /// `WARC-Date`.
    pub(super) fn date(&self) -> Option<Timestamp> {
        self.headers.get("warc-date").and_then(warc_date)
    }

    /// `WARC-Date` as it is written, with its fraction of a second.
    pub(super) fn date_text(&self) -> &str {
        self.headers.get("warc-date").unwrap_or_default()
    }

    /// `WARC-Payload-Digest`, of any algorithm. The digest of nothing names no payload.
    pub(super) fn payload_digest(&self) -> Option<PayloadDigest> {
        let text = self.headers.get("warc-payload-digest")?;
        PayloadDigest::parse(text).ok()
    }

    /// `WARC-Block-Digest`, of any algorithm.
    pub(super) fn block_digest(&self) -> Option<PayloadDigest> {
        let text = self.headers.get("warc-block-digest")?;
        PayloadDigest::parse(text).ok()
    }

    /// `WARC-Record-ID`.
    pub(super) fn id(&self) -> Option<&str> {
        self.headers.get("warc-record-id").map(without_brackets)
    }

    /// `WARC-Concurrent-To`: records of the same exchange.
    pub(super) fn concurrent_to(&self) -> impl Iterator<Item = &str> {
        self.headers.all("warc-concurrent-to").map(without_brackets)
    }

    /// `Content-Type` of the block.
    pub(super) fn content_type(&self) -> Option<&str> {
        self.headers.get("content-type")
    }

    /// URL and date of the earlier capture that a revisit names. One of them may be missing.
    pub(super) fn refers_to(&self) -> (Option<&str>, Option<Timestamp>) {
        let url = self
            .headers
            .get("warc-refers-to-target-uri")
            .map(without_brackets);
        (
            url,
            self.headers.get("warc-refers-to-date").and_then(warc_date),
        )
    }

    /// Why the record is not complete, if the crawler recorded it.
    pub(super) fn incomplete(&self) -> Option<String> {
        if let Some(reason) = self.headers.get("warc-truncated") {
            return Some(format!(
                "the crawler cut it off (WARC-Truncated: {})",
                shown(reason)
            ));
        }
        self.headers
            .get("warc-segment-number")
            .map(|_| "it is one segment of several".to_owned())
    }
}

/// Removes the brackets that wget and the examples of WARC 1.0 write: `<http://example.com/>`.
fn without_brackets(uri: &str) -> &str {
    uri.strip_prefix('<')
        .and_then(|u| u.strip_suffix('>'))
        .unwrap_or(uri)
}

/// Parses `2012-06-11T04:04:11Z`, with fractions of seconds since WARC 1.1, and 14 digits in some 0.17 files.
fn warc_date(text: &str) -> Option<Timestamp> {
    let digits: String = text
        .chars()
        .take_while(|c| *c != '.' && *c != 'Z')
        .filter(char::is_ascii_digit)
        .take(14)
        .collect();
    Timestamp::earliest(&digits).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::EMPTY_PAYLOAD_DIGEST;

    #[test]
    fn heads_of_old_and_new_versions_are_read() {
        for (version, end) in [("0.17", "\n"), ("1.0", "\r\n"), ("1.1", "\r\n")] {
            let raw = [
                &format!("WARC/{version}"),
                "warc-type: response",
                "WARC-Target-URI: <http://example.com/>",
                "WARC-Date: 2012-06-11T04:04:11.123456Z",
                "WARC-Payload-Digest: sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "Content-Length: 3",
                "",
                "abc",
            ]
            .join(end);
            let mut reader = raw.as_bytes();
            let head = RecordHead::read(&mut reader).unwrap();
            assert_eq!((head.kind, head.content_length), (RecordKind::Response, 3));
            assert_eq!(head.target(), Some("http://example.com/"));
            assert_eq!(head.date().unwrap().to_string(), "20120611040411");
            assert_eq!(
                head.payload_digest().unwrap().as_str(),
                EMPTY_PAYLOAD_DIGEST
            );
            assert_eq!(reader, b"abc");
        }
    }

    #[test]
    fn an_invalid_head_is_refused() {
        for raw in [
            "",
            "HTTP/1.1 200 OK\r\n\r\n",
            "WARC/1.0\r\nWARC-Type: response\r\n\r\n",
            "WARC/1.0\nContent-Length: -1\n\n",
            "WARC/x\n\n",
        ] {
            assert!(
                matches!(
                    RecordHead::read(&mut raw.as_bytes()),
                    Err(HeadError::WrongStart(_))
                ),
                "{raw}"
            );
        }
    }

    #[test]
    fn only_a_version_line_begins_a_record() {
        for line in [
            "WARC/1.0\r\nWARC-",
            "WARC/0.18\n",
            "WARC/1.1",
            "WARC/1.0 \r\n",
        ] {
            assert!(is_version_start(line.as_bytes()), "{line}");
        }
        for line in [
            "WARC/1",
            "WARC/.0\r\n",
            "WARC/1.0x",
            "warc/1.0",
            "WARC/",
            "",
        ] {
            assert!(!is_version_start(line.as_bytes()), "{line}");
        }
    }
}
