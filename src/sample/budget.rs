//! `Budget`: how many captures a policy may still be looked at for, and `Shortfall`: what it left open.

use super::changes::open_changes;
use super::looks::Looks;
use super::{Known, Sighting, Strategy, every_change, grid_choice};

/// Looks that are left for a policy in this run.
///
/// # Examples
/// ```
/// use policytrail::sample::Budget;
/// let mut budget = Budget::of(3);
/// budget.spend(2);
/// assert_eq!(budget.left(), Some(1));
/// budget.spend(2);
/// assert!(budget.is_spent());
/// assert!(!Budget::UNBOUNDED.is_spent());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    left: Option<usize>,
}

impl Budget {
    /// As many looks as the strategy asks for.
    pub const UNBOUNDED: Self = Self { left: None };

    /// So many looks and no more.
    #[must_use]
    pub const fn of(looks: usize) -> Self {
        Self { left: Some(looks) }
    }

    /// Looks left; `None` when unbounded.
    #[must_use]
    pub const fn left(self) -> Option<usize> {
        self.left
    }

    /// True when no look is left.
    #[must_use]
    pub const fn is_spent(self) -> bool {
        matches!(self.left, Some(0))
    }

    /// Takes looks off; it never goes below none.
    pub const fn spend(&mut self, looks: usize) {
        if let Some(left) = self.left {
            self.left = Some(left.saturating_sub(looks));
        }
    }
}

/// What a strategy still wants to know: reported when the budget is spent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shortfall {
    /// Neighbouring looks that differ, further apart than the resolution, with unread captures between them.
    pub open_intervals: usize,
    /// Seconds between the two looks of the widest of them; 0 when there is none.
    pub widest_seconds: u64,
    /// Grid steps with captures that could be read and no text so far; for [`Strategy::All`], unread captures.
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
/// Looks at pages that alternate, and checks of pages that seem calm, are extras: they are not counted.
///
/// # Examples
/// ```
/// use policytrail::model::TextHash;
/// use policytrail::sample::{Grid, Known, Sighting, Strategy, shortfall};
/// let at = |t: &str, known| Sighting { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, known };
/// let text = |words| Known::Text(TextHash::of_normalised(words));
/// let captures = [at("20120401000000", text("old")), at("20120501000000", Known::Nothing), at("20120531000000", text("new"))];
/// let strategy = Strategy::EveryChange { grid: Grid::HALF_YEAR, resolution_seconds: 86_400 };
/// let shortfall = shortfall(strategy, &captures);
/// assert_eq!((shortfall.open_intervals, shortfall.widest_seconds), (1, 60 * 86_400));
/// ```
#[must_use]
pub fn shortfall(strategy: Strategy, sightings: &[Sighting]) -> Shortfall {
    match strategy {
        Strategy::All => {
            let unread_steps = sightings
                .iter()
                .filter(|s| s.known == Known::Nothing)
                .count();
            Shortfall {
                unread_steps,
                ..Shortfall::default()
            }
        }
        Strategy::Interval { grid } => Shortfall {
            unread_steps: grid_choice(grid, sightings).len(),
            ..Shortfall::default()
        },
        Strategy::EveryChange {
            grid,
            resolution_seconds,
        } => {
            let looks = Looks::new(sightings, resolution_seconds);
            let open = open_changes(&looks);
            Shortfall {
                open_intervals: open.len(),
                widest_seconds: open.iter().map(|c| c.seconds).max().unwrap_or(0),
                unread_steps: every_change::open_steps(grid, &looks),
            }
        }
    }
}
