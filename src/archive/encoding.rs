//! Removes content encodings (gzip, deflate, zstd, brotli) from an archived body, even if an encoding was applied
//! twice, was not declared, or was declared wrongly.
//!
//! Archives replay the origin's `Content-Encoding` next to the bytes as they were stored, and the two often disagree:
//! `gzip, gzip` over one layer, a blank value before `gzip`, gzip without any header, `gzip` over plain text. So the
//! bytes decide (`1f 8b`, zlib's `78`, zstd's `28 b5 2f fd`). The header decides only if the bytes cannot: brotli and
//! raw deflate have no signature. (hartator #259 #265 #286: gzip garbage in saved files.)

mod unfinished;

use std::borrow::Cow;
use std::io::Read;

use self::unfinished::{gzip_header_bytes, inflate_unfinished};

/// Why a body could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The decoded body exceeds the limit.
    #[error("the decoded body is larger than the limit")]
    TooLarge,
    /// The compressed bytes are truncated or invalid. The text says what is wrong.
    #[error("{0}")]
    Damaged(String),
}

/// Maximum number of compression layers that are removed. Two occur in practice (an origin that compressed twice).
const MAX_LAYERS: usize = 2;

/// Memory that a zstd frame may require, as a power of two: 2^25 = 32 MiB. RFC 9659 allows 8 MiB over HTTP.
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

