//! Made-up histories for the tests of the sampler.

use crate::model::{TextHash, Timestamp};
use crate::sample::{Budget, Grid, ReadState, SampleCapture, Strategy, next_within};

pub(super) const DAY: u64 = 86_400;
pub(super) const EVERY_CHANGE: Strategy = Strategy::EveryChange {
    grid: Grid::HALF_YEAR,
    resolution_seconds: DAY,
};

pub(super) fn text(n: u32) -> TextHash {
    TextHash::of_normalised(&n.to_string())
}

/// Captures at these days (since 2000) with these texts (`None`: no text), all unread at first. Text `n` has
/// `n * words_per_text` words.
pub(super) struct Simulated {
    pub(super) days: Vec<u32>,
    pub(super) truth: Vec<Option<u32>>,
    /// The texts of captures that the archive has lost.
    pub(super) lost: Vec<Option<u32>>,
    pub(super) captures: Vec<SampleCapture>,
    pub(super) words_per_text: u32,
}

pub(super) fn simulated(days: &[u32], shows: impl Fn(u32) -> Option<u32>) -> Simulated {
    let start = Timestamp::earliest("2000").unwrap().unix_seconds();
    let at = |day: u32| Timestamp::from_unix_seconds(start + i64::from(day) * 86_400);
    Simulated {
        days: days.to_vec(),
        truth: days.iter().map(|&d| shows(d)).collect(),
        lost: vec![None; days.len()],
        captures: days
            .iter()
            .map(|&d| SampleCapture {
                timestamp: at(d),
                payload: None,
                length: None,
                words: None,
                state: ReadState::Unread,
            })
            .collect(),
        words_per_text: 1,
    }
}

impl Simulated {
    pub(super) fn read(&mut self, i: usize) {
        assert_eq!(
            self.captures[i].state,
            ReadState::Unread,
            "requested a known capture"
        );
        let failed = if self.lost[i].is_some() {
            ReadState::Lost
        } else {
            ReadState::NoText
        };
        self.captures[i].state = self.truth[i].map_or(failed, |n| ReadState::Text(text(n)));
        self.captures[i].words = self.truth[i].map(|n| n * self.words_per_text);
    }

    /// Runs to the end or until the budget is spent; returns the number of fetched captures.
    pub(super) fn run_within(&mut self, strategy: Strategy, mut budget: Budget) -> usize {
        let mut requests = 0;
        loop {
            let wanted = next_within(strategy, &self.captures, budget);
            if wanted.is_empty() {
                return requests;
            }
            budget.spend(wanted.len());
            requests += wanted.len();
            for i in wanted {
                self.read(i);
            }
        }
    }

    /// Makes the archive lose the payloads of these places.
    pub(super) fn losing(mut self, is_lost: impl Fn(usize) -> bool) -> Self {
        for i in (0..self.days.len()).filter(|&i| is_lost(i)) {
            self.lost[i] = self.truth[i].take();
        }
        self
    }

    /// The text that a capture shows, or would show.
    pub(super) fn shows(&self, i: usize) -> Option<u32> {
        self.truth[i].or(self.lost[i])
    }

    /// Gives lengths to the records: some hundred bytes apart for two texts, a byte or two for one.
    pub(super) fn with_lengths(mut self) -> Self {
        for (i, capture) in self.captures.iter_mut().enumerate() {
            let noise = u64::try_from(i * i % 3).unwrap();
            let shows = self.truth[i].or(self.lost[i]);
            let text = shows.map_or(2_000, |text| 10_000 + 300 * u64::from(text));
            capture.length = Some(text + noise);
        }
        self
    }

    pub(super) fn run(&mut self, strategy: Strategy) -> usize {
        self.run_within(strategy, Budget::UNBOUNDED)
    }

    pub(super) fn is_read(&self, i: usize) -> bool {
        matches!(self.captures[i].state, ReadState::Text(_))
    }

    /// True when the captures on both sides of the change at a day were fetched.
    pub(super) fn is_pinned(&self, day: u32) -> bool {
        let after = self.days.partition_point(|&d| d < day);
        self.is_read(after - 1) && self.is_read(after)
    }
}
