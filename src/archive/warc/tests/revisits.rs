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

/// Records of one URL: type, year, more headers, block.
type Records<'a> = [(&'a str, u32, Vec<(&'a str, &'a str)>, &'a [u8])];

fn opened(records: &Records<'_>) -> OpenedArchive {
    let mut maker = ArchiveBuilder::new();
    for (kind, year, more, block) in records {
        let date = format!("{year}-01-01T00:00:00Z");
        let mut headers = vec![("WARC-Target-URI", A), ("WARC-Date", date.as_str())];
        headers.extend(more);
        maker.record(kind, &headers, block);
    }
    maker.open()
}

const PAGE: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nwords";
const OTHER: &[u8] = b"HTTP/1.1 200 OK\r\n\r\nother words";
const NOT_MODIFIED: &[u8] = b"HTTP/1.1 304 Not Modified\r\n\r\n";
const DIGEST: (&str, &str) = (
    "WARC-Payload-Digest",
    "sha256:2ba52a51ad5a4ab0b2ce4cc87e3d1b8a9b1f7d2f0a3c4e5d6f708192a3b4c5d6",
);
const NOTHING: (&str, &str) = (
    "WARC-Payload-Digest",
    "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
);
const AT_2012: (&str, &str) = ("WARC-Refers-To-Date", "2012-01-01T00:00:00.123Z");
const AT_2013: (&str, &str) = ("WARC-Refers-To-Date", "2013-01-01T00:00:00Z");
const OF_A: (&str, &str) = ("WARC-Refers-To-Target-URI", A);

#[test]
fn a_revisit_finds_its_payload_however_its_crawler_names_it() {
    for (name, first, revisit, block) in [
        ("sha256 alone", vec![DIGEST], vec![DIGEST], &b""[..]),
        (
            "sha256, URL and date",
            vec![DIGEST],
            vec![DIGEST, OF_A, AT_2012],
            PAGE,
        ),
        ("URL and date", vec![], vec![OF_A, AT_2012], b""),
        ("date alone", vec![], vec![AT_2012], b""),
        ("URL alone (HTTrack)", vec![], vec![OF_A], NOT_MODIFIED),
        ("nothing", vec![], vec![], NOT_MODIFIED),
        ("digest of nothing (Heritrix)", vec![], vec![NOTHING], b""),
        ("digests of two algorithms", vec![], vec![DIGEST], b""),
    ] {
        let archive = opened(&[
            ("response", 2011, vec![], OTHER),
            ("response", 2012, first, PAGE),
            ("revisit", 2014, revisit, block),
            ("response", 2015, vec![], OTHER),
        ]);
        let rows = all_rows(&archive.archive);
        assert!(rows[2].is_revisit() && rows[2].may_show_page(), "{name}");
        let found = archive.memento(A, "20140101000000").unwrap();
        assert_eq!(
            (found.body.as_slice(), found.status),
            (&b"words"[..], 200),
            "{name}"
        );
    }
}

#[test]
fn a_revisit_of_a_revisit_leads_to_the_payload_of_the_first() {
    let archive = opened(&[
        ("response", 2012, vec![], PAGE),
        ("revisit", 2013, vec![OF_A, AT_2012], b""),
        ("revisit", 2014, vec![OF_A, AT_2013], b""),
    ]);
    assert_eq!(archive.body(A, "20140101000000"), "words");
    let circle = opened(&[
        ("response", 2011, vec![], PAGE),
        ("revisit", 2012, vec![OF_A, AT_2013], b""),
        ("revisit", 2013, vec![OF_A, AT_2012], b""),
    ]);
    assert!(matches!(
        circle.memento(A, "20130101000000"),
        Err(ArchiveError::LostPayload { .. })
    ));
}

#[test]
fn a_revisit_whose_payload_is_not_there_takes_no_other() {
    let other_digest = ("WARC-Payload-Digest", "sha256:00");
    for (name, revisit) in [
        ("another digest", vec![other_digest]),
        ("another date", vec![OF_A, AT_2013]),
        (
            "another URL",
            vec![("WARC-Refers-To-Target-URI", "http://example.com/gone")],
        ),
    ] {
        let archive = opened(&[
            ("response", 2012, vec![DIGEST], PAGE),
            (
                "response",
                2012,
                vec![NOTHING],
                b"HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n",
            ),
            ("revisit", 2014, revisit, b""),
            ("response", 2015, vec![], OTHER),
        ]);
        let answer = archive.memento(A, "20140101000000");
        assert!(
            matches!(answer, Err(ArchiveError::LostPayload { .. })),
            "{name}: {answer:?}"
        );
    }
}
