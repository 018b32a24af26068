//! Properties of every history, every strategy and every order of runs.

use super::simulated::*;
use crate::sample::choice::TRIES_PER_INTERVAL;
use crate::sample::{
    Budget, Grid, ReadState, SampleCapture, Strategy, next, next_within, shortfall,
};
use proptest::prelude::{Strategy as Any, any, prop_assert, prop_assert_eq, proptest};
use proptest::{collection::vec, sample::select};

/// Days of captures, changes (day, text), days without text, and n if every n-th capture is lost (0: none).
type History = (Vec<u32>, Vec<(u32, u32)>, Vec<u32>, usize);

fn any_history() -> impl Any<Value = History> {
    let days = vec(0u32..4000, 1..160);
    (
        days,
        vec((1u32..4000, 0u32..4), 0..12),
        vec(0u32..4000, 0..6),
        select(vec![0_usize, 0, 2, 3, 7]),
    )
        .prop_map(|(mut days, changes, gaps, lost)| {
            days.sort_unstable();
            (days, changes, gaps, lost)
        })
}

fn any_strategy() -> impl Any<Value = Strategy> {
    let grid = select(vec![1u32, 3, 6, 12]).prop_map(|m| Grid::months(m).unwrap());
    (grid, 0u64..40, 0..4).prop_map(|(grid, days, which)| match which {
        0 => Strategy::All,
        1 => Strategy::Interval { grid },
        _ => Strategy::EveryChange {
            grid,
            resolution_seconds: days * DAY,
        },
    })
}

/// The lengths of records that the index has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    None,
    /// Longer records for other texts.
    ByText,
    /// Any lengths at all.
    Any,
}

fn any_lengths() -> impl Any<Value = Lengths> {
    select(vec![Lengths::None, Lengths::ByText, Lengths::Any])
}

fn simulate(history: &History, lengths: Lengths) -> Simulated {
    let mut simulated = without_lengths(history);
    match lengths {
        Lengths::None => {}
        Lengths::ByText => simulated = simulated.with_lengths(),
        Lengths::Any => {
            for (capture, day) in simulated.captures.iter_mut().zip(&simulated.days) {
                let lengths = [None, Some(1), Some(1), Some(5), Some(30), Some(2_000)];
                capture.length = lengths[usize::try_from(day * day % 7 % 6).unwrap()];
            }
        }
    }
    simulated
}

fn without_lengths((days, changes, gaps, lost): &History) -> Simulated {
    let is_lost = |i: usize| *lost > 0 && i.is_multiple_of(*lost);
    let history = simulated(days, |day| {
        let text = || {
            changes
                .iter()
                .filter(|(at, _)| *at <= day)
                .max_by_key(|(at, _)| *at)
                .map_or(9, |(_, t)| *t)
        };
        (!gaps.contains(&day)).then(text)
    });
    history.losing(is_lost)
}

/// True if neighbouring read captures with different texts have nothing unread between them, or are within the
/// resolution, or in a time of errors. If lengths depend on the text, captures as long as one without text have no text
/// either and stay unread.
fn meets_resolution(history: &Simulated, resolution_seconds: u64, lengths: Lengths) -> bool {
    let seen: Vec<usize> = (0..history.days.len())
        .filter(|&i| history.is_read(i))
        .collect();
    seen.windows(2).all(|pair| {
        let (a, b) = (&history.captures[pair[0]], &history.captures[pair[1]]);
        let unread = (pair[0]..pair[1]).any(|i| {
            let gives_text = lengths == Lengths::None || history.truth[i].is_some();
            history.captures[i].state == ReadState::Unread && gives_text
        });
        let failures = history.captures[pair[0]..pair[1]]
            .iter()
            .filter(|s| s.state.is_failure())
            .count();
        a.state == b.state
            || !unread
            || failures >= 8
            || a.timestamp.distance_seconds(b.timestamp) <= resolution_seconds
    })
}

