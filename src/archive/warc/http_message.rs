//! The HTTP response inside a WARC record, read as tolerantly as browsers do, with chunked bodies decoded.

use std::io::{self, BufRead, Read};

use super::lines::{HeadError, HeaderFields, LineRead, read_line, shown};

/// Longest head of a response that is accepted. The Internet Archive's own client allows 1,000 headers.
const MAX_HEAD_BYTES: usize = 1024 * 1024;

/// Longest line with the size of a chunk and its extensions.
const MAX_CHUNK_LINE_BYTES: usize = 4096;

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
            if read_line(reader, MAX_CHUNK_LINE_BYTES, &mut line)? == LineRead::End
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

/// Decodes a chunked body. Many crawlers decoded the chunks but kept the header, so a body that does not begin with the
/// size of a chunk is returned unchanged.
#[derive(Debug)]
pub(super) struct UnchunkedReader<R> {
    inner: R,
    state: ChunkState,
    first_line: io::Cursor<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChunkState {
    /// Before the first byte.
    Start,
    /// Inside a chunk, with this many bytes left.
    Inside { left: u64 },
    /// Before a line with a size.
    Between,
    /// The body has no chunks.
    NotChunked,
    /// After the last chunk.
    Done,
}

impl<R: BufRead> UnchunkedReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self {
            inner,
            state: ChunkState::Start,
            first_line: io::Cursor::default(),
        }
    }

    /// Reads the line with the next chunk's size.
    fn next_chunk(&mut self) -> io::Result<ChunkState> {
        let mut line = Vec::new();
        let found = read_line(&mut self.inner, MAX_CHUNK_LINE_BYTES, &mut line)?;
        if found == LineRead::End {
            // Some servers closed the connection after the last chunk without the "0" line. The body is complete.
            return Ok(ChunkState::Done);
        }
        match chunk_size(&line) {
            Some(0) => Ok(ChunkState::Done),
            Some(left) if found == LineRead::Whole => Ok(ChunkState::Inside { left }),
            _ => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a chunk of the body has no valid size",
            )),
        }
    }

    /// Reads the first line. If it is not the size of a chunk, the line is kept as the start of the body.
    fn start(&mut self) -> io::Result<ChunkState> {
        let mut line = Vec::new();
        self.inner
            .by_ref()
            .take(MAX_CHUNK_LINE_BYTES as u64)
            .read_until(b'\n', &mut line)?;
        Ok(match chunk_size(&line) {
            Some(0) => ChunkState::Done,
            Some(left) if line.ends_with(b"\n") => ChunkState::Inside { left },
            _ => {
                self.first_line = io::Cursor::new(line);
                ChunkState::NotChunked
            }
        })
    }
}

/// The size in the first line of a chunk: hexadecimal digits, then nothing, blanks or an extension.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let digits = text.split(';').next()?.trim();
    let fits = (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

impl<R: BufRead> Read for UnchunkedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                ChunkState::Start => self.state = self.start()?,
                ChunkState::Between => self.state = self.next_chunk()?,
                ChunkState::NotChunked => {
                    let count = self.first_line.read(out)?;
                    return if count > 0 {
                        Ok(count)
                    } else {
                        self.inner.read(out)
                    };
                }
                ChunkState::Done => return Ok(0),
                ChunkState::Inside { left } => {
                    let room = usize::try_from(left).unwrap_or(usize::MAX).min(out.len());
                    let count = self.inner.read(out.get_mut(..room).unwrap_or_default())?;
                    if count == 0 {
                        return Err(io::Error::new(
                            io::ErrorKind::UnexpectedEof,
                            "the body ends inside a chunk",
                        ));
                    }
                    let left = left.saturating_sub(count as u64);
                    if left == 0 {
                        let mut line_end = Vec::new();
                        read_line(&mut self.inner, MAX_CHUNK_LINE_BYTES, &mut line_end)?;
                        self.state = ChunkState::Between;
                    } else {
                        self.state = ChunkState::Inside { left };
                    }
                    return Ok(count);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unchunk(raw: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        UnchunkedReader::new(raw).read_to_end(&mut out)?;
        Ok(out)
    }

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

    #[test]
    fn chunks_are_put_together() {
        assert_eq!(
            unchunk(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n").unwrap(),
            b"abcde"
        );
        assert_eq!(unchunk(b"3 \nabc\n2\nde\n").unwrap(), b"abcde");
        assert_eq!(
            unchunk(b"<html>not in chunks").unwrap(),
            b"<html>not in chunks"
        );
        assert_eq!(unchunk(b"").unwrap(), b"");
        assert!(unchunk(b"5\r\nabc").is_err());
        assert!(unchunk(b"3\r\nabc\r\nzz\r\n").is_err());
        assert!(unchunk(b"ffffffffffffffff\r\nabc").is_err());
    }

    proptest! {
        #[test]
        fn any_body_survives_being_cut_into_chunks(body in proptest::collection::vec(any::<u8>(), 0..2000), size in 1_usize..300) {
            let mut raw = Vec::new();
            for chunk in body.chunks(size) {
                raw.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
                raw.extend_from_slice(chunk);
                raw.extend_from_slice(b"\r\n");
            }
            raw.extend_from_slice(b"0\r\n\r\n");
            prop_assert_eq!(unchunk(&raw).unwrap(), body);
        }

        #[test]
        fn no_bytes_make_the_reader_fail_otherwise_than_by_an_error(raw in proptest::collection::vec(any::<u8>(), 0..500)) {
            let _ = unchunk(&raw);
            let _ = ResponseHead::read(&mut raw.as_slice());
        }
    }
}
