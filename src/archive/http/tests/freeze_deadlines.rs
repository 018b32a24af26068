//! The deadline of a freeze: how it grows, how long it is respected, and by which processes.

use super::freezing::{TOO_MANY, ledger};
use super::*;

#[tokio::test(start_paused = true)]
async fn a_freeze_longer_than_an_hour_ends_the_run_and_is_obeyed_by_the_next() {
    let (ledger, clock) = (ledger(), VirtualClock::new());
    let scene = |answer: fn(usize) -> Reply| {
        let respond = move |_: &Request, number| answer(number);
        scene_with(
            HttpSettings::default(),
            ledger.clone(),
            clock.clone(),
            respond,
        )
    };
    let start = Instant::now();
    let first = scene(|number| match number {
        1 => Reply::new(429, &[("retry-after", "3600")], TOO_MANY),
        0 | 2 => Reply::page("<p>words</p>"),
        _ => Reply::new(
            429,
            &[("retry-after", "99999999999999999999999999")],
            TOO_MANY,
        ),
    });
    first.page("http://a.com/0").await.unwrap();
    first.page("http://a.com/1").await.unwrap();
    assert!(seconds(start.elapsed()) >= 3600.0, "an hour is waited for");
    let before = Instant::now();
    let ArchiveError::Refused { until, detail, .. } =
        first.page("http://a.com/2").await.unwrap_err()
    else {
        panic!("not refused")
    };
    assert!(detail.contains("more than an hour"), "{detail}");
    assert!(seconds(before.elapsed()) < 60.0, "nobody waits a week");
    assert_eq!(ledger.read().unwrap().until, Some(until));
    let second = scene(|_| Reply::page("<p>words</p>"));
    let error = second.page("http://a.com/2").await.unwrap_err();
    assert!(
        matches!(error, ArchiveError::Refused { until: u, .. } if u == until),
        "{error}"
    );
    assert!(second.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_no_refusal_can_have_set_is_not_waited_for() {
    let ledger = ledger();
    ledger
        .write(&Freeze {
            until: Some("20990101000000".parse().unwrap()),
            refusals_in_a_row: 3,
        })
        .unwrap();
    let scene = scene_with(
        HttpSettings::default(),
        ledger,
        VirtualClock::new(),
        |_, _| Reply::page("<p>words</p>"),
    );
    scene.page("http://a.com/").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_no_refusal_can_have_set_hides_no_refusal_and_goes_with_the_next_good_answer()
 {
    let clock = VirtualClock::new();
    // One deadline is far in the future. The other is only a day too late to be possible, so it would become possible
    // later.
    for days in [365 * 50, 8] {
        let ahead = clock.now().unix_seconds() + days * 86_400;
        let wrong = Freeze {
            until: Some(Timestamp::from_unix_seconds(ahead)),
            refusals_in_a_row: 3,
        };
        let ledger = ledger();
        ledger.write(&wrong).unwrap();
        let refusing = scene_with(
            HttpSettings::default(),
            ledger.clone(),
            clock.clone(),
            |_, _| Reply::Fail(TransportFailure::ConnectionRefused),
        );
        assert!(refusing.page("http://a.com/").await.is_err());
        let freeze = ledger.read().unwrap();
        let seconds = freeze.until.unwrap().unix_seconds() - clock.now().unix_seconds();
        assert!((60..=62).contains(&seconds), "{freeze:?}");
        assert_eq!(freeze.refusals_in_a_row, 1);

        ledger.write(&wrong).unwrap();
        let answering = scene_with(
            HttpSettings::default(),
            ledger.clone(),
            clock.clone(),
            |_, _| Reply::page("<p>words</p>"),
        );
        answering.page("http://a.com/").await.unwrap();
        assert_eq!(ledger.read().unwrap(), Freeze::default());
    }
}

#[tokio::test(start_paused = true)]
async fn freezes_double_and_the_third_in_a_row_ends_the_run() {
    let ledger = ledger();
    let scene = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        VirtualClock::new(),
        |_, number| {
            if number == 0 {
                Reply::page("<p>words</p>")
            } else {
                Reply::new(429, &[], TOO_MANY)
            }
        },
    );
    scene.page("http://a.com/0").await.unwrap();
    let error = scene.page("http://a.com/1").await.unwrap_err();
    let ArchiveError::Refused { until, .. } = error else {
        panic!("{error}")
    };
    let requests = scene.requests();
    let waits: Vec<f64> = requests[1..]
        .windows(2)
        .map(|pair| seconds(pair[1].at - pair[0].at))
        .collect();
    assert_eq!(requests.len(), 4);
    assert!(
        (60.0..63.0).contains(&waits[0]) && (120.0..123.0).contains(&waits[1]),
        "{waits:?}"
    );
    assert_eq!(
        ledger.read().unwrap(),
        Freeze {
            until: Some(until),
            refusals_in_a_row: 3
        }
    );
    assert!((240..=242).contains(&(until.unix_seconds() - scene.clock.now().unix_seconds())));
    // No request is sent any more, and none waits.
    let asked = Instant::now();
    assert!(matches!(
        scene.rows(&exact()).await.1,
        Err(ArchiveError::Refused { .. })
    ));
    assert_eq!(
        (scene.requests().len(), asked.elapsed()),
        (4, Duration::ZERO)
    );
}

#[tokio::test(start_paused = true)]
async fn the_freeze_never_grows_past_an_hour_of_its_own() {
    let ledger = ledger();
    let clock = VirtualClock::new();
    for already in [5, 6, 30, u32::MAX] {
        ledger
            .write(&Freeze {
                until: None,
                refusals_in_a_row: already,
            })
            .unwrap();
        let scene = scene_with(
            HttpSettings::default(),
            ledger.clone(),
            clock.clone(),
            |_, _| Reply::new(429, &[], TOO_MANY),
        );
        let error = scene.page("http://a.com/").await.unwrap_err();
        let ArchiveError::Refused { until, .. } = error else {
            panic!("{error}")
        };
        let wait = until.unix_seconds() - clock.now().unix_seconds();
        assert!(
            (if already == 5 {
                1920..=1922
            } else {
                3600..=3602
            })
            .contains(&wait),
            "{already}: {wait}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_restarted_process_and_a_second_one_obey_the_deadline() {
    let ledger = ledger();
    let clock = VirtualClock::new();
    let until = Timestamp::from_unix_seconds(clock.now().unix_seconds() + 100);
    ledger
        .write(&Freeze {
            until: Some(until),
            refusals_in_a_row: 1,
        })
        .unwrap();
    let restarted = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        clock.clone(),
        |_, _| Reply::page("<p>words</p>"),
    );
    let began = Instant::now();
    restarted.page("http://a.com/").await.unwrap();
    assert!((100.0..102.0).contains(&seconds(began.elapsed())));
    assert_eq!(
        ledger.read().unwrap(),
        Freeze::default(),
        "a good answer clears the record"
    );

    // The other process is refused while this one works.
    let until = Timestamp::from_unix_seconds(clock.now().unix_seconds() + 50);
    ledger
        .write(&Freeze {
            until: Some(until),
            refusals_in_a_row: 1,
        })
        .unwrap();
    let began = Instant::now();
    restarted.page("http://a.com/").await.unwrap();
    assert!((50.0..52.0).contains(&seconds(began.elapsed())));

    // Three refusals in a row, recorded by the other process, end the run. This process does not wait for an hour.
    let until = Timestamp::from_unix_seconds(clock.now().unix_seconds() + 240);
    ledger
        .write(&Freeze {
            until: Some(until),
            refusals_in_a_row: 3,
        })
        .unwrap();
    assert!(
        matches!(restarted.page("http://a.com/").await, Err(ArchiveError::Refused { until: u, .. }) if u == until)
    );
}
