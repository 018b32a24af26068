//! Chooses captures by their times: one per grid step, or evenly spread.

use super::capture::{ReadState, SampleCapture};
use super::grid::Grid;
use crate::model::Timestamp;

/// Number of captures of an interval that are tried when those nearest to its middle have no text. Princeton-Leuven's
/// rule tries up to 200; here each try is a request, and a text that fills a whole step is usually shown by one of
/// three.
pub(super) const TRIES_PER_INTERVAL: usize = 3;

/// At most `left` of the wanted captures, spread over all of them.
pub(super) fn evenly(wanted: Vec<usize>, left: usize) -> Vec<usize> {
    if wanted.len() <= left {
        return wanted;
    }
    // The middles of `left` equal parts.
    let parts = (0..left).map(|i| (2 * i + 1).saturating_mul(wanted.len()) / (2 * left));
    parts.filter_map(|i| wanted.get(i).copied()).collect()
}

/// The unread capture nearest to the middle of each grid step without a text, within the number of tries.
pub(super) fn one_per_step(grid: Grid, captures: &[SampleCapture]) -> Vec<usize> {
    one_per_wanted_step(grid, captures, &|_| true, &|_| true)
}

/// Does the same for the wanted steps and captures.
pub(super) fn one_per_wanted_step(
    grid: Grid,
    captures: &[SampleCapture],
    step_wanted: &dyn Fn(i32) -> bool,
    capture_wanted: &dyn Fn(usize) -> bool,
) -> Vec<usize> {
    let mut wanted = Vec::new();
    let mut start = 0;
    let same_step = |a: &SampleCapture, b: &SampleCapture| {
        grid.step_of(a.timestamp) == grid.step_of(b.timestamp)
    };
    for members in captures.chunk_by(same_step) {
        let has_text = members
            .iter()
            .any(|c| matches!(c.state, ReadState::Text(_)));
        let failed = members.iter().filter(|c| c.state.is_failure()).count();
        if let Some(first) = members
            .first()
            .filter(|_| !has_text && failed < TRIES_PER_INTERVAL)
        {
            let step = grid.step_of(first.timestamp);
            if step_wanted(step) {
                let middle = grid.middle_of(step);
                wanted.extend(nearest_unread(middle, start, members, capture_wanted));
            }
        }
        start += members.len();
    }
    wanted
}

/// The wanted unread capture nearest to a moment, the earlier one on a tie; `start` is the index of the first of `members`.
fn nearest_unread(
    moment: Timestamp,
    start: usize,
    members: &[SampleCapture],
    wanted: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    let after = members.partition_point(|c| c.timestamp < moment);
    let open =
        |&i: &usize| members.get(i).is_some_and(SampleCapture::is_unread) && wanted(start + i);
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
