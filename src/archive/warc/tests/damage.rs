//! Damaged and unusual files: what is whole is read, and the rest is told.

use super::*;

const A: &str = "http://example.com/privacy";

/// A record without compression, with any stated length.
fn plain(kind: &str, date: &str, block: &[u8], stated: usize) -> Vec<u8> {
    let mut record = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {A}\r\nWARC-Date: {date}\r\nContent-Length: {stated}\r\n\r\n"
    )
    .into_bytes();
    record.extend_from_slice(block);
    record.extend_from_slice(b"\r\n\r\n");
    record
}

fn page(words: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><p>{words}</p></html>")
        .into_bytes()
}

/// A right record of a page.
pub(super) fn record(year: u32, words: &str) -> Vec<u8> {
    let block = page(words);
    plain("response", &date(year), &block, block.len())
}

fn date(year: u32) -> String {
    format!("{year}-01-01T00:00:00Z")
}

pub(super) fn opened(name: &str, bytes: &[u8]) -> OpenedArchive {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), name, bytes);
    OpenedArchive::of(folder)
}

pub(super) fn body_of(opened: &OpenedArchive, year: u32) -> String {
    opened.body(A, &format!("{year}0101000000"))
}

/// The years whose pages are whole.
fn whole_years(opened: &OpenedArchive) -> Vec<u32> {
    (2010..2020)
        .filter(|year| {
            let words = format!("<html><p>words of {year}</p></html>");
            opened
                .memento(A, &format!("{year}0101000000"))
                .is_ok_and(|found| {
                    found.timestamp.to_string().starts_with(&year.to_string())
                        && found.body == words.as_bytes()
                })
        })
        .collect()
}

pub(super) fn years(range: std::ops::Range<u32>) -> Vec<Vec<u8>> {
    range
        .map(|year| record(year, &format!("words of {year}")))
        .collect()
}

#[test]
fn every_way_to_compress_a_file_is_read() {
    let records = years(2010..2014);
    let all = records.concat();
    let split = |size: usize| -> Vec<u8> { all.chunks(size).flat_map(gzip).collect() };
    let mut with_empty_members = Vec::new();
    for record in &records {
        with_empty_members.extend(gzip(b""));
        with_empty_members.extend(gzip(record));
    }
    with_empty_members.extend(gzip(b""));
    let mut padded: Vec<u8> = records.iter().flat_map(|r| gzip(r)).collect();
    padded.extend([0; 700]);
    let mut mixed = records[0].clone();
    mixed.extend(gzip(&records[1]));
    mixed.extend(&records[2]);
    mixed.extend(gzip(&records[3]));
    for (name, bytes) in [
        ("plain", all.clone()),
        ("one member", gzip(&all)),
        (
            "a member for each record",
            records.iter().flat_map(|r| gzip(r)).collect(),
        ),
        ("small blocks", split(97)),
        ("blocks", split(300)),
        ("empty members", with_empty_members),
        ("padded", padded),
        (
            "padded without compression",
            [all.clone(), vec![0; 700]].concat(),
        ),
        ("mixed", mixed),
    ] {
        let opened = opened("a.warc", &bytes);
        assert_eq!(whole_years(&opened), [2010, 2011, 2012, 2013], "{name}");
        assert_eq!(skipped(&opened.archive), [], "{name}");
        assert!(opened.archive.skipped().failures().is_empty(), "{name}");
    }
}

#[test]
fn a_record_may_span_several_members() {
    let block = page("words of 2010");
    let all = plain("response", &date(2010), &block, block.len());
    let http = all.windows(5).position(|w| w == b"HTTP/").unwrap();
    let body = all.windows(6).position(|w| w == b"<html>").unwrap();
    let mut bytes = Vec::new();
    for part in [&all[..http], &all[http..body], &all[body..]] {
        bytes.extend(gzip(part));
    }
    let second = gzip(&record(2011, "words of 2011"));
    bytes.extend(second);
    assert_eq!(whole_years(&opened("a.warc.gz", &bytes)), [2010, 2011]);
}

#[test]
fn a_record_ends_where_the_next_begins_whatever_its_length_says() {
    for difference in [-9_isize, -1, 40, 4000, 1_000_000] {
        for compress in [false, true] {
            let block = page("words of 2011");
            let stated = block.len().saturating_add_signed(difference);
            let wrong = plain("response", &date(2011), &block, stated);
            let records = [
                record(2010, "words of 2010"),
                wrong,
                record(2012, "words of 2012"),
                record(2013, "words of 2013"),
            ];
            let bytes: Vec<u8> = if compress {
                records.iter().flat_map(|r| gzip(r)).collect()
            } else {
                records.concat()
            };
            let opened = opened("a.warc", &bytes);
            let found = whole_years(&opened);
            assert_eq!(found, [2010, 2011, 2012, 2013], "{difference} {compress}");
            assert!(opened.archive.skipped().failures().is_empty());
        }
    }
}

