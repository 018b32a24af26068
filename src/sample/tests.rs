//! The sampler on made-up histories.

use super::Strategy;
use super::*;

mod alternating;
mod properties;

pub(super) const DAY: u64 = 86_400;
const EVERY_CHANGE: Strategy = Strategy::EveryChange {
    grid: Grid::HALF_YEAR,
    resolution_seconds: DAY,
};

fn text(n: u32) -> TextHash {
    TextHash::of_normalised(&n.to_string())
}

/// Captures at these days (since 2000) showing these texts (`None`: no text), all unknown at first. Text `n` is said to
/// have `n * words_per_text` words.
struct Simulated {
    days: Vec<u32>,
    truth: Vec<Option<u32>>,
    /// What the captures would show that the archive has lost.
    lost: Vec<Option<u32>>,
    sightings: Vec<Sighting>,
    words_per_text: u32,
}

fn simulated(days: &[u32], shows: impl Fn(u32) -> Option<u32>) -> Simulated {
    let start = Timestamp::earliest("2000").unwrap().unix_seconds();
    let at = |day: u32| Timestamp::from_unix_seconds(start + i64::from(day) * 86_400);
    Simulated {
        days: days.to_vec(),
        truth: days.iter().map(|&d| shows(d)).collect(),
        lost: vec![None; days.len()],
        sightings: days
            .iter()
            .map(|&d| Sighting {
                timestamp: at(d),
                payload: None,
                length: None,
                words: None,
                known: Known::Nothing,
            })
            .collect(),
        words_per_text: 1,
    }
}

impl Simulated {
    fn look(&mut self, i: usize) {
        assert_eq!(
            self.sightings[i].known,
            Known::Nothing,
            "asked for a known capture"
        );
        let failed = if self.lost[i].is_some() {
            Known::Lost
        } else {
            Known::NoText
        };
        self.sightings[i].known = self.truth[i].map_or(failed, |n| Known::Text(text(n)));
        self.sightings[i].words = self.truth[i].map(|n| n * self.words_per_text);
    }

    /// Goes on to the end or until the budget is spent, and says how many captures were looked at.
    fn run_within(&mut self, strategy: Strategy, mut budget: Budget) -> usize {
        let mut looks = 0;
        loop {
            let wanted = next_within(strategy, &self.sightings, budget);
            if wanted.is_empty() {
                return looks;
            }
            budget.spend(wanted.len());
            looks += wanted.len();
            for i in wanted {
                self.look(i);
            }
        }
    }

    /// The archive has lost the payloads of these places.
    fn losing(mut self, is_lost: impl Fn(usize) -> bool) -> Self {
        for i in (0..self.days.len()).filter(|&i| is_lost(i)) {
            self.lost[i] = self.truth[i].take();
        }
        self
    }

    /// What a capture shows, or would show.
    fn shows(&self, i: usize) -> Option<u32> {
        self.truth[i].or(self.lost[i])
    }

    /// The index tells the lengths of records: some hundred bytes apart for two texts, a byte or two for one.
    fn with_lengths(mut self) -> Self {
        for (i, sighting) in self.sightings.iter_mut().enumerate() {
            let noise = u64::try_from(i * i % 3).unwrap();
            let shows = self.truth[i].or(self.lost[i]);
            let text = shows.map_or(2_000, |text| 10_000 + 300 * u64::from(text));
            sighting.length = Some(text + noise);
        }
        self
    }

    fn run(&mut self, strategy: Strategy) -> usize {
        self.run_within(strategy, Budget::UNBOUNDED)
    }

    fn is_seen(&self, i: usize) -> bool {
        matches!(self.sightings[i].known, Known::Text(_))
    }

    /// True when the captures on both sides of the change at a day were looked at.
    fn is_pinned(&self, day: u32) -> bool {
        let after = self.days.partition_point(|&d| d < day);
        self.is_seen(after - 1) && self.is_seen(after)
    }
}

