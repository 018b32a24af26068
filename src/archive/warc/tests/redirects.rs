//! The targets of archived redirects.

use super::*;

const A: &str = "http://example.com/privacy";

#[test]
fn archived_redirects_are_followed_and_told() {
    let mut maker = ArchiveBuilder::new();
    maker
        .redirect(
            "http://example.com/privacy",
            "20120101000000",
            "https://example.com/privacy",
        )
        .redirect(
            "https://example.com/privacy",
            "20120101000001",
            "/legal?a=1#top",
        )
        .page("https://example.com/legal?a=1", "20120101000002", "words");
    let opened = maker.open();
    let found = opened.memento(A, "20120101000000").unwrap();
    assert_eq!(
        (found.body.as_slice(), found.status, found.original.as_str()),
        (&b"words"[..], 200, "https://example.com/legal?a=1")
    );
    assert_eq!(found.timestamp, at("20120101000002"));
    let hops: Vec<(&str, &str, u16)> = found
        .redirects
        .iter()
        .map(|r| (r.from.as_str(), r.to.as_str(), r.status))
        .collect();
    assert_eq!(
        hops,
        [
            (
                "http://example.com/privacy",
                "https://example.com/privacy",
                301
            ),
            (
                "https://example.com/privacy",
                "https://example.com/legal?a=1",
                301
            ),
        ]
    );
}

#[test]
fn a_redirect_to_the_same_url_with_a_cookie_finds_the_page_after_it() {
    let mut maker = ArchiveBuilder::new();
    maker
        .redirect(A, "20120101000000", A)
        .page(A, "20120101000001", "words");
    assert_eq!(maker.open().body(A, "20120101000000"), "words");
}

#[test]
fn redirects_that_never_end_are_found_out() {
    let mut maker = ArchiveBuilder::new();
    maker
        .redirect("http://example.com/a", "20120101000000", "/b")
        .redirect("http://example.com/b", "20120101000000", "/a");
    maker.redirect("http://example.com/self", "20120101000000", "/self");
    for n in 0..12 {
        maker.redirect(
            &format!("http://example.com/{n}"),
            "20120101000000",
            &format!("/{}", n + 1),
        );
    }
    maker.page("http://example.com/12", "20120101000000", "end");
    let opened = maker.open();
    for path in ["a", "self", "0", "1"] {
        let answer = opened.memento(&format!("http://example.com/{path}"), "20120101000000");
        assert!(
            matches!(answer, Err(ArchiveError::RedirectLoop { .. })),
            "{path}: {answer:?}"
        );
    }
    assert_eq!(
        opened
            .memento("http://example.com/2", "20120101000000")
            .unwrap()
            .redirects
            .len(),
        10
    );
}

#[test]
fn a_redirect_that_leads_out_of_the_archive_names_its_target() {
    let mut maker = ArchiveBuilder::new();
    maker
        .redirect(A, "20120101000000", "//elsewhere.example.com/x")
        .page("http://late.example.com/", "20200101000000", "late");
    maker.redirect(
        "http://example.com/late",
        "20120101000000",
        "http://late.example.com/",
    );
    maker.response(
        "http://example.com/none",
        "20120101000000",
        "HTTP/1.1 302 Found",
        b"",
    );
    maker.redirect(
        "http://example.com/mail",
        "20120101000000",
        "mailto:a@example.com",
    );
    maker.response(
        "http://example.com/304",
        "20120101000000",
        "HTTP/1.1 304 Not Modified",
        b"",
    );
    let opened = maker.open();
    assert!(
        matches!(opened.memento(A, "20120101000000"), Err(ArchiveError::NotArchived { url }) if url == "http://elsewhere.example.com/x")
    );
    let query = MementoQuery {
        original: "http://example.com/late".to_owned(),
        timestamp: at("20120101000000"),
        window: (at("20110101000000"), at("20130101000000")),
        expected_digest: None,
    };
    assert!(
        matches!(opened.ask(&query), Err(ArchiveError::Displaced { timestamp, .. }) if timestamp == at("20200101000000"))
    );
    for path in ["none", "mail", "304"] {
        let answer = opened.memento(&format!("http://example.com/{path}"), "20120101000000");
        assert!(
            matches!(answer, Err(ArchiveError::Damaged { .. })),
            "{path}: {answer:?}"
        );
    }
}

#[test]
fn a_memento_has_the_records_that_it_was_read_from() {
    use crate::model::RecordRole;
    let mut maker = ArchiveBuilder::new();
    let earlier = EarlierCapture {
        url: "http://example.com/b",
        timestamp: at("20110101000000"),
    };
    maker
        .redirect(A, "20120101000000", "http://example.com/b")
        .page("http://example.com/b", "20110101000000", "words")
        .revisit("http://example.com/b", "20120101000001", b"words", earlier);
    let opened = maker.open();
    let file = std::fs::read(opened.folder.path().join("a.warc.gz")).unwrap();
    let found = opened.memento(A, "20120101000000").unwrap();
    assert_eq!(found.timestamp, at("20120101000001"));
    let roles: Vec<RecordRole> = found.records.iter().map(|r| r.role).collect();
    assert_eq!(
        roles,
        [
            RecordRole::Redirect,
            RecordRole::Capture,
            RecordRole::Origin
        ]
    );
    for record in &found.records {
        assert_eq!(
            (record.file.as_str(), record.skipped_bytes),
            ("a.warc.gz", 0)
        );
        let start = usize::try_from(record.offset).unwrap();
        let mut member = Vec::new();
        std::io::Read::read_to_end(
            &mut flate2::read::GzDecoder::new(&file[start..]),
            &mut member,
        )
        .unwrap();
        // Two line ends follow a record.
        let bytes = record.bytes.as_deref().unwrap();
        assert_eq!(member.strip_suffix(b"\r\n\r\n"), Some(bytes));
    }
    let origin = found.records[2].bytes.as_deref().unwrap();
    assert!(origin.ends_with(b"\r\n\r\nwords"));
}

#[test]
fn the_records_of_a_memento_have_one_limit() {
    let mut maker = ArchiveBuilder::new();
    let addresses: Vec<String> = (0..4).map(|n| format!("http://example.com/{n}")).collect();
    for (from, to) in addresses.iter().zip(&addresses[1..]) {
        let head = format!("HTTP/1.1 301 Moved\r\nLocation: {to}");
        maker.response(from, "20120101000000", &head, &vec![b' '; 2_300_000]);
    }
    maker.page(&addresses[3], "20120101000000", &"words ".repeat(150_000));
    let found = maker
        .open()
        .memento(&addresses[0], "20120101000000")
        .unwrap();
    let kept: Vec<bool> = found.records.iter().map(|r| r.bytes.is_some()).collect();
    assert_eq!(kept, [true, false, false, true]);
    assert!(found.size() > 900_000 + 2_300_000 + 900_000);
}
