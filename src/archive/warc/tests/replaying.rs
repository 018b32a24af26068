//! Which capture is replayed, and with which body.

use super::*;
use crate::archive::KeyFilter;
use crate::model::Site;

const A: &str = "http://example.com/privacy";

#[test]
fn the_nearest_capture_inside_the_window_answers() {
    let mut maker = ArchiveBuilder::new();
    maker
        .page(A, "20120101000000", "old")
        .page(A, "20140101000000", "new");
    let opened = maker.open();
    assert_eq!(opened.body(A, "20121201000000"), "old");
    assert_eq!(
        opened.body("https://www.example.com/Privacy/", "20131201000000"),
        "new"
    );
    let mut query = MementoQuery {
        original: A.to_owned(),
        timestamp: at("20130101000000"),
        window: (at("20130101000000"), at("20140101000000")),
        expected_digest: None,
    };
    assert_eq!(opened.ask(&query).unwrap().body, b"new");
    query.window.1 = at("20131231235959");
    assert!(
        matches!(opened.ask(&query), Err(ArchiveError::Displaced { timestamp, .. }) if timestamp == at("20140101000000") || timestamp == at("20120101000000"))
    );
    query.original = "http://example.com/other".to_owned();
    assert!(
        matches!(opened.ask(&query), Err(ArchiveError::NotArchived { url }) if url == "http://example.com/other")
    );
    query.original = "no address".to_owned();
    assert!(matches!(
        opened.ask(&query),
        Err(ArchiveError::NotArchived { .. })
    ));
}

#[test]
fn of_http_and_https_in_one_second_the_url_asked_for_answers() {
    let mut maker = ArchiveBuilder::new();
    maker
        .page("http://example.com/", "20120101000000", "plain")
        .page("https://example.com/", "20120101000000", "secure");
    let opened = maker.open_with_index();
    assert_eq!(
        opened.body("http://example.com/", "20120101000000"),
        "plain"
    );
    assert_eq!(
        opened.body("https://example.com/", "20120101000000"),
        "secure"
    );
    assert_eq!(
        captures(&opened.archive, &CaptureQuery::exact("example.com"))
            .1
            .rows,
        0,
        "no address"
    );
    assert_eq!(
        captures(&opened.archive, &CaptureQuery::exact("http://example.com"))
            .1
            .rows,
        2
    );
}

#[test]
fn of_two_payloads_in_one_second_the_one_expected_answers() {
    let mut maker = ArchiveBuilder::new();
    maker
        .redirect(A, "20120101000000", A)
        .page(A, "20120101000000", "one")
        .page(A, "20120101000000", "two");
    let opened = maker.open();
    for body in ["one", "two"] {
        let query = MementoQuery {
            original: A.to_owned(),
            timestamp: at("20120101000000"),
            window: any_time(),
            expected_digest: Some(PayloadDigest::of(body.as_bytes())),
        };
        let found = opened.ask(&query).unwrap();
        assert_eq!(
            (found.body.as_slice(), found.redirects.len()),
            (body.as_bytes(), 0)
        );
    }
}

#[test]
fn archived_errors_are_mementos() {
    let mut maker = ArchiveBuilder::new();
    maker.response(
        A,
        "20120101000000",
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/html",
        b"gone",
    );
    let found = maker.open().memento(A, "20120101000000").unwrap();
    assert_eq!((found.status, found.body.as_slice()), (404, &b"gone"[..]));
}

