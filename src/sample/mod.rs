//! Which captures to look at next, given what is known of the others. Pure: the crawl asks, fetches, and asks again.
//!
//! Popular pages have thousands of captures with different bytes and the same words. [`Strategy::EveryChange`] goes in
//! stages, each when the one before has nothing left to ask:
//!
//! 1. the first and the last capture, and one per grid step, nearest to its middle. Where the index tells the lengths of
//!    records, every fourth step at first; of the others those whose captures are not as long as the looks around them;
//! 2. where neighbours differ and the lengths between jump once, the captures on both sides of the jump; elsewhere
//!    halving, until the two are adjacent or at most the resolution apart; changes fall on working days, so those are
//!    halved, and weekends count little. A text between two looks at another is
//!    sought outward from where it was met, since it is mostly short;
//! 3. where a text was seen, then another, then the first again (within half a year), the page *alternates*: captures
//!    between equal neighbours whose records are as long as the other text's, until the half-year has shown 46 such changes;
//! 4. captures whose records are of another length than those before and after them, or as long as those of the text before
//!    or after the looks around them, as many as such looks pay: a text that stood for a short time, or another edition,
//!    between equal looks;
//! 5. a page with fewer looks than 5/4 √(captures), at most 28, is checked in the middle of its longest unread stretches
//!    of more than two months.
//!
//! **What it guarantees**, whatever the order of runs, and though more captures become known between them:
//! *(a)* no capture is asked for twice, and it ends; *(b)* neighbouring looks that differ are at most the resolution
//! apart, or have no unread capture between them (but such with records as long as one that gave no text), or eight
//! captures between them gave no text; *(c)* every text is found
//! that all captures of one whole grid step show, unless the three captures nearest to the middle of the step give no
//! text, or the text before it came back and its records are as long (within 16 bytes) as those of the text before.
//! More captures between two known looks only narrow the windows. Changes that last less than a grid step are found
//! on the way and by checks: *which* of them may differ with the order of runs.

mod alternation;
mod budget;
mod changes;
mod every_change;
mod grid;
mod lengths;
mod looks;
mod outliers;
mod weekdays;

use std::collections::HashSet;

pub use budget::{Budget, Shortfall, shortfall};
pub use grid::Grid;

use crate::model::{TextHash, Timestamp};

/// What is known of one capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Not looked at yet.
    Nothing,
    /// It showed this text.
    Text(TextHash),
    /// It was looked at and gives no text: an error, a log-in page, a parked domain. Captures like it give none either.
    NoText,
    /// It was asked for and nothing came (lost, damaged, displaced). That tells nothing of captures like it.
    Lost,
}

impl Known {
    /// True for a capture that was asked for in vain; it will not be asked for again.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::NoText | Self::Lost)
    }
}

/// A capture as the sampler sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When it was captured.
    pub timestamp: Timestamp,
    /// Digest of its payload, where it identifies one: one digest is asked for once.
    pub payload: Option<String>,
    /// Size of its archived record in bytes, where the index tells it and the record holds the page: a jump tells where
    /// to look for a change, and a stretch without any where looking can wait.
    pub length: Option<u64>,
    /// Number of words of its text, where known: under a [`Budget`], changes between texts of the most different
    /// lengths come first. It decides nothing else.
    pub words: Option<u32>,
    /// What is known of it.
    pub known: Known,
}

/// How captures are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// One capture per grid step, the first and the last, then halving between neighbours whose texts differ until they
    /// are adjacent captures or at most `resolution_seconds` apart; more where a page flips back and forth.
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

/// Captures of an interval that are tried when the ones nearest to its middle give no text. Princeton-Leuven's rule
/// tries up to 200; here each try is a request, and what a whole step shows is mostly shown by one of three.
const TRIES_PER_INTERVAL: usize = 3;

/// Indices of the captures to look at now, ascending; empty when nothing is left to ask.
///
/// `sightings` are the captures of one policy in order of time. Never names a capture that is known already, nor two
/// with one payload: the caller fills in the answer for all captures of a payload before it asks again. Calling it again
/// with the answers filled in always comes to an end, since every call asks for at least one new capture. Time and
/// memory grow with the number of sightings and no faster.
///
/// # Examples
/// ```
/// use policytrail::model::TextHash;
/// use policytrail::sample::{Known, Sighting, Strategy, next};
/// let at = |t: &str, known| Sighting { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, known };
/// let text = Known::Text(TextHash::of_normalised("words"));
/// let captures = [at("20120401000000", text), at("20120402000000", Known::Nothing)];
/// assert_eq!(next(Strategy::All, &captures), [1]);
/// ```
#[must_use]
pub fn next(strategy: Strategy, sightings: &[Sighting]) -> Vec<usize> {
    next_within(strategy, sightings, Budget::UNBOUNDED)
}

