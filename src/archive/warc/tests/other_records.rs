//! Records and index rows that are no captures of a page, and answers that are only a part of one.

use super::*;

const A: &str = "http://example.com/privacy";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";

fn page_at(date: &str) -> [(&'static str, String); 2] {
    [
        ("WARC-Target-URI", A.to_owned()),
        ("WARC-Date", date.to_owned()),
    ]
}

fn with<'a>(
    headers: &'a [(&'static str, String)],
    more: &[(&'static str, &'a str)],
) -> Vec<(&'static str, &'a str)> {
    let headers = headers.iter().map(|(name, value)| (*name, value.as_str()));
    headers.chain(more.iter().copied()).collect()
}

fn years(archive: &WarcArchive) -> Vec<String> {
    all_rows(archive)
        .iter()
        .map(|row| row.timestamp.to_string()[..4].to_owned())
        .collect()
}

#[test]
fn the_answer_to_a_post_is_not_the_page() {
    let response = [OK, b"thank you"].concat();
    for (name, request, answer) in [
        ("request names answer", Some("<urn:uuid:2>"), None),
        ("answer names request", None, Some("<urn:uuid:1>")),
        ("neither names the other", None, None),
    ] {
        for request_first in [true, false] {
            let mut maker = ArchiveBuilder::new();
            maker.page(A, "20120101000000", "the page");
            let date = page_at("2013-01-01T00:00:00Z");
            let mut records = [
                (
                    "request",
                    "<urn:uuid:1>",
                    request,
                    &b"POST /privacy HTTP/1.1\r\n\r\nagree=1"[..],
                ),
                ("response", "<urn:uuid:2>", answer, &response),
            ];
            if !request_first {
                records.reverse();
            }
            for (kind, id, other, block) in records {
                let more = [("WARC-Record-ID", id)];
                let other = other.map(|other| ("WARC-Concurrent-To", other));
                let mut headers = with(&date, &more);
                headers.extend(other);
                maker.record(kind, &headers, block);
            }
            maker.page(A, "20140101000000", "the page");
            let archive = maker.open().archive;
            assert_eq!(years(&archive), ["2012", "2014"], "{name} {request_first}");
            assert_eq!(skipped(&archive), [(SkipReason::AnswerToPost, 1)]);
        }
    }
}

#[test]
fn a_get_beside_a_post_is_kept() {
    let mut maker = ArchiveBuilder::new();
    let date = page_at("2013-01-01T00:00:00Z");
    maker.record(
        "request",
        &with(&date, &[]),
        b"GET /privacy HTTP/1.1\r\n\r\n",
    );
    maker.record("response", &with(&date, &[]), &[OK, b"the page"].concat());
    maker.record(
        "request",
        &with(&date, &[]),
        b"POST /privacy HTTP/1.1\r\n\r\n",
    );
    maker.record("response", &with(&date, &[]), &[OK, b"thank you"].concat());
    let opened = maker.open();
    assert_eq!(opened.body(A, "20130101000000"), "the page");
    assert_eq!(all_rows(&opened.archive).len(), 1);
}

#[test]
fn rows_of_other_records_are_no_captures() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "the page");
    let date = page_at("2012-01-01T00:00:00Z");
    for (kind, block) in [
        ("request", &b"GET /privacy HTTP/1.1\r\n\r\n"[..]),
        ("metadata", b"fetchTimeMs: 12"),
        ("conversion", b"the page"),
    ] {
        let place = maker.record(kind, &with(&date, &[]), block);
        let row = capture(A, "20120101000000", b"");
        maker.row(
            Capture {
                digest: None,
                mimetype: "-".to_owned(),
                ..row
            },
            place,
        );
    }
    let posts = format!(
        "com,example)/privacy?__wb_method=post&a=1 20130101000000 {{\"url\": \"{A}\", \"status\": \"200\", \"offset\": \"0\", \"filename\": \"a.warc.gz\"}}\n\
         com,example)/privacy 20130101000000 {{\"url\": \"{A}\", \"method\":\"POST\", \"offset\": \"0\", \"filename\": \"a.warc.gz\"}}\n"
    );
    maker.index += &posts;
    let archive = maker.open_with_index().archive;
    assert_eq!(years(&archive), ["2012"]);
    assert_eq!(
        skipped(&archive),
        [
            (SkipReason::AnswerToPost, 2),
            (SkipReason::RowOfOtherRecord, 3)
        ]
    );
}

#[test]
fn rows_without_status_and_digest_are_completed_from_their_records() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "the page");
    maker.redirect(A, "20130101000000", "/new");
    let keep = |part: &&str| !part.contains("\"status\"") && !part.contains("\"digest\"");
    let lines = maker.index.lines().map(|line| {
        let parts: Vec<&str> = line.split(", ").filter(keep).collect();
        parts.join(", ") + "\n"
    });
    maker.index = lines.collect();
    let rows = all_rows(&maker.open_with_index().archive);
    assert_eq!(
        rows.iter().map(|row| row.statuscode).collect::<Vec<_>>(),
        [Some(200), Some(301)]
    );
    assert_eq!(rows[0].digest, Some(PayloadDigest::of(b"the page")));
}

#[test]
fn a_part_of_a_page_is_not_the_page() {
    let mut maker = ArchiveBuilder::new();
    let head = |range: &str| {
        format!("HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: {range}")
    };
    maker
        .response(A, "20120101000000", &head("bytes 0-3/8"), b"half")
        .response(A, "20130101000000", &head("bytes 0-7/8"), b"the page");
    let opened = maker.open();
    let answer = opened.memento(A, "20120101000000");
    assert!(
        matches!(&answer, Err(ArchiveError::Damaged { detail, .. }) if detail.contains("bytes 0-3/8")),
        "{answer:?}"
    );
    assert_eq!(opened.body(A, "20130101000000"), "the page");
}

#[test]
fn a_refresh_header_is_a_redirect() {
    let mut maker = ArchiveBuilder::new();
    let head = |to: &str| format!("HTTP/1.1 200 OK\r\nRefresh: 0; url={to}");
    let (old, myself) = ("http://example.com/old", "http://example.com/self");
    maker
        .response(old, "20120101000000", &head("/privacy"), b"")
        .response(myself, "20120101000000", &head("/self"), b"news")
        .page(A, "20120101000003", "the page");
    let opened = maker.open();
    let found = opened.memento(old, "20120101000000").unwrap();
    assert_eq!((found.original.as_str(), found.redirects.len()), (A, 1));
    assert_eq!(opened.body(myself, "20120101000000"), "news");
}

#[test]
fn a_location_in_latin1_leads_to_the_page() {
    for target in [
        "http://example.com/erkl%E4rung",
        "http://example.com/erkl%C3%A4rung",
    ] {
        let mut maker = ArchiveBuilder::new();
        let date = page_at("2012-01-01T00:00:00Z");
        let head = b"HTTP/1.1 301 Moved\r\nLocation: /erkl\xe4rung\r\n\r\n";
        maker.record("response", &with(&date, &[]), head);
        maker.page(target, "20120101000003", "the page");
        let found = maker.open().memento(A, "20120101000000").unwrap();
        assert_eq!(found.original, target);
    }
}
