//! WARC files and their indexes: whatever the bytes are, an archive is opened or refused, and each row is replayed or
//! refused.
//!
//! Input: one byte of flags (1: the records are compressed here, one gzip member each; 2: the name ends in `.gz`; 4:
//! there is an index), then the WARC, then, after a line `==INDEX==`, the index.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use policytrail::archive::warc::WarcArchive;

use super::replaying::{LIMIT, read_all};

const INDEX_MARK: &[u8] = b"\n==INDEX==\n";

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let (warc, index) = match rest
        .windows(INDEX_MARK.len())
        .position(|window| window == INDEX_MARK)
    {
        Some(at) => (&rest[..at], &rest[at + INDEX_MARK.len()..]),
        None => (rest, &[][..]),
    };
    let folder = tempfile::tempdir().unwrap();
    let name = match flags & 3 {
        0 => "a.warc",
        _ => "a.warc.gz",
    };
    let stored = if flags & 1 == 1 {
        compressed(warc)
    } else {
        warc.to_vec()
    };
    fs::write(folder.path().join(name), stored).unwrap();
    if flags & 4 == 4 {
        fs::write(
            folder
                .path()
                .join(if flags & 8 == 8 { "a.cdx" } else { "a.cdxj" }),
            index,
        )
        .unwrap();
    }
    let place = if flags & 16 == 16 {
        folder.path().join(name)
    } else {
        folder.path().to_path_buf()
    };
    let Ok(archive) = WarcArchive::open(&place, LIMIT) else {
        return;
    };
    read_all(&archive, rest);
}

/// Writes one gzip member for each part that begins like a record.
fn compressed(warc: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut start = 0;
    let starts = (1..warc.len()).filter(|at| warc[*at..].starts_with(b"WARC/1"));
    for end in starts.chain([warc.len()]) {
        let mut encoder = GzEncoder::new(&mut out, Compression::fast());
        encoder.write_all(&warc[start..end]).unwrap();
        encoder.finish().unwrap();
        start = end;
    }
    out
}
