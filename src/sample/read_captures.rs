//! The captures of a policy with their known texts, prepared once for all stages of one answer.

use std::collections::{BTreeSet, HashSet};

use super::capture::{ReadState, SampleCapture};
use crate::model::TextHash;

/// Number of captures without text between two read captures after which the sampler gives up on the stretch. Such a
/// stretch is a time of errors, and each further capture would cost a request with the same result. The captures are
/// spread over the stretch.
const MAX_FAILURES: usize = 8;

/// Records of one text in one layout differ by a few bytes (counters, dates, tokens). They are taken as alike up to
/// three times the median difference of neighbouring captures of the page, and always within these limits. On the 20
/// pages of Open Terms Archive that have an index (captures a month apart), 43 % of 489 neighbours with one text are
/// alike by this rule, and 24 % of 288 with two. Equal lengths save requests and prove nothing.
const MIN_TOLERANCE_BYTES: u64 = 3;
const MAX_TOLERANCE_BYTES: u64 = 16;

/// A capture whose text is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadCapture {
    /// Index among the captures.
    pub(super) place: usize,
    /// Its text.
    pub(super) text: TextHash,
    /// Words of the text, if the caller gives the count.
    pub(super) words: Option<u32>,
}

/// All captures of one policy, in order of time.
pub(super) struct ReadCaptures<'a> {
    /// All captures, read or not.
    pub(super) captures: &'a [SampleCapture],
    /// For each capture, the number of captures before it without text.
    failures_before: Vec<usize>,
    /// Those with a known text.
    pub(super) texts: Vec<ReadCapture>,
    /// Neighbours at most this far apart are not separated further.
    pub(super) resolution_seconds: u64,
    /// Records whose lengths differ by at most this are taken for one text in one layout.
    tolerance_bytes: u64,
}

impl<'a> ReadCaptures<'a> {
    pub(super) fn new(captures: &'a [SampleCapture], resolution_seconds: u64) -> Self {
        let texts = captures
            .iter()
            .enumerate()
            .filter_map(|(place, c)| match c.state {
                ReadState::Text(text) => Some(ReadCapture {
                    place,
                    text,
                    words: c.words,
                }),
                ReadState::Unread | ReadState::NoText | ReadState::Lost => None,
            });
        let failures_before = captures.iter().scan(0, |failures, c| {
            let before = *failures;
            *failures += usize::from(c.state.is_failure());
            Some(before)
        });
        Self {
            captures,
            failures_before: failures_before.collect(),
            texts: texts.collect(),
            resolution_seconds,
            tolerance_bytes: tolerance(captures),
        }
    }

    /// Seconds between two captures. The conversion of dates into seconds takes most of the time of an answer, so
    /// conditions check it last.
    pub(super) fn apart(&self, left: usize, right: usize) -> u64 {
        self.seconds(left).abs_diff(self.seconds(right))
    }

    pub(super) fn seconds(&self, place: usize) -> i64 {
        self.captures[place].timestamp.unix_seconds()
    }

    /// Number of captures that were requested, including those without result.
    pub(super) fn requested(&self) -> usize {
        let failures = self
            .captures
            .iter()
            .filter(|c| c.state.is_failure())
            .count();
        self.texts.len() + failures
    }

    /// True if neighbouring read captures are further apart than the resolution and a capture between them is worth a
    /// request.
    pub(super) fn is_wide(&self, left: ReadCapture, right: ReadCapture) -> bool {
        self.failures(left, right) < MAX_FAILURES
            && self.has_unread(left, right)
            && self.apart(left.place, right.place) > self.resolution_seconds
    }

    fn has_unread(&self, left: ReadCapture, right: ReadCapture) -> bool {
        if self.failures(left, right) == 0 {
            self.unread(left.place, right.place).next().is_some()
        } else {
            self.promising(left, right).next().is_some()
        }
    }

    /// Captures without text between two read captures.
    pub(super) fn failures(&self, left: ReadCapture, right: ReadCapture) -> usize {
        self.failures_before[right.place].saturating_sub(self.failures_before[left.place])
    }

