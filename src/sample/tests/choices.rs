//! The choices of the sampler on made-up histories.

use super::simulated::{EVERY_CHANGE, Simulated, simulated, text};
use crate::sample::{Budget, Grid, ReadState, Strategy, next, next_within, shortfall};

#[test]
fn a_change_is_pinned_to_adjacent_captures_for_few_requests() {
    let days: Vec<u32> = (0..3650).collect();
    let mut history = simulated(&days, |d| Some(u32::from(d >= 1234) + u32::from(d >= 2000)));
    let requests = history.run(EVERY_CHANGE);
    assert!(requests < 50, "{requests}");
    for change in [1234, 2000] {
        assert!(
            history.is_pinned(change),
            "the change of day {change} is not pinned"
        );
    }
    assert!(shortfall(EVERY_CHANGE, &history.captures).is_none());
}

#[test]
fn a_jump_in_length_is_fetched_from_both_sides() {
    let days: Vec<u32> = (0..7300).collect();
    let shows = |d: u32| Some(u32::from(d >= 1234) + u32::from(d >= 5000));
    let mut history = simulated(&days, shows).with_lengths();
    let requests = history.run(EVERY_CHANGE);
    // The ends, every second year, two for each change, and the checks of a page with so many captures.
    assert!(requests <= 28, "{requests}");
    assert!(history.is_pinned(1234) && history.is_pinned(5000));
}

#[test]
fn an_outlier_is_fetched_though_the_texts_around_it_are_equal() {
    let days: Vec<u32> = (0..3650).step_by(15).collect();
    let shows = |d: u32| {
        Some(if d == 1230 || d == 2445 {
            2
        } else {
            u32::from(d >= 3000)
        })
    };
    let mut history = simulated(&days, shows).with_lengths();
    history.run(EVERY_CHANGE);
    for change in [1230, 1231, 2445, 2446, 3000] {
        assert!(history.is_pinned(change), "{change}");
    }
}

#[test]
fn outliers_that_show_nothing_new_are_fetched_a_few_times_only() {
    let days: Vec<u32> = (0..3650).step_by(5).collect();
    let mut plain = simulated(&days, |_| Some(1)).with_lengths();
    let mut noisy = simulated(&days, |_| Some(1)).with_lengths();
    for capture in noisy.captures.iter_mut().skip(7).step_by(11) {
        capture.length = capture.length.map(|length| length + 900);
    }
    let (plain, noisy) = (plain.run(EVERY_CHANGE), noisy.run(EVERY_CHANGE));
    assert!(noisy <= plain + 12, "{noisy} requests, and {plain} without");
}

#[test]
fn unreliable_lengths_are_not_used() {
    // All records have one length. The page returned to its first text. Ends that differ would not show this.
    let days: Vec<u32> = (0..3650).step_by(5).collect();
    let shows = |d: u32| {
        Some(if d < 3000 {
            u32::from((1500..1750).contains(&d))
        } else {
            2
        })
    };
    let mut history = simulated(&days, shows);
    for capture in &mut history.captures {
        capture.length = Some(1);
    }
    history.run(EVERY_CHANGE);
    assert!(history.is_pinned(1500) && history.is_pinned(1750) && history.is_pinned(3000));
}

#[test]
fn a_lost_capture_covers_none_of_its_neighbours() {
    let days: Vec<u32> = (0..3650).step_by(10).collect();
    let shows = |d: u32| Some(u32::from((1210..2410).contains(&d)));
    // The first choice of each step.
    let firsts = next(EVERY_CHANGE, &simulated(&days, shows).captures);
    let ends = [0, days.len() - 1];
    let mut history = simulated(&days, shows)
        .losing(|i| firsts.contains(&i) && !ends.contains(&i))
        .with_lengths();
    history.run(EVERY_CHANGE);
    assert!(history.is_pinned(1210) && history.is_pinned(2410));
}

#[test]
fn a_lost_capture_between_two_read_ones_excludes_none_of_its_length() {
    // Three months of another text, of which one capture was requested.
    let days: Vec<u32> = (0..=100).step_by(10).collect();
    let shows = |d: u32| match d {
        0 => Some(0),
        100 => Some(2),
        _ => Some(9),
    };
    for (state, is_over) in [(ReadState::Lost, false), (ReadState::NoText, true)] {
        let mut history = simulated(&days, shows).with_lengths();
        history.read(0);
        history.read(10);
        history.captures[5].state = state;
        let wanted = next(EVERY_CHANGE, &history.captures);
        assert_eq!(wanted.is_empty(), is_over, "{state:?}");
    }
}