#[test]
fn a_last_member_that_is_whole_is_not_cut_off() {
    let block = page("words of 2011");
    let wrong = plain("response", &date(2011), &block, block.len() + 40);
    let bytes = [gzip(&record(2010, "words of 2010")), gzip(&wrong)].concat();
    let opened = opened("a.warc.gz", &bytes);
    assert_eq!(whole_years(&opened), [2010, 2011]);
    assert_eq!(skipped(&opened.archive), []);
}

#[test]
fn a_record_that_goes_on_behind_the_end_of_the_file_is_no_page() {
    let records = years(2010..2014);
    let all = records.concat();
    for size in [97, 150, 300, 500] {
        let blocks: Vec<Vec<u8>> = all.chunks(size).map(gzip).collect();
        for cut in 1..blocks.len() {
            // The line ends after a record are no part of it.
            let whole = (1..=4).filter(|n| records[..*n].concat().len() - 4 <= cut * size);
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), "a.warc.gz", blocks[..cut].concat());
            let Ok(archive) = WarcArchive::open(folder.path(), LIMIT) else {
                assert_eq!(whole.count(), 0, "{size} {cut}");
                continue;
            };
            assert_eq!(archive.row_count(), whole.count(), "{size} {cut}");
        }
    }
}

#[test]
fn an_indexed_record_that_goes_on_behind_the_end_of_the_file_is_damaged() {
    let record = record(2010, "words of 2010");
    let (start, end) = record.split_at(record.len() - 20);
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.warc.gz",
        [gzip(start), gzip(end)].concat(),
    );
    let place = RecordPlace {
        offset: 0,
        length: 100,
    };
    let row = capture(A, "20100101000000", b"");
    let line = cdxj_line(&row, place, "a.warc.gz") + "\n";
    write(folder.path(), "a.cdxj", line);
    let opened = OpenedArchive::of(folder);
    assert_eq!(whole_years(&opened), [2010]);
    let middle = record.len() - 60;
    let parts = [&record[..middle], &record[middle..middle + 20]];
    let cut = parts.map(gzip).concat();
    write(opened.folder.path(), "a.warc.gz", cut);
    let error = opened.memento(A, "20100101000000").unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
}

#[test]
fn what_is_not_read_is_told() {
    let good = gzip(&record(2010, "words of 2010"));
    let damaged = &good[..good.len() / 2];
    let starts = b"\x1f\x8b\x08\xff".repeat(10_001);
    let last = gzip(&record(2011, "words of 2011"));
    let opened = opened("a.warc.gz", &[&good, damaged, &starts, &last].concat());
    assert_eq!(whole_years(&opened), [2010]);
    let failures = opened.archive.skipped().failures();
    assert!(
        failures[0].contains("only the records before it are read"),
        "{failures:?}"
    );
    assert!(!failures[0].contains("the other records"), "{failures:?}");
}

#[test]
fn an_error_of_the_system_is_no_fault_of_the_file() {
    /// A file whose disk fails after its last byte.
    struct Failing(std::io::Cursor<Vec<u8>>);

    impl std::io::Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(std::io::Error::from_raw_os_error(5)),
                count => Ok(count),
            }
        }
    }

    impl std::io::Seek for Failing {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }

    for bytes in [Vec::new(), gzip(&record(2010, "words of 2010"))] {
        let scan = super::super::scan::scan(Failing(std::io::Cursor::new(bytes)));
        let [fault] = scan.faults.as_slice() else {
            panic!("{:?}", scan.faults);
        };
        let detail = super::super::folder::fault_detail(fault, scan.records > 0);
        assert!(detail.contains("Make the file readable"), "{detail}");
        assert!(!detail.contains("download"), "{detail}");
    }
}

