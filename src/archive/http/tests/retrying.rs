//! Retries: only when useful, limited in number, and with the same result as without faults.

use std::collections::HashMap;

use super::*;

/// Faulty answers with their names, and whether they are worth a retry.
fn faults() -> Vec<(&'static str, MakeReply, bool)> {
    vec![
        ("500", || Reply::new(500, &[], "oops"), true),
        ("502", || Reply::new(502, &[], ""), true),
        (
            "503",
            || Reply::new(503, &[("retry-after", "30")], ""),
            true,
        ),
        ("504", || Reply::new(504, &[], ""), true),
        ("time-out", || Reply::Fail(TransportFailure::Timeout), true),
        (
            "broken",
            || Reply::Fail(TransportFailure::Broken("closed".to_owned())),
            true,
        ),
        (
            "cut",
            || Reply::page("<p>words that are cut</p>").cut(),
            true,
        ),
        (
            "a page without Memento-Datetime",
            || Reply::new(200, &[], "<p>The Wayback Machine is being maintained</p>"),
            true,
        ),
        ("404", || Reply::new(404, &[], "Hrm."), false),
        (
            "403 excluded",
            || {
                Reply::new(
                    403,
                    &[],
                    "<p>This URL has been excluded from the Wayback Machine.</p>",
                )
            },
            false,
        ),
        ("400", || Reply::new(400, &[], "bad"), false),
        ("451", || Reply::new(451, &[], ""), false),
        (
            "archived 500",
            || {
                Reply::new(
                    500,
                    &[("memento-datetime", "Mon, 11 Jun 2012 04:04:11 GMT")],
                    "x",
                )
            },
            false,
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn what_is_worth_a_retry_is_asked_again_and_what_is_final_is_not() {
    let page = || Reply::page("<p>words</p>");
    for (name, fault, is_retried) in faults() {
        let scene = scene(move |_, number| if number == 1 { fault() } else { page() });
        scene.page("http://a.com/0").await.unwrap();
        let answer = scene.page("http://a.com/1").await;
        let requests = scene.requests();
        assert_eq!(requests.len(), if is_retried { 3 } else { 2 }, "{name}");
        if is_retried {
            assert_eq!(answer.unwrap().body, b"<p>words</p>", "{name}");
            let waited = seconds(requests[2].at - requests[1].at);
            let range = if name == "503" { 30.0..31.0 } else { 1.5..2.6 };
            assert!(range.contains(&waited), "{name}: {waited}");
            assert_eq!(scene.archive.usage().retries, 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_tries_are_bounded() {
    let broken = scene(|_, number| {
        if number == 0 {
            Reply::page("x")
        } else {
            Reply::new(503, &[], "")
        }
    });
    broken.page("http://a.com/0").await.unwrap();
    let error = broken.page("http://a.com/1").await.unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error}");
    let gaps: Vec<f64> = broken.requests()[1..]
        .windows(2)
        .map(|pair| seconds(pair[1].at - pair[0].at))
        .collect();
    assert_eq!(gaps.len(), 5);
    for (gap, pause) in gaps.iter().zip([2.0, 4.0, 8.0, 16.0, 32.0]) {
        assert!((pause * 0.75..pause * 1.25 + 0.3).contains(gap), "{gaps:?}");
    }
    let slow = scene(|_, _| Reply::new(503, &[], ""));
    let error = slow.rows(&exact()).await.1.unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable { .. }), "{error}");
    let gaps: Vec<f64> = slow
        .requests()
        .windows(2)
        .map(|pair| seconds(pair[1].at - pair[0].at))
        .collect();
    assert!(
        gaps[0] > 7.0 && gaps[4] > 100.0,
        "the index is given more time: {gaps:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_run_has_a_budget_of_retries() {
    let scene = scene(|request, number| {
        if number == 0 || request.url.path().ends_with("/good") {
            Reply::page("x")
        } else {
            Reply::new(503, &[], "")
        }
    });
    scene.page("http://a.com/0").await.unwrap();
    for i in 0..100 {
        assert!(scene.page(&format!("http://a.com/{i}")).await.is_err());
        if i % 10 == 0 {
            scene.page("http://a.com/good").await.unwrap();
        }
    }
    let usage = scene.archive.usage();
    assert!(usage.retries <= 100 + usage.requests() / 3, "{usage:?}");
    assert!(usage.requests() < 320, "not six times a hundred: {usage:?}");
    for i in 0..300 {
        let error = scene.page(&format!("http://a.com/x{i}")).await.unwrap_err();
        assert!(
            !error.ends_run(),
            "an archive that fails often is no refusing one: {error}"
        );
        if i % 10 == 0 {
            scene.page("http://a.com/good").await.unwrap();
        }
    }
    let after = scene.archive.usage();
    assert!(
        after.requests() - usage.requests() <= 500,
        "at the end one retry for two first tries: {after:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_archive_that_fails_at_everything_is_left_alone_and_then_ends_the_run() {
    for status in [403, 503] {
        let scene = scene(move |_, _| Reply::new(status, &[], ""));
        let mut errors = Vec::new();
        for i in 0..603 {
            let error = scene.page(&format!("http://a.com/{i}")).await.unwrap_err();
            let ends = error.ends_run();
            errors.push(error);
            if ends {
                break;
            }
        }
        assert_eq!(errors.len(), 60, "{status}");
        let last = errors.pop().unwrap();
        assert!(matches!(&last, ArchiveError::Refused { .. }), "{last}");
        if status == 403 {
            let requests = scene.requests();
            let pause = requests[20].at - requests[19].at;
            assert!(seconds(pause) >= 60.0, "{pause:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_stands_in_line_when_the_run_ends_is_not_sent_any_more() {
    let scene = scene(|_, _| Reply::new(403, &[], ""));
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..100 {
        let archive = Arc::clone(&scene.archive);
        tasks.spawn(async move {
            let url = format!("http://a.com/{i}");
            archive
                .memento(&memento_query(&url, "20120611040411"))
                .await
        });
    }
    let mut refused = 0;
    while let Some(done) = tasks.join_next().await {
        refused += usize::from(done.unwrap().is_err_and(|error| error.ends_run()));
    }
    let asked = scene.requests().len();
    assert!(asked <= 63, "sixty, and those under way: {asked}");
    assert_eq!(refused, 100 - asked + 1);
}

#[tokio::test(start_paused = true)]
async fn what_one_question_is_asked_to_wait_all_of_its_endpoint_wait() {
    let scene = scene(|_, number| {
        if number == 0 {
            Reply::new(503, &[("retry-after", "100")], "")
        } else {
            Reply::page("x")
        }
    });
    let other = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        scene.page("http://a.com/2").await
    };
    let (first, second) = tokio::join!(scene.page("http://a.com/1"), other);
    first.unwrap();
    second.unwrap();
    let requests = scene.requests();
    assert!(
        requests[1..]
            .iter()
            .all(|request| seconds(request.at - requests[0].at) >= 100.0)
    );
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_to_a_question_can_ask_for_a_rest_as_well() {
    for status in [403, 504] {
        let scene = scene(move |_, _| Reply::new(status, &[("retry-after", "100")], ""));
        for i in 0..2 {
            let query = CaptureQuery::exact(&format!("http://a.com/{i}"));
            assert!(scene.rows(&query).await.1.is_err());
        }
        let requests = scene.requests();
        assert!(
            requests
                .windows(2)
                .all(|pair| seconds(pair[1].at - pair[0].at) >= 100.0),
            "{status}"
        );
    }
}

/// One of five faults for a quarter of the requests, chosen by the address and how often it was requested.
fn fault(request: &Request, asked: u32) -> u32 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (request.url.as_str(), asked).hash(&mut hasher);
    u32::try_from(hasher.finish() % 20).unwrap()
}

async fn crawl(is_faulty: bool) -> (Vec<Vec<Capture>>, Vec<Memento>, ArchiveUsage) {
    let asked: Mutex<HashMap<String, u32>> = Mutex::default();
    let scene = scene(move |request, _| {
        let good = match request.endpoint {
            Endpoint::Cdx => {
                let start: u32 = request
                    .parameter("resumeKey")
                    .map_or(0, |key| key.parse().unwrap());
                let rows: String = (start.saturating_sub(1)..start + 20).map(row).collect();
                Reply::rows(if start < 100 {
                    format!("{rows}\n{}\n", start + 20)
                } else {
                    rows
                })
            }
            Endpoint::Playback => Reply::page(format!("<p>{}</p>", request.url.path())),
        };
        let times = {
            let mut asked = asked.lock().unwrap();
            let times = asked.entry(request.url.to_string()).or_default();
            *times += 1;
            *times
        };
        match fault(request, times) {
            0 if is_faulty => Reply::new(503, &[], "No server is available"),
            1 if is_faulty => Reply::new(504, &[], ""),
            2 if is_faulty => good.cut(),
            3 if is_faulty => Reply::Fail(TransportFailure::Broken(
                "connection closed before message completed".to_owned(),
            )),
            4 if is_faulty && request.endpoint == Endpoint::Cdx => Reply::rows(""),
            _ if request.parameter("output").is_some() => {
                Reply::rows("[[\"urlkey\"],[\"com,a)/\"]]")
            }
            4 if is_faulty => Reply::Fail(TransportFailure::Timeout),
            _ => good,
        }
    });
    let (mut all_rows, mut pages) = (Vec::new(), Vec::new());
    for i in 0..20 {
        let (rows, answer) = scene
            .rows(&CaptureQuery::exact(&format!("http://a.com/{i}")))
            .await;
        answer.unwrap();
        all_rows.push(rows);
    }
    for i in 0..300 {
        pages.push(scene.page(&format!("http://a.com/{i}")).await.unwrap());
    }
    (all_rows, pages, scene.archive.usage())
}

#[tokio::test(start_paused = true)]
async fn a_faulty_server_ends_with_the_results_of_a_faultless_one() {
    let (rows, pages, usage) = crawl(false).await;
    assert_eq!((usage.retries, rows[0].len()), (0, 120));
    let (faulty_rows, faulty_pages, usage) = crawl(true).await;
    assert!(usage.retries > 60, "{usage:?}");
    assert!(pages == faulty_pages, "pages differ");
    assert!(rows == faulty_rows, "rows differ");
}
