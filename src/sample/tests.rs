//! Properties of the sampler on made-up histories.

use super::Strategy;
use super::*;
use proptest::prelude::{prop_assert, proptest};

const DAY: u64 = 86_400;
const EVERY_CHANGE: Strategy = Strategy::EveryChange {
    grid: Grid::HALF_YEAR,
    resolution_seconds: DAY,
};

fn text(n: u32) -> TextHash {
    TextHash::of_normalised(&n.to_string())
}

/// Captures at these days (since 2000) showing these texts (`None`: no text), all unknown at first.
struct Simulated {
    truth: Vec<Option<TextHash>>,
    sightings: Vec<Sighting>,
}

fn simulated(days: &[u32], shows: impl Fn(u32) -> Option<u32>) -> Simulated {
    let start = Timestamp::earliest("2000").unwrap().unix_seconds();
    let at = |day: u32| Timestamp::from_unix_seconds(start + i64::from(day) * 86_400);
    Simulated {
        truth: days.iter().map(|&d| shows(d).map(text)).collect(),
        sightings: days
            .iter()
            .map(|&d| Sighting {
                timestamp: at(d),
                payload: None,
                known: Known::Nothing,
            })
            .collect(),
    }
}

/// Runs to the end and says how many captures were looked at.
fn run(strategy: Strategy, simulated: &mut Simulated) -> usize {
    let mut looks = 0;
    loop {
        let wanted = next(strategy, &simulated.sightings);
        if wanted.is_empty() {
            return looks;
        }
        for i in wanted {
            assert_eq!(
                simulated.sightings[i].known,
                Known::Nothing,
                "asked for a known capture"
            );
            simulated.sightings[i].known = simulated.truth[i].map_or(Known::NoText, Known::Text);
            looks += 1;
        }
    }
}

#[test]
fn a_change_is_pinned_to_adjacent_captures_for_few_looks() {
    let days: Vec<u32> = (0..3650).collect();
    let mut history = simulated(&days, |d| Some(u32::from(d >= 1234) + u32::from(d >= 2000)));
    let looks = run(EVERY_CHANGE, &mut history);
    assert!(looks < 50, "{looks}");
    for change in [1234, 2000] {
        for day in [change - 1, change] {
            assert!(
                matches!(history.sightings[day].known, Known::Text(_)),
                "day {day} was not looked at"
            );
        }
    }
}

#[test]
fn a_half_year_of_errors_costs_a_few_tries_only() {
    let days: Vec<u32> = (0..400).collect();
    let mut history = simulated(&days, |d| (!(182..366).contains(&d)).then_some(1));
    assert!(run(EVERY_CHANGE, &mut history) <= 10);
}

#[test]
fn one_payload_is_asked_for_once() {
    let mut history = simulated(&[1, 2, 3], |_| Some(1));
    for sighting in &mut history.sightings {
        sighting.payload = Some("D".to_owned());
    }
    assert_eq!(next(Strategy::All, &history.sightings), [0]);
}

#[test]
fn an_interval_takes_the_capture_nearest_its_middle() {
    let history = simulated(&[0, 80, 100, 170, 200], |_| Some(1));
    assert_eq!(
        next(
            Strategy::Interval {
                grid: Grid::HALF_YEAR
            },
            &history.sightings
        ),
        [2, 4]
    );
}

proptest! {
    #[test]
    fn every_strategy_ends_and_every_change_that_lasts_a_grid_step_is_found(
        mut days in proptest::collection::vec(0u32..4000, 1..120),
        changes in proptest::collection::vec((1u32..4000, 0u32..4), 0..8),
        gaps in proptest::collection::vec(0u32..4000, 0..6),
    ) {
        days.sort_unstable();
        days.dedup();
        let shows = |day: u32| {
            if gaps.contains(&day) { return None; }
            Some(changes.iter().filter(|(at, _)| *at <= day).max_by_key(|(at, _)| *at).map_or(9, |(_, t)| *t))
        };
        for strategy in [EVERY_CHANGE, Strategy::Interval { grid: Grid::HALF_YEAR }, Strategy::All] {
            let mut history = simulated(&days, shows);
            let looks = run(strategy, &mut history);
            prop_assert!(looks <= days.len());
            if strategy == EVERY_CHANGE {
                let known: Vec<usize> = (0..days.len()).filter(|&i| matches!(history.sightings[i].known, Known::Text(_))).collect();
                // Neighbours that differ have nothing unknown between them, or are within the resolution.
                for pair in known.windows(2) {
                    let (a, b) = (&history.sightings[pair[0]], &history.sightings[pair[1]]);
                    let open = (pair[0] + 1..pair[1]).any(|i| history.sightings[i].known == Known::Nothing);
                    prop_assert!(a.known == b.known || !open || a.timestamp.distance_seconds(b.timestamp) <= DAY);
                }
            }
        }
    }
}
