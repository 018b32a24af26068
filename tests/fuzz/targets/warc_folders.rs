//! Folders of WARC files and indexes: no file keeps the others from being read, and opening a folder twice gives the same.
//!
//! Input: files, between lines `==FILE==`. The first byte of each chooses its name; a later file of the same name replaces
//! an earlier one.

use std::fs;
use std::path::Path;

use policytrail::archive::warc::WarcArchive;

use super::replaying::{LIMIT, read_all};

const FILE_MARK: &[u8] = b"\n==FILE==\n";
/// Maximum number of files.
const MOST_FILES: usize = 8;
const NAMES: [&str; 16] = [
    "a.warc",
    "b.warc.gz",
    "c.warc",
    "d.warc.gz",
    "index.cdxj",
    "a.cdxj",
    "b.cdx",
    "index.cdx",
    "index.cdxj.gz",
    "._a.warc.gz",
    "e.warc.zst",
    "f.arc.gz",
    "g.wacz",
    "sites.csv",
    "h.warc.wet.gz",
    "A.WARC",
];
/// A file without faults, beside the others.
const GOOD_NAME: &str = "z.warc";
const GOOD_URL: &str = "http://good.example.net/page";
const GOOD_RECORD: &str = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://good.example.net/page\r\n\
    WARC-Date: 2012-06-11T04:04:11Z\r\nContent-Length: 49\r\n\r\n\
    HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nwords\r\n\r\n";

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let mut has_index = false;
    for file in parts(bytes) {
        let Some((name, content)) = file.split_first() else {
            continue;
        };
        let name = NAMES[usize::from(*name) % NAMES.len()];
        has_index |= name.contains(".cdx");
        fs::write(folder.path().join(name), content).unwrap();
    }
    if let Ok(archive) = WarcArchive::open(folder.path(), LIMIT) {
        let rows = read_all(&archive, bytes);
        let again = WarcArchive::open(folder.path(), LIMIT).unwrap();
        assert_eq!(read_all(&again, bytes), rows);
        assert_eq!(again.row_count(), archive.row_count());
    }
    // An index may name the good file, and then says what it contains.
    if !has_index {
        check_good_file(folder.path());
    }
}

/// Adds a file without faults, which must be found and replayed whatever the others contain.
fn check_good_file(folder: &Path) {
    fs::write(folder.join(GOOD_NAME), GOOD_RECORD).unwrap();
    let archive = WarcArchive::open(folder, LIMIT).unwrap();
    let rows = read_all(&archive, GOOD_URL.as_bytes());
    assert!(
        rows.iter()
            .any(|row| row.original == GOOD_URL && row.statuscode == Some(200)),
        "{rows:?}"
    );
}

fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest
        .windows(FILE_MARK.len())
        .position(|part| part == FILE_MARK)
        && parts.len() + 1 < MOST_FILES
    {
        parts.push(&rest[..at]);
        rest = &rest[at + FILE_MARK.len()..];
    }
    parts.push(rest);
    parts
}
