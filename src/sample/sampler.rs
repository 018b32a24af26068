//! The next captures to fetch, for every strategy, within a budget.

use std::collections::HashSet;

use super::budget::Budget;
use super::capture::SampleCapture;
use super::choice::{evenly, one_per_step};
use super::every_change;
use super::strategy::Strategy;

/// Indices of the captures to fetch now, ascending; empty when nothing is left.
///
/// `captures` are those of one policy in order of time. Never names a capture that was already read, or two captures
/// with the same payload: the caller sets the result for all captures of a payload before the next call. Repeated calls
/// with the results filled in always end, since every call names at least one unread capture. Time and memory are
/// linear in the number of captures.
///
/// # Examples
/// ```
/// use policytrail::model::TextHash;
/// use policytrail::sample::{ReadState, SampleCapture, Strategy, next};
/// let at = |t: &str, state| SampleCapture { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, state };
/// let text = ReadState::Text(TextHash::of_normalised("words"));
/// let captures = [at("20120401000000", text), at("20120402000000", ReadState::Unread)];
/// assert_eq!(next(Strategy::All, &captures), [1]);
/// ```
#[must_use]
pub fn next(strategy: Strategy, captures: &[SampleCapture]) -> Vec<usize> {
    next_within(strategy, captures, Budget::UNBOUNDED)
}

/// Does the same as [`next`], but never names more captures than the budget has left; [`shortfall`](super::shortfall())
/// then says what remains open.
///
/// The first and last capture and the grid come first, spread evenly over time if the budget is too small for them. If
/// the budget is too small to pin down every change, the largest changes (by [`SampleCapture::words`], then by time)
/// are pinned down one after the other, instead of narrowing all of them a little.
///
/// # Examples
/// ```
/// use policytrail::sample::{Budget, ReadState, SampleCapture, Strategy, next_within};
/// let at = |t: &str| SampleCapture { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, state: ReadState::Unread };
/// let captures = [at("20120401000000"), at("20120402000000"), at("20120403000000")];
/// let mut budget = Budget::of(2);
/// let wanted = next_within(Strategy::All, &captures, budget);
/// budget.spend(wanted.len());
/// assert_eq!(wanted.len(), 2);
/// assert!(next_within(Strategy::All, &captures, budget).is_empty());
/// ```
#[must_use]
pub fn next_within(strategy: Strategy, captures: &[SampleCapture], budget: Budget) -> Vec<usize> {
    let left = budget.left().unwrap_or(usize::MAX);
    if left == 0 {
        return Vec::new();
    }
    let mut wanted = match strategy {
        Strategy::All => evenly(
            (0..captures.len())
                .filter(|&i| captures[i].is_unread())
                .collect(),
            left,
        ),
        Strategy::Interval { grid } => evenly(one_per_step(grid, captures), left),
        Strategy::EveryChange {
            grid,
            resolution_seconds,
        } => every_change::next(grid, resolution_seconds, captures, left),
    };
    let (mut payloads, mut places) = (HashSet::new(), HashSet::new());
    wanted.retain(|&i| {
        places.insert(i)
            && captures[i]
                .payload
                .as_deref()
                .is_none_or(|p| payloads.insert(p))
    });
    wanted.truncate(left);
    wanted.sort_unstable();
    wanted
}
