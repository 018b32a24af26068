//! Which captures to look at next, given what is known of the others. Pure: the crawl asks, fetches, and asks again.
//!
//! Popular pages have thousands of captures with different bytes and the same words. [`Strategy::EveryChange`] looks at
//! one capture per grid step and then halves between neighbours whose texts differ, so that it finds every change that
//! lasts a grid step, and nearly all others, for a few requests each.

mod every_change;
mod grid;

use std::collections::HashSet;

pub use grid::Grid;

use crate::model::{TextHash, Timestamp};

/// What is known of one capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Not looked at yet.
    Nothing,
    /// It showed this text.
    Text(TextHash),
    /// It was looked at and gives no text (dropped); it will not be asked for again.
    NoText,
}

/// A capture as the sampler sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// When it was captured.
    pub timestamp: Timestamp,
    /// Digest of its payload, where it identifies one: one digest is asked for once.
    pub payload: Option<String>,
    /// What is known of it.
    pub known: Known,
}

/// How captures are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// One capture per grid step, the first and the last, then halving between neighbours whose texts differ until they
    /// are adjacent captures or at most `resolution_seconds` apart.
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
/// tries up to 200; here each try is a request, and a third failure in one half-year has never been followed by a page.
const TRIES_PER_INTERVAL: usize = 3;

/// Indices of the captures to look at now; empty when nothing is left to ask.
///
/// `sightings` are the captures of one policy in order of time. Never names a capture that is known already, nor two
/// with one payload. Calling it again with the answers filled in always comes to an end, since every call asks for at
/// least one new capture.
///
/// # Examples
/// ```
/// use policytrail::model::TextHash;
/// use policytrail::sample::{Known, Sighting, Strategy, next};
/// let at = |t: &str, known| Sighting { timestamp: t.parse().unwrap(), payload: None, known };
/// let text = Known::Text(TextHash::of_normalised("words"));
/// let captures = [at("20120401000000", text), at("20120402000000", Known::Nothing)];
/// assert_eq!(next(Strategy::All, &captures), [1]);
/// ```
#[must_use]
pub fn next(strategy: Strategy, sightings: &[Sighting]) -> Vec<usize> {
    let mut wanted = match strategy {
        Strategy::All => (0..sightings.len())
            .filter(|&i| is_open(&sightings[i]))
            .collect(),
        Strategy::Interval { grid } => grid_choice(grid, sightings),
        Strategy::EveryChange {
            grid,
            resolution_seconds,
        } => every_change::next(grid, resolution_seconds, sightings),
    };
    wanted.sort_unstable();
    let mut payloads = HashSet::new();
    wanted.retain(|&i| {
        sightings[i]
            .payload
            .as_deref()
            .is_none_or(|p| payloads.insert(p))
    });
    wanted.dedup();
    wanted
}

fn is_open(sighting: &Sighting) -> bool {
    sighting.known == Known::Nothing
}

/// For each grid step without a text: its unknown capture nearest to the middle, within the number of tries.
fn grid_choice(grid: Grid, sightings: &[Sighting]) -> Vec<usize> {
    let mut wanted = Vec::new();
    let mut start = 0;
    while start < sightings.len() {
        let step = grid.step_of(sightings[start].timestamp);
        let length = sightings[start..]
            .iter()
            .take_while(|s| grid.step_of(s.timestamp) == step)
            .count();
        let members = start..start + length;
        let has_text = sightings[members.clone()]
            .iter()
            .any(|s| matches!(s.known, Known::Text(_)));
        let failed = sightings[members.clone()]
            .iter()
            .filter(|s| s.known == Known::NoText)
            .count();
        if !has_text && failed < TRIES_PER_INTERVAL {
            let middle = grid.middle_of(step);
            wanted.extend(nearest(middle, sightings, members));
        }
        start += length;
    }
    wanted
}

/// The unknown capture nearest to a moment among some, the earlier on a tie.
fn nearest(
    moment: Timestamp,
    sightings: &[Sighting],
    among: std::ops::Range<usize>,
) -> Option<usize> {
    among
        .filter(|&i| is_open(&sightings[i]))
        .min_by_key(|&i| (sightings[i].timestamp.distance_seconds(moment), i))
}

#[cfg(test)]
mod tests;
