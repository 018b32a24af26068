//! What the lengths of archived records tell of captures that nobody has read: where a page seems unchanged, and where
//! it jumped.

use std::collections::{BTreeSet, HashSet};

use super::looks::{Look, Looks};
use super::{Grid, Known, Sighting};

/// Records of one text on one lay-out differ by a few bytes (counters, dates, tokens). They are taken for alike up to
/// three times what neighbouring captures of the page differ by in the median, and never beyond these bounds. On the 20
/// pages of Open Terms Archive that have an index beside them (captures a month apart), 43 % of 489 neighbours with one
/// text are alike by that, and 24 % of 288 with two: a likeness spares looks and proves nothing.
const LEAST_TOLERANCE_BYTES: u64 = 3;
const MOST_TOLERANCE_BYTES: u64 = 16;

/// A look speaks for captures at most so many grid steps away: every fourth step is looked at in any case.
pub(super) const COARSE_STEPS: i32 = 4;

/// By how many bytes records of one text on one lay-out differ, on this page.
pub(super) fn tolerance(sightings: &[Sighting]) -> u64 {
    let lengths: Vec<u64> = sightings.iter().filter_map(|s| s.length).collect();
    let mut steps: Vec<u64> = lengths
        .windows(2)
        .map(|pair| pair[0].abs_diff(pair[1]))
        .collect();
    let middle = steps.len() / 2;
    if steps.is_empty() {
        return LEAST_TOLERANCE_BYTES;
    }
    let (_, median, _) = steps.select_nth_unstable(middle);
    median
        .saturating_mul(3)
        .clamp(LEAST_TOLERANCE_BYTES, MOST_TOLERANCE_BYTES)
}

/// How to look for a change between two looks.
pub(super) enum Sign {
    /// All captures between are like the one look, then like the other: these are the last and the first of them.
    Jump(Vec<usize>),
    /// The change lies between these two places.
    Within(usize, usize),
    /// The lengths tell nothing.
    None,
}

impl Looks<'_> {
    /// True when two records have about the same length.
    pub(super) fn alike(&self, one: Option<u64>, other: Option<u64>) -> bool {
        one.zip(other)
            .is_some_and(|(one, other)| one.abs_diff(other) <= self.tolerance_bytes)
    }

    /// Whether lengths are to be believed: until more changes were seen that leave no trace in them than such that do.
    pub(super) fn lengths_tell(&self) -> bool {
        let (mut seen, mut unseen) = (0_usize, 0_usize);
        for pair in self.texts.windows(2) {
            let [left, right] = pair else { continue };
            let lengths = self.length(*left).zip(self.length(*right));
            if left.text != right.text && lengths.is_some() {
                let trace = !self.alike(self.length(*left), self.length(*right));
                *(if trace { &mut seen } else { &mut unseen }) += 1;
            }
        }
        unseen <= seen
    }

    /// Whether payloads return on this page: then another digest is no counter but something new, whatever its length.
    fn payloads_tell(&self) -> bool {
        let all: Vec<&str> = self
            .sightings
            .iter()
            .filter_map(|s| s.payload.as_deref())
            .collect();
        let different: HashSet<&str> = all.iter().copied().collect();
        !all.is_empty() && 2 * different.len() <= all.len()
    }

    /// The unread captures between two looks, but for those with records as long as one there that gave no text and
    /// unlike both looks: a time of errors, log-in pages or a parked domain.
    pub(super) fn promising(&self, left: Look, right: Look) -> impl Iterator<Item = usize> {
        let between = left.place.saturating_add(1)..right.place;
        let known = self.length(left).zip(self.length(right));
        let failed = between
            .clone()
            .filter(|&i| self.sightings[i].known == Known::NoText);
        let lengths: BTreeSet<Option<u64>> = failed.map(|i| self.sightings[i].length).collect();
        let useless: Vec<Option<u64>> = lengths
            .into_iter()
            .filter(|length| {
                known.is_some_and(|(l, r)| {
                    !self.alike(*length, Some(l)) && !self.alike(*length, Some(r))
                })
            })
            .collect();
        self.unread(left.place, right.place).filter(move |&i| {
            !useless
                .iter()
                .any(|length| self.alike(*length, self.sightings[i].length))
        })
    }

    pub(super) fn length(&self, look: Look) -> Option<u64> {
        self.sightings[look.place].length
    }

    /// For each capture, whether the next look before or after it has a record of its length and is near enough to
    /// speak for it.
    pub(super) fn spoken_for(&self, grid: Grid) -> Vec<bool> {
        let mut spoken_for = vec![false; self.sightings.len()];
        if !self.lengths_tell() || self.payloads_tell() {
            return spoken_for;
        }
        let step = |place: usize| grid.step_of(self.sightings[place].timestamp);
        let mut pass = |places: &mut dyn Iterator<Item = usize>| {
            let mut last: Option<(Known, Option<u64>, i32)> = None;
            for place in places {
                let sighting = &self.sightings[place];
                if sighting.known == Known::Nothing {
                    spoken_for[place] |= last.is_some_and(|(_, length, at)| {
                        self.alike(length, sighting.length)
                            && at.abs_diff(step(place)) <= COARSE_STEPS.unsigned_abs()
                    });
                    continue;
                }
                if sighting.known == Known::Lost {
                    continue;
                }
                let before = last.filter(|(known, _, _)| *known == sighting.known);
                let length = sighting.length.or(before.and_then(|(_, length, _)| length));
                last = Some((sighting.known, length, step(place)));
            }
        };
        pass(&mut (0..self.sightings.len()));
        pass(&mut (0..self.sightings.len()).rev());
        spoken_for
    }

    /// What the lengths say of the change between two looks.
    pub(super) fn sign(&self, left: Look, right: Look) -> Sign {
        let Some((before, after)) = self.length(left).zip(self.length(right)) else {
            return Sign::None;
        };
        let gap = before.abs_diff(after);
        if gap <= self.tolerance_bytes {
            return Sign::None;
        }
        let unread: Vec<usize> = self.unread(left.place, right.place).collect();
        // Nearer to the one than to the other, and not far beyond it.
        let like = |place: &&usize, one: u64| {
            self.sightings[**place]
                .length
                .is_some_and(|length| 2 * length.abs_diff(one) < gap)
        };
        let old = unread.iter().take_while(|p| like(p, before)).count();
        let new = unread.iter().rev().take_while(|p| like(p, after)).count();
        let last_old = old.checked_sub(1).and_then(|i| unread.get(i)).copied();
        let first_new = unread.get(unread.len() - new).copied();
        if old + new == unread.len() {
            return Sign::Jump([last_old, first_new].into_iter().flatten().collect());
        }
        if old + new == 0 {
            return Sign::None;
        }
        Sign::Within(
            last_old.unwrap_or(left.place),
            first_new.unwrap_or(right.place),
        )
    }
}
