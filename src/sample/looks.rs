//! The captures of a policy with what was read of them, laid out once for every question of one answer.

use super::lengths::{Sign, tolerance};
use super::weekdays::weighted;
use super::{Known, Sighting};
use crate::model::TextHash;

/// Captures between two looks that may give no text before the sampler gives up on the stretch: it is a time of errors,
/// and each further one would cost a request and tell the same. They are spread over the stretch.
const MOST_FAILURES: usize = 8;

/// A capture whose text is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Place among the sightings.
    pub(super) place: usize,
    pub(super) text: TextHash,
    /// Words of the text, where the caller says so.
    pub(super) words: Option<u32>,
}

/// All captures of one policy, in order of time.
pub(super) struct Looks<'a> {
    pub(super) sightings: &'a [Sighting],
    /// For each sighting, how many before it gave no text.
    failures_before: Vec<usize>,
    pub(super) texts: Vec<Look>,
    /// Neighbours at most this far apart are not separated further.
    pub(super) resolution_seconds: u64,
    /// Records whose lengths differ by no more are taken for one text on one lay-out.
    pub(super) tolerance_bytes: u64,
}

impl<'a> Looks<'a> {
    pub(super) fn new(sightings: &'a [Sighting], resolution_seconds: u64) -> Self {
        let looks = sightings
            .iter()
            .enumerate()
            .filter_map(|(place, s)| match s.known {
                Known::Text(text) => Some(Look {
                    place,
                    text,
                    words: s.words,
                }),
                Known::Nothing | Known::NoText | Known::Lost => None,
            });
        let failures_before = sightings.iter().scan(0, |failures, s| {
            let before = *failures;
            *failures += usize::from(s.known.is_failure());
            Some(before)
        });
        Self {
            sightings,
            failures_before: failures_before.collect(),
            texts: looks.collect(),
            resolution_seconds,
            tolerance_bytes: tolerance(sightings),
        }
    }

    /// Seconds between two sightings. Turning a date into seconds is what takes the time of an answer: ask last.
    pub(super) fn apart(&self, left: usize, right: usize) -> u64 {
        self.seconds(left).abs_diff(self.seconds(right))
    }

    fn seconds(&self, place: usize) -> i64 {
        self.sightings[place].timestamp.unix_seconds()
    }

    /// Captures of which it is known what they give, be it nothing.
    pub(super) fn known(&self) -> usize {
        let failures = self
            .sightings
            .iter()
            .filter(|s| s.known.is_failure())
            .count();
        self.texts.len() + failures
    }

    /// True where neighbouring looks are further apart than the resolution and it is worth asking for a capture between.
    pub(super) fn is_wide(&self, left: Look, right: Look) -> bool {
        self.failures(left, right) < MOST_FAILURES
            && self.has_unread(left, right)
            && self.apart(left.place, right.place) > self.resolution_seconds
    }

    fn has_unread(&self, left: Look, right: Look) -> bool {
        if self.failures(left, right) == 0 {
            self.unread(left.place, right.place).next().is_some()
        } else {
            self.promising(left, right).next().is_some()
        }
    }

    /// Captures between two looks that gave no text.
    fn failures(&self, left: Look, right: Look) -> usize {
        self.failures_before[right.place].saturating_sub(self.failures_before[left.place])
    }

    /// The unread captures between two places.
    pub(super) fn unread(
        &self,
        left: usize,
        right: usize,
    ) -> impl DoubleEndedIterator<Item = usize> {
        (left.saturating_add(1)..right).filter(|&i| self.sightings[i].known == Known::Nothing)
    }

    /// The unread capture that best halves the [weighted] time between two looks, or the widest part of it between captures that
    /// gave no text: beside one of those there are often others.
    pub(super) fn halving(&self, left: Look, right: Look) -> Option<usize> {
        if self.failures(left, right) == 0 {
            return match self.sign(left, right) {
                Sign::Within(from, to) if self.lengths_tell() => self.halving_of(from, to),
                _ => self.halving_of(left.place, right.place),
            };
        }
        let known =
            (left.place..=right.place).filter(|&i| self.sightings[i].known != Known::Nothing);
        let known: Vec<usize> = known.collect();
        let parts = known.windows(2).filter_map(|part| {
            if let [from, to] = part {
                Some((*from, *to))
            } else {
                None
            }
        });
        let promising: Vec<usize> = self.promising(left, right).collect();
        let within = |from: usize, to: usize| {
            let (start, end) = (
                promising.partition_point(|&i| i <= from),
                promising.partition_point(|&i| i < to),
            );
            promising.get(start..end).unwrap_or_default()
        };
        let unread_parts = parts.filter(|&(from, to)| !within(from, to).is_empty());
        let (from, to) = unread_parts
            .max_by_key(|&(from, to)| (self.apart(from, to), std::cmp::Reverse(from)))?;
        self.halving_among(from, to, within(from, to).iter().copied())
    }

    /// Only the ends of strides of one resolution are considered: cuts anywhere else leave a piece that is a little
    /// wider than the resolution and costs a look more. (On the pages of Open Terms Archive, captured every few hours,
    /// this saves one look in forty.)
    fn halving_of(&self, left: usize, right: usize) -> Option<usize> {
        self.halving_among(left, right, self.unread(left, right))
    }

    fn halving_among(
        &self,
        left: usize,
        right: usize,
        unread: impl Iterator<Item = usize>,
    ) -> Option<usize> {
        let (start, end) = (self.seconds(left), self.seconds(right));
        let middle = weighted(start).midpoint(weighted(end));
        let is_further = |from: i64, to: i64| from.abs_diff(to) > self.resolution_seconds;
        let mut best: Option<(u64, usize)> = None;
        let mut consider = |(at, place): (i64, usize)| {
            let off_middle = weighted(at).abs_diff(middle);
            if best.is_none_or(|(least, _)| off_middle < least) {
                best = Some((off_middle, place));
            }
        };
        let (mut from, mut last, mut ends) = (start, None, 0_usize);
        for place in unread {
            let at = self.seconds(place);
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
        // What is left is within one stride of the last end; it counts only if the right look is not.
        if let Some(reached) = last.filter(|_| is_further(from, end) || ends == 0) {
            consider(reached);
        }
        best.map(|(_, place)| place)
    }

    /// The unread capture furthest to the right of a look within so many seconds, before the next look; where there is
    /// none, the next.
    pub(super) fn stride_right(&self, from: Look, until: Look, reach: u64) -> Option<usize> {
        self.stride(from, reach, self.unread(from.place, until.place))
    }

    /// The unread capture furthest to the left of a look within so many seconds, after the look before; where there is
    /// none, the next.
    pub(super) fn stride_left(&self, until: Look, from: Look, reach: u64) -> Option<usize> {
        self.stride(from, reach, self.unread(until.place, from.place).rev())
    }

    fn stride(
        &self,
        from: Look,
        reach: u64,
        mut outward: impl Iterator<Item = usize>,
    ) -> Option<usize> {
        let first = outward.next()?;
        let within = |&place: &usize| self.apart(from.place, place) <= reach;
        Some(outward.take_while(within).last().unwrap_or(first))
    }
}
