//! Neighbouring read captures with different texts: how far apart they are, and which of them to separate when the
//! budget is too small for all.

use super::between::{middle, stride_left, stride_right};
use super::length_evidence::{LengthEvidence, length_evidence};
use super::read_captures::{ReadCapture, ReadCaptures};

/// Two neighbouring read captures with different texts, further apart than the resolution, with unread captures between.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenChange {
    left: ReadCapture,
    right: ReadCapture,
    /// Seconds between the two.
    pub(super) seconds: u64,
    /// Words by which the two texts differ in length; 0 if the caller gives no counts.
    size: u32,
    /// The side with a short-lived text, if there is one.
    short_lived: Option<ShortLived>,
}

/// A text with another text on both sides of it is usually short-lived. Its ends are sought outward from it, in strides
/// that double. This costs two or three requests; halving the time to its neighbours would cost six.
#[derive(Debug, Clone, Copy)]
enum ShortLived {
    /// The left capture shows it, for at least this many seconds.
    Left(u64),
    /// The right capture shows it.
    Right(u64),
}

/// The changes that are not pinned down yet, in order of time.
pub(super) fn open_changes(reads: &ReadCaptures<'_>) -> Vec<OpenChange> {
    let runs: Vec<&[ReadCapture]> = reads.texts.chunk_by(|a, b| a.text == b.text).collect();
    let text = |run: usize| runs.get(run).and_then(|r| r.first()).map(|read| read.text);
    let seconds = |run: &[ReadCapture]| match run {
        [first, .., last] => reads.apart(first.place, last.place),
        _ => 0,
    };
    let mut open = Vec::new();
    for (n, pair) in runs.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let (Some(left), Some(right)) = (before.last(), after.first()) else {
            continue;
        };
        if !reads.is_wide(*left, *right) {
            continue;
        }
        let short_lived = if text(n + 2) == Some(left.text) {
            Some(ShortLived::Right(seconds(after)))
        } else if n > 0 && text(n - 1) == Some(right.text) {
            Some(ShortLived::Left(seconds(before)))
        } else {
            None
        };
        open.push(OpenChange {
            left: *left,
            right: *right,
            seconds: reads.apart(left.place, right.place),
            size: left
                .words
                .zip(right.words)
                .map_or(0, |(old, new)| old.abs_diff(new)),
            short_lived,
        });
    }
    open
}

/// The capture that narrows a change most.
fn capture_within(reads: &ReadCaptures<'_>, change: &OpenChange) -> Option<usize> {
    let (left, right) = (change.left, change.right);
    let near = |lasted: u64| {
        Some(lasted.max(reads.resolution_seconds)).filter(|reach| 2 * reach < change.seconds)
    };
    match change.short_lived {
        Some(ShortLived::Left(lasted)) => {
            near(lasted).and_then(|reach| stride_right(reads, left, right, reach))
        }
        Some(ShortLived::Right(lasted)) => {
            near(lasted).and_then(|reach| stride_left(reads, left, right, reach))
        }
        None => None,
    }
    .or_else(|| middle(reads, left, right))
}

/// The captures on both sides of each jump in length that marks a change; of the largest changes, at most `left`.
pub(super) fn jumps(reads: &ReadCaptures<'_>, left: usize) -> Vec<usize> {
    if !reads.lengths_are_reliable() {
        return Vec::new();
    }
    let mut open = open_changes(reads);
    open.sort_by_key(|c| (std::cmp::Reverse((c.size, c.seconds)), c.left.place));
    let marked = open
        .iter()
        .filter_map(|c| match length_evidence(reads, c.left, c.right) {
            LengthEvidence::Jump(places) => Some(places),
            LengthEvidence::Within(..) | LengthEvidence::None => None,
        });
    let mut wanted: Vec<usize> = marked.flatten().collect();
    wanted.truncate(left);
    wanted
}

/// One capture within each change. If `left` requests are too few to pin all changes down, only one within each of the
/// largest changes for which they suffice.
///
/// Halving each of them once would leave every window half as wide and none narrow. The largest change is always
/// included.
pub(super) fn halvings(
    reads: &ReadCaptures<'_>,
    mut open: Vec<OpenChange>,
    left: usize,
) -> Vec<usize> {
    let costs = |change: &OpenChange| requests_to_pin_down(change, reads.resolution_seconds);
    if open.iter().map(costs).fold(0, usize::saturating_add) > left {
        open.sort_by_key(|c| (std::cmp::Reverse((c.size, c.seconds)), c.left.place));
        let mut spent = 0_usize;
        let affordable = open.iter().take_while(|c| {
            spent = spent.saturating_add(costs(c));
            spent <= left
        });
        let affordable = affordable.count().max(1);
        open.truncate(affordable);
    }
    open.iter()
        .filter_map(|c| capture_within(reads, c))
        .collect()
}

/// Requests that pin a change down: one for each halving, and one because captures are not exactly in the middles.
fn requests_to_pin_down(change: &OpenChange, resolution_seconds: u64) -> usize {
    let captures = change
        .right
        .place
        .saturating_sub(change.left.place)
        .saturating_sub(1);
    let strides = change.seconds.div_ceil(resolution_seconds.max(1)).max(1);
    let halvings = strides.next_power_of_two().ilog2().saturating_add(1);
    captures.min(usize::try_from(halvings).unwrap_or(usize::MAX))
}
