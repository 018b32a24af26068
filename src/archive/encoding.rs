//! Takes content encodings off an archived body: gzip, deflate, zstd, brotli; doubled, undeclared and false ones too.
//!
//! Archives replay the origin's `Content-Encoding` next to the bytes as they were stored, and the two often disagree:
//! `gzip, gzip` over one layer, a blank value before `gzip`, gzip without any header, `gzip` over plain text. So the
//! bytes decide (`1f 8b`, zlib's `78`, zstd's `28 b5 2f fd`), and the header only where the bytes cannot: brotli and raw
//! deflate have no mark. (hartator #259 #265 #286: gzip garbage in saved files.)

use std::io::Read;

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The decoded body passes the limit given.
    #[error("the decoded body passes the size limit")]
    TooLarge,
    /// The compressed bytes break off or are wrong; says where.
    #[error("{0}")]
    Damaged(String),
}

/// Most layers of compression that are taken off. Two are seen in the wild (an origin that compressed twice).
const MAX_LAYERS: usize = 2;

/// Memory that a zstd frame may ask for, as a power of two: 2^25 = 32 MiB. RFC 9659 allows 8 MiB over HTTP.
const ZSTD_WINDOW_LOG_MAX: u32 = 25;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Zstd,
    Brotli,
}

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
            Self::Brotli => "brotli",
        }
    }
}

/// The body without its content encodings: at most two layers, at most `max_output_bytes` bytes.
///
/// `content_encoding` is the header's value as it came (several headers joined by commas). A body that is plain although
/// the header names an encoding comes back as it is; so does an empty one.
///
/// # Errors
/// [`BodyError::TooLarge`] when any layer yields more than the limit (also when the plain body does);
/// [`BodyError::Damaged`] when compressed bytes break off, fail their check sum, or a third layer lies below.
pub fn decode_body(
    raw: &[u8],
    content_encoding: Option<&str>,
    max_output_bytes: usize,
) -> Result<Vec<u8>, BodyError> {
    let declared = declared_codings(content_encoding.unwrap_or_default());
    // The last coding named was applied last and comes off first.
    let mut declared = declared.into_iter().rev().peekable();
    let mut body: Option<Vec<u8>> = None;
    let mut layers = 0;
    loop {
        let bytes = body.as_deref().unwrap_or(raw);
        let named = declared.next();
        let Some(coding) = coding_of(bytes, named) else {
            if named.is_some() && declared.peek().is_some() {
                continue;
            }
            break;
        };
        if layers == MAX_LAYERS {
            return Err(BodyError::Damaged(format!(
                "compressed more than {MAX_LAYERS} times"
            )));
        }
        match take_off(coding, bytes, max_output_bytes) {
            Ok(decoded) => body = Some(decoded),
            Err(BodyError::Damaged(_)) if may_be_plain(coding, named, bytes) => {
                if declared.peek().is_none() {
                    break;
                }
                continue;
            }
            Err(error) => return Err(error),
        }
        layers += 1;
    }
    let body = body.unwrap_or_else(|| raw.to_vec());
    if body.len() > max_output_bytes {
        Err(BodyError::TooLarge)
    } else {
        Ok(body)
    }
}

fn declared_codings(header: &str) -> Vec<Coding> {
    header
        .split(',')
        .filter_map(|token| match token.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Coding::Gzip),
            "deflate" => Some(Coding::Deflate),
            "zstd" => Some(Coding::Zstd),
            "br" => Some(Coding::Brotli),
            _ => None,
        })
        .take(8)
        .collect()
}

/// What the bytes are: by their mark, or by the header where the coding named has none.
fn coding_of(bytes: &[u8], named: Option<Coding>) -> Option<Coding> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Coding::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Coding::Zstd),
        [] => None,
        _ if is_zlib(bytes) => Some(Coding::Deflate),
        _ => named.filter(|coding| matches!(coding, Coding::Deflate | Coding::Brotli)),
    }
}

/// RFC 1950: `78`, and the first two bytes as a number are a multiple of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31))
}

/// True when a failed attempt leaves the possibility that these bytes were never compressed: a brotli or deflate header
/// over plain text, or a text that happens to begin as zlib does (`x^`).
fn may_be_plain(coding: Coding, named: Option<Coding>, bytes: &[u8]) -> bool {
    match coding {
        Coding::Brotli | Coding::Deflate if looks_like_text(bytes) => true,
        Coding::Deflate => named != Some(Coding::Deflate) && !looks_compressed(bytes),
        _ => false,
    }
}

