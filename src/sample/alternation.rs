//! Pages that alternate between texts (editions by country, A/B tests, an outdated server): how this is detected, and
//! how many requests are spent on it.
//!
//! A page *alternates* if a text was seen, then another, then the first again within half a year. Then equal neighbours
//! prove little, and captures whose records are as long as those of the other text are fetched. If the index has no
//! lengths, no further requests are spent: on the one alternating page of the dense histories, each further change took
//! five requests, as many as a new version elsewhere, and showed nothing new.

use std::collections::{BTreeSet, HashMap};

use super::grid::Grid;
use super::read_captures::{ReadCapture, ReadCaptures};
use crate::model::{RETURN_SECONDS, TextHash};

/// Number of changes in one half-year after which no more returns are sought there. By then it is known that the page
/// alternates, between which texts and how often; the next return shows nothing new.
const ENOUGH_CHANGES: u32 = 46;

/// Upper limit of the checks. A page gets at least 5/4 √(captures) requests, up to 28 (if it has that many captures).
/// If one capture in ten shows another text, 28 requests find it with a probability of 95 %. A page with changes or a
/// long life has had as many requests anyway.
const MAX_CHECKS: usize = 28;

/// Length of the shortest stretch that is checked. In shorter ones, read captures are already close.
const SHORT_STRETCH_SECONDS: u64 = RETURN_SECONDS / 3;

/// Unread captures between read captures with the same text, in half-years with alternating changes, whose records are
/// as long as those of another text. One capture for each such stretch.
pub(super) fn returns(reads: &ReadCaptures<'_>) -> Vec<usize> {
    if !reads.lengths_are_reliable() {
        return Vec::new();
    }
    let mut alternating: BTreeSet<i32> = BTreeSet::new();
    let mut lengths: BTreeSet<u64> = BTreeSet::new();
    for (before, after) in alternating_changes(reads) {
        alternating.insert(half_year(reads, after.place));
        lengths.extend(
            [before, after]
                .iter()
                .filter_map(|read| reads.length(*read)),
        );
    }
    let stretches = reads.texts.windows(2).filter_map(equal_and_wide(reads));
    let alternates = |read: &ReadCapture| alternating.contains(&half_year(reads, read.place));
    let others = stretches
        .filter(|(left, right)| alternates(left) || alternates(right))
        .filter_map(|(left, right)| {
            let is_other = |place: &usize| {
                let length = reads.captures[*place].length;
                let own = reads.alike(length, reads.length(left))
                    || reads.alike(length, reads.length(right));
                !own && lengths
                    .iter()
                    .any(|known| reads.alike(Some(*known), length))
            };
            let others: Vec<usize> = reads
                .unread(left.place, right.place)
                .filter(is_other)
                .collect();
            others.get(others.len() / 2).copied()
        });
    let mut quota = ChangeQuota::of(reads);
    others.filter(|place| quota.take(reads, *place)).collect()
}

/// Number of changes of each half-year, including those that the current answer seeks.
pub(super) struct ChangeQuota(HashMap<i32, u32>);

impl ChangeQuota {
    pub(super) fn of(reads: &ReadCaptures<'_>) -> Self {
        let mut changes = HashMap::new();
        for pair in reads.texts.windows(2) {
            if let [before, after] = pair
                && before.text != after.text
            {
                *changes.entry(half_year(reads, after.place)).or_default() += 1;
            }
        }
        Self(changes)
    }

    /// Takes the two changes of another return out of the quota of a capture's half-year; false if the quota is used
    /// up.
    pub(super) fn take(&mut self, reads: &ReadCaptures<'_>, place: usize) -> bool {
        let changes = self.0.entry(half_year(reads, place)).or_default();
        let has_room = *changes < ENOUGH_CHANGES;
        *changes += 2 * u32::from(has_room);
        has_room
    }
}

fn half_year(reads: &ReadCaptures<'_>, place: usize) -> i32 {
    Grid::HALF_YEAR.step_of(reads.captures[place].timestamp)
}

/// The neighbouring read captures with different texts, between a text and its return.
fn alternating_changes(reads: &ReadCaptures<'_>) -> Vec<(ReadCapture, ReadCapture)> {
    let runs: Vec<&[ReadCapture]> = reads.texts.chunk_by(|a, b| a.text == b.text).collect();
    let mut last_run_of: HashMap<TextHash, usize> = HashMap::new();
    // +1 at the start of a span of alternation, -1 at its end, because spans of several texts can overlap.
    let mut nesting_steps = vec![0_i64; runs.len()];
    for (i, run) in runs.iter().enumerate() {
        let Some(back) = run.first() else { continue };
        let Some(before) = last_run_of.insert(back.text, i) else {
            continue;
        };
        let last_before = runs.get(before).and_then(|run| run.last());
        if last_before
            .is_some_and(|last_before| reads.apart(last_before.place, back.place) <= RETURN_SECONDS)
        {
            nesting_steps[before] += 1;
            nesting_steps[i] -= 1;
        }
    }
    let mut within = 0_i64;
    let mut changes = Vec::new();
    for (pair, step) in runs.windows(2).zip(nesting_steps) {
        within += step;
        if let ([.., before], [after, ..]) = (pair[0], pair[1])
            && within > 0
        {
            changes.push((*before, *after));
        }
    }
    changes
}

/// The capture in the middle of the longest unread stretch between equal texts, for a page with few requests for its
/// number of captures. One at a time, since each may show that the page changes.
pub(super) fn check(reads: &ReadCaptures<'_>) -> Option<usize> {
    if reads.requested() >= least_requests(reads.captures.len()) {
        return None;
    }
    let stretches = reads.texts.windows(2).filter_map(equal_and_wide(reads));
    let longest = stretches
        .filter(|(left, right)| reads.apart(left.place, right.place) > SHORT_STRETCH_SECONDS)
        .map(|(left, right)| (reads.promising(left, right).count(), left, right))
        .max_by_key(|(unread, left, _)| (*unread, std::cmp::Reverse(left.place)));
    let (unread, left, right) = longest?;
    reads.promising(left, right).nth(unread / 2)
}

fn least_requests(captures: usize) -> usize {
    (captures.saturating_mul(25) / 16).isqrt().min(MAX_CHECKS)
}

fn equal_and_wide<'a>(
    reads: &'a ReadCaptures<'_>,
) -> impl Fn(&[ReadCapture]) -> Option<(ReadCapture, ReadCapture)> + 'a {
    |pair| match pair {
        [left, right] if left.text == right.text && reads.is_wide(*left, *right) => {
            Some((*left, *right))
        }
        _ => None,
    }
}