    /// The unread captures between two places.
    pub(super) fn unread(
        &self,
        left: usize,
        right: usize,
    ) -> impl DoubleEndedIterator<Item = usize> {
        (left.saturating_add(1)..right).filter(|&i| self.captures[i].is_unread())
    }

    /// The unread captures between two read ones, without those that are likely to have no text: their records are as long
    /// as that of a capture there without text, and unlike both read ones. Such a stretch is a time of errors, log-in
    /// pages or a parked domain.
    pub(super) fn promising(
        &self,
        left: ReadCapture,
        right: ReadCapture,
    ) -> impl Iterator<Item = usize> {
        let between = left.place.saturating_add(1)..right.place;
        let known = self.length(left).zip(self.length(right));
        let failed = between
            .clone()
            .filter(|&i| self.captures[i].state == ReadState::NoText);
        let lengths: BTreeSet<Option<u64>> = failed.map(|i| self.captures[i].length).collect();
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
                .any(|length| self.alike(*length, self.captures[i].length))
        })
    }

    /// Length of a read capture's record.
    pub(super) fn length(&self, read: ReadCapture) -> Option<u64> {
        self.captures[read.place].length
    }

    /// True when two records have about the same length.
    pub(super) fn alike(&self, one: Option<u64>, other: Option<u64>) -> bool {
        one.zip(other)
            .is_some_and(|(one, other)| one.abs_diff(other) <= self.tolerance_bytes)
    }

    /// True when two lengths differ by more than the tolerance.
    pub(super) fn differ(&self, one: u64, other: u64) -> bool {
        one.abs_diff(other) > self.tolerance_bytes
    }

    /// True while the lengths of records are reliable: at least as many changes are visible in them as are not.
    pub(super) fn lengths_are_reliable(&self) -> bool {
        let (mut visible, mut invisible) = (0_usize, 0_usize);
        for pair in self.texts.windows(2) {
            let [left, right] = pair else { continue };
            let lengths = self.length(*left).zip(self.length(*right));
            if left.text != right.text && lengths.is_some() {
                let is_visible = !self.alike(self.length(*left), self.length(*right));
                *(if is_visible {
                    &mut visible
                } else {
                    &mut invisible
                }) += 1;
            }
        }
        invisible <= visible
    }

    /// True for a page whose payloads recur. There, another digest does not come from a counter but from new content,
    /// whatever its length.
    pub(super) fn payloads_recur(&self) -> bool {
        let all: Vec<&str> = self
            .captures
            .iter()
            .filter_map(|c| c.payload.as_deref())
            .collect();
        let different: HashSet<&str> = all.iter().copied().collect();
        !all.is_empty() && 2 * different.len() <= all.len()
    }

    /// The read captures before and those after a run of captures.
    pub(super) fn split(&self, first: usize, last: usize) -> (&[ReadCapture], &[ReadCapture]) {
        let from = self.texts.partition_point(|read| read.place < first);
        let to = self.texts.partition_point(|read| read.place <= last);
        (&self.texts[..from], &self.texts[to..])
    }

    /// The nearest read capture on either side of a run of captures.
    pub(super) fn around(&self, first: usize, last: usize) -> Option<[ReadCapture; 2]> {
        let (before, after) = self.split(first, last);
        Some([*before.last()?, *after.first()?])
    }
}

/// Bytes by which records of one text in one layout differ on this page.
fn tolerance(captures: &[SampleCapture]) -> u64 {
    let lengths: Vec<u64> = captures.iter().filter_map(|c| c.length).collect();
    let mut steps: Vec<u64> = lengths
        .windows(2)
        .map(|pair| pair[0].abs_diff(pair[1]))
        .collect();
    let middle = steps.len() / 2;
    if steps.is_empty() {
        return MIN_TOLERANCE_BYTES;
    }
    let (_, median, _) = steps.select_nth_unstable(middle);
    median
        .saturating_mul(3)
        .clamp(MIN_TOLERANCE_BYTES, MAX_TOLERANCE_BYTES)
}
