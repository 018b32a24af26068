//! Bodies of mementos: lost, cut off, too large, encoded.

use super::playing::ARCHIVED;
use super::*;
use crate::model::PayloadDigest;

#[tokio::test(start_paused = true)]
async fn an_empty_body_is_lost_only_where_the_index_knows_of_something() {
    let something = MementoQuery {
        expected_digest: Some(PayloadDigest::of(b"words")),
        ..memento_query("http://a.com/", "20120611040411")
    };
    let nothing = MementoQuery {
        expected_digest: Some(PayloadDigest::of(b"")),
        ..something.clone()
    };
    let lost = scene(|_, _| Reply::page(""));
    assert!(matches!(
        lost.archive.memento(&something).await,
        Err(ArchiveError::LostPayload { .. })
    ));
    assert_eq!(lost.requests().len(), 3, "asked twice more");
    assert!(
        lost.archive
            .memento(&nothing)
            .await
            .unwrap()
            .body
            .is_empty()
    );
    assert!(lost.page("http://a.com/").await.unwrap().body.is_empty());
    assert_eq!(lost.requests().len(), 3 + 1 + 2, "an unknown one once more");
    let said_so =
        scene(|_, _| Reply::new(200, &[ARCHIVED, ("x-archive-orig-content-length", "0")], ""));
    said_so.page("http://a.com/").await.unwrap();
    assert_eq!(said_so.requests().len(), 1, "the origin sent nothing");
    let found = scene(|_, number| Reply::page(if number == 0 { "" } else { "words" }));
    assert_eq!(
        found.archive.memento(&something).await.unwrap().body,
        b"words"
    );
    let other_bytes = scene(|_, _| Reply::page("other words"));
    assert!(
        other_bytes.archive.memento(&something).await.is_ok(),
        "a digest is a hint, not a check"
    );
}

#[tokio::test(start_paused = true)]
async fn a_body_that_breaks_off_at_the_same_byte_every_time_is_stored_so() {
    let stored = scene(|_, number| {
        if number == 0 {
            Reply::page("x")
        } else {
            Reply::page("<p>words that break off</p>").cut()
        }
    });
    stored.page("http://a.com/0").await.unwrap();
    let error = stored.page("http://a.com/1").await.unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
    let flaky = scene(|_, number| {
        if number == 0 {
            Reply::page("x")
        } else {
            Reply::page("<p>words</p>".repeat(number)).cut()
        }
    });
    flaky.page("http://a.com/0").await.unwrap();
    assert!(matches!(
        flaky.page("http://a.com/1").await,
        Err(ArchiveError::Unavailable { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn bodies_are_cut_off_at_the_limit_on_the_wire_and_decoded() {
    use std::io::Write as _;
    let settings = || HttpSettings {
        max_body_bytes: 100_000,
        ..HttpSettings::default()
    };
    let with = |script: Script| {
        scene_with(
            settings(),
            Arc::new(MemoryLedger::default()),
            VirtualClock::new(),
            script,
        )
    };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 50 << 20]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let unframed = || Reply::Send {
        status: 200,
        headers: vec![(ARCHIVED.0.to_owned(), ARCHIVED.1.to_owned())],
        pieces: (0..1000)
            .map(|_| Ok(Bytes::from(vec![b'a'; 1000])))
            .collect(),
        delay: Duration::ZERO,
        endless: false,
    };
    for scene in [
        with(Box::new(|_, _| Reply::page(vec![b'a'; 100_001]))),
        with(Box::new(move |_, _| unframed())),
        with(Box::new(move |_, _| {
            Reply::new(200, &[ARCHIVED, ("content-encoding", "gzip")], bomb.clone())
        })),
    ] {
        let error = scene.page("http://a.com/").await.unwrap_err();
        assert!(
            matches!(
                error,
                ArchiveError::TooLarge {
                    limit_bytes: 100_000,
                    ..
                }
            ),
            "{error}"
        );
        assert!(scene.archive.usage().playback.bytes_received <= 102_000);
    }
    let fits = with(Box::new(|_, _| Reply::page(vec![b'a'; 100_000])));
    assert_eq!(
        fits.page("http://a.com/").await.unwrap().body.len(),
        100_000
    );
}

#[tokio::test(start_paused = true)]
async fn encodings_come_off_with_any_header_the_archive_replays() {
    use std::io::Write as _;
    let text = "<p>words of a policy</p>".repeat(20);
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    let gzip = encoder.finish().unwrap();
    let mut brotli = Vec::new();
    brotli::BrotliCompress(
        &mut text.as_bytes(),
        &mut brotli,
        &brotli::enc::BrotliEncoderParams::default(),
    )
    .unwrap();
    let cases: Vec<(Vec<u8>, Headers<'_>)> = vec![
        (
            gzip.clone(),
            vec![("content-encoding", ""), ("content-encoding", "gzip")],
        ),
        (
            gzip.clone(),
            vec![("content-encoding", "gzip"), ("content-encoding", "gzip")],
        ),
        (gzip, vec![]),
        (
            text.clone().into_bytes(),
            vec![("content-encoding", "gzip")],
        ),
        (brotli.clone(), vec![("content-encoding", "br")]),
        (brotli, vec![("x-archive-orig-content-encoding", "br")]),
    ];
    for (body, headers) in cases {
        let name = format!("{headers:?}");
        let all: Vec<(String, String)> = std::iter::once(&ARCHIVED)
            .chain(&headers)
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        let scene = scene(move |_, _| {
            let headers: Vec<(&str, &str)> =
                all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            Reply::new(200, &headers, body.clone())
        });
        assert_eq!(
            scene.page("http://a.com/").await.unwrap().body,
            text.as_bytes(),
            "{name}"
        );
    }
}
