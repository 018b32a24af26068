//! Truncated, damaged and malicious files.

use proptest::prelude::*;

use super::*;
use crate::archive::warc::scan::scan;

const A: &str = "http://example.com/privacy";

fn three_pages() -> ArchiveBuilder {
    let mut maker = ArchiveBuilder::new();
    let long = "long words ".repeat(300);
    maker
        .page(A, "20120101000000", "one")
        .page(A, "20130101000000", &long)
        .page(A, "20140101000000", "three");
    maker
}

fn open_error(folder: &Path) -> String {
    match WarcArchive::open(folder, LIMIT) {
        Err(error @ ArchiveError::File { .. }) => error.to_string(),
        other => panic!("not a file error: {other:?}"),
    }
}

#[test]
#[cfg(unix)]
fn an_archive_that_is_no_file_is_refused_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    // A socket instead of a device or a pipe, which not every user can create.
    let path = folder.path().join("a.warc.gz");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert!(open_error(&path).contains("give a WARC file"));
}

#[test]
fn a_file_that_is_cut_off_is_read_as_far_as_it_goes() {
    let maker = three_pages();
    let (folder, index, bytes) = (maker.folder, maker.index, maker.warc.finish().unwrap());
    let cut = &bytes[..bytes.len() - 40];
    for (name, bytes) in [
        ("a.warc.gz", cut.to_vec()),
        (
            "a.warc",
            gunzip(&bytes)[..gunzip(&bytes).len() - 6].to_vec(),
        ),
    ] {
        write(folder.path(), name, bytes);
        let archive = WarcArchive::open(folder.path(), LIMIT).unwrap();
        assert_eq!(all_rows(&archive).len(), 2, "{name}");
        assert_eq!(skipped(&archive), [(SkipReason::DamagedPart, 1)]);
        // The crawler wrote no more, so this is no failure.
        assert!(archive.skipped().failures().is_empty());
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    write(folder.path(), "a.warc.gz", cut);
    write(folder.path(), "a.cdxj", index);
    let opened = OpenedArchive::of(folder);
    assert_eq!(opened.body(A, "20120101000000"), "one");
    let answer = opened.memento(A, "20140101000000");
    assert!(
        matches!(&answer, Err(ArchiveError::Damaged { detail, .. }) if detail.contains("a.warc.gz")),
        "{answer:?}"
    );
}

#[test]
fn what_is_no_archive_is_refused_with_a_cure() {
    let folder = tempfile::tempdir().unwrap();
    assert!(open_error(folder.path()).contains("no WARC file"));
    assert!(open_error(&folder.path().join("missing")).contains("give a WARC file"));
    write(folder.path(), "a.warc", b"<html>not a WARC");
    assert!(open_error(folder.path()).contains("does not begin as a WARC file does"));
    write(folder.path(), "a.warc", b"");
    assert!(open_error(folder.path()).contains("the file is empty"));
    write(
        folder.path(),
        "a.warc",
        b"WARC/1.0\r\nContent-Length: 100\r\n\r\nshort",
    );
    assert!(open_error(folder.path()).contains("cut off in its first record"));
}

#[test]
fn an_index_alone_is_refused_and_a_single_missing_file_is_not() {
    let maker = three_pages();
    let folder = maker.folder;
    write(folder.path(), "a.cdxj", &maker.index);
    assert!(open_error(folder.path()).contains("`a.warc.gz`"));
    let other = maker
        .index
        .lines()
        .next()
        .unwrap()
        .replace("a.warc.gz", "../../b.warc.gz")
        .replace("2012", "2011");
    write(folder.path(), "a.cdxj", format!("{}{other}\n", maker.index));
    write(folder.path(), "a.warc.gz", maker.warc.finish().unwrap());
    let opened = OpenedArchive::of(folder);
    let answer = opened.memento(A, "20110101000000");
    assert!(
        matches!(&answer, Err(error @ ArchiveError::Unavailable { .. }) if error.as_drop().is_none() && !error.ends_run()),
        "{answer:?}"
    );
    assert_eq!(opened.body(A, "20120101000000"), "one");
}

#[test]
fn an_index_cannot_point_out_of_its_folder() {
    let outside = tempfile::tempdir().unwrap();
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let maker = three_pages();
    write(
        outside.path(),
        "secret.warc.gz",
        maker.warc.finish().unwrap(),
    );
    let absolute = outside.path().join("secret.warc.gz").display().to_string();
    for name in ["../secret.warc.gz", "..\\\\secret.warc.gz", &absolute] {
        write(&inside, "a.cdxj", maker.index.replace("a.warc.gz", name));
        let message = open_error(&inside);
        assert!(message.contains("`secret.warc.gz`"), "{message}");
    }
}

#[test]
fn offsets_that_point_nowhere_are_damage_of_one_capture() {
    let maker = three_pages();
    let first = maker.index.lines().next().unwrap().to_owned();
    let folder = maker.folder;
    let mut index = String::new();
    for (year, offset) in [
        ("2001", "18446744073709551615"),
        ("2002", "999999999"),
        ("2003", "7"),
    ] {
        index += &first
            .replace("\"offset\": \"0\"", &format!("\"offset\": \"{offset}\""))
            .replace("2012", year);
        index.push('\n');
    }
    index += &first
        .replace("\"offset\": \"0\"", "\"offset\": \"18446744073709551616\"")
        .replace("2012", "2004");
    write(folder.path(), "a.cdxj", index);
    write(folder.path(), "a.warc.gz", maker.warc.finish().unwrap());
    let opened = OpenedArchive::of(folder);
    assert_eq!(
        (opened.archive.row_count(), opened.archive.bad_row_count()),
        (3, 1)
    );
    assert_eq!(
        captures(&opened.archive, &CaptureQuery::exact(A)).1,
        IndexAnswer {
            rows: 3,
            repeated_rows: 0,
            bad_rows: 1
        }
    );
    for year in ["2001", "2002", "2003"] {
        let answer = opened.memento(A, &format!("{year}0101000000"));
        assert!(
            matches!(&answer, Err(ArchiveError::Damaged { detail, .. }) if detail.contains("byte") && detail.contains("a.warc.gz")),
            "{answer:?}"
        );
    }
}

#[test]
fn a_row_that_points_at_the_record_of_another_page_shows_nothing() {
    let maker = three_pages();
    let index = maker
        .index
        .replace("com,example)/privacy", "com,example)/other")
        .replace("http://example.com/privacy", "http://example.com/other");
    write(maker.folder.path(), "a.cdxj", index);
    write(
        maker.folder.path(),
        "a.warc.gz",
        maker.warc.finish().unwrap(),
    );
    let opened = OpenedArchive::of(maker.folder);
    let answer = opened.memento("http://example.com/other", "20120101000000");
    assert!(
        matches!(&answer, Err(ArchiveError::Damaged { detail, .. }) if detail.contains("create the index again")),
        "{answer:?}"
    );
}

#[test]
fn a_record_that_the_crawler_cut_off_is_damage() {
    let mut maker = ArchiveBuilder::new();
    let headers = [
        ("WARC-Target-URI", A),
        ("WARC-Date", "2013-01-01T00:00:00Z"),
        ("WARC-Truncated", "length"),
        ("Content-Type", "application/http"),
    ];
    maker.record("response", &headers, b"HTTP/1.1 200 OK\r\n\r\nhalf a pa");
    let answer = maker.open().memento(A, "20130101000000");
    assert!(
        matches!(&answer, Err(ArchiveError::Damaged { detail, .. }) if detail.contains("WARC-Truncated: length")),
        "{answer:?}"
    );
}

#[test]
fn a_flipped_bit_in_a_member_is_noticed() {
    let maker = three_pages();
    let (index, mut bytes) = (maker.index, maker.warc.finish().unwrap());
    // The member's checksum is in its last eight bytes.
    let at = bytes.len() - 6;
    bytes[at] ^= 0x10;
    write(maker.folder.path(), "a.cdxj", index);
    write(maker.folder.path(), "a.warc.gz", &bytes);
    let opened = OpenedArchive::of(maker.folder);
    assert!(matches!(
        opened.memento(A, "20140101000000"),
        Err(ArchiveError::Damaged { .. })
    ));
    std::fs::remove_file(opened.folder.path().join("a.cdxj")).unwrap();
    let archive = WarcArchive::open(opened.folder.path(), LIMIT).unwrap();
    let failures = archive.skipped().failures();
    assert!(failures[0].contains("cannot be read"), "{failures:?}");
}

#[test]
fn messages_carry_no_control_characters_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let row = "com,example)/ 20120101000000 {\"url\": \"http://example.com/\\u001b[2J\", \"offset\": \"0\", \"filename\": \"a\\u001b[2J.warc\"}\n";
    write(folder.path(), "a.cdxj", row);
    assert!(!open_error(folder.path()).contains('\u{1b}'));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_end_a_scan(raw in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = scan(std::io::Cursor::new(&raw));
        let mut with_magic = vec![0x1f, 0x8b, 8, 0];
        with_magic.extend_from_slice(&raw);
        let _ = scan(std::io::Cursor::new(&with_magic));
        let mut with_version = b"WARC/1.0\r\nContent-Length: 5\r\n".to_vec();
        with_version.extend_from_slice(&raw);
        let _ = scan(std::io::Cursor::new(&with_version));
    }

    #[test]
    fn mutated_plain_files_end_a_scan(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let mut bytes = gunzip(&three_pages().warc.finish().unwrap());
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let _ = scan(std::io::Cursor::new(&bytes));
        let length = cut.index(bytes.len());
        let _ = scan(std::io::Cursor::new(&bytes[..length]));
    }

    #[test]
    fn mutated_members_give_a_page_or_an_error(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let maker = three_pages();
        let (index, mut bytes) = (maker.index, maker.warc.finish().unwrap());
        for (at, byte) in &changes {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        let _ = scan(std::io::Cursor::new(&bytes));
        write(maker.folder.path(), "a.cdxj", index);
        write(maker.folder.path(), "a.warc.gz", &bytes);
        let opened = OpenedArchive::of(maker.folder);
        for (timestamp, start) in [("20120101000000", "one"), ("20130101000000", "long words "), ("20140101000000", "three")] {
            match opened.memento(A, timestamp) {
                // The checksums ensure that no wrong body is returned.
                Ok(found) => prop_assert!(found.body.starts_with(start.as_bytes())),
                Err(error) => prop_assert!(error.as_drop().is_some(), "{error}"),
            }
        }
    }
}
