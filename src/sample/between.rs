//! The unread capture between two read ones that narrows a change most.

use super::length_evidence::{LengthEvidence, length_evidence};
use super::read_captures::{ReadCapture, ReadCaptures};
use super::weekdays::weighted;

/// The unread capture that best halves the [weighted] time between two read captures. If captures between them have no
/// text, it halves the widest part between those, because captures without text are often next to each other.
pub(super) fn middle(
    reads: &ReadCaptures<'_>,
    left: ReadCapture,
    right: ReadCapture,
) -> Option<usize> {
    if reads.failures(left, right) == 0 {
        return match length_evidence(reads, left, right) {
            LengthEvidence::Within(from, to) if reads.lengths_are_reliable() => {
                middle_of_unread(reads, from, to)
            }
            _ => middle_of_unread(reads, left.place, right.place),
        };
    }
    let known = (left.place..=right.place).filter(|&i| !reads.captures[i].is_unread());
    let known: Vec<usize> = known.collect();
    let parts = known.windows(2).filter_map(|part| {
        if let [from, to] = part {
            Some((*from, *to))
        } else {
            None
        }
    });
    let promising: Vec<usize> = reads.promising(left, right).collect();
    let within = |from: usize, to: usize| {
        let (start, end) = (
            promising.partition_point(|&i| i <= from),
            promising.partition_point(|&i| i < to),
        );
        promising.get(start..end).unwrap_or_default()
    };
    let unread_parts = parts.filter(|&(from, to)| !within(from, to).is_empty());
    let (from, to) =
        unread_parts.max_by_key(|&(from, to)| (reads.apart(from, to), std::cmp::Reverse(from)))?;
    middle_among(reads, from, to, within(from, to).iter().copied())
}

/// The unread capture that halves the time between two places.
///
/// Only the ends of strides of one resolution are considered. A cut anywhere else leaves a piece that is a little wider
/// than the resolution and costs one more request. (On the pages of Open Terms Archive, captured every few hours, this
/// saves one request in forty.)
fn middle_of_unread(reads: &ReadCaptures<'_>, left: usize, right: usize) -> Option<usize> {
    middle_among(reads, left, right, reads.unread(left, right))
}

fn middle_among(
    reads: &ReadCaptures<'_>,
    left: usize,
    right: usize,
    unread: impl Iterator<Item = usize>,
) -> Option<usize> {
    let (start, end) = (reads.seconds(left), reads.seconds(right));
    let middle = weighted(start).midpoint(weighted(end));
    let is_further = |from: i64, to: i64| from.abs_diff(to) > reads.resolution_seconds;
    let mut best: Option<(u64, usize)> = None;
    let mut consider = |(at, place): (i64, usize)| {
        let off_middle = weighted(at).abs_diff(middle);
        if best.is_none_or(|(least, _)| off_middle < least) {
            best = Some((off_middle, place));
        }
    };
    let (mut from, mut last, mut ends) = (start, None, 0_usize);
    for place in unread {
        let at = reads.seconds(place);
        if is_further(from, at)
            && let Some(reached) = last.take()
        {
            consider(reached);
            (from, ends) = (reached.0, ends.saturating_add(1));
        }
        if is_further(from, at) {
            consider((at, place));
            (from, ends) = (at, ends.saturating_add(1));
        } else {
            last = Some((at, place));
        }
    }
    // The rest is within one stride of the last end; it counts only if the right capture is not.
    if let Some(reached) = last.filter(|_| is_further(from, end) || ends == 0) {
        consider(reached);
    }
    best.map(|(_, place)| place)
}

/// The unread capture furthest to the right of a read one within `reach` seconds, before the next read one; if there is
/// none, the first.
pub(super) fn stride_right(
    reads: &ReadCaptures<'_>,
    from: ReadCapture,
    until: ReadCapture,
    reach: u64,
) -> Option<usize> {
    stride(reads, from, reach, reads.unread(from.place, until.place))
}

/// The unread capture furthest to the left of a read one within `reach` seconds, after the previous read one; if there
/// is none, the first.
pub(super) fn stride_left(
    reads: &ReadCaptures<'_>,
    until: ReadCapture,
    from: ReadCapture,
    reach: u64,
) -> Option<usize> {
    let unread = reads.unread(until.place, from.place).rev();
    stride(reads, from, reach, unread)
}

fn stride(
    reads: &ReadCaptures<'_>,
    from: ReadCapture,
    reach: u64,
    mut outward: impl Iterator<Item = usize>,
) -> Option<usize> {
    let first = outward.next()?;
    let within = |&place: &usize| reads.apart(from.place, place) <= reach;
    Some(outward.take_while(within).last().unwrap_or(first))
}
