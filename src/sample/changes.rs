//! Neighbouring looks with different texts: how far apart they are, and which to halve when not all can be.

use super::lengths::Sign;
use super::looks::{Look, Looks};

/// Two neighbouring looks that differ, further apart than the resolution, with unread captures between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenChange {
    left: Look,
    right: Look,
    /// Seconds between the two.
    pub(super) seconds: u64,
    /// Words by which the two texts differ in length; 0 where the caller gives no counts.
    size: u32,
    /// The one look of the two that stands alone between looks with the other's text.
    flip: Option<Flip>,
}

/// A text between two sights of another is mostly short: its ends are sought outward from it, in strides that double,
/// which costs two or three looks where halving the way to its neighbours costs six.
#[derive(Debug, Clone, Copy)]
enum Flip {
    /// The left look shows it, for at least so many seconds.
    Left(u64),
    /// The right look.
    Right(u64),
}

/// The changes that are not pinned yet, in order of time.
pub(super) fn open_changes(looks: &Looks<'_>) -> Vec<OpenChange> {
    let runs: Vec<&[Look]> = looks.texts.chunk_by(|a, b| a.text == b.text).collect();
    let text = |run: usize| runs.get(run).and_then(|r| r.first()).map(|look| look.text);
    let seconds = |run: &[Look]| match run {
        [first, .., last] => looks.apart(first.place, last.place),
        _ => 0,
    };
    let mut open = Vec::new();
    for (n, pair) in runs.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        let (Some(left), Some(right)) = (before.last(), after.first()) else {
            continue;
        };
        if !looks.is_wide(*left, *right) {
            continue;
        }
        let flip = if text(n + 2) == Some(left.text) {
            Some(Flip::Right(seconds(after)))
        } else if n > 0 && text(n - 1) == Some(right.text) {
            Some(Flip::Left(seconds(before)))
        } else {
            None
        };
        open.push(OpenChange {
            left: *left,
            right: *right,
            seconds: looks.apart(left.place, right.place),
            size: left
                .words
                .zip(right.words)
                .map_or(0, |(old, new)| old.abs_diff(new)),
            flip,
        });
    }
    open
}

/// The capture that tells most about where a change lies.
fn cut(looks: &Looks<'_>, change: &OpenChange) -> Option<usize> {
    let (left, right) = (change.left, change.right);
    let near = |lasted: u64| {
        Some(lasted.max(looks.resolution_seconds)).filter(|reach| 2 * reach < change.seconds)
    };
    match change.flip {
        Some(Flip::Left(lasted)) => {
            near(lasted).and_then(|reach| looks.stride_right(left, right, reach))
        }
        Some(Flip::Right(lasted)) => {
            near(lasted).and_then(|reach| looks.stride_left(left, right, reach))
        }
        None => None,
    }
    .or_else(|| looks.halving(left, right))
}

/// The captures on both sides of each jump in length that marks a change, of the largest changes as far as `left` reaches.
pub(super) fn jumps(looks: &Looks<'_>, left: usize) -> Vec<usize> {
    if !looks.lengths_tell() {
        return Vec::new();
    }
    let mut open = open_changes(looks);
    open.sort_by_key(|c| (std::cmp::Reverse((c.size, c.seconds)), c.left.place));
    let marked = open
        .iter()
        .filter_map(|c| match looks.sign(c.left, c.right) {
            Sign::Jump(places) => Some(places),
            Sign::Within(..) | Sign::None => None,
        });
    let mut wanted: Vec<usize> = marked.flatten().collect();
    wanted.truncate(left);
    wanted
}

/// One capture between each pair; where `left` looks will not pin all, only of the largest changes that they will pin.
///
/// Halving all of them a little would leave every window half as wide and none narrow. The largest is always among them.
pub(super) fn halvings(looks: &Looks<'_>, mut open: Vec<OpenChange>, left: usize) -> Vec<usize> {
    let costs = |change: &OpenChange| looks_to_pin(change, looks.resolution_seconds);
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
    open.iter().filter_map(|c| cut(looks, c)).collect()
}

/// Looks that pin a change down: one for each halving and one because captures do not lie where a halving wants them.
fn looks_to_pin(change: &OpenChange, resolution_seconds: u64) -> usize {
    let captures = change
        .right
        .place
        .saturating_sub(change.left.place)
        .saturating_sub(1);
    let strides = change.seconds.div_ceil(resolution_seconds.max(1)).max(1);
    let halvings = strides.next_power_of_two().ilog2().saturating_add(1);
    captures.min(usize::try_from(halvings).unwrap_or(usize::MAX))
}
