//! Pages that flip back and forth (editions by country, A/B tests, a server left behind): where equal neighbours prove
//! little, and what is spent on looking between them.

use std::collections::HashMap;

use super::Grid;
use super::looks::{Look, Looks};
use crate::model::TextHash;

/// A text that is back within half a year of its last sight has *returned*, and the changes between alternate. Policies
/// that are restored after longer have been rewritten twice.
const RETURN_SECONDS: u64 = 183 * 86_400;

/// Looks in a row without news after which a scan ends: the first for a single change, more for each other one of the
/// same half-year, up to the last. A text that shows in one capture of ten is met within 24 looks at 92 %.
const PATIENCE: u32 = 6;
const PATIENCE_PER_CHANGE: u32 = 3;
const MOST_PATIENCE: u32 = 24;

/// Alternating changes of one half-year after which scanning ends there: that the page alternates, between which texts
/// and how often, is told; the next flip tells nothing new.
const ENOUGH_CHANGES: u32 = 16;

/// A page has at least 5/4 √(captures) looks, up to 32 (if it has so many captures): a page that shows another text in
/// one capture of ten would seem calm to a dozen looks more often than not. A page with changes or a long life has had
/// as many anyway.
const MOST_CHECKS: usize = 32;
/// Checks that are asked for at once: each may end the calm, and the next goes where captures are unread still.
const CHECKS_AT_ONCE: usize = 2;

/// Neighbouring looks with one text, first and last place among the looks.
struct Run {
    first: usize,
    last: usize,
    text: TextHash,
}

/// The next unread captures outward from each alternating change, on both its sides.
///
/// The scan goes on in strides of the resolution, through captures in a row, since a flip found in a scan has its
/// neighbours known already: it costs one look, where a flip found by a look in the middle of nowhere costs a dozen
/// halvings on top.
pub(super) fn scans(looks: &Looks<'_>) -> Vec<usize> {
    let runs = runs(&looks.texts);
    let changes = alternating_changes(looks, &runs);
    let half_year_of = |change: usize| {
        let place = looks.texts[runs[change + 1].first].place;
        Grid::HALF_YEAR.step_of(looks.sightings[place].timestamp)
    };
    let mut in_half_year: HashMap<i32, u32> = HashMap::new();
    for &change in &changes {
        *in_half_year.entry(half_year_of(change)).or_default() += 1;
    }
    let mut wanted = Vec::new();
    for change in changes {
        let alike = in_half_year
            .get(&half_year_of(change))
            .copied()
            .unwrap_or_default();
        if alike >= ENOUGH_CHANGES {
            continue;
        }
        let patience = PATIENCE
            .saturating_add(PATIENCE_PER_CHANGE.saturating_mul(alike))
            .min(MOST_PATIENCE) as usize;
        wanted.extend(scan_left(looks, &runs[change], patience));
        wanted.extend(scan_right(looks, &runs[change + 1], patience));
    }
    wanted
}

fn scan_right(looks: &Looks<'_>, run: &Run, patience: usize) -> Option<usize> {
    let pairs = looks.texts[run.first..=run.last].windows(2).take(patience);
    pairs
        .filter_map(equal_and_wide(looks))
        .map(|(left, right)| looks.stride_right(left, right))
        .next()?
}

fn scan_left(looks: &Looks<'_>, run: &Run, patience: usize) -> Option<usize> {
    let pairs = looks.texts[run.first..=run.last]
        .windows(2)
        .rev()
        .take(patience);
    pairs
        .filter_map(equal_and_wide(looks))
        .map(|(left, right)| looks.stride_left(left, right))
        .next()?
}

fn runs(looks: &[Look]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, look) in looks.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.text == look.text => run.last = i,
            _ => runs.push(Run {
                first: i,
                last: i,
                text: look.text,
            }),
        }
    }
    runs
}

/// The changes (that from run `i` to run `i + 1` is `i`) between a text and its return.
fn alternating_changes(looks: &Looks<'_>, runs: &[Run]) -> Vec<usize> {
    let mut last_run_of: HashMap<TextHash, usize> = HashMap::new();
    // +1 where a span of alternation begins, -1 where it ends: spans of several texts overlap.
    let mut begins_less_ends = vec![0_i64; runs.len()];
    for (i, run) in runs.iter().enumerate() {
        if let Some(before) = last_run_of.insert(run.text, i) {
            let (gone, back) = (looks.texts[runs[before].last], looks.texts[run.first]);
            if looks.apart(gone.place, back.place) <= RETURN_SECONDS {
                begins_less_ends[before] += 1;
                begins_less_ends[i] -= 1;
            }
        }
    }
    let mut within = 0_i64;
    let depths = begins_less_ends.into_iter().enumerate();
    depths
        .filter_map(|(i, step)| {
            within += step;
            (within > 0).then_some(i)
        })
        .collect()
}

/// Captures in the middle of the longest unread stretches between equal texts, for a page with few looks for its captures.
pub(super) fn checks(looks: &Looks<'_>) -> Vec<usize> {
    let missing = fewest_looks(looks.sightings.len()).saturating_sub(looks.known());
    if missing == 0 {
        return Vec::new();
    }
    let mut stretches: Vec<(usize, Look, Look)> = looks
        .texts
        .windows(2)
        .filter_map(equal_and_wide(looks))
        .map(|(left, right)| (looks.unread(left.place, right.place).count(), left, right))
        .collect();
    stretches.sort_by_key(|(unread, left, _)| (std::cmp::Reverse(*unread), left.place));
    let chosen = stretches.into_iter().take(missing.min(CHECKS_AT_ONCE));
    chosen
        .filter_map(|(unread, left, right)| looks.unread(left.place, right.place).nth(unread / 2))
        .collect()
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
