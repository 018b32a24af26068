//! Deflate streams whose bytes are all there although their end is not: without the check sum after them, or ended by a
//! flush. Browsers show such pages. (nodejs/node#5761, http4s/http4s#1167, sbstp/attohttpc#84.)

use flate2::{Decompress, FlushDecompress, Status};

/// The bytes with which a flush ends: an empty stored block.
const FLUSH_END: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// Output produced at once.
const STEP_BYTES: usize = 64 * 1024;

/// Decodes a raw deflate stream that ends with the input, or at most `max_trailer` bytes before its end, or with a flush.
/// `None` when bytes are missing, or when there are more than `limit` bytes.
pub(super) fn inflate_unfinished(
    deflate: &[u8],
    max_trailer: usize,
    limit: usize,
) -> Option<Vec<u8>> {
    let mut decoder = Decompress::new(false);
    let mut out = Vec::new();
    let mut rest = deflate;
    loop {
        let mut step = vec![0; STEP_BYTES];
        let (read, written) = (decoder.total_in(), decoder.total_out());
        let status = decoder
            .decompress(rest, &mut step, FlushDecompress::Sync)
            .ok()?;
        let used = usize::try_from(decoder.total_in() - read).ok()?;
        let made = usize::try_from(decoder.total_out() - written).ok()?;
        rest = rest.get(used..)?;
        out.extend_from_slice(step.get(..made)?);
        if out.len() > limit {
            return None;
        }
        match status {
            Status::StreamEnd => return (rest.len() <= max_trailer).then_some(out),
            _ if used > 0 || made > 0 => {}
            _ => {
                let is_flushed = rest.is_empty() && deflate.ends_with(&FLUSH_END);
                return is_flushed.then_some(out);
            }
        }
    }
}

/// Length of the header of a gzip member (RFC 1952).
pub(super) fn gzip_header_bytes(member: &[u8]) -> Option<usize> {
    let flags = *member.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        let length = [*member.get(at)?, *member.get(at + 1)?];
        at += 2 + usize::from(u16::from_le_bytes(length));
    }
    // A name and a comment end in a zero byte.
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += member.get(at..)?.iter().position(|byte| *byte == 0)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    (at <= member.len()).then_some(at)
}