#[test]
fn a_change_is_pinned_to_adjacent_captures_for_few_looks() {
    let days: Vec<u32> = (0..3650).collect();
    let mut history = simulated(&days, |d| Some(u32::from(d >= 1234) + u32::from(d >= 2000)));
    let looks = history.run(EVERY_CHANGE);
    assert!(looks < 50, "{looks}");
    for change in [1234, 2000] {
        assert!(
            history.is_pinned(change),
            "the change of day {change} is not pinned"
        );
    }
    assert!(shortfall(EVERY_CHANGE, &history.sightings).is_none());
}

#[test]
fn a_jump_in_length_is_looked_at_from_both_sides() {
    let days: Vec<u32> = (0..7300).collect();
    let shows = |d: u32| Some(u32::from(d >= 1234) + u32::from(d >= 5000));
    let mut history = simulated(&days, shows).with_lengths();
    let looks = history.run(EVERY_CHANGE);
    // The ends, every second year, two a change and the checks of a page with so many captures.
    assert!(looks <= 28, "{looks}");
    assert!(history.is_pinned(1234) && history.is_pinned(5000));
}

#[test]
fn a_record_that_stands_out_is_looked_at_though_the_looks_around_it_are_alike() {
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
fn records_that_stand_out_for_nothing_are_looked_at_a_few_times_only() {
    let days: Vec<u32> = (0..3650).step_by(5).collect();
    let mut plain = simulated(&days, |_| Some(1)).with_lengths();
    let mut noisy = simulated(&days, |_| Some(1)).with_lengths();
    for sighting in noisy.sightings.iter_mut().skip(7).step_by(11) {
        sighting.length = sighting.length.map(|length| length + 900);
    }
    let (plain, noisy) = (plain.run(EVERY_CHANGE), noisy.run(EVERY_CHANGE));
    assert!(noisy <= plain + 12, "{noisy} looks, and {plain} without");
}

#[test]
fn lengths_that_tell_nothing_are_not_believed() {
    // Every text has records of one length: the page came back to its first text, which ends that differ do not show.
    let days: Vec<u32> = (0..3650).step_by(5).collect();
    let shows = |d: u32| {
        Some(if d < 3000 {
            u32::from((1500..1750).contains(&d))
        } else {
            2
        })
    };
    let mut history = simulated(&days, shows);
    for sighting in &mut history.sightings {
        sighting.length = Some(1);
    }
    history.run(EVERY_CHANGE);
    assert!(history.is_pinned(1500) && history.is_pinned(1750) && history.is_pinned(3000));
}

#[test]
fn a_lost_capture_speaks_for_none_of_its_neighbours() {
    let days: Vec<u32> = (0..3650).step_by(10).collect();
    let shows = |d: u32| Some(u32::from((1210..2410).contains(&d)));
    // The capture that each step is asked for first.
    let firsts = next(EVERY_CHANGE, &simulated(&days, shows).sightings);
    let ends = [0, days.len() - 1];
    let mut history = simulated(&days, shows)
        .losing(|i| firsts.contains(&i) && !ends.contains(&i))
        .with_lengths();
    history.run(EVERY_CHANGE);
    assert!(history.is_pinned(1210) && history.is_pinned(2410));
}

#[test]
fn a_lost_capture_between_two_looks_hides_none_of_its_length() {
    // Three months of another text, of which one capture was asked for.
    let days: Vec<u32> = (0..=100).step_by(10).collect();
    let shows = |d: u32| match d {
        0 => Some(0),
        100 => Some(2),
        _ => Some(9),
    };
    for (known, is_over) in [(Known::Lost, false), (Known::NoText, true)] {
        let mut history = simulated(&days, shows).with_lengths();
        history.look(0);
        history.look(10);
        history.sightings[5].known = known;
        let wanted = next(EVERY_CHANGE, &history.sightings);
        assert_eq!(wanted.is_empty(), is_over, "{known:?}");
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
        .sightings
        .iter()
        .filter(|s| s.known == Known::NoText)
        .count();
    assert!(history.is_pinned(480) && failed <= 3, "{failed}");
}

#[test]
fn a_half_year_of_errors_costs_a_few_tries_only() {
    let days: Vec<u32> = (0..400).collect();
    let mut history = simulated(&days, |d| (!(182..366).contains(&d)).then_some(1));
    let errors_asked = |h: &Simulated| {
        h.sightings
            .iter()
            .filter(|s| s.known == Known::NoText)
            .count()
    };
    history.run(EVERY_CHANGE);
    assert!(errors_asked(&history) <= 8, "{}", errors_asked(&history));
    let mut history = simulated(&days, |d| {
        (!(182..366).contains(&d)).then_some(u32::from(d > 200))
    });
    let looks = history.run(EVERY_CHANGE);
    assert!(
        errors_asked(&history) <= 8 && looks <= 30,
        "{looks}, {}",
        errors_asked(&history)
    );
    assert!(
        next(EVERY_CHANGE, &history.sightings).is_empty()
            && shortfall(EVERY_CHANGE, &history.sightings).is_none()
    );
}

#[test]
fn one_payload_is_asked_for_once() {
    let mut history = simulated(&[1, 2, 3], |_| Some(1));
    for sighting in &mut history.sightings {
        sighting.payload = Some("D".to_owned());
    }
    assert_eq!(next(Strategy::All, &history.sightings), [0]);
    assert_eq!(next(EVERY_CHANGE, &history.sightings), [0]);
    assert_eq!(
        next_within(Strategy::All, &history.sightings, Budget::of(2)).len(),
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
            &history.sightings
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
            next(Strategy::Interval { grid }, &history.sightings).len(),
            captures,
            "{length}"
        );
    }
}

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
        let wanted = next_within(strategy, &history.sightings, Budget::of(6));
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
        let looks = history.run_within(EVERY_CHANGE, budget);
        (looks, history)
    };
    // Twenty half-years and the two ends.
    let grid_and_ends = 22;
    let (looks, history) = budgeted(Budget::of(grid_and_ends + 9));
    assert_eq!(looks, grid_and_ends + 9);
    assert!(
        history.is_pinned(1900),
        "the change of 2,000 words is not pinned"
    );
    assert!(!history.is_pinned(700) && !history.is_pinned(3100));
    let shortfall_then = shortfall(EVERY_CHANGE, &history.sightings);
    assert_eq!(shortfall_then.open_intervals, 2);
    assert!(
        shortfall_then.widest_seconds > 80 * DAY,
        "looks were spent on small changes: {shortfall_then:?}"
    );
    let (_, history) = budgeted(Budget::UNBOUNDED);
    assert!(
        [700, 1900, 3100]
            .into_iter()
            .all(|day| history.is_pinned(day))
    );
}

