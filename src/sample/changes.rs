//! Neighbouring looks with different texts: how far apart they are, and which to halve when not all can be.

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
}

/// The changes that are not pinned yet, in order of time.
pub(super) fn open_changes(looks: &Looks<'_>) -> Vec<OpenChange> {
    let pairs = looks.texts.windows(2).filter_map(|pair| {
        if let [left, right] = pair {
            Some((*left, *right))
        } else {
            None
        }
    });
    pairs
        .filter(|(left, right)| left.text != right.text && looks.is_wide(*left, *right))
        .map(|(left, right)| OpenChange {
            left,
            right,
            seconds: looks.apart(left.place, right.place),
            size: left
                .words
                .zip(right.words)
                .map_or(0, |(old, new)| old.abs_diff(new)),
        })
        .collect()
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
    open.iter()
        .filter_map(|c| looks.halving(c.left, c.right))
        .collect()
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
