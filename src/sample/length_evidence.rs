//! What the lengths of archived records show about unread captures: where a page seems unchanged, and where the length
//! jumps.

use super::capture::ReadState;
use super::grid::Grid;
use super::read_captures::{ReadCapture, ReadCaptures};

/// A read capture covers captures at most this many grid steps away. So every fourth step is fetched in any case.
pub(super) const COARSE_STEPS: i32 = 4;

/// What the lengths show about the change between two read captures.
pub(super) enum LengthEvidence {
    /// The captures between are first all like the left one, then all like the right one. These two are the last of the
    /// former and the first of the latter.
    Jump(Vec<usize>),
    /// The change is between these two places.
    Within(usize, usize),
    /// The lengths show nothing.
    None,
}

/// For each capture, whether it is covered by its nearest read neighbour before or after it: one that is near enough and
/// has a record of the same length.
pub(super) fn covered_by_neighbour(reads: &ReadCaptures<'_>, grid: Grid) -> Vec<bool> {
    let mut covered = vec![false; reads.captures.len()];
    if !reads.lengths_are_reliable() || reads.payloads_recur() {
        return covered;
    }
    let step = |place: usize| grid.step_of(reads.captures[place].timestamp);
    let mut pass = |places: &mut dyn Iterator<Item = usize>| {
        let mut last: Option<(ReadState, Option<u64>, i32)> = None;
        for place in places {
            let capture = &reads.captures[place];
            if capture.is_unread() {
                covered[place] |= last.is_some_and(|(_, length, at)| {
                    reads.alike(length, capture.length)
                        && at.abs_diff(step(place)) <= COARSE_STEPS.unsigned_abs()
                });
                continue;
            }
            if capture.state == ReadState::Lost {
                continue;
            }
            let before = last.filter(|(state, _, _)| *state == capture.state);
            let length = capture.length.or(before.and_then(|(_, length, _)| length));
            last = Some((capture.state, length, step(place)));
        }
    };
    pass(&mut (0..reads.captures.len()));
    pass(&mut (0..reads.captures.len()).rev());
    covered
}

/// What the lengths show about the change between two read captures.
pub(super) fn length_evidence(
    reads: &ReadCaptures<'_>,
    left: ReadCapture,
    right: ReadCapture,
) -> LengthEvidence {
    let Some((before, after)) = reads.length(left).zip(reads.length(right)) else {
        return LengthEvidence::None;
    };
    if !reads.differ(before, after) {
        return LengthEvidence::None;
    }
    let gap = before.abs_diff(after);
    let unread: Vec<usize> = reads.unread(left.place, right.place).collect();
    // Nearer to one length than to the other, and not far beyond it.
    let like = |place: &&usize, one: u64| {
        reads.captures[**place]
            .length
            .is_some_and(|length| 2 * length.abs_diff(one) < gap)
    };
    let old = unread.iter().take_while(|p| like(p, before)).count();
    let new = unread.iter().rev().take_while(|p| like(p, after)).count();
    let last_old = old.checked_sub(1).and_then(|i| unread.get(i)).copied();
    let first_new = unread.get(unread.len() - new).copied();
    if old + new == unread.len() {
        return LengthEvidence::Jump([last_old, first_new].into_iter().flatten().collect());
    }
    if old + new == 0 {
        return LengthEvidence::None;
    }
    LengthEvidence::Within(
        last_old.unwrap_or(left.place),
        first_new.unwrap_or(right.place),
    )
}