/// Number of texts that all captures of a whole grid step show (or would show if they were not lost) and that the read
/// captures before and after do not show. Steps in which three captures had no text, or all are lost, do not count.
fn missed(history: &Simulated, grid: Grid) -> usize {
    let places: Vec<usize> = (0..history.days.len()).collect();
    let step = |i: usize| grid.step_of(history.captures[i].timestamp);
    let is_read = |i: &usize| history.is_read(*i);
    places
        .chunk_by(|&a, &b| step(a) == step(b))
        .filter(|members| {
            let (first, last) = (members[0], members[members.len() - 1]);
            let text = history.shows(first);
            let failed = members
                .iter()
                .filter(|&&i| history.captures[i].state.is_failure());
            let lasts = text.is_some()
                && members.iter().all(|&i| history.shows(i) == text)
                && members.iter().any(|&i| history.truth[i].is_some())
                && failed.count() < TRIES_PER_INTERVAL;
            let before = (0..=last).rev().find(is_read);
            let after = (first..history.days.len()).find(is_read);
            let found = [before, after].into_iter().flatten();
            lasts && !found.into_iter().any(|i| history.truth[i] == text)
        })
        .count()
}

/// Number of grid steps with one text and no read capture: the guarantee if the index has no lengths.
fn unread_steps(history: &Simulated, grid: Grid) -> usize {
    let places: Vec<usize> = (0..history.days.len()).collect();
    let step = |i: usize| grid.step_of(history.captures[i].timestamp);
    places
        .chunk_by(|&a, &b| step(a) == step(b))
        .filter(|members| {
            let text = history.truth[members[0]];
            let lasts = text.is_some() && members.iter().all(|&i| history.truth[i] == text);
            lasts && !members.iter().any(|&i| history.is_read(i))
        })
        .count()
}

