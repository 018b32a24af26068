//! Pages that alternate between texts, and pages that only seem to.

use super::simulated::*;
use crate::sample::{Grid, ReadState, Strategy, next};

fn unread(history: &Simulated, days: std::ops::Range<u32>) -> usize {
    let days: Vec<usize> = (0..history.days.len())
        .filter(|&i| days.contains(&history.days[i]))
        .collect();
    days.into_iter()
        .filter(|&i| history.captures[i].state == ReadState::Unread)
        .count()
}

#[test]
fn an_alternating_page_has_captures_of_the_other_length_fetched() {
    // Text 7 shows on one day in eight, from day 100 to day 300; day 273 is the middle of the second half-year.
    let shows = |d: u32| {
        Some(if (100..300).contains(&d) && d % 8 == 1 {
            7
        } else {
            1
        })
    };
    let mut history = simulated(&(0..1500).collect::<Vec<u32>>(), shows).with_lengths();
    history.run(EVERY_CHANGE);
    let seen = (100..300)
        .filter(|&d| d % 8 == 1 && history.is_pinned(d) && history.is_pinned(d + 1))
        .count();
    assert!(seen >= 8, "{seen} of 25 found");
    assert!(
        unread(&history, 400..1500) > 1050,
        "years without a change were read: {}",
        unread(&history, 400..1500)
    );
}

#[test]
fn a_short_lived_text_is_pinned_by_its_neighbours() {
    // If the index has no lengths, one request finds the text, and two or three on each side find its ends.
    let mut history = simulated(&(0..365).collect::<Vec<u32>>(), |d| {
        Some(u32::from((90..92).contains(&d)))
    });
    let requests = history.run(EVERY_CHANGE);
    assert!(history.is_pinned(90) && history.is_pinned(92));
    let mut calm = simulated(&(0..365).collect::<Vec<u32>>(), |_| Some(1));
    assert!(requests <= calm.run(EVERY_CHANGE) + 6, "{requests}");
}

#[test]
fn the_search_for_returns_ends_after_enough_changes() {
    // Two editions at random, for twenty years with six captures a day.
    let days: Vec<u32> = (0..43_800).map(|i| i / 6).collect();
    let mut history = simulated(&days, |_| Some(1));
    let mut state = 1_u32;
    for text in &mut history.truth {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *text = Some(state >> 31);
    }
    for lengths in [false, true] {
        let mut history = Simulated {
            days: history.days.clone(),
            truth: history.truth.clone(),
            lost: history.lost.clone(),
            captures: history.captures.clone(),
            words_per_text: 1,
        };
        if lengths {
            history = history.with_lengths();
        }
        let requests = history.run(EVERY_CHANGE);
        assert!(
            (80..40 * 100).contains(&requests),
            "{requests} requests for forty half-years"
        );
        assert!(next(EVERY_CHANGE, &history.captures).is_empty());
    }
}

#[test]
fn one_restored_version_costs_a_bounded_scan() {
    let days: Vec<u32> = (0..3650).collect();
    let mut plain = simulated(&days, |d| {
        Some(if d < 1000 { 1 } else { 2 } + u32::from(d >= 1060))
    });
    let mut restored = simulated(&days, |d| {
        Some(if (1000..1060).contains(&d) { 2 } else { 1 })
    });
    let (plain, restored) = (plain.run(EVERY_CHANGE), restored.run(EVERY_CHANGE));
    assert!(
        restored <= plain + 40,
        "{restored} requests, {plain} for two changes without return"
    );
}

#[test]
fn a_text_back_after_years_is_no_alternation() {
    let days: Vec<u32> = (0..3650).collect();
    let mut history = simulated(&days, |d| {
        Some(if (1000..2000).contains(&d) { 2 } else { 1 })
    });
    let requests = history.run(EVERY_CHANGE);
    assert!(requests <= 22 + 2 * 9, "{requests}");
}

#[test]
fn stretches_of_less_than_two_months_get_no_checks() {
    // With ten captures a day, the page would be checked 28 times by their number.
    let days: Vec<u32> = (0..600).map(|i| 130 + i / 10).collect();
    let mut history = simulated(&days, |_| Some(1));
    // The two ends are also nearest to the middles of the two half-years.
    assert_eq!(history.run(EVERY_CHANGE), 2);
}

#[test]
fn an_unchanged_page_with_few_captures_gets_no_checks() {
    let days: Vec<u32> = (0..1460).step_by(30).collect();
    let mut history = simulated(&days, |_| Some(1));
    assert!(history.run(EVERY_CHANGE) <= 10);
}

#[test]
fn changes_within_the_resolution_are_not_separated() {
    let days: Vec<u32> = (0..730).collect();
    let strategy = Strategy::EveryChange {
        grid: Grid::HALF_YEAR,
        resolution_seconds: 400 * DAY,
    };
    let mut history = simulated(&days, |d| Some(d % 2));
    assert!(history.run(strategy) <= 7);
}

#[test]
fn the_usual_length_of_a_page_is_no_outlier_between_exceptions() {
    // Text 2 has records of changing lengths between those of text 1; only text 1 was read at first. Then text 2 was read
    // on both sides of half a year in which one record is as long as those of text 1.
    let (read, unread) = (|n: u32| ReadState::Text(text(n)), ReadState::Unread);
    let rows = [
        (0, 14_490, read(1)),
        (10, 13_474, unread),
        (20, 14_492, read(1)),
        (30, 13_476, unread),
        (40, 14_493, read(1)),
        (50, 13_478, unread),
        (60, 14_492, read(1)),
        (70, 13_475, unread),
        (80, 14_491, read(1)),
        (90, 13_785, read(2)),
        (100, 13_502, read(2)),
        (110, 14_494, unread),
        (120, 13_820, unread),
        (300, 13_433, read(2)),
        (301, 14_493, read(1)),
    ];
    let days: Vec<u32> = rows.iter().map(|row| row.0).collect();
    let mut history = simulated(&days, |_| None);
    for (capture, (_, length, known)) in history.captures.iter_mut().zip(rows) {
        (capture.length, capture.state) = (Some(length), known);
    }
    assert_eq!(next(EVERY_CHANGE, &history.captures), [1, 5, 11]);
}
