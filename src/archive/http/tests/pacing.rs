//! The pace as the server sees it.

use super::*;

#[tokio::test(start_paused = true)]
async fn runs_one_after_another_keep_the_pace_of_the_index_together() {
    let ledger = Arc::new(MemoryLedger::default());
    let clock = VirtualClock::new();
    let mut times = Vec::new();
    for _ in 0..8 {
        let scene = scene_with(
            HttpSettings::default(),
            ledger.clone(),
            clock.clone(),
            |_, _| Reply::rows(row(1)),
        );
        scene.rows(&exact()).await.1.unwrap();
        times.extend(scene.requests().iter().map(|request| request.at));
    }
    assert_eq!(times.len(), 8);
    let period = Duration::from_millis(2500);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= period));
}

/// Number of arrivals that exceed `limit` requests within any period of length `window`.
fn over_limit(times: &[Instant], limit: usize, window: Duration) -> usize {
    times
        .windows(limit + 1)
        .filter(|stretch| stretch[limit] - stretch[0] < window)
        .count()
}

#[tokio::test(start_paused = true)]
async fn playback_uses_97_percent_of_its_rate_and_never_more_than_it() {
    let scene = scene(|_, _| Reply::page("<p>words</p>").after(Duration::from_millis(700)));
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..600 {
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
    let times: Vec<Instant> = scene.requests().iter().map(|r| r.at).collect();
    let rate = 599.0 / seconds(times[599] - times[0]);
    assert!((3.88..=4.0).contains(&rate), "{rate}");
    for (limit, window) in [
        (1, Duration::from_millis(250)),
        (4, Duration::from_secs(1)),
        (240, Duration::from_mins(1)),
    ] {
        assert_eq!(
            over_limit(&times, limit, window),
            0,
            "{limit} in {window:?}"
        );
    }
    let usage = scene.archive.usage();
    assert!(usage.playback.share_of_rate >= 0.97, "{usage:?}");
    assert_eq!(
        (usage.playback.requests, usage.retries, usage.freezes),
        (600, 0, 0)
    );
    let most = scene.log.lock().unwrap().most_under_way[1];
    assert!(most <= 4, "{most} at once");
}

#[tokio::test(start_paused = true)]
async fn the_index_is_asked_one_at_a_time_and_at_its_own_rate() {
    let scene = scene(|request, _| match request.endpoint {
        Endpoint::Cdx => Reply::rows(row(1)).after(Duration::from_millis(1500)),
        Endpoint::Playback => Reply::page("<p>words</p>").after(Duration::from_millis(300)),
    });
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..240 {
        let archive = Arc::clone(&scene.archive);
        tasks.spawn(async move {
            if i < 40 {
                archive.captures(&exact(), &mut |_| ()).await.unwrap();
            } else {
                archive
                    .memento(&memento_query(
                        &format!("http://a.com/{i}"),
                        "20120611040411",
                    ))
                    .await
                    .unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(scene.log.lock().unwrap().most_under_way[0], 1);
    let times: Vec<Instant> = scene
        .requests()
        .iter()
        .filter(|r| r.endpoint == Endpoint::Cdx)
        .map(|r| r.at)
        .collect();
    let rate = 39.0 / seconds(times[39] - times[0]) * 60.0;
    assert!((23.28..=24.0).contains(&rate), "{rate}");
    let usage = scene.archive.usage();
    assert!(
        usage.cdx.share_of_rate >= 0.94,
        "the tail of the last answer counts too: {usage:?}"
    );
    let gaps: Vec<f64> = times
        .windows(2)
        .map(|pair| seconds(pair[1] - pair[0]))
        .collect();
    assert!(gaps.iter().all(|gap| (2.5..2.65).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_lets_go_of_everyone_in_line_at_once() {
    let scene = scene(|_, _| Reply::page("<p>words</p>").after(Duration::from_secs(20)));
    let mut tasks = tokio::task::JoinSet::new();
    for i in 0..50 {
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
    tokio::time::sleep(Duration::from_secs(3)).await;
    let stopped = Instant::now();
    scene.stop.cancel();
    let (mut interrupted, mut finished) = (0, 0);
    while let Some(done) = tasks.join_next().await {
        match done.unwrap() {
            Err(ArchiveError::Interrupted) => {
                interrupted += 1;
                assert!(stopped.elapsed() < Duration::from_millis(10));
            }
            other => {
                other.unwrap();
                finished += 1;
            }
        }
    }
    assert_eq!(
        (interrupted, finished),
        (46, 4),
        "requests under way may finish"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_run_gives_an_answer_that_does_not_end_a_minute() {
    for endpoint in [Endpoint::Playback, Endpoint::Cdx] {
        let scene = scene(|_, _| Reply::page("<p>words").with_a_body_that_never_ends());
        let look = async {
            if endpoint == Endpoint::Cdx {
                scene.rows(&exact()).await.1.map(|_| ())
            } else {
                scene.page("http://a.com/").await.map(|_| ())
            }
        };
        let stopped = async {
            tokio::time::sleep(Duration::from_secs(10)).await;
            scene.stop.cancel();
            Instant::now()
        };
        let (ended, stopped) = tokio::join!(look, stopped);
        assert!(matches!(ended, Err(ArchiveError::Interrupted)), "{ended:?}");
        let took = seconds(stopped.elapsed());
        assert!((59.0..62.0).contains(&took), "{took}");
    }
}