proptest! {
    #[test]
    fn every_strategy_ends_and_requests_no_capture_twice(history in any_history(), strategy in any_strategy(), lengths in any_lengths()) {
        let mut history = simulate(&history, lengths);
        // `read` panics at a capture that was read already.
        let requests = history.run(strategy);
        prop_assert!(requests <= history.days.len());
        prop_assert!(shortfall(strategy, &history.captures).is_none());
    }

    #[test]
    fn every_change_meets_its_resolution_and_finds_what_lasts_a_grid_step(
        history in any_history(),
        months in select(vec![1u32, 3, 6, 12]),
        resolution_days in 0u64..40,
        lengths in select(vec![Lengths::None, Lengths::ByText]),
    ) {
        let grid = Grid::months(months).unwrap();
        let resolution_seconds = resolution_days * DAY;
        let mut history = simulate(&history, lengths);
        history.run(Strategy::EveryChange { grid, resolution_seconds });
        prop_assert!(meets_resolution(&history, resolution_seconds, lengths));
        prop_assert_eq!(missed(&history, grid), 0);
        prop_assert!(lengths == Lengths::ByText || unread_steps(&history, grid) == 0);
    }

    #[test]
    fn a_second_run_over_more_captures_ends_as_exact_as_one_over_all(
        history in any_history(),
        known_at_first in vec(any::<bool>(), 160),
        months in select(vec![1u32, 6]),
        lengths in select(vec![Lengths::None, Lengths::ByText]),
    ) {
        let grid = Grid::months(months).unwrap();
        let strategy = Strategy::EveryChange { grid, resolution_seconds: DAY };
        let mut all = simulate(&history, lengths);
        let at_first: Vec<usize> = (0..all.days.len()).filter(|&i| known_at_first[i]).collect();
        // The first run has some of the captures only.
        loop {
            let part: Vec<SampleCapture> = at_first.iter().map(|&i| all.captures[i].clone()).collect();
            let wanted = next(strategy, &part);
            if wanted.is_empty() {
                break;
            }
            for i in wanted {
                all.read(at_first[i]);
            }
        }
        all.run(strategy);
        prop_assert!(meets_resolution(&all, DAY, lengths));
        prop_assert_eq!(missed(&all, grid), 0);
        prop_assert!(shortfall(strategy, &all.captures).is_none());
        prop_assert!(next(strategy, &all.captures).is_empty());
    }

    #[test]
    fn a_budget_is_never_exceeded_and_runs_within_budgets_end_as_exact_as_one_without(
        history in any_history(),
        strategy in any_strategy(),
        budget in 0usize..40,
        lengths in any_lengths(),
    ) {
        let mut history = simulate(&history, lengths);
        for _ in 0..=history.days.len() {
            let requests = history.run_within(strategy, Budget::of(budget));
            prop_assert!(requests <= budget);
            if requests < budget {
                // Without a spent budget, the sampling is complete.
                prop_assert!(shortfall(strategy, &history.captures).is_none());
                prop_assert!(next(strategy, &history.captures).is_empty());
            }
        }
        if budget > 0 {
            prop_assert!(next(strategy, &history.captures).is_empty());
        }
    }

    #[test]
    fn within_budgets_every_strategy_comes_as_far_as_without(
        history in any_history(),
        months in select(vec![1u32, 3, 6, 12]),
        resolution_days in 0u64..40,
        budget in 1usize..20,
        lengths in select(vec![Lengths::None, Lengths::ByText]),
    ) {
        let grid = Grid::months(months).unwrap();
        let resolution_seconds = resolution_days * DAY;
        let mut history = simulate(&history, lengths);
        for _ in 0..=history.days.len() {
            history.run_within(Strategy::EveryChange { grid, resolution_seconds }, Budget::of(budget));
        }
        prop_assert!(meets_resolution(&history, resolution_seconds, lengths));
        prop_assert_eq!(missed(&history, grid), 0);
        prop_assert!(lengths == Lengths::ByText || unread_steps(&history, grid) == 0);
    }

    #[test]
    fn no_answer_names_a_known_capture_or_one_payload_twice(
        history in any_history(),
        strategy in any_strategy(),
        lengths in any_lengths(),
        payloads in 1usize..40,
        budget in 0usize..40,
    ) {
        let mut history = simulate(&history, lengths);
        for (capture, (day, text)) in history.captures.iter_mut().zip(history.days.iter().zip(&history.truth)) {
            capture.payload = Some(format!("{text:?} {}", usize::try_from(*day).unwrap() % payloads));
        }
        for _ in 0..=history.days.len() {
            let wanted = next_within(strategy, &history.captures, Budget::of(budget));
            prop_assert!(wanted.len() <= budget);
            let mut asked: Vec<Option<String>> = Vec::new();
            for i in wanted {
                let payload = history.captures[i].payload.clone();
                prop_assert!(!asked.contains(&payload));
                // The result holds for all captures of the payload.
                for other in 0..history.captures.len() {
                    if history.captures[other].payload == payload {
                        history.read(other);
                    }
                }
                asked.push(payload);
            }
        }
        prop_assert!(budget == 0 || next(strategy, &history.captures).is_empty());
    }

    #[test]
    fn a_budget_pins_larger_changes_before_smaller_ones(
        sizes in proptest::sample::subsequence((1u32..=12).collect::<Vec<u32>>(), 2..6),
        order in 0usize..12,
        budget in 0usize..60,
    ) {
        // Changes of this many words, a little more than a year apart, in any order, on a page with a capture every
        // day.
        let mut sizes = sizes;
        let by = order % sizes.len();
        sizes.rotate_left(by);
        let change_days: Vec<u32> = (0..sizes.len()).map(|i| 400 + 397 * u32::try_from(i).unwrap()).collect();
        let days: Vec<u32> = (0..2900).collect();
        let shows = |day: u32| Some(change_days.iter().zip(&sizes).filter(|(at, _)| **at <= day).map(|(_, size)| *size).sum());
        let mut history = simulated(&days, shows);
        history.words_per_text = 50;
        history.run_within(EVERY_CHANGE, Budget::of(budget));
        let steps_unseen = shortfall(EVERY_CHANGE, &history.captures).unread_steps;
        let mut largest_first: Vec<(u32, u32)> = sizes.iter().copied().zip(change_days.iter().copied()).collect();
        largest_first.sort_unstable_by(|a, b| b.cmp(a));
        let pinned: Vec<bool> = largest_first.iter().map(|(_, day)| history.is_pinned(*day)).collect();
        // No change is known before the grid is complete; then a smaller one is pinned down only after all larger ones.
        prop_assert!(steps_unseen > 0 || pinned.is_sorted_by(|a, b| a >= b), "{largest_first:?} {pinned:?}");
    }
}
