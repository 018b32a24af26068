//! The default strategy: ends and grid, halving where neighbours differ, then where a page alternates, where
//! a record stands out, or where the page was hardly seen.

use std::collections::HashSet;

use super::changes::{halvings, jumps, open_changes};
use super::lengths::COARSE_STEPS;
use super::looks::Looks;
use super::outliers::outliers;
use super::{Grid, Known, Sighting, TRIES_PER_INTERVAL, alternation, choice_of_steps, evenly};

/// Captures to look at now, the most telling first. Each stage begins when the one before has nothing left to ask: a
/// coarse step may spare fine ones, a jump a step, a grid step may answer what halving would ask for, and halving what a
/// flip would.
pub(super) fn next(
    grid: Grid,
    resolution_seconds: u64,
    sightings: &[Sighting],
    left: usize,
) -> Vec<usize> {
    let looks = Looks::new(sightings, resolution_seconds);
    let spoken_for = looks.spoken_for(grid);
    let unsaid = |place: usize| !spoken_for[place];
    let is_coarse = |step: i32| step.rem_euclid(COARSE_STEPS) == 0;
    let first: &dyn Fn(i32) -> bool = if sightings.iter().any(|s| s.length.is_some()) {
        &is_coarse
    } else {
        &|_| true
    };
    let mut wanted: Vec<usize> = ends(sightings).collect();
    wanted.truncate(left);
    let steps = choice_of_steps(grid, sightings, first, &unsaid);
    wanted.extend(evenly(steps, left - wanted.len()));
    if !wanted.is_empty() {
        return wanted;
    }
    let stages: [&dyn Fn() -> Vec<usize>; 6] = [
        &|| jumps(&looks, left),
        &|| evenly(choice_of_steps(grid, sightings, &|_| true, &unsaid), left),
        &|| halvings(&looks, open_changes(&looks), left),
        &|| evenly(alternation::returns(&looks), left),
        &|| evenly(outliers(&looks), left),
        &|| alternation::check(&looks).into_iter().collect(),
    ];
    stages
        .iter()
        .map(|stage| stage())
        .find(|wanted| !wanted.is_empty())
        .unwrap_or_default()
}

/// Captures of grid steps that are to be looked at still.
pub(super) fn open_steps(grid: Grid, looks: &Looks<'_>) -> usize {
    let spoken_for = looks.spoken_for(grid);
    choice_of_steps(grid, looks.sightings, &|_| true, &|place| {
        !spoken_for[place]
    })
    .len()
}

/// The first and the last capture that show something: a policy's life is stated by them.
fn ends(sightings: &[Sighting]) -> impl Iterator<Item = usize> {
    let first = end(sightings, 0..sightings.len());
    let last = end(sightings, (0..sightings.len()).rev());
    [first, last].into_iter().flatten()
}

/// The unread capture at one end, unless one nearer to it shows a text, or a few payloads there gave none: then the
/// grid goes on alone.
fn end(sightings: &[Sighting], inward: impl Iterator<Item = usize>) -> Option<usize> {
    let mut failed = HashSet::new();
    for place in inward {
        let sighting = sightings.get(place)?;
        match sighting.known {
            Known::Nothing => return Some(place),
            Known::Text(_) => return None,
            Known::NoText | Known::Lost => {
                failed.insert(sighting.payload.as_deref().ok_or(place));
                if failed.len() > TRIES_PER_INTERVAL {
                    return None;
                }
            }
        }
    }
    None
}
