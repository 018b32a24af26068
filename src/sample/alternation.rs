//! Pages that flip back and forth (editions by country, A/B tests, a server left behind): how that is noticed, and what
//! is spent on it.
//!
//! A page *alternates* where a text was seen, then another, then the first again within half a year. Then equal
//! neighbours prove little, and captures whose records are as long as those of the other text are looked at. Where the
//! index tells no lengths nothing more is spent: on the one flipping page of the dense histories each further flip took
//! five looks by reading capture after capture, as many as a new version elsewhere, and told nothing new.

use std::collections::{BTreeSet, HashMap};

use super::Grid;
use super::looks::{Look, Looks};
use crate::model::TextHash;

/// A text that is back within half a year of its last sight has *returned*, and the changes between alternate. Policies
/// that are restored after longer have been rewritten twice.
const RETURN_SECONDS: u64 = 183 * 86_400;

/// Changes of one half-year after which no more flips are looked for there: that the page alternates, between which texts
/// and how often, is told; the next flip tells nothing new.
const ENOUGH_CHANGES: u32 = 46;

/// A page has at least 5/4 √(captures) looks, up to 28 (if it has so many captures): a page that shows another text in
/// one capture of ten is met by one of 28 looks at 95 %. A page with changes or a long life has had as many anyway.
const MOST_CHECKS: usize = 28;

/// Stretches that are not checked, since looks stand close about them already.
const SHORT_STRETCH_SECONDS: u64 = RETURN_SECONDS / 3;

/// Unread captures, in half-years with alternating changes, between looks at one text whose records are as long as
/// those of another: one for each such stretch.
pub(super) fn returns(looks: &Looks<'_>) -> Vec<usize> {
    if !looks.lengths_tell() {
        return Vec::new();
    }
    let mut alternating: BTreeSet<i32> = BTreeSet::new();
    let mut lengths: BTreeSet<u64> = BTreeSet::new();
    for (before, after) in alternating_changes(looks) {
        alternating.insert(half_year(looks, after.place));
        lengths.extend(
            [before, after]
                .iter()
                .filter_map(|look| looks.length(*look)),
        );
    }
    let stretches = looks.texts.windows(2).filter_map(equal_and_wide(looks));
    let alternates = |look: &Look| alternating.contains(&half_year(looks, look.place));
    let others = stretches
        .filter(|(left, right)| alternates(left) || alternates(right))
        .filter_map(|(left, right)| {
            let is_other = |place: &usize| {
                let length = looks.sightings[*place].length;
                let own = looks.alike(length, looks.length(left))
                    || looks.alike(length, looks.length(right));
                !own && lengths
                    .iter()
                    .any(|known| looks.alike(Some(*known), length))
            };
            let others: Vec<usize> = looks
                .unread(left.place, right.place)
                .filter(is_other)
                .collect();
            others.get(others.len() / 2).copied()
        });
    let mut told = Told::of(looks);
    others
        .filter(|place| told.tells_more(looks, *place))
        .collect()
}

/// How much each half-year has told by its changes, those that are looked for just now included.
pub(super) struct Told(HashMap<i32, u32>);

impl Told {
    pub(super) fn of(looks: &Looks<'_>) -> Self {
        let mut told = HashMap::new();
        for pair in looks.texts.windows(2) {
            if let [before, after] = pair
                && before.text != after.text
            {
                *told.entry(half_year(looks, after.place)).or_default() += 1;
            }
        }
        Self(told)
    }

    /// True while another flip in the half-year of a capture tells something; it will make two changes.
    pub(super) fn tells_more(&mut self, looks: &Looks<'_>, place: usize) -> bool {
        let changes = self.0.entry(half_year(looks, place)).or_default();
        let tells = *changes < ENOUGH_CHANGES;
        *changes += 2 * u32::from(tells);
        tells
    }
}

fn half_year(looks: &Looks<'_>, place: usize) -> i32 {
    Grid::HALF_YEAR.step_of(looks.sightings[place].timestamp)
}

/// The neighbouring looks that differ, between a text and its return.
fn alternating_changes(looks: &Looks<'_>) -> Vec<(Look, Look)> {
    let runs: Vec<&[Look]> = looks.texts.chunk_by(|a, b| a.text == b.text).collect();
    let mut last_run_of: HashMap<TextHash, usize> = HashMap::new();
    // +1 where a span of alternation begins, -1 where it ends: spans of several texts overlap.
    let mut begins_less_ends = vec![0_i64; runs.len()];
    for (i, run) in runs.iter().enumerate() {
        let Some(back) = run.first() else { continue };
        let Some(before) = last_run_of.insert(back.text, i) else {
            continue;
        };
        let gone = runs.get(before).and_then(|run| run.last());
        if gone.is_some_and(|gone| looks.apart(gone.place, back.place) <= RETURN_SECONDS) {
            begins_less_ends[before] += 1;
            begins_less_ends[i] -= 1;
        }
    }
    let mut within = 0_i64;
    let mut changes = Vec::new();
    for (pair, step) in runs.windows(2).zip(begins_less_ends) {
        within += step;
        if let ([.., before], [after, ..]) = (pair[0], pair[1])
            && within > 0
        {
            changes.push((*before, *after));
        }
    }
    changes
}

/// The capture in the middle of the longest unread stretch between equal texts, for a page with few looks for its
/// captures: one at a time, since each may end the calm.
pub(super) fn check(looks: &Looks<'_>) -> Option<usize> {
    if looks.known() >= fewest_looks(looks.sightings.len()) {
        return None;
    }
    let stretches = looks.texts.windows(2).filter_map(equal_and_wide(looks));
    let longest = stretches
        .filter(|(left, right)| looks.apart(left.place, right.place) > SHORT_STRETCH_SECONDS)
        .map(|(left, right)| (looks.promising(left, right).count(), left, right))
        .max_by_key(|(unread, left, _)| (*unread, std::cmp::Reverse(left.place)));
    let (unread, left, right) = longest?;
    looks.promising(left, right).nth(unread / 2)
}

fn fewest_looks(captures: usize) -> usize {
    (captures.saturating_mul(25) / 16).isqrt().min(MOST_CHECKS)
}

fn equal_and_wide<'a>(looks: &'a Looks<'_>) -> impl Fn(&[Look]) -> Option<(Look, Look)> + 'a {
    |pair| match pair {
        [left, right] if left.text == right.text && looks.is_wide(*left, *right) => {
            Some((*left, *right))
        }
        _ => None,
    }
}
