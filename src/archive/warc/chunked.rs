//! Decodes chunked bodies. Many crawlers decoded the chunks and kept the header, so a body that is not in chunks is
//! returned unchanged.

use std::ops::Range;

/// Longest line with the size of a chunk and its extensions.
const MAX_CHUNK_LINE_BYTES: usize = 4096;

/// What the rest of a body begins with.
enum Next {
    /// Bytes that are not in chunks, so the whole body is not.
    NotChunked,
    /// Bytes to keep, and where the next chunk begins; `None` after the last one.
    Bytes(Range<usize>, Option<usize>),
}

/// Decodes a body whose header says that it is chunked, in its own memory.
///
/// # Errors
/// With what is wrong, when the body was cut off inside a chunk.
pub(super) fn unchunked(mut body: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    let (mut kept, mut at) = (0, 0);
    loop {
        let rest = body.get(at..).unwrap_or_default();
        let Next::Bytes(bytes, next) = next_chunk(rest, at == 0)? else {
            return Ok(body);
        };
        let length = bytes.len();
        body.copy_within(at + bytes.start..at + bytes.end, kept);
        kept += length;
        let Some(next) = next else {
            body.truncate(kept);
            body.shrink_to_fit();
            return Ok(body);
        };
        at += next;
    }
}

/// Reads the line of a chunk. `is_first` is true at the start of the body.
fn next_chunk(rest: &[u8], is_first: bool) -> Result<Next, &'static str> {
    let (line, after) = first_line(rest);
    let begin = line.len();
    Ok(match chunk_size(line) {
        // Some servers closed the connection after the last chunk without the "0" line. The body is complete.
        _ if rest.is_empty() => Next::Bytes(0..0, None),
        Some(0) => Next::Bytes(0..0, None),
        Some(size) => {
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            let next = after.get(size..).and_then(without_line_end);
            if is_first && next.is_none() && !looks_like_page(after) {
                // Text that begins with a number, such as a year.
                return Ok(Next::NotChunked);
            }
            match (after.get(..size), next) {
                (Some(chunk), Some(next)) => {
                    Next::Bytes(begin..begin + chunk.len(), Some(rest.len() - next.len()))
                }
                // The chunk has another size than its line says.
                (Some(_), None) => Next::Bytes(begin..rest.len(), None),
                (None, _) => Next::Bytes(begin..begin + whole_rest(after)?.len(), None),
            }
        }
        None if is_first => Next::NotChunked,
        // The crawler stored the rest without chunks.
        None => Next::Bytes(0..rest.len(), None),
    })
}

/// The first line with its line end, and the bytes after it.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let start = bytes.get(..MAX_CHUNK_LINE_BYTES).unwrap_or(bytes);
    let end = memchr::memchr(b'\n', start).map_or(start.len(), |at| at + 1);
    bytes.split_at(end)
}

/// The size in the first line of a chunk: hexadecimal digits, then nothing, blanks or an extension.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let digits = text.split(';').next()?.trim();
    let fits = (1..=16).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let size = fits.then(|| u64::from_str_radix(digits, 16).ok()).flatten();
    size.filter(|size| *size == 0 || line.ends_with(b"\n"))
}

/// The bytes after the line end of a chunk; `None` when there is none. The last chunk may lack it.
fn without_line_end(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [] => Some(bytes),
        [b'\n', rest @ ..] | [b'\r', b'\n', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// True for bytes that begin like HTML or like compressed bytes. A line before them is the size of a chunk.
fn looks_like_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let first = start.first().copied().unwrap_or(b' ');
    first == b'<' || !(b' '..=b'~').contains(&first)
}

/// The rest of a body whose last chunk is shorter than its line says (its line ends were changed), without the "0" line
/// after it.
///
/// # Errors
/// When neither that line nor the end of an HTML page shows that the body is whole.
fn whole_rest(rest: &[u8]) -> Result<&[u8], &'static str> {
    let trimmed = rest.trim_ascii_end();
    if let Some(before) = trimmed.strip_suffix(b"\n0") {
        return Ok(before);
    }
    let end = trimmed.get(trimmed.len().saturating_sub(7)..);
    if end.is_some_and(|end| end.eq_ignore_ascii_case(b"</html>")) {
        Ok(rest)
    } else {
        Err("the body ends inside a chunk")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unchunk(raw: &[u8]) -> Result<Vec<u8>, &'static str> {
        unchunked(raw.to_vec())
    }

    #[test]
    fn chunks_are_put_together() {
        for (raw, body) in [
            (
                &b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\n"[..],
                &b"abcde"[..],
            ),
            (b"3 \nabc\n2\nde\n", b"abcde"),
            (b"3\r\nabc\r\n00000000\r\n\r\n", b"abc"),
            (b"3\r\nabc", b"abc"),
            (b"0\r\n\r\n", b""),
            (b"", b""),
        ] {
            assert_eq!(unchunk(raw).unwrap(), body, "{raw:?}");
        }
    }

    #[test]
    fn a_body_without_chunks_is_kept_even_if_it_begins_with_a_number() {
        for raw in [
            &b"<html>not in chunks"[..],
            b"2015\nOur privacy policy",
            b"12\r\nprinciples of privacy, and more words",
            b"add\nwords",
            b"5\r\nabc",
        ] {
            assert_eq!(unchunk(raw).unwrap(), raw);
        }
    }

    #[test]
    fn wrong_sizes_lose_no_bytes_that_are_there() {
        assert_eq!(unchunk(b"3\r\nabc\r\nzz\r\n").unwrap(), b"abczz\r\n");
        assert_eq!(unchunk(b"2\r\n<p>ab</p>").unwrap(), b"<p>ab</p>");
        assert_eq!(
            unchunk(b"ff\n<p>one</p>\n\n0\n\n").unwrap(),
            b"<p>one</p>\n"
        );
        assert_eq!(
            unchunk(b"3\r\n<p>\r\nff\r\n</p></html>\n").unwrap(),
            b"<p></p></html>\n"
        );
    }

    #[test]
    fn a_body_that_ends_inside_a_chunk_is_an_error() {
        for raw in [
            &b"ff\r\n<html><p>half a p"[..],
            b"3\r\nabc\r\nffffffffffffffff\r\nabc",
            b"20\r\n\x1f\x8b\x08half",
        ] {
            assert!(unchunk(raw).is_err(), "{raw:?}");
        }
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
        fn no_body_grows(raw in proptest::collection::vec(any::<u8>(), 0..500)) {
            if let Ok(body) = unchunk(&raw) {
                prop_assert!(body.len() <= raw.len());
            }
        }
    }
}
