//! Index servers that time out, send wrong resume keys, or cut their pages.

use super::indexing::{domain, paged, small_pages};
use super::*;

/// A server that times out on more than `days` days, with one row per day.
fn limited(days: i64) -> impl Fn(&Request, usize) -> Reply + Send + Sync {
    move |request, _| {
        let at = |name: &str, default: &str| -> i64 {
            request
                .parameter(name)
                .unwrap_or_else(|| default.to_owned())
                .parse::<Timestamp>()
                .unwrap()
                .unix_seconds()
        };
        let (from, to) = (at("from", "19900101000000"), at("to", "20261122000000"));
        if request.parameter("matchType").as_deref() != Some("host") && to - from > days * 86_400 {
            return Reply::new(504, &[], "<html>504 Gateway Time-out</html>");
        }
        let rows: String = (0..2000)
            .map(row)
            .filter(|line| {
                let time = line
                    .split(' ')
                    .nth(1)
                    .unwrap()
                    .parse::<Timestamp>()
                    .unwrap()
                    .unix_seconds();
                (from..=to).contains(&time)
            })
            .collect();
        Reply::rows(if request.parameter("output").is_some() {
            "[]".to_owned()
        } else {
            rows
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_504_narrows_the_question_without_losing_a_row() {
    let scene = super::scene(limited(4000));
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (2000, 2000));
    assert!(
        rows.windows(2).all(|pair| pair[0] < pair[1]),
        "halves come in order"
    );
    assert!(scene.requests().len() < 30);
}

#[tokio::test(start_paused = true)]
async fn one_504_alone_narrows_nothing() {
    let scene = scene(|_, number| {
        if number == 0 {
            Reply::new(504, &[], "")
        } else {
            Reply::rows(row(1))
        }
    });
    scene.rows(&domain()).await.1.unwrap();
    assert_eq!(scene.requests().len(), 2);
    assert_eq!(scene.requests()[1].parameter("from"), None);
}

#[tokio::test(start_paused = true)]
async fn narrowing_ends_and_what_is_left_out_is_no_complete_answer() {
    let scene = super::scene(limited(30));
    let (rows, answer) = scene.rows(&domain()).await;
    let error = answer.unwrap_err();
    assert!(
        matches!(&error, ArchiveError::Unavailable { detail, .. } if detail.contains("subdomains")),
        "{error}"
    );
    assert_eq!(rows.len(), 2000, "the host's rows are true all the same");
    let asked = scene.requests().len();
    assert!(asked <= 100, "{asked}");

    let scene = super::scene(limited(30));
    assert!(matches!(
        scene.rows(&exact()).await.1,
        Err(ArchiveError::Unavailable { .. })
    ));
    assert!(
        scene.requests().len() <= 12,
        "the first part that cannot be had ends an exact query"
    );
}

#[tokio::test(start_paused = true)]
async fn a_504_past_the_first_page_makes_the_pages_smaller() {
    let pages = paged(3000);
    let scene = scene_with(
        small_pages(2000),
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        move |request, number| {
            let limit: u32 = request.parameter("limit").unwrap().parse().unwrap();
            if number > 0 && limit > 500 {
                Reply::new(504, &[], "")
            } else {
                pages(request, number)
            }
        },
    );
    let (rows, answer) = scene.rows(&domain()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (3000, 3000));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_ignores_its_resume_keys_is_found_out() {
    let scene = scene(|_, _| Reply::rows(format!("{}{}\nkey\n", row(1), row(2))));
    let error = scene.rows(&exact()).await.1.unwrap_err();
    assert!(error.to_string().contains("resume key"), "{error}");
    assert_eq!(scene.requests().len(), 2);

    let other_keys =
        super::scene(|_, number| Reply::rows(format!("{}{}\nkey{number}\n", row(1), row(2))));
    assert!(other_keys.rows(&exact()).await.1.is_err());
    assert!(other_keys.requests().len() < 30);

    let circle = super::scene(|request, number| {
        let key = if request.parameter("resumeKey").as_deref() == Some("key1") {
            "key2"
        } else {
            "key1"
        };
        let number = u32::try_from(number).unwrap();
        Reply::rows(format!("{}\n{key}\n", row(number)))
    });
    let error = circle.rows(&exact()).await.1.unwrap_err();
    assert!(error.to_string().contains("resume key"), "{error}");
    assert_eq!(circle.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn pages_grow_again_when_the_server_has_recovered() {
    let pages = paged(30_000);
    let scene = scene_with(
        small_pages(2000),
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        move |request, number| {
            if number == 1 {
                Reply::new(504, &[], "")
            } else {
                pages(request, number)
            }
        },
    );
    let (rows, _) = scene.rows(&domain()).await;
    assert_eq!(rows.len(), 30_000);
    let limits: Vec<String> = scene
        .requests()
        .iter()
        .filter_map(|request| request.parameter("limit"))
        .collect();
    let mut after_time_out = limits.iter().skip_while(|limit| *limit != "500");
    assert!(after_time_out.any(|limit| limit == "2000"), "{limits:?}");
}

#[tokio::test(start_paused = true)]
async fn a_full_page_without_a_key_is_asked_again_for_more() {
    let scene = scene_with(
        small_pages(10),
        Arc::new(MemoryLedger::default()),
        VirtualClock::new(),
        |request, _| {
            let limit: u32 = request.parameter("limit").unwrap().parse().unwrap();
            Reply::rows((0..limit.min(25)).map(row).collect::<String>())
        },
    );
    let (rows, answer) = scene.rows(&exact()).await;
    assert_eq!((rows.len(), answer.unwrap().rows), (25, 25));
}
