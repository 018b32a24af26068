//! Captures whose records have another length than those before and after them, or are as long as those of the text
//! before or after. They may show a short-lived text, or the other edition of an alternating page, that no read capture
//! has shown.

use super::alternation::ChangeQuota;
use super::choice::evenly;
use super::read_captures::{ReadCapture, ReadCaptures};

/// A record is an outlier if its length is this many times further from those of its neighbours than these are from
/// each other.
const TIMES_FURTHER: u64 = 8;
/// Its length must also differ by more than one part in this many. On the 20 pages of Open Terms Archive that have an
/// index, the records of short-lived texts differ by 1.4 to 5 %, those of counters and tokens by 0.1 %.
const LEAST_PART: u64 = 100;
/// The search for outliers ends when the requests that showed nothing new exceed those that showed something by this
/// many.
const MAX_USELESS_REQUESTS: usize = 3;

/// The middle capture of each unread run of outliers. Their number depends on how many earlier ones showed another
/// text.
pub(super) fn outliers(reads: &ReadCaptures<'_>) -> Vec<usize> {
    if !reads.lengths_are_reliable() {
        return Vec::new();
    }
    let measured: Vec<(usize, u64)> = reads
        .captures
        .iter()
        .enumerate()
        .filter_map(|(place, c)| Some((place, c.length?)))
        .collect();
    let runs: Vec<&[(usize, u64)]> = measured
        .chunk_by(|one, other| reads.alike(Some(one.1), Some(other.1)))
        .collect();
    let others = OtherTexts::of(reads);
    let mut quota = ChangeQuota::of(reads);
    let (mut useful, mut useless, mut unread) = (0_usize, 0_usize, Vec::new());
    for neighbours in runs.windows(3) {
        let [before, run, after] = neighbours else {
            continue;
        };
        let (Some(&(first, length)), Some(&(last, _))) = (run.first(), run.last()) else {
            continue;
        };
        let Some(around) = reads.around(first, last) else {
            continue;
        };
        // If the unread neighbours are the exceptions, this is the usual length of the page.
        let is_usual = around
            .iter()
            .any(|read| reads.alike(reads.length(*read), Some(length)));
        let is_other = || others.have_length(reads, first, last, length);
        if is_usual || !(stands_out(before, run, after) || is_other()) {
            continue;
        }
        match result_of(reads, around, first, last) {
            RunResult::Unread if quota.take(reads, first) => unread.push(run[run.len() / 2].0),
            RunResult::Other => useful += 1,
            RunResult::Same => useless += 1,
            RunResult::Unread | RunResult::Undecided => {}
        }
    }
    evenly(
        unread,
        (useful + MAX_USELESS_REQUESTS).saturating_sub(useless),
    )
}

fn stands_out(before: &[(usize, u64)], run: &[(usize, u64)], after: &[(usize, u64)]) -> bool {
    let (Some((_, before)), Some((_, after))) = (before.last(), after.first()) else {
        return false;
    };
    let apart = before.abs_diff(*after).saturating_mul(TIMES_FURTHER);
    run.iter().all(|(_, length)| {
        let nearest = length.abs_diff(*before).min(length.abs_diff(*after));
        nearest > apart.max(length / LEAST_PART)
    })
}

/// For each read capture, the nearest ones before and after it with another text, by their indices among the read ones.
struct OtherTexts {
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
}

impl OtherTexts {
    fn of(reads: &ReadCaptures<'_>) -> Self {
        let texts = &reads.texts;
        let mut before: Vec<Option<usize>> = Vec::with_capacity(texts.len());
        for (i, read) in texts.iter().enumerate() {
            let last = i.checked_sub(1);
            let same = |last: usize| texts.get(last).is_some_and(|l| l.text == read.text);
            let nearest = last.and_then(|last| if same(last) { before[last] } else { Some(last) });
            before.push(nearest);
        }
        let mut after: Vec<Option<usize>> = vec![None; texts.len()];
        for i in (0..texts.len().saturating_sub(1)).rev() {
            let same = texts[i].text == texts[i + 1].text;
            after[i] = if same { after[i + 1] } else { Some(i + 1) };
        }
        Self { before, after }
    }

    /// True for captures between equal texts whose records are as long as those of the text before or after these.
    fn have_length(
        &self,
        reads: &ReadCaptures<'_>,
        first: usize,
        last: usize,
        length: u64,
    ) -> bool {
        let (before_all, after) = reads.split(first, last);
        let (Some(left), Some(right)) = (before_all.len().checked_sub(1), after.first()) else {
            return false;
        };
        let right_place = reads.texts.len() - after.len();
        let others = [self.before[left], self.after[right_place]];
        let like = |read: usize| reads.alike(reads.length(reads.texts[read]), Some(length));
        reads.texts[left].text == right.text && others.into_iter().flatten().any(like)
    }
}

/// What is known of a run of captures.
enum RunResult {
    /// Nothing, and it is between read captures that are further apart than the resolution.
    Unread,
    /// It shows another text than the read captures before and after it.
    Other,
    /// It shows their text.
    Same,
    /// Anything else.
    Undecided,
}

fn result_of(
    reads: &ReadCaptures<'_>,
    [left, right]: [ReadCapture; 2],
    first: usize,
    last: usize,
) -> RunResult {
    let (before, after) = reads.split(first, last);
    let own = &reads.texts[before.len()..reads.texts.len() - after.len()];
    if own.is_empty() {
        let failed = (first..=last).any(|place| reads.captures[place].state.is_failure());
        return if !failed && reads.is_wide(left, right) {
            RunResult::Unread
        } else {
            RunResult::Undecided
        };
    }
    let all = |is: &dyn Fn(&ReadCapture) -> bool| own.iter().all(is);
    if all(&|read| read.text != left.text && read.text != right.text) {
        RunResult::Other
    } else if all(&|read| read.text == left.text && read.text == right.text) {
        RunResult::Same
    } else {
        RunResult::Undecided
    }
}
