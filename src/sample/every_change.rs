//! The default strategy: ends and grid, halving where neighbours differ, then where a page alternates or was hardly seen.

use super::changes::{halvings, open_changes};
use super::looks::Looks;
use super::{Grid, Sighting, alternation, evenly, grid_choice, is_open};

/// Captures to look at now, the most telling first. Each stage begins when the one before has nothing left to ask: a
/// grid step may answer what halving would ask for, and halving what a scan would.
pub(super) fn next(
    grid: Grid,
    resolution_seconds: u64,
    sightings: &[Sighting],
    left: usize,
) -> Vec<usize> {
    let mut wanted: Vec<usize> = ends(sightings).collect();
    wanted.truncate(left);
    wanted.extend(evenly(grid_choice(grid, sightings), left - wanted.len()));
    if !wanted.is_empty() {
        return wanted;
    }
    let looks = Looks::new(sightings, resolution_seconds);
    let stages: [&dyn Fn() -> Vec<usize>; 3] = [
        &|| halvings(&looks, open_changes(&looks), left),
        &|| evenly(alternation::scans(&looks), left),
        &|| alternation::checks(&looks),
    ];
    stages
        .iter()
        .map(|stage| stage())
        .find(|wanted| !wanted.is_empty())
        .unwrap_or_default()
}

/// The first and the last capture: a policy's life is stated by them.
fn ends(sightings: &[Sighting]) -> impl Iterator<Item = usize> {
    let last = sightings.len().checked_sub(1);
    [Some(0), last]
        .into_iter()
        .flatten()
        .filter(|&i| sightings.get(i).is_some_and(is_open))
}