fn looks_like_text(bytes: &[u8]) -> bool {
    let start = bytes.get(..512).unwrap_or(bytes);
    let odd = start
        .iter()
        .filter(|b| **b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    odd == 0 && start.iter().filter(|b| b.is_ascii()).count() * 4 >= start.len() * 3
}

/// Zlib's usual second bytes other than `5e`, which is also the text `x^`.
fn looks_compressed(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, 0x01 | 0x9c | 0xda, ..])
}

fn take_off(coding: Coding, bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    match coding {
        Coding::Gzip => read_gzip(bytes, limit),
        Coding::Deflate if is_zlib(bytes) => {
            read_all(coding, flate2::bufread::ZlibDecoder::new(bytes), limit)
                // A raw deflate stream can begin with 78 too; the header is what says `deflate` for both.
                .or_else(|error| match error {
                    BodyError::TooLarge => Err(error),
                    BodyError::Damaged(_) => {
                        read_all(coding, flate2::bufread::DeflateDecoder::new(bytes), limit)
                            .map_err(|_| error)
                    }
                })
        }
        Coding::Deflate => read_all(coding, flate2::bufread::DeflateDecoder::new(bytes), limit),
        Coding::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(bytes)
                .and_then(|mut decoder| {
                    decoder
                        .window_log_max(ZSTD_WINDOW_LOG_MAX)
                        .map(|()| decoder)
                })
                .map_err(|error| damaged(coding, 0, &error))?;
            read_all(coding, &mut decoder, limit)
        }
        Coding::Brotli => read_all(coding, brotli::Decompressor::new(bytes, 16 * 1024), limit),
    }
}

/// Gzip members one after the other. Bytes after a whole member that are no member are padding, as browsers take them.
fn read_gzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        read_into(Coding::Gzip, &mut decoder, limit, &mut out)?;
        rest = decoder.into_inner();
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(out);
        }
    }
}

fn read_all(coding: Coding, mut decoder: impl Read, limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut out = Vec::new();
    read_into(coding, &mut decoder, limit, &mut out)?;
    Ok(out)
}

fn read_into(
    coding: Coding,
    decoder: &mut impl Read,
    limit: usize,
    out: &mut Vec<u8>,
) -> Result<(), BodyError> {
    let room = (limit as u64)
        .saturating_sub(out.len() as u64)
        .saturating_add(1);
    let done = decoder.take(room).read_to_end(out);
    if out.len() > limit {
        return Err(BodyError::TooLarge);
    }
    done.map(|_| ())
        .map_err(|error| damaged(coding, out.len(), &error))
}

fn damaged(coding: Coding, good_bytes: usize, error: &std::io::Error) -> BodyError {
    BodyError::Damaged(format!(
        "{} stream fails after {good_bytes} good bytes ({error})",
        coding.name()
    ))
}

/// Takes gzip off a stream in small steps, for index answers too long for memory.
///
/// Plain input passes through: some proxies drop the header or the encoding.
pub(crate) struct StreamDecoder(Stream);

enum Stream {
    Undecided,
    Plain,
    Gzip(Box<flate2::write::MultiGzDecoder<Vec<u8>>>),
}

/// Input bytes decoded at once: deflate expands 1,032-fold at the most, so one step yields under 5 MiB.
const STEP_BYTES: usize = 4096;

impl StreamDecoder {
    pub(crate) fn new() -> Self {
        Self(Stream::Undecided)
    }

    /// Decodes a piece and hands what it yields to `use_bytes`, in pieces of bounded size.
    pub(crate) fn feed(
        &mut self,
        piece: &[u8],
        use_bytes: &mut dyn FnMut(&[u8]),
    ) -> Result<(), BodyError> {
        if matches!(self.0, Stream::Undecided) && !piece.is_empty() {
            // One byte decides: no CDX row, error text or JSON begins with 1f.
            self.0 = if piece.starts_with(&[0x1f]) {
                Stream::Gzip(Box::new(flate2::write::MultiGzDecoder::new(Vec::new())))
            } else {
                Stream::Plain
            };
        }
        match &mut self.0 {
            Stream::Undecided => {}
            Stream::Plain => use_bytes(piece),
            Stream::Gzip(decoder) => {
                for step in piece.chunks(STEP_BYTES) {
                    std::io::Write::write_all(decoder, step)
                        .map_err(|e| damaged(Coding::Gzip, 0, &e))?;
                    use_bytes(decoder.get_ref());
                    decoder.get_mut().clear();
                }
            }
        }
        Ok(())
    }

    /// Ends the stream; an error when compressed bytes broke off.
    pub(crate) fn finish(self, use_bytes: &mut dyn FnMut(&[u8])) -> Result<(), BodyError> {
        if let Stream::Gzip(mut decoder) = self.0 {
            decoder
                .try_finish()
                .map_err(|e| damaged(Coding::Gzip, 0, &e))?;
            use_bytes(decoder.get_ref());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