#[test]
fn chunks_and_content_encodings_are_taken_off() {
    let page = "words ".repeat(500);
    let packed = gzip(page.as_bytes());
    let mut chunked = Vec::new();
    for chunk in packed.chunks(7) {
        chunked.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        chunked.extend_from_slice(chunk);
        chunked.extend_from_slice(b"\r\n");
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    let mut maker = ArchiveBuilder::new();
    let head = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=x\nContent-Encoding: gzip";
    maker.response("http://example.com/gzip", "20120101000000", head, &packed);
    maker.response(
        "http://example.com/both",
        "20120101000000",
        &format!("{head}\ntransfer-encoding: Chunked"),
        &chunked,
    );
    maker.response(
        "http://example.com/said",
        "20120101000000",
        "HTTP/1.1 200\nTransfer-Encoding: chunked",
        page.as_bytes(),
    );
    let opened = maker.open();
    for path in ["gzip", "both", "said"] {
        assert_eq!(
            opened.body(&format!("http://example.com/{path}"), "20120101000000"),
            page,
            "{path}"
        );
    }
    let found = opened
        .memento("http://example.com/both", "20120101000000")
        .unwrap();
    assert_eq!(found.content_type.as_deref(), Some("text/html; charset=x"));
}

#[test]
fn a_resource_is_a_page_and_requests_are_none() {
    let mut maker = ArchiveBuilder::new();
    let date = ("WARC-Date", "2013-01-01T00:00:00Z");
    maker.record("warcinfo", &[date], b"software: x\r\n");
    maker.record(
        "request",
        &[("WARC-Target-URI", A), date],
        b"GET /privacy HTTP/1.1\r\n\r\n",
    );
    maker.record("metadata", &[("WARC-Target-URI", A), date], b"x: y\r\n");
    maker.record(
        "response",
        &[("WARC-Target-URI", "dns:example.com"), date],
        b"20130101000000\nexample.com. 1 IN A 127.0.0.1\n",
    );
    maker.record(
        "resource",
        &[
            ("WARC-Target-URI", A),
            date,
            ("Content-Type", "application/pdf; x=y"),
        ],
        b"%PDF",
    );
    let opened = maker.open();
    assert_eq!(opened.archive.row_count(), 1);
    let found = opened.memento(A, "20130101000000").unwrap();
    assert_eq!(
        (
            found.status,
            found.content_type.as_deref(),
            found.body.as_slice()
        ),
        (200, Some("application/pdf; x=y"), &b"%PDF"[..])
    );
    let (rows, _) = captures(&opened.archive, &CaptureQuery::exact(A));
    assert_eq!(
        (rows[0].mimetype.as_str(), rows[0].statuscode),
        ("application/pdf", Some(200))
    );
}

#[test]
fn an_empty_body_is_a_lost_payload_only_where_the_index_promised_one() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "");
    let opened = maker.open();
    let mut query = MementoQuery {
        original: A.to_owned(),
        timestamp: at("20120101000000"),
        window: any_time(),
        expected_digest: None,
    };
    assert!(opened.ask(&query).unwrap().body.is_empty());
    query.expected_digest = Some(PayloadDigest::of(b""));
    assert!(opened.ask(&query).is_ok());
    query.expected_digest = Some(PayloadDigest::of(b"x"));
    assert!(matches!(
        opened.ask(&query),
        Err(ArchiveError::LostPayload { .. })
    ));
}

#[test]
fn a_body_over_the_limit_is_too_large_packed_or_not() {
    let mut maker = ArchiveBuilder::new();
    let limit = usize::try_from(LIMIT).unwrap();
    let big = vec![b'a'; limit + 1];
    maker.response(
        "http://example.com/big",
        "20120101000000",
        "HTTP/1.1 200 OK",
        &big,
    );
    maker.response(
        "http://example.com/fits",
        "20120101000000",
        "HTTP/1.1 200 OK",
        &big[1..],
    );
    maker.response(
        "http://example.com/bomb",
        "20120101000000",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip",
        &gzip(&vec![b'a'; 30 * limit]),
    );
    let opened = maker.open();
    assert_eq!(
        opened
            .memento("http://example.com/fits", "20120101000000")
            .unwrap()
            .body
            .len(),
        limit
    );
    for path in ["big", "bomb"] {
        let answer = opened.memento(&format!("http://example.com/{path}"), "20120101000000");
        assert!(
            matches!(
                answer,
                Err(ArchiveError::TooLarge {
                    limit_bytes: LIMIT,
                    ..
                })
            ),
            "{path}"
        );
    }
}