/// Decodes a body: at most two layers, at most `max_output_bytes` bytes.
///
/// `content_encoding` is the value of the header as received (several headers joined by commas). A plain or empty body
/// is returned unchanged, even if the header names an encoding. A body that is given away is dropped as soon as its first
/// layer is removed, so decoding takes no more than two bodies of the largest size.
///
/// # Errors
/// [`BodyError::TooLarge`] if any layer, or a plain body, exceeds the limit. [`BodyError::Damaged`] if the compressed
/// bytes are truncated or fail their checksum, or if there is a third layer. A deflate stream without its check sum, or
/// ended by a flush, is not truncated: its bytes are all there.
pub fn decode_body<'a>(
    raw: impl Into<Cow<'a, [u8]>>,
    content_encoding: Option<&str>,
    max_output_bytes: usize,
) -> Result<Vec<u8>, BodyError> {
    let declared = declared_codings(content_encoding.unwrap_or_default());
    // The last named coding was applied last and is removed first.
    let mut declared = declared.into_iter().rev().peekable();
    let mut body: Cow<'_, [u8]> = raw.into();
    let mut layers = 0;
    loop {
        let bytes = body.as_ref();
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
        match decode_layer(coding, bytes, max_output_bytes) {
            Ok(decoded) => body = Cow::Owned(decoded),
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
    if body.len() > max_output_bytes {
        Err(BodyError::TooLarge)
    } else {
        Ok(body.into_owned())
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

/// Determines the coding of the bytes: from their signature, or from the header if the named coding has no signature.
fn coding_of(bytes: &[u8], named: Option<Coding>) -> Option<Coding> {
    match bytes {
        [0x1f, 0x8b, ..] => Some(Coding::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Coding::Zstd),
        [] => None,
        _ if is_zlib(bytes) => Some(Coding::Deflate),
        _ => named.filter(|coding| matches!(coding, Coding::Deflate | Coding::Brotli)),
    }
}

/// True for a zlib header (RFC 1950): the first byte is `78`, and the first two bytes, read as a number, are a multiple
/// of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31))
}

/// True when bytes that cannot be decoded may never have been compressed: a brotli or deflate header over plain text, or
/// a text that begins like zlib (`x^`).
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

/// True for zlib with a usual second byte. `5e` is excluded, because `78 5e` is also the text `x^`.
fn looks_compressed(bytes: &[u8]) -> bool {
    matches!(bytes, [0x78, 0x01 | 0x9c | 0xda, ..])
}

fn decode_layer(coding: Coding, bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    match coding {
        Coding::Gzip => read_gzip(bytes, limit),
        Coding::Deflate if is_zlib(bytes) => read_zlib(bytes, limit),
        Coding::Deflate => read_deflate(bytes, limit),
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

/// Reads gzip members one after the other. Other bytes after a complete member are ignored as padding, as browsers do.
/// The check sum of the last one may be missing.
fn read_gzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let mut out = Vec::new();
    let mut rest = bytes;
    loop {
        let before = out.len();
        let mut decoder = flate2::bufread::GzDecoder::new(rest);
        if let Err(error) = read_into(Coding::Gzip, &mut decoder, limit, &mut out) {
            out.truncate(before);
            let deflate = gzip_header_bytes(rest).and_then(|header| rest.get(header..));
            let room = limit.saturating_sub(before);
            let unfinished = deflate.and_then(|deflate| inflate_unfinished(deflate, 7, room));
            out.extend(unfinished.ok_or(error)?);
            return Ok(out);
        }
        rest = decoder.into_inner();
        if !rest.starts_with(&[0x1f, 0x8b]) {
            return Ok(out);
        }
    }
}

/// Reads zlib. A raw deflate stream can also begin with 78, and the header calls both formats `deflate`.
fn read_zlib(bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let decoder = flate2::bufread::ZlibDecoder::new(bytes);
    read_all(Coding::Deflate, decoder, limit).or_else(|error| match error {
        BodyError::TooLarge => Err(error),
        BodyError::Damaged(_) => {
            let deflate = bytes.get(2..).unwrap_or_default();
            inflate_unfinished(deflate, 3, limit)
                .map_or_else(|| read_deflate(bytes, limit), Ok)
                .map_err(|_| error)
        }
    })
}

fn read_deflate(bytes: &[u8], limit: usize) -> Result<Vec<u8>, BodyError> {
    let decoder = flate2::bufread::DeflateDecoder::new(bytes);
    read_all(Coding::Deflate, decoder, limit).or_else(|error| match error {
        BodyError::TooLarge => Err(error),
        BodyError::Damaged(_) => inflate_unfinished(bytes, 0, limit).ok_or(error),
    })
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
        "the {} stream cannot be decoded after {good_bytes} bytes ({error})",
        coding.name()
    ))
}

/// Decodes gzip as a stream, in small steps, for index answers too long for memory.
///
/// Plain input passes through, because some proxies drop the header or the encoding.
pub(crate) struct StreamDecoder(StreamCoding);

enum StreamCoding {
    Undecided,
    Plain,
    Gzip(Box<flate2::write::MultiGzDecoder<Vec<u8>>>),
}

/// Input bytes decoded at once. Deflate expands at most 1,032-fold, so one step yields under 5 MiB.
const STEP_BYTES: usize = 4096;

impl StreamDecoder {
    pub(crate) fn new() -> Self {
        Self(StreamCoding::Undecided)
    }

    /// Decodes a piece and passes the result to `use_bytes` in pieces of bounded size.
    pub(crate) fn feed(
        &mut self,
        piece: &[u8],
        use_bytes: &mut dyn FnMut(&[u8]),
    ) -> Result<(), BodyError> {
        if matches!(self.0, StreamCoding::Undecided) && !piece.is_empty() {
            // One byte is enough: no CDX row, error text or JSON begins with 1f.
            self.0 = if piece.starts_with(&[0x1f]) {
                StreamCoding::Gzip(Box::new(flate2::write::MultiGzDecoder::new(Vec::new())))
            } else {
                StreamCoding::Plain
            };
        }
        match &mut self.0 {
            StreamCoding::Undecided => {}
            StreamCoding::Plain => use_bytes(piece),
            StreamCoding::Gzip(decoder) => {
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

    /// Ends the stream.
    ///
    /// # Errors
    /// If the compressed bytes are truncated.
    pub(crate) fn finish(self, use_bytes: &mut dyn FnMut(&[u8])) -> Result<(), BodyError> {
        if let StreamCoding::Gzip(mut decoder) = self.0 {
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
