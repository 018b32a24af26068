//! The freeze after a refusal: which requests wait, and for how long.

use super::*;

pub(super) const TOO_MANY: &str = "<html><head><title>429 Too Many Requests</title></head></html>";

pub(super) fn ledger() -> Arc<MemoryLedger> {
    Arc::new(MemoryLedger::default())
}

/// Refusals with their names, and the seconds that requests must wait after them.
fn refusals() -> Vec<(&'static str, MakeReply, f64)> {
    vec![
        ("429", || Reply::new(429, &[], TOO_MANY), 60.0),
        (
            "429 with Retry-After",
            || Reply::new(429, &[("retry-after", "200")], TOO_MANY),
            200.0,
        ),
        (
            "429 with a short Retry-After",
            || Reply::new(429, &[("retry-after", "5")], TOO_MANY),
            60.0,
        ),
        (
            "429 with a date that is over",
            || {
                Reply::new(
                    429,
                    &[("retry-after", "Sat, 21 Nov 2026 07:00:00 GMT")],
                    TOO_MANY,
                )
            },
            60.0,
        ),
        (
            "soft 429",
            || Reply::new(302, &[("location", "https://web.archive.org/429.html")], ""),
            60.0,
        ),
        (
            "refused",
            || Reply::Fail(TransportFailure::ConnectionRefused),
            60.0,
        ),
        (
            "reset at connect",
            || Reply::Fail(TransportFailure::ResetAtConnect),
            60.0,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_refusal_stops_both_endpoints_for_a_minute_or_as_long_as_asked() {
    for (name, refusal, wait) in refusals() {
        for first in [Endpoint::Cdx, Endpoint::Playback] {
            let scene = scene(move |request, number| match (number, request.endpoint) {
                (1, _) => refusal(),
                (_, Endpoint::Cdx) => Reply::rows(row(1)),
                (_, Endpoint::Playback) => Reply::page("<p>words</p>"),
            });
            scene.page("http://a.com/0").await.unwrap();
            let refused = async {
                if first == Endpoint::Cdx {
                    scene.rows(&exact()).await.1.unwrap();
                } else {
                    scene.page("http://a.com/1").await.unwrap();
                }
            };
            let other = async {
                tokio::time::sleep(Duration::from_secs(5)).await;
                if first == Endpoint::Cdx {
                    scene.page("http://a.com/2").await.unwrap();
                } else {
                    scene.rows(&exact()).await.1.unwrap();
                }
            };
            tokio::join!(refused, other);
            let requests = scene.requests();
            assert_eq!(requests.len(), 4, "{name}");
            for later in &requests[2..] {
                let waited = seconds(later.at - requests[1].at);
                assert!((wait..wait + 6.0).contains(&waited), "{name}: {waited}");
            }
            let usage = scene.archive.usage();
            assert_eq!(
                (
                    usage.freezes,
                    usage.endpoint(first).outcomes[&RequestOutcome::Refused]
                ),
                (1, 1),
                "{name}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_names_the_time_of_its_end_as_a_date() {
    let scene = scene(|_, number| match number {
        // The virtual clock begins at midnight.
        1 => Reply::new(
            429,
            &[("retry-after", "Sun, 22 Nov 2026 00:10:00 GMT")],
            TOO_MANY,
        ),
        _ => Reply::page("<p>words</p>"),
    });
    let start = Instant::now();
    scene.page("http://a.com/0").await.unwrap();
    scene.page("http://a.com/1").await.unwrap();
    let waited = seconds(scene.requests()[2].at - start);
    assert!((600.0..606.0).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_counts_before_its_body_has_come() {
    for first in [Endpoint::Cdx, Endpoint::Playback] {
        let scene = scene(move |_, number| match number {
            1 => Reply::new(429, &[], TOO_MANY).with_a_body_that_never_ends(),
            _ => Reply::page("<p>words</p>"),
        });
        scene.page("http://a.com/0").await.unwrap();
        let refused = async {
            if first == Endpoint::Cdx {
                scene.rows(&exact()).await.1.map(|_| ())
            } else {
                scene.page("http://a.com/1").await.map(|_| ())
            }
        };
        let other = async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            scene.page("http://a.com/2").await
        };
        let (_, other) = tokio::join!(refused, other);
        other.unwrap();
        let requests = scene.requests();
        let waited = seconds(requests[2].at - requests[1].at);
        assert!((60.0..66.0).contains(&waited), "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_archived_429_or_503_freezes_nothing() {
    for status in [429, 503] {
        let scene = scene(move |_, _| {
            Reply::new(
                status,
                &[
                    ("memento-datetime", "Mon, 11 Jun 2012 04:04:11 GMT"),
                    ("retry-after", "99"),
                ],
                "busy",
            )
        });
        assert_eq!(scene.page("http://a.com/").await.unwrap().status, status);
        let usage = scene.archive.usage();
        assert_eq!(
            (
                usage.freezes,
                usage.retries,
                usage.playback.outcomes[&RequestOutcome::ArchivedError]
            ),
            (0, 0, 1)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn requests_that_were_under_way_count_as_one_refusal() {
    let ledger = ledger();
    let scene = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        VirtualClock::new(),
        |_, number| match number {
            // Four requests at once. The last answer arrives after the freeze.
            1..=3 => Reply::new(429, &[], TOO_MANY).after(Duration::from_secs(2)),
            4 => Reply::new(429, &[], TOO_MANY).after(Duration::from_secs(90)),
            _ => Reply::page("<p>words</p>"),
        },
    );
    scene.page("http://a.com/0").await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for i in 1..9 {
        let archive = Arc::clone(&scene.archive);
        tasks.spawn(async move {
            archive
                .memento(&memento_query(
                    &format!("http://a.com/{i}"),
                    "20120611040411",
                ))
                .await
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let usage = scene.archive.usage();
    assert_eq!(
        (
            usage.freezes,
            usage.playback.outcomes[&RequestOutcome::Refused]
        ),
        (1, 4)
    );
    let sent: Vec<f64> = scene
        .requests()
        .iter()
        .map(|r| seconds(r.at - scene.requests()[0].at))
        .collect();
    assert!(
        sent[5] > 60.0,
        "nothing goes out during the freeze, not even who stood in line: {sent:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_comes_when_the_freeze_is_over_stops_both_endpoints_again() {
    let scene = scene(|_, number| match number {
        1 => Reply::new(429, &[], TOO_MANY).after(Duration::from_secs(100)),
        2 => Reply::new(429, &[], TOO_MANY),
        _ => Reply::page("<p>words</p>"),
    });
    scene.page("http://a.com/0").await.unwrap();
    let other = async {
        tokio::time::sleep(Duration::from_secs(90)).await;
        for i in 0..40 {
            scene.page(&format!("http://a.com/x{i}")).await.unwrap();
        }
    };
    let (slow, quick) = (scene.page("http://a.com/1"), scene.page("http://a.com/2"));
    let (slow, quick, ()) = tokio::join!(slow, quick, other);
    slow.unwrap();
    quick.unwrap();
    let requests = scene.requests();
    let refused_at = seconds(requests[1].at - requests[0].at) + 100.0;
    let in_that_minute = requests.iter().filter(|request| {
        let at = seconds(request.at - requests[0].at);
        (refused_at + 0.5..refused_at + 60.0).contains(&at)
    });
    assert_eq!(in_that_minute.count(), 0);
    assert_eq!(
        scene.archive.usage().freezes,
        1,
        "it was under way, and counts as one"
    );
}

#[tokio::test(start_paused = true)]
async fn after_a_freeze_the_rate_starts_at_half() {
    let scene = scene(|_, number| {
        if number == 4 {
            Reply::new(429, &[], TOO_MANY)
        } else {
            Reply::page("<p>words</p>")
        }
    });
    for i in 0..12 {
        scene.page(&format!("http://a.com/{i}")).await.unwrap();
    }
    let gaps: Vec<f64> = scene
        .requests()
        .windows(2)
        .map(|pair| seconds(pair[1].at - pair[0].at))
        .collect();
    assert!(gaps[..4].iter().all(|gap| *gap < 0.27), "{gaps:?}");
    assert!(
        gaps[5..].iter().all(|gap| (0.48..0.53).contains(gap)),
        "{gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_archive_that_is_not_there_is_said_at_once_and_recorded() {
    for (base, is_public) in [
        ("https://web.archive.org", true),
        ("http://127.0.0.1:9", false),
    ] {
        let ledger = ledger();
        let settings = HttpSettings {
            base_url: Url::parse(base).unwrap(),
            ..HttpSettings::default()
        };
        let scene = scene_with(settings, ledger.clone(), VirtualClock::new(), |_, _| {
            Reply::Fail(TransportFailure::ConnectionRefused)
        });
        let began = Instant::now();
        let error = scene.page("http://a.com/").await.unwrap_err();
        assert!(
            if is_public {
                matches!(error, ArchiveError::Refused { .. })
            } else {
                matches!(error, ArchiveError::Unreachable { .. })
            },
            "{error}"
        );
        assert_eq!(
            (began.elapsed(), scene.requests().len()),
            (Duration::ZERO, 1)
        );
        assert_eq!(ledger.read().unwrap().refusals_in_a_row, 1);
    }
    for failure in [
        TransportFailure::NoConnection("no such host".to_owned()),
        TransportFailure::ConnectTimeout,
    ] {
        let scene = scene(move |_, _| Reply::Fail(failure.clone()));
        assert!(matches!(
            scene.rows(&exact()).await.1,
            Err(ArchiveError::Unreachable { .. })
        ));
        assert_eq!(scene.requests().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_url_that_alone_is_refused_again_and_again_is_given_up() {
    let scene = scene(|request, _| {
        if request.url.path().ends_with("/bad") {
            Reply::new(429, &[], TOO_MANY)
        } else {
            Reply::page("<p>words</p>")
        }
    });
    scene.page("http://a.com/0").await.unwrap();
    let bad = scene.page("http://a.com/bad");
    let good = async {
        for i in 0..60 {
            tokio::time::sleep(Duration::from_secs(4)).await;
            scene.page(&format!("http://a.com/{i}")).await.unwrap();
        }
    };
    let (bad, ()) = tokio::join!(bad, good);
    assert!(
        matches!(bad, Err(ArchiveError::Unavailable { .. })),
        "{bad:?}"
    );
}