#[test]
fn plain_files_whole_file_gzip_and_members_give_the_same_pages() {
    let make = || {
        let mut maker = ArchiveBuilder::new();
        maker.record(
            "warcinfo",
            &[("WARC-Date", "2012-01-01T00:00:00Z")],
            b"software: x\r\n",
        );
        maker
            .page(A, "20120101000000", "one")
            .redirect("http://example.com/r", "20120101000000", "/privacy")
            .page(A, "20140101000000", "two");
        maker.revisit(
            A,
            "20150101000000",
            b"one",
            EarlierCapture {
                url: A,
                timestamp: at("20120101000000"),
            },
        );
        maker
    };
    let members = make().warc.finish().unwrap();
    let plain = gunzip(&members);
    let old_style = String::from_utf8(plain.clone())
        .unwrap()
        .replace("WARC/1.1", "WARC/0.17");
    for (name, bytes) in [
        ("a.warc.gz", members),
        ("a.warc", plain.clone()),
        ("a.warc.gz", gzip(&plain)),
        ("a.warc", old_style.into_bytes()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), name, bytes);
        let opened = OpenedArchive::of(folder);
        assert_eq!(opened.archive.row_count(), 4);
        assert_eq!(opened.body(A, "20120101000000"), "one");
        assert_eq!(opened.body(A, "20140101000000"), "two");
        assert_eq!(opened.body(A, "20150101000000"), "one");
        assert_eq!(opened.body("http://example.com/r", "20120101000000"), "one");
    }
}

#[test]
fn files_without_rows_in_the_index_of_their_folder_are_read_too() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "one");
    let mut second = ArchiveBuilder::new();
    second.page("http://shop.example.com/", "20130101000000", "two");
    write(
        maker.folder.path(),
        "b.warc.gz",
        second.warc.finish().unwrap(),
    );
    let opened = maker.open_with_index();
    assert_eq!(
        opened.body("http://shop.example.com/", "20130101000000"),
        "two"
    );
    let domain = CaptureQuery {
        scope: crate::archive::Scope::Domain(Site::parse("example.com").unwrap()),
        from: None,
        to: None,
        filter: KeyFilter::default(),
        expects_none: false,
    };
    assert_eq!(
        captures(&opened.archive, &domain).1,
        IndexAnswer {
            rows: 2,
            repeated_rows: 0,
            bad_rows: 0
        }
    );
}

#[test]
fn one_file_of_a_folder_can_be_opened_alone() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "one");
    write(maker.folder.path(), "b.warc.gz", b"not read");
    maker.index += &maker.index.replace("a.warc.gz", "b.warc.gz");
    write(maker.folder.path(), "index.cdxj", &maker.index);
    write(
        maker.folder.path(),
        "a.warc.gz",
        maker.warc.finish().unwrap(),
    );
    let archive = WarcArchive::open(&maker.folder.path().join("a.warc.gz"), LIMIT).unwrap();
    assert_eq!(archive.row_count(), 1);
    assert!(archive.is_local());
    let folder = WarcArchive::open(maker.folder.path(), LIMIT).unwrap();
    assert!(archive.name().starts_with("file-") && archive.name() != folder.name());
    let same = WarcArchive::open(&maker.folder.path().join("."), LIMIT).unwrap();
    assert_eq!(same.name(), folder.name(), "however it is spelt");
    let url = |archive: &WarcArchive| archive.memento_url(at("20120101000000"), A);
    assert_eq!(url(&archive), None, "no archive is known to have it");
    let prefix = "https://archive.example/all/".to_owned();
    assert_eq!(
        url(&archive.with_memento_prefix(Some(prefix))).as_deref(),
        Some("https://archive.example/all/20120101000000/http://example.com/privacy")
    );
}

#[test]
fn a_url_with_control_characters_is_listed_without_them_and_found() {
    let raw = "http://example.com/privacy\u{1b}[31m\u{7f}";
    let visible = "http://example.com/privacy%1B[31m%7F";
    for has_index in [false, true] {
        let mut maker = ArchiveBuilder::new();
        maker.page(raw, "20120101000000", "escaped");
        let opened = if has_index {
            maker.open_with_index()
        } else {
            maker.open()
        };
        let rows = all_rows(&opened.archive);
        let originals: Vec<&str> = rows.iter().map(|row| row.original.as_str()).collect();
        assert_eq!(originals, [visible]);
        assert_eq!(opened.body(visible, "20120101000000"), "escaped");
        assert_eq!(opened.body(raw, "20120101000000"), "escaped");
    }
}
