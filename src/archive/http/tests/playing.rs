//! Playback: the order of decisions, jumps, redirects, bodies.

use super::*;

pub(super) const ARCHIVED: (&str, &str) = ("memento-datetime", "Mon, 11 Jun 2012 04:04:11 GMT");

#[tokio::test(start_paused = true)]
async fn a_memento_tells_its_own_time_url_and_type() {
    let scene = scene(|_, _| {
        Reply::new(
            200,
            &[
                ("Memento-Datetime", "Tue, 12 Jun 2012 00:00:00 GMT"),
                (
                    "Link",
                    r#"<https://web.archive.org/web/timemap/link/http://a.com/>; rel="timemap", <http://a.com:80/>; rel="original""#,
                ),
                ("Content-Type", "text/html; charset=x-wrong"),
            ],
            "<p>words</p>",
        )
    });
    let memento = scene.page("http://a.com/").await.unwrap();
    assert_eq!(
        memento,
        Memento {
            timestamp: "20120612000000".parse().unwrap(),
            original: "http://a.com:80/".to_owned(),
            status: 200,
            content_type: Some("text/html; charset=x-wrong".to_owned()),
            body: b"<p>words</p>".to_vec(),
            redirects: Vec::new(),
            records: Vec::new(),
        }
    );
    assert_eq!(
        scene.requests()[0].url.as_str(),
        "https://web.archive.org/web/20120611040411id_/http://a.com/"
    );
}