#[test]
fn the_shortfall_counts_steps_that_nobody_looked_at() {
    let mut history = simulated(&(0..3650).collect::<Vec<u32>>(), |_| Some(1));
    assert_eq!(history.run_within(EVERY_CHANGE, Budget::of(7)), 7);
    // Twenty half-years, of which the two ends are seen with their own captures.
    assert_eq!(
        shortfall(EVERY_CHANGE, &history.sightings).unread_steps,
        20 - 7
    );
    assert_eq!(
        shortfall(Strategy::All, &history.sightings).unread_steps,
        3650 - 7
    );
}

#[test]
fn nothing_is_asked_of_nothing() {
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
        let wanted = next(EVERY_CHANGE, &history.sightings);
        slowest = slowest.max(start.elapsed());
        for i in wanted {
            history.look(i);
        }
    }
    for i in 0..history.sightings.len() {
        history.sightings[i].known = Known::Text(text(history.truth[i].unwrap()));
    }
    let start = std::time::Instant::now();
    assert!(next(EVERY_CHANGE, &history.sightings).is_empty());
    slowest = slowest.max(start.elapsed());
    // Without optimisation and beside other work; a quadratic loop takes minutes.
    assert!(slowest < std::time::Duration::from_secs(2), "{slowest:?}");
}
