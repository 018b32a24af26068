//! `Shortfall`: what a spent budget leaves open.

use super::capture::SampleCapture;
use super::changes::open_changes;
use super::choice::one_per_step;
use super::every_change;
use super::read_captures::ReadCaptures;
use super::strategy::Strategy;

/// What a strategy would still request: reported when the budget is spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shortfall {
    /// Neighbouring read captures with different texts, further apart than the resolution, with unread captures between.
    pub open_intervals: usize,
    /// Seconds between the two captures of the widest of them; 0 when there is none.
    pub widest_seconds: u64,
    /// Grid steps with captures that can be read and no text so far; for [`Strategy::All`], unread captures.
    pub unread_steps: usize,
}

impl Shortfall {
    /// True when nothing is left open.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// What is left open of a policy's captures, in order of time.
///
/// Requests for alternation, outliers and checks are extras: they are not counted.
///
/// # Examples
/// ```
/// use policytrail::model::TextHash;
/// use policytrail::sample::{Grid, ReadState, SampleCapture, Strategy, shortfall};
/// let at = |t: &str, state| SampleCapture { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, state };
/// let text = |words| ReadState::Text(TextHash::of_normalised(words));
/// let captures = [at("20120401000000", text("old")), at("20120501000000", ReadState::Unread), at("20120531000000", text("new"))];
/// let strategy = Strategy::EveryChange { grid: Grid::HALF_YEAR, resolution_seconds: 86_400 };
/// let shortfall = shortfall(strategy, &captures);
/// assert_eq!((shortfall.open_intervals, shortfall.widest_seconds), (1, 60 * 86_400));
/// ```
#[must_use]
pub fn shortfall(strategy: Strategy, captures: &[SampleCapture]) -> Shortfall {
    match strategy {
        Strategy::All => Shortfall {
            unread_steps: captures.iter().filter(|c| c.is_unread()).count(),
            ..Shortfall::default()
        },
        Strategy::Interval { grid } => Shortfall {
            unread_steps: one_per_step(grid, captures).len(),
            ..Shortfall::default()
        },
        Strategy::EveryChange {
            grid,
            resolution_seconds,
        } => {
            let reads = ReadCaptures::new(captures, resolution_seconds);
            let open = open_changes(&reads);
            Shortfall {
                open_intervals: open.len(),
                widest_seconds: open.iter().map(|c| c.seconds).max().unwrap_or(0),
                unread_steps: every_change::open_steps(grid, &reads),
            }
        }
    }
}