#[tokio::test(start_paused = true)]
async fn jumps_are_followed_inside_the_window_only() {
    for (to, is_inside) in [
        ("20120201000000", true),
        ("20121231235959", true),
        ("20130101000000", false),
        ("20111231235959", false),
    ] {
        let scene = scene(move |request, _| {
            if request.url.path().contains("20120611040411") {
                Reply::new(
                    302,
                    &[
                        (
                            "location",
                            &format!("https://web.archive.org/web/{to}id_/https://a.com/"),
                        ),
                        (
                            "x-archive-redirect-reason",
                            &format!("found capture at {to}"),
                        ),
                    ],
                    "",
                )
            } else {
                let date = if to.starts_with("201202") {
                    "Wed, 01 Feb 2012 00:00:00 GMT"
                } else {
                    "Mon, 31 Dec 2012 23:59:59 GMT"
                };
                Reply::new(200, &[("memento-datetime", date)], "words")
            }
        });
        let answer = scene.page("http://a.com/").await;
        if is_inside {
            let memento = answer.unwrap();
            assert_eq!(
                (memento.timestamp.to_string(), memento.original.as_str()),
                (to.to_owned(), "https://a.com/")
            );
            assert!(
                memento.redirects.is_empty(),
                "a jump is no archived redirect"
            );
        } else {
            assert!(
                matches!(answer, Err(ArchiveError::Displaced { timestamp, .. }) if timestamp.to_string() == to)
            );
            assert_eq!(
                scene.requests().len(),
                1,
                "what is not wanted is not fetched"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_window_holds_without_a_jump_as_pywb_serves_the_nearest_capture() {
    let direct = scene(|_, _| {
        Reply::new(
            200,
            &[("memento-datetime", "Tue, 11 Jun 2013 04:04:11 GMT")],
            "words",
        )
    });
    assert!(matches!(
        direct.page("http://a.com/").await,
        Err(ArchiveError::Displaced { .. })
    ));
}

fn redirect_to(location: &str) -> Reply {
    Reply::new(301, &[ARCHIVED, ("location", location)], "<p>Moved</p>")
}

#[tokio::test(start_paused = true)]
async fn archived_redirects_are_followed_and_told_on_the_original_web() {
    let scene = scene(
        |request, _| match request.url.path().split_once("id_/").unwrap().1 {
            "http://a.com/0" => redirect_to("/web/20120611040411id_/http://a.com/1"),
            "http://a.com/1" => {
                redirect_to("//web.archive.org/web/20120611040411id_/http://a.com/2")
            }
            "http://a.com/2" => {
                redirect_to("https://web.archive.org/web/20120611040411id_/https://b.com/x/3")
            }
            "https://b.com/x/3" => redirect_to("4?q=1"),
            "https://b.com/x/4" => Reply::page("there"),
            other => panic!("{other}"),
        },
    );
    let memento = scene.page("http://a.com/0").await.unwrap();
    let hops: Vec<_> = memento
        .redirects
        .iter()
        .map(|r| (r.from.as_str(), r.status, r.to.as_str()))
        .collect();
    assert_eq!(
        hops,
        [
            ("http://a.com/0", 301, "http://a.com/1"),
            ("http://a.com/1", 301, "http://a.com/2"),
            ("http://a.com/2", 301, "https://b.com/x/3"),
            ("https://b.com/x/3", 301, "https://b.com/x/4?q=1"),
        ]
    );
    assert_eq!(
        (memento.original.as_str(), memento.body.as_slice()),
        ("https://b.com/x/4?q=1", &b"there"[..])
    );
    assert_eq!(
        scene.archive.usage().playback.outcomes[&RequestOutcome::Redirect],
        4
    );
}

#[tokio::test(start_paused = true)]
async fn redirects_that_never_end_are_found() {
    let itself = scene(|_, _| redirect_to("/web/20120611040411id_/http://a.com/"));
    assert!(matches!(
        itself.page("http://a.com/").await,
        Err(ArchiveError::RedirectLoop { .. })
    ));
    assert_eq!(itself.requests().len(), 1);
    let circle = scene(|request, _| {
        redirect_to(if request.url.path().ends_with("/a") {
            "/web/20120611040411id_/http://a.com/b"
        } else {
            "/web/20120611040411id_/http://a.com/a"
        })
    });
    assert!(matches!(
        circle.page("http://a.com/a").await,
        Err(ArchiveError::RedirectLoop { .. })
    ));
    assert_eq!(circle.requests().len(), 2);
    let chain = |length: usize| {
        scene(move |_, number| {
            if number < length {
                redirect_to(&format!("/web/20120611040411id_/http://a.com/{number}"))
            } else {
                Reply::page("end")
            }
        })
    };
    assert_eq!(
        chain(10)
            .page("http://a.com/")
            .await
            .unwrap()
            .redirects
            .len(),
        10
    );
    let too_long = chain(1000);
    assert!(matches!(
        too_long.page("http://a.com/").await,
        Err(ArchiveError::RedirectLoop { .. })
    ));
    assert_eq!(too_long.requests().len(), 11);
    let jumps = scene(|_, number| {
        Reply::new(
            302,
            &[(
                "location",
                &format!("/web/201206110404{:02}id_/http://a.com/", number % 60),
            )],
            "",
        )
    });
    assert!(matches!(
        jumps.page("http://a.com/").await,
        Err(ArchiveError::RedirectLoop { .. })
    ));
    assert!(jumps.requests().len() <= 22);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_hop_outside_the_window_is_displaced() {
    let scene = scene(|_, number| {
        if number == 0 {
            redirect_to("/web/20120611040411id_/http://a.com/1")
        } else {
            Reply::new(
                302,
                &[("location", "/web/20160101000000id_/http://a.com/1")],
                "",
            )
        }
    });
    assert!(matches!(
        scene.page("http://a.com/").await,
        Err(ArchiveError::Displaced { .. })
    ));
}

type Is = fn(&ArchiveError) -> bool;

fn final_answers() -> Vec<(&'static str, BoxedReply, Is)> {
    let excluded = "<html><p>This URL has been excluded from the Wayback Machine.</p></html>";
    vec![
        (
            "excluded, 403",
            Box::new(move || Reply::new(403, &[], excluded)),
            |e| matches!(e, ArchiveError::Excluded { .. }),
        ),
        (
            "excluded, 200",
            Box::new(move || Reply::new(200, &[], excluded)),
            |e| matches!(e, ArchiveError::Excluded { .. }),
        ),
        (
            "robots, old server",
            Box::new(|| {
                Reply::new(
                    403,
                    &[(
                        "X-Archive-Wayback-Runtime-Error",
                        "RobotAccessControlException: Blocked By Robots",
                    )],
                    "",
                )
            }),
            |e| matches!(e, ArchiveError::Excluded { .. }),
        ),
        (
            "404",
            Box::new(|| {
                Reply::new(
                    404,
                    &[(
                        "X-Archive-Wayback-Runtime-Error",
                        "ResourceNotInArchiveException: https://... was not found",
                    )],
                    "",
                )
            }),
            |e| matches!(e, ArchiveError::NotArchived { .. }),
        ),
    ]
}

fn damaged_answers() -> Vec<(&'static str, BoxedReply, Is)> {
    vec![
        (
            "stub",
            Box::new(|| Reply::new(400, &[], "Invalid URI")),
            |e| matches!(e, ArchiveError::Damaged { .. }),
        ),
        (
            "archived stub",
            Box::new(|| Reply::page("Invalid URI")),
            |e| matches!(e, ArchiveError::Damaged { .. }),
        ),
        (
            "redirect to nowhere",
            Box::new(|| Reply::new(301, &[ARCHIVED], "")),
            |e| matches!(e, ArchiveError::Damaged { .. }),
        ),
        (
            "archived 304",
            Box::new(|| Reply::new(304, &[ARCHIVED], "")),
            |e| matches!(e, ArchiveError::Damaged { .. }),
        ),
        (
            "broken gzip",
            Box::new(|| {
                Reply::new(
                    200,
                    &[ARCHIVED, ("content-encoding", "gzip")],
                    &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b][..],
                )
            }),
            |e| matches!(e, ArchiveError::Damaged { .. }),
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn final_answers_have_their_own_names() {
    for (name, reply, is_right) in final_answers().into_iter().chain(damaged_answers()) {
        let scene = scene(move |_, _| reply());
        let error = scene.page("http://a.com/").await.unwrap_err();
        assert!(
            is_right(&error) && error.as_drop().is_some(),
            "{name}: {error}"
        );
        assert!(scene.requests().len() <= 3, "{name}");
    }
    let scene = scene(|_, _| panic!("nothing to ask"));
    assert!(matches!(
        scene.page("mailto:a@b.c").await,
        Err(ArchiveError::Damaged { .. })
    ));
}
