//! The default strategy: grid first, then halving where neighbours differ.

use super::{Grid, Known, Sighting, grid_choice, is_open, nearest};
use crate::model::{TextHash, Timestamp};

/// Captures to look at now: of every unmet grid step, both ends, and one between each pair of neighbours that differ.
pub(super) fn next(grid: Grid, resolution_seconds: u64, sightings: &[Sighting]) -> Vec<usize> {
    let mut wanted = grid_choice(grid, sightings);
    wanted.extend(ends(sightings));
    if wanted.is_empty() {
        // Halving before the grid is met would ask for captures that a grid step may answer.
        wanted = halvings(resolution_seconds, sightings);
    }
    wanted
}

/// The first and the last capture: a policy's life is stated by them.
fn ends(sightings: &[Sighting]) -> impl Iterator<Item = usize> {
    let last = sightings.len().checked_sub(1);
    [Some(0), last]
        .into_iter()
        .flatten()
        .filter(|&i| sightings.get(i).is_some_and(is_open))
}

fn halvings(resolution_seconds: u64, sightings: &[Sighting]) -> Vec<usize> {
    let texts: Vec<(usize, TextHash)> = sightings
        .iter()
        .enumerate()
        .filter_map(|(i, s)| match s.known {
            Known::Text(text) => Some((i, text)),
            _ => None,
        })
        .collect();
    texts
        .windows(2)
        .filter_map(|pair| {
            let [(left, old), (right, new)] = pair else {
                return None;
            };
            let (from, to) = (sightings[*left].timestamp, sightings[*right].timestamp);
            if old == new || from.distance_seconds(to) <= resolution_seconds {
                return None;
            }
            let middle =
                Timestamp::from_unix_seconds(from.unix_seconds().midpoint(to.unix_seconds()));
            nearest(middle, sightings, left + 1..*right)
        })
        .collect()
}