/// As [`next`], but never more captures than the budget has left; [`shortfall`] says what that leaves open.
///
/// The first and last capture and the grid come first, spread evenly over time where the budget does not reach. Where it
/// does not reach for pinning every change, the largest changes (by [`Sighting::words`], then by time) are pinned one
/// after the other rather than all of them a little.
///
/// # Examples
/// ```
/// use policytrail::sample::{Budget, Known, Sighting, Strategy, next_within};
/// let at = |t: &str| Sighting { timestamp: t.parse().unwrap(), payload: None, length: None, words: None, known: Known::Nothing };
/// let captures = [at("20120401000000"), at("20120402000000"), at("20120403000000")];
/// let mut budget = Budget::of(2);
/// let wanted = next_within(Strategy::All, &captures, budget);
/// budget.spend(wanted.len());
/// assert_eq!(wanted.len(), 2);
/// assert!(next_within(Strategy::All, &captures, budget).is_empty());
/// ```
#[must_use]
pub fn next_within(strategy: Strategy, sightings: &[Sighting], budget: Budget) -> Vec<usize> {
    let left = budget.left().unwrap_or(usize::MAX);
    if left == 0 {
        return Vec::new();
    }
    let mut wanted = match strategy {
        Strategy::All => evenly(
            (0..sightings.len())
                .filter(|&i| is_open(&sightings[i]))
                .collect(),
            left,
        ),
        Strategy::Interval { grid } => evenly(grid_choice(grid, sightings), left),
        Strategy::EveryChange {
            grid,
            resolution_seconds,
        } => every_change::next(grid, resolution_seconds, sightings, left),
    };
    let (mut payloads, mut places) = (HashSet::new(), HashSet::new());
    wanted.retain(|&i| {
        places.insert(i)
            && sightings[i]
                .payload
                .as_deref()
                .is_none_or(|p| payloads.insert(p))
    });
    wanted.truncate(left);
    wanted.sort_unstable();
    wanted
}

fn is_open(sighting: &Sighting) -> bool {
    sighting.known == Known::Nothing
}

/// As many of the captures as can be had, spread over all of them.
fn evenly(wanted: Vec<usize>, left: usize) -> Vec<usize> {
    if wanted.len() <= left {
        return wanted;
    }
    // The middles of `left` equal parts.
    let parts = (0..left).map(|i| (2 * i + 1).saturating_mul(wanted.len()) / (2 * left));
    parts.filter_map(|i| wanted.get(i).copied()).collect()
}

/// For each grid step without a text: its unknown capture nearest to the middle, within the number of tries.
fn grid_choice(grid: Grid, sightings: &[Sighting]) -> Vec<usize> {
    choice_of_steps(grid, sightings, &|_| true, &|_| true)
}

/// The same for the steps and captures that are wanted.
fn choice_of_steps(
    grid: Grid,
    sightings: &[Sighting],
    step_wanted: &dyn Fn(i32) -> bool,
    capture_wanted: &dyn Fn(usize) -> bool,
) -> Vec<usize> {
    let mut wanted = Vec::new();
    let mut start = 0;
    let same_step =
        |a: &Sighting, b: &Sighting| grid.step_of(a.timestamp) == grid.step_of(b.timestamp);
    for members in sightings.chunk_by(same_step) {
        let has_text = members.iter().any(|s| matches!(s.known, Known::Text(_)));
        let failed = members.iter().filter(|s| s.known.is_failure()).count();
        if let Some(first) = members
            .first()
            .filter(|_| !has_text && failed < TRIES_PER_INTERVAL)
        {
            let step = grid.step_of(first.timestamp);
            if step_wanted(step) {
                let middle = grid.middle_of(step);
                wanted.extend(nearest_open(middle, start, members, capture_wanted));
            }
        }
        start += members.len();
    }
    wanted
}

/// The unread capture nearest to a moment that is wanted, the earlier on a tie; `members` begin at the place `start`.
fn nearest_open(
    moment: Timestamp,
    start: usize,
    members: &[Sighting],
    wanted: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    let after = members.partition_point(|s| s.timestamp < moment);
    let open = |&i: &usize| members.get(i).is_some_and(is_open) && wanted(start + i);
    let candidates = [
        (0..after).rev().find(open),
        (after..members.len()).find(open),
    ];
    candidates
        .into_iter()
        .flatten()
        .min_by_key(|&i| (members[i].timestamp.distance_seconds(moment), i))
        .map(|i| start + i)
}

#[cfg(test)]
mod tests;
