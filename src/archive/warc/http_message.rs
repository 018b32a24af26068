//! The head of the HTTP response inside a WARC record, read as tolerantly as browsers do.

use std::io::BufRead;

use super::lines::{HeadError, HeaderFields, LineRead, read_line, shown};
use crate::archive::partial::partial_range;

/// Longest head of a response that is accepted. The Internet Archive's own client allows 1,000 headers.
const MAX_HEAD_BYTES: usize = 1024 * 1024;

/// Longest status line.
const MAX_STATUS_LINE_BYTES: usize = 4096;

/// Status and headers of a response.
#[derive(Debug, Clone)]
pub(super) struct ResponseHead {
    /// 100 to 999.
    pub(super) status: u16,
    /// The headers.
    pub(super) headers: HeaderFields,
}

impl ResponseHead {
    /// Reads a head. The next byte of the reader is then the first of the body.
    pub(super) fn read(reader: &mut impl BufRead) -> Result<Self, HeadError> {
        let mut line = Vec::new();
        // Servers that counted a previous body wrongly sent a blank line or two before the status line.
        for _ in 0..3 {
            if read_line(reader, MAX_STATUS_LINE_BYTES, &mut line)? == LineRead::End
                || !line.is_empty()
            {
                break;
            }
        }
        let text = String::from_utf8_lossy(&line);
        let status = status_of(&text).ok_or_else(|| {
            HeadError::WrongStart(format!("`{}` is not an HTTP status line", shown(&text)))
        })?;
        Ok(Self {
            status,
            headers: HeaderFields::read(reader, MAX_HEAD_BYTES)?,
        })
    }

    /// True when the headers declare a chunked body.
    pub(super) fn is_chunked(&self) -> bool {
        self.headers
            .all("transfer-encoding")
            .any(|value| value.to_ascii_lowercase().contains("chunked"))
    }

    /// Which part of a page the response is, if it is only a part (status 206): `bytes 0-799/1393`.
    pub(super) fn partial_range(&self) -> Option<String> {
        partial_range(self.status, self.headers.get("content-range"))
    }

    /// The MIME type without parameters; `unk` if there is none that fits into an index.
    pub(super) fn mimetype(&self) -> String {
        mimetype_of(self.headers.get("content-type"))
    }
}

/// The MIME type of a `Content-Type`, without parameters; `unk` for none.
pub(super) fn mimetype_of(content_type: Option<&str>) -> String {
    let bare = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    let fits = !bare.is_empty() && bare.len() <= 200 && bare.bytes().all(|b| b.is_ascii_graphic());
    if fits { bare } else { "unk" }.to_owned()
}

/// The status in a status line: `HTTP/1.1 200 OK`. The reason may be missing and the version may be unusual (`HTTP/2
/// 200`).
fn status_of(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace();
    let protocol = words.next()?;
    let is_http = protocol
        .get(..4)
        .is_some_and(|p| p.eq_ignore_ascii_case("http"));
    let status = words.next()?.get(..3)?.parse::<u16>().ok()?;
    (is_http && (100..=999).contains(&status)).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn status_lines_of_all_kinds_are_read() {
        for (line, status) in [
            ("HTTP/1.1 200 OK", 200),
            ("HTTP/1.0 404", 404),
            ("http/2 301", 301),
            ("HTTP/1.1  503  x y", 503),
        ] {
            assert_eq!(status_of(line), Some(status), "{line}");
        }
        for line in [
            "",
            "HTTP/1.1",
            "HTTP/1.1 abc",
            "HTTP/1.1 20",
            "HTTP/1.1 2é0",
            "<html>",
            "HTTP/1.1 099 x",
        ] {
            assert_eq!(status_of(line), None, "{line}");
        }
    }

    #[test]
    fn a_response_with_bare_line_feeds_and_hundreds_of_headers_is_read() {
        let headers: Vec<String> = (0..900).map(|n| format!("X-{n}: {n}\n")).collect();
        let raw = format!(
            "\r\nHTTP/1.0 200\n{}Content-Type: text/html ; charset=x\n\nbody",
            headers.concat()
        );
        let mut reader = raw.as_bytes();
        let head = ResponseHead::read(&mut reader).unwrap();
        assert_eq!(
            (head.status, head.mimetype().as_str(), reader),
            (200, "text/html", &b"body"[..])
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_fail_otherwise_than_by_an_error(raw in proptest::collection::vec(any::<u8>(), 0..500)) {
            let _ = ResponseHead::read(&mut raw.as_slice());
        }
    }
}
