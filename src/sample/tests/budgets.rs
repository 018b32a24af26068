//! Budgets that are too small for everything, and what they leave open.

use super::simulated::{DAY, EVERY_CHANGE, simulated};
use crate::sample::{Budget, Grid, Strategy, next_within, shortfall};

#[test]
fn a_budget_too_small_for_the_grid_is_spread_over_the_whole_life() {
    let days: Vec<u32> = (0..3650).step_by(10).collect();
    for strategy in [
        EVERY_CHANGE,
        Strategy::Interval {
            grid: Grid::HALF_YEAR,
        },
        Strategy::All,
    ] {
        let history = simulated(&days, |_| Some(1));
        let wanted = next_within(strategy, &history.captures, Budget::of(6));
        assert_eq!(wanted.len(), 6);
        for quarter in 0..4 {
            let span = quarter * days.len() / 4..(quarter + 1) * days.len() / 4;
            assert!(
                wanted.iter().any(|i| span.contains(i)),
                "{strategy:?} leaves out a quarter: {wanted:?}"
            );
        }
    }
}

#[test]
fn a_budget_that_binds_goes_to_the_largest_change_first() {
    let days: Vec<u32> = (0..3650).collect();
    // Text 0 has no words, 1 has 100, 21 has 2,100, 22 has 2,200.
    let shows =
        |d: u32| Some(u32::from(d >= 700) + 20 * u32::from(d >= 1900) + u32::from(d >= 3100));
    let budgeted = |budget| {
        let mut history = simulated(&days, shows);
        history.words_per_text = 100;
        let requests = history.run_within(EVERY_CHANGE, budget);
        (requests, history)
    };
    // Twenty half-years and the two ends.
    let grid_and_ends = 22;
    let (requests, history) = budgeted(Budget::of(grid_and_ends + 9));
    assert_eq!(requests, grid_and_ends + 9);
    assert!(
        history.is_pinned(1900),
        "the change of 2,000 words is not pinned"
    );
    assert!(!history.is_pinned(700) && !history.is_pinned(3100));
    let shortfall_then = shortfall(EVERY_CHANGE, &history.captures);
    assert_eq!(shortfall_then.open_intervals, 2);
    assert!(
        shortfall_then.widest_seconds > 80 * DAY,
        "requests were spent on small changes: {shortfall_then:?}"
    );
    let (_, history) = budgeted(Budget::UNBOUNDED);
    assert!(
        [700, 1900, 3100]
            .into_iter()
            .all(|day| history.is_pinned(day))
    );
}

#[test]
fn the_shortfall_counts_steps_that_nobody_fetched() {
    let mut history = simulated(&(0..3650).collect::<Vec<u32>>(), |_| Some(1));
    assert_eq!(history.run_within(EVERY_CHANGE, Budget::of(7)), 7);
    // Twenty half-years; the captures of the two ends count for theirs.
    assert_eq!(
        shortfall(EVERY_CHANGE, &history.captures).unread_steps,
        20 - 7
    );
    assert_eq!(
        shortfall(Strategy::All, &history.captures).unread_steps,
        3650 - 7
    );
}
