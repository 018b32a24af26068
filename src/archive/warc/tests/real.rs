//! Archives that others made, and the sample archive.

use std::path::PathBuf;

use super::*;

/// A folder of test material that is not part of the project. Prints a message and returns `None` if it does not exist.
fn shared(name: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_owned();
    let path = PathBuf::from(std::env::var("POLICYTRAIL_SHARED").unwrap_or(default)).join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!(
        "SKIPPED: `{}` is not there; set POLICYTRAIL_SHARED to test against it",
        path.display()
    );
    None
}

fn sample() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/sample"))
}

/// The rows of a WARC file as its index has them, and as reading it from end to end gives them.
fn with_and_without_index(folder: &Path, warc: &str) -> (Vec<Capture>, Vec<Capture>) {
    let with = WarcArchive::open(folder, LIMIT * 100).unwrap();
    let bare = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join(warc), bare.path().join(warc)).unwrap();
    let without = WarcArchive::open(bare.path(), LIMIT * 100).unwrap();
    (all_rows(&with), all_rows(&without))
}

#[test]
fn the_sample_archive_has_the_same_rows_with_and_without_its_index() {
    let (with, without) = with_and_without_index(&sample(), "sample.warc.gz");
    assert!(with.len() > 250);
    assert_eq!(with, without);
}

#[test]
fn every_capture_of_the_sample_archive_can_be_read() {
    let archive = WarcArchive::open(&sample(), LIMIT).unwrap();
    let mut redirects = 0;
    for row in all_rows(&archive) {
        let query = MementoQuery {
            original: row.original.clone(),
            timestamp: row.timestamp,
            window: any_time(),
            expected_digest: row.digest.clone(),
        };
        let found = memento(&archive, &query).unwrap();
        if row.is_redirect() {
            redirects += 1;
            assert_eq!(found.redirects.len(), 1, "{row:?}");
            continue;
        }
        assert_eq!(
            (found.timestamp, &found.original),
            (row.timestamp, &row.original)
        );
        assert!(row.statuscode.is_none_or(|status| status == found.status));
        assert!(
            !found.body.is_empty() && !found.body.starts_with(&[0x1f, 0x8b]),
            "{row:?}"
        );
    }
    assert_eq!(redirects, 4);
}

#[test]
fn every_capture_of_the_real_archive_is_read_with_its_digest() {
    let Some(folder) = shared("archives/ota") else {
        return;
    };
    let archive = WarcArchive::open(&folder, 64 << 20).unwrap();
    let rows = all_rows(&archive);
    assert_eq!((rows.len(), archive.bad_row_count()), (797, 0));
    let mut seen = 0;
    for row in rows {
        let query = MementoQuery {
            original: row.original.clone(),
            timestamp: row.timestamp,
            window: (row.timestamp, row.timestamp),
            expected_digest: row.digest.clone(),
        };
        let found = memento(&archive, &query).unwrap();
        assert_eq!(
            (found.timestamp, &found.original, found.redirects.len()),
            (row.timestamp, &row.original, 0)
        );
        assert_eq!(Some(PayloadDigest::of(&found.body)), row.digest, "{row:?}");
        seen += 1;
    }
    assert_eq!(seen, 797);
}

#[test]
fn the_real_archive_has_the_same_rows_with_and_without_its_index() {
    let Some(folder) = shared("archives/ota") else {
        return;
    };
    let (with, without) = with_and_without_index(&folder, "captures.warc.gz");
    assert_eq!(with.len(), 797);
    assert_eq!(with, without);
}

#[test]
fn index_files_of_pywb_are_read_row_for_row() {
    let Some(folder) = shared("recordings/cdx_servers") else {
        return;
    };
    for (name, rows, distinct) in [
        ("iana.cdx", 171, 171),
        ("iana.cdxj", 171, 171),
        ("dupes.cdx", 12, 12),
        ("dupes.cdxj", 12, 12),
        ("bad.cdx", 4, 4),
        ("example-no-digest.cdxj", 3, 3),
        ("missing-status-text.cdxj", 1, 1),
    ] {
        let copy = tempfile::tempdir().unwrap();
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        write(copy.path(), name, &text);
        // The files that the indexes name are missing. Empty files allow the indexes to be opened.
        for warc in [
            "iana.warc.gz",
            "dupes.warc.gz",
            "example-extra.warc",
            "example.warc.gz",
            "missing-status-text.warc",
        ] {
            if text.contains(warc) {
                write(copy.path(), warc, b"");
            }
        }
        let archive = WarcArchive::open(copy.path(), LIMIT).unwrap();
        assert_eq!(
            (archive.row_count(), archive.bad_row_count()),
            (rows, 0),
            "{name}"
        );
        let mut keys: Vec<_> = all_rows(&archive)
            .into_iter()
            .map(|c| (c.urlkey, c.timestamp, c.original, c.digest))
            .collect();
        keys.dedup();
        assert_eq!(keys.len(), distinct, "{name}");
    }
}

#[test]
fn cdx_and_cdxj_of_one_archive_are_the_same_rows() {
    let Some(folder) = shared("recordings/cdx_servers") else {
        return;
    };
    for stem in ["iana", "dupes"] {
        let rows = ["cdx", "cdxj"].map(|end| {
            let copy = tempfile::tempdir().unwrap();
            let name = format!("{stem}.{end}");
            std::fs::copy(folder.join(&name), copy.path().join(&name)).unwrap();
            write(copy.path(), &format!("{stem}.warc.gz"), b"");
            all_rows(&WarcArchive::open(copy.path(), LIMIT).unwrap())
        });
        assert_eq!(rows[0], rows[1], "{stem}");
    }
}
