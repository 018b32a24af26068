//! The default strategy: ends and grid, halving where neighbours differ, then where a page alternates or was hardly seen.

use super::changes::{halvings, jumps, open_changes};
use super::lengths::COARSE_STEPS;
use super::looks::Looks;
use super::{Grid, Known, Sighting, TRIES_PER_INTERVAL, alternation, choice_of_steps, evenly, is_open};

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
    let stages: [&dyn Fn() -> Vec<usize>; 5] = [
        &|| jumps(&looks, left),
        &|| {
            evenly(
                choice_of_steps(grid, sightings, &|_| true, &unsaid),
                left,
            )
        },
        &|| halvings(&looks, open_changes(&looks), left),
        &|| evenly(alternation::returns(&looks), left),
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
    choice_of_steps(grid, looks.sightings, &|_| true, &|place| !spoken_for[place]).len()
}

/// The first and the last capture that show something: a policy's life is stated by them. Beyond a few that give no text
/// the grid goes on alone.
fn ends(sightings: &[Sighting]) -> impl Iterator<Item = usize> {
    let is_page = |&i: &usize| sightings.get(i).is_some_and(|s| s.known != Known::NoText);
    let first = (0..sightings.len()).take(TRIES_PER_INTERVAL + 1).find(is_page);
    let last = (0..sightings.len()).rev().take(TRIES_PER_INTERVAL + 1).find(is_page);
    [first, last]
        .into_iter()
        .flatten()
        .filter(|&i| sightings.get(i).is_some_and(is_open))
}
