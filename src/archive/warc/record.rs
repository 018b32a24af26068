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
    /// Any other type: `warcinfo`, `request`, `metadata`, `conversion`, `continuation`, and future types.
    Other,
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
        let version = String::from_utf8_lossy(&line).into_owned();
        let number = version.strip_prefix("WARC/").map(str::trim_end);
        let is_version = number
            .is_some_and(|n| n.contains('.') && n.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
        if found != LineRead::Whole || !is_version {
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

    /// `WARC-Payload-Digest`, if it is a SHA-1.
    pub(super) fn payload_digest(&self) -> Option<PayloadDigest> {
        self.headers
            .get("warc-payload-digest")
            .and_then(sha1_digest)
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

/// Parses a SHA-1 in base32, or in hexadecimal as some writers write it.
fn sha1_digest(text: &str) -> Option<PayloadDigest> {
    let (algorithm, letters) = text.split_once(':').unwrap_or(("sha1", text));
    if !algorithm.eq_ignore_ascii_case("sha1") && !algorithm.eq_ignore_ascii_case("sha-1") {
        return None;
    }
    match letters.len() {
        32 => PayloadDigest::parse(&letters.to_ascii_uppercase()).ok(),
        40 => {
            let bytes = data_encoding::HEXLOWER_PERMISSIVE
                .decode(letters.as_bytes())
                .ok()?;
            PayloadDigest::parse(&data_encoding::BASE32_NOPAD.encode(&bytes)).ok()
        }
        _ => None,
    }
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
    fn digests_other_than_sha1_are_no_digests_here() {
        assert_eq!(
            sha1_digest("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            None
        );
        assert_eq!(
            sha1_digest("SHA-1:3i42h3s6nnfq2msvx7xzkyayscx5qbyj")
                .unwrap()
                .as_str(),
            EMPTY_PAYLOAD_DIGEST
        );
        assert_eq!(sha1_digest("md5:abc"), None);
    }
}
