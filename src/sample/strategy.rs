//! `Strategy`: the rule by which captures are chosen.

use super::grid::Grid;

/// The rule by which captures are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// One capture per grid step, the first and the last; then halving between neighbours whose texts differ until they
    /// are adjacent captures or at most `resolution_seconds` apart; more if a page alternates between texts.
    EveryChange {
        /// Steps of the first pass.
        grid: Grid,
        /// Neighbours this close are not separated further.
        resolution_seconds: u64,
    },
    /// The capture nearest to the middle of each interval (Princeton-Leuven's rule).
    Interval {
        /// Length of the intervals.
        grid: Grid,
    },
    /// Every capture.
    All,
}