#[test]
fn captures_like_those_that_gave_nothing_are_left_alone() {
    // A year of log-in pages around a change.
    let days: Vec<u32> = (0..1460).collect();
    let shows = |d: u32| (!(500..865).contains(&d)).then(|| u32::from(d >= 480));
    let mut history = simulated(&days, shows).with_lengths();
    history.run(EVERY_CHANGE);
    let failed = history
        .captures
        .iter()
        .filter(|s| s.state == ReadState::NoText)
        .count();
    assert!(history.is_pinned(480) && failed <= 3, "{failed}");
}

#[test]
fn a_half_year_of_errors_costs_a_few_tries_only() {
    let days: Vec<u32> = (0..400).collect();
    let mut history = simulated(&days, |d| (!(182..366).contains(&d)).then_some(1));
    let errors_asked = |h: &Simulated| {
        h.captures
            .iter()
            .filter(|s| s.state == ReadState::NoText)
            .count()
    };
    history.run(EVERY_CHANGE);
    assert!(errors_asked(&history) <= 8, "{}", errors_asked(&history));
    let mut history = simulated(&days, |d| {
        (!(182..366).contains(&d)).then_some(u32::from(d > 200))
    });
    let requests = history.run(EVERY_CHANGE);
    assert!(
        errors_asked(&history) <= 8 && requests <= 30,
        "{requests}, {}",
        errors_asked(&history)
    );
    assert!(
        next(EVERY_CHANGE, &history.captures).is_empty()
            && shortfall(EVERY_CHANGE, &history.captures).is_none()
    );
}

#[test]
fn one_payload_is_requested_once() {
    let mut history = simulated(&[1, 2, 3], |_| Some(1));
    for capture in &mut history.captures {
        capture.payload = Some("D".to_owned());
    }
    assert_eq!(next(Strategy::All, &history.captures), [0]);
    assert_eq!(next(EVERY_CHANGE, &history.captures), [0]);
    assert_eq!(
        next_within(Strategy::All, &history.captures, Budget::of(2)).len(),
        1
    );
}

#[test]
fn an_interval_takes_the_capture_nearest_its_middle() {
    let history = simulated(&[0, 80, 100, 170, 200], |_| Some(1));
    assert_eq!(
        next(
            Strategy::Interval {
                grid: Grid::HALF_YEAR
            },
            &history.captures
        ),
        [2, 4]
    );
}

#[test]
fn the_length_of_an_interval_can_be_chosen() {
    let history = simulated(&(0..366).collect::<Vec<u32>>(), |_| Some(1));
    for (length, captures) in [(1, 12), (3, 4), (6, 2), (12, 1)] {
        let grid = Grid::months(length).unwrap();
        assert_eq!(
            next(Strategy::Interval { grid }, &history.captures).len(),
            captures,
            "{length}"
        );
    }
}

#[test]
fn nothing_is_requested_of_nothing() {
    for strategy in [
        EVERY_CHANGE,
        Strategy::Interval {
            grid: Grid::HALF_YEAR,
        },
        Strategy::All,
    ] {
        assert!(next(strategy, &[]).is_empty());
        assert!(shortfall(strategy, &[]).is_none());
    }
}

#[test]
fn captures_out_of_order_and_of_one_second_do_no_harm() {
    let mut history = simulated(&[900, 5, 5, 5, 2000, 1, 900, 899], |d| Some(d % 3));
    assert!(history.run(EVERY_CHANGE) <= 8);
}

#[test]
fn an_answer_for_a_hundred_thousand_captures_takes_little_time() {
    let days: Vec<u32> = (0..100_000).map(|i| i / 12).collect();
    let flips = |d: u32| Some(if d.is_multiple_of(7) { 1 } else { d / 900 + 2 });
    let mut history = simulated(&days, flips);
    let mut slowest = std::time::Duration::ZERO;
    for _ in 0..40 {
        let start = std::time::Instant::now();
        let wanted = next(EVERY_CHANGE, &history.captures);
        slowest = slowest.max(start.elapsed());
        for i in wanted {
            history.read(i);
        }
    }
    for i in 0..history.captures.len() {
        history.captures[i].state = ReadState::Text(text(history.truth[i].unwrap()));
    }
    let start = std::time::Instant::now();
    assert!(next(EVERY_CHANGE, &history.captures).is_empty());
    slowest = slowest.max(start.elapsed());
    // The limit is met without optimisation and while other programs run. A quadratic loop takes minutes.
    assert!(slowest < std::time::Duration::from_secs(2), "{slowest:?}");
}
