//! The default strategy: ends and grid, halving between neighbours that differ, then alternation, outliers and checks.

use std::collections::HashSet;

use super::alternation;
use super::capture::{ReadState, SampleCapture};
use super::changes::{halvings, jumps, open_changes};
use super::choice::{TRIES_PER_INTERVAL, evenly, one_per_wanted_step};
use super::grid::Grid;
use super::length_evidence::{COARSE_STEPS, covered_by_neighbour};
use super::outliers::outliers;
use super::read_captures::ReadCaptures;

/// Captures to fetch now, the most informative first. Each stage begins when the previous one has nothing left to
/// fetch, because its results may make later requests unnecessary: coarse steps save fine steps, jumps save steps, grid
/// steps save halvings, and halvings save the search for returns.
pub(super) fn next(
    grid: Grid,
    resolution_seconds: u64,
    captures: &[SampleCapture],
    left: usize,
) -> Vec<usize> {
    let reads = ReadCaptures::new(captures, resolution_seconds);
    let covered = covered_by_neighbour(&reads, grid);
    let uncovered = |place: usize| !covered[place];
    let is_coarse = |step: i32| step.rem_euclid(COARSE_STEPS) == 0;
    let first: &dyn Fn(i32) -> bool = if captures.iter().any(|c| c.length.is_some()) {
        &is_coarse
    } else {
        &|_| true
    };
    let mut wanted: Vec<usize> = ends(captures).collect();
    wanted.truncate(left);
    let steps = one_per_wanted_step(grid, captures, first, &uncovered);
    wanted.extend(evenly(steps, left - wanted.len()));
    if !wanted.is_empty() {
        return wanted;
    }
    let all_steps = || one_per_wanted_step(grid, captures, &|_| true, &uncovered);
    let stages: [&dyn Fn() -> Vec<usize>; 6] = [
        &|| jumps(&reads, left),
        &|| evenly(all_steps(), left),
        &|| halvings(&reads, open_changes(&reads), left),
        &|| evenly(alternation::returns(&reads), left),
        &|| evenly(outliers(&reads), left),
        &|| alternation::check(&reads).into_iter().collect(),
    ];
    stages
        .iter()
        .map(|stage| stage())
        .find(|wanted| !wanted.is_empty())
        .unwrap_or_default()
}

/// Number of grid steps that still need a capture.
pub(super) fn open_steps(grid: Grid, reads: &ReadCaptures<'_>) -> usize {
    let covered = covered_by_neighbour(reads, grid);
    one_per_wanted_step(grid, reads.captures, &|_| true, &|place| !covered[place]).len()
}

/// The first and the last capture with a text: they give the dates of a policy's life.
fn ends(captures: &[SampleCapture]) -> impl Iterator<Item = usize> {
    let first = end(captures, 0..captures.len());
    let last = end(captures, (0..captures.len()).rev());
    [first, last].into_iter().flatten()
}

/// The unread capture at one end, unless one nearer to it shows a text, or a few payloads there had none. In that case
/// only the grid continues.
fn end(captures: &[SampleCapture], inward: impl Iterator<Item = usize>) -> Option<usize> {
    let mut failed = HashSet::new();
    for place in inward {
        let capture = captures.get(place)?;
        match capture.state {
            ReadState::Unread => return Some(place),
            ReadState::Text(_) => return None,
            ReadState::NoText | ReadState::Lost => {
                failed.insert(capture.payload.as_deref().ok_or(place));
                if failed.len() > TRIES_PER_INTERVAL {
                    return None;
                }
            }
        }
    }
    None
}
