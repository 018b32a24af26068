//! The source of the payload of a revisit.

use super::*;

const A: &str = "http://example.com/privacy";

#[test]
fn a_revisit_has_the_payload_of_the_capture_that_it_names() {
    let mut maker = ArchiveBuilder::new();
    maker.page(A, "20120101000000", "words").page(
        "http://example.com/copy",
        "20110101000000",
        "words",
    );
    maker.revisit(
        A,
        "20130101000000",
        b"words",
        EarlierCapture {
            url: A,
            timestamp: at("20120101000000"),
        },
    );
    maker.revisit(
        A,
        "20140101000000",
        b"words",
        EarlierCapture {
            url: "http://gone.example.com/",
            timestamp: at("20120101000000"),
        },
    );
    maker.revisit(
        A,
        "20150101000000",
        b"lost",
        EarlierCapture {
            url: "http://gone.example.com/",
            timestamp: at("20120101000000"),
        },
    );
    let opened = maker.open();
    for timestamp in ["20130101000000", "20140101000000"] {
        let found = opened.memento(A, timestamp).unwrap();
        assert_eq!(
            (found.timestamp, found.body.as_slice(), found.status),
            (at(timestamp), &b"words"[..], 200)
        );
        assert_eq!(found.content_type.as_deref(), Some("text/html"));
    }
    assert!(matches!(
        opened.memento(A, "20150101000000"),
        Err(ArchiveError::LostPayload { .. })
    ));
}

#[test]
fn revisits_without_a_head_or_with_that_of_a_304_take_the_stored_one() {
    let mut maker = ArchiveBuilder::new();
    maker.response(
        A,
        "20120101000000",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain",
        b"words",
    );
    let digest = format!("sha1:{}", PayloadDigest::of(b"words"));
    let headers = |date: &'static str| {
        [
            ("WARC-Target-URI".to_owned(), A.to_owned()),
            ("WARC-Date".to_owned(), date.to_owned()),
            ("WARC-Payload-Digest".to_owned(), digest.clone()),
        ]
    };
    for (date, block) in [
        ("2013-01-01T00:00:00Z", &b""[..]),
        ("2014-01-01T00:00:00Z", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    ] {
        let headers = headers(date);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        maker.record("revisit", &headers, block);
    }
    let opened = maker.open();
    for timestamp in ["20130101000000", "20140101000000"] {
        let found = opened.memento(A, timestamp).unwrap();
        assert_eq!(
            (
                found.status,
                found.body.as_slice(),
                found.content_type.as_deref()
            ),
            (200, &b"words"[..], Some("text/plain"))
        );
    }
}

#[test]
fn a_revisit_of_a_redirect_leads_on_without_its_original() {
    let mut maker = ArchiveBuilder::new();
    maker.page(
        "http://example.com/new",
        "20130101000000",
        "words about privacy",
    );
    let digest = format!("sha1:{}", PayloadDigest::of(b"moved"));
    let headers = [
        ("WARC-Target-URI", A),
        ("WARC-Date", "2013-01-01T00:00:00Z"),
        ("WARC-Payload-Digest", digest.as_str()),
    ];
    let head = b"HTTP/1.1 301 Moved\r\nLocation: /new\r\nContent-Encoding: gzip\r\n\r\n";
    maker.record("revisit", &headers, head);
    let found = maker.open().memento(A, "20130101000000").unwrap();
    assert_eq!(
        (found.original.as_str(), found.body.as_slice()),
        ("http://example.com/new", &b"words about privacy"[..])
    );
}