#[test]
fn after_a_damaged_part_the_rest_is_read_and_the_byte_told() {
    let records = years(2010..2014);
    let members: Vec<Vec<u8>> = records.iter().map(|r| gzip(r)).collect();
    let offset = members[0].len();
    let damaged: Vec<(&str, Vec<u8>)> = vec![
        ("lost bytes", members[1][..members[1].len() / 2].to_vec()),
        ("flipped bits", {
            let mut member = members[1].clone();
            member[30..40].fill(0xff);
            member
        }),
        ("another file", b"<html>not a record</html>".to_vec()),
    ];
    for (name, part) in damaged {
        let bytes = [&members[0], &part, &members[2], &members[3]].map(Vec::as_slice);
        let opened = opened("a.warc.gz", &bytes.concat());
        assert_eq!(whole_years(&opened), [2010, 2012, 2013], "{name}");
        let failures = opened.archive.skipped().failures();
        assert!(
            failures[0].contains(&format!("byte {offset} ")),
            "{failures:?}"
        );
        assert_eq!(skipped(&opened.archive), [(SkipReason::DamagedPart, 1)]);
    }
    let junk = b"\0\x01junk, and more of it\r\n".to_vec();
    let bytes = [&records[0], &junk, &records[2]]
        .map(Vec::as_slice)
        .concat();
    let opened = opened("a.warc", &bytes);
    assert_eq!(whole_years(&opened), [2010, 2012]);
    assert_eq!(opened.archive.skipped().failure_count(), 1);
}

#[test]
fn one_bad_file_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.warc.gz",
        gzip(&record(2010, "words of 2010")),
    );
    write(folder.path(), "b.warc.gz", b"<html>404 Not Found</html>");
    write(folder.path(), "c.warc.gz", b"");
    write(folder.path(), "._a.warc.gz", b"\0\x05\x16\x07Mac OS X");
    write(folder.path(), "d.wacz", b"PK");
    write(folder.path(), "e.warc.zst", b"\x28\xb5\x2f\xfd");
    let opened = OpenedArchive::of(folder);
    assert_eq!(whole_years(&opened), [2010]);
    let failures = opened.archive.skipped().failures();
    assert!(failures[0].contains("b.warc.gz") && failures[0].contains("does not begin"));
    assert!(failures[1].contains("c.warc.gz") && failures[1].contains("empty"));
    assert_eq!(
        skipped(&opened.archive),
        [
            (SkipReason::UnsupportedFile, 2),
            (SkipReason::MacOsFile, 1),
            (SkipReason::DamagedPart, 1)
        ]
    );
}

#[test]
#[cfg(unix)]
fn a_file_whose_name_is_not_utf8_is_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    for (name, year) in [(&b"\xe4.warc"[..], 2010), (b"\xf6.warc", 2011)] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, record(year, &format!("words of {year}"))).unwrap();
    }
    assert_eq!(whole_years(&OpenedArchive::of(folder)), [2010, 2011]);
}

/// Records without line ends after the block: the check sum is wrong where no byte is left to read.
#[test]
fn a_wrong_check_sum_behind_the_last_byte_of_a_block_is_damage() {
    let mut bytes = Vec::new();
    for year in 2010..2013 {
        let record = record(year, &format!("words of {year}"));
        let mut member = gzip(record.strip_suffix(b"\r\n\r\n").unwrap());
        if year == 2011 {
            let check_sum = member.len() - 8;
            member[check_sum] ^= 1;
        }
        bytes.extend(member);
    }
    let opened = opened("a.warc.gz", &bytes);
    assert_eq!(whole_years(&opened), [2010, 2012]);
    let failures = opened.archive.skipped().failures();
    assert!(failures.iter().any(|f| f.contains("check")), "{failures:?}");
}

#[test]
fn an_archive_without_a_capture_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.warc.wet.gz",
        gzip(&plain("conversion", &date(2010), b"words", 5)),
    );
    let path = folder.path().join("a.warc.wet.gz");
    let archive = WarcArchive::open(&path, LIMIT).unwrap();
    let message = archive.require_captures(&path).unwrap_err().to_string();
    assert!(message.contains("no capture") && message.contains("conversion records: 1"));
}

#[test]
fn no_message_advises_a_command_that_destroys_data() {
    let folder = tempfile::tempdir().unwrap();
    let whole = [gzip(&record(2010, "one")), gzip(&record(2011, "two"))].concat();
    for bytes in [&whole[..whole.len() - 9], &whole[3..], b"x", b""] {
        write(folder.path(), "a.warc.gz", bytes);
        let text = match WarcArchive::open(folder.path(), LIMIT) {
            Ok(archive) => archive.skipped().failures().join("\n"),
            Err(error) => error.to_string(),
        };
        for advice in ["truncate", "delete", "remove", "rm "] {
            assert!(!text.contains(advice), "{text}");
        }
    }
}
