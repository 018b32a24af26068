//! Captures whose records are of another length than those before and after them, or as long as those of the text that was
//! there before or came after: what stood there for a short time, or the other edition of a page that is captured in
//! turns, seen by nobody since equal looks around it seemed to say enough.

use super::alternation::Told;
use super::evenly;
use super::looks::{Look, Looks};

/// A record stands out when it is further from its neighbours than they are from each other, so many times.
const TIMES_FURTHER: u64 = 8;
/// And further than one part in so many of its own length. On the 20 pages of Open Terms Archive with an index beside
/// them the records of short-lived texts are 1.4 to 5 % away, those of counters and tokens 0.1 %.
const LEAST_PART: u64 = 100;
/// Looks at outliers that may show nothing new before there is an end, beyond those that did.
const MOST_IN_VAIN: usize = 3;

/// The middle capture of each unread run of records that stand out, as many as the ones looked at so far encourage.
pub(super) fn outliers(looks: &Looks<'_>) -> Vec<usize> {
    if !looks.lengths_tell() {
        return Vec::new();
    }
    let measured: Vec<(usize, u64)> = looks
        .sightings
        .iter()
        .enumerate()
        .filter_map(|(place, s)| Some((place, s.length?)))
        .collect();
    let runs: Vec<&[(usize, u64)]> = measured
        .chunk_by(|one, other| looks.alike(Some(one.1), Some(other.1)))
        .collect();
    let others = OtherTexts::of(looks);
    let mut told = Told::of(looks);
    let (mut rewarded, mut in_vain, mut unread) = (0_usize, 0_usize, Vec::new());
    for neighbours in runs.windows(3) {
        let [before, run, after] = neighbours else {
            continue;
        };
        let (Some(&(first, length)), Some(&(last, _))) = (run.first(), run.last()) else {
            continue;
        };
        let Some(around) = looks.around(first, last) else {
            continue;
        };
        // Where the unread neighbours are the odd ones, this is how the page mostly is.
        let is_known = around
            .iter()
            .any(|look| looks.alike(looks.length(*look), Some(length)));
        let is_told = || others.show(looks, first, last, length);
        if is_known || !(stands_out(before, run, after) || is_told()) {
            continue;
        }
        match looks.verdict(around, first, last) {
            Verdict::Unread if told.tells_more(looks, first) => unread.push(run[run.len() / 2].0),
            Verdict::Other => rewarded += 1,
            Verdict::Same => in_vain += 1,
            Verdict::Unread | Verdict::Undecided => {}
        }
    }
    evenly(unread, (rewarded + MOST_IN_VAIN).saturating_sub(in_vain))
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

/// For each look, the nearest looks before and after it that show another text, by their places among the looks.
struct OtherTexts {
    before: Vec<Option<usize>>,
    after: Vec<Option<usize>>,
}

impl OtherTexts {
    fn of(looks: &Looks<'_>) -> Self {
        let texts = &looks.texts;
        let mut before: Vec<Option<usize>> = Vec::with_capacity(texts.len());
        for (i, look) in texts.iter().enumerate() {
            let last = i.checked_sub(1);
            let same = |last: usize| texts.get(last).is_some_and(|l| l.text == look.text);
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

    /// True for captures between equal looks whose records are as long as those of the text before these or after them.
    fn show(&self, looks: &Looks<'_>, first: usize, last: usize, length: u64) -> bool {
        let (before_all, after) = looks.split(first, last);
        let (Some(left), Some(right)) = (before_all.len().checked_sub(1), after.first()) else {
            return false;
        };
        let right_place = looks.texts.len() - after.len();
        let others = [self.before[left], self.after[right_place]];
        let like = |look: usize| looks.alike(looks.length(looks.texts[look]), Some(length));
        looks.texts[left].text == right.text && others.into_iter().flatten().any(like)
    }
}

/// What is known of a run of captures.
enum Verdict {
    /// Nothing, and it lies between looks that are further apart than the resolution.
    Unread,
    /// It shows another text than the looks before and after it.
    Other,
    /// It shows theirs.
    Same,
    /// Something else.
    Undecided,
}

impl Looks<'_> {
    /// The looks before and those after a run of captures.
    fn split(&self, first: usize, last: usize) -> (&[Look], &[Look]) {
        let from = self.texts.partition_point(|look| look.place < first);
        let to = self.texts.partition_point(|look| look.place <= last);
        (&self.texts[..from], &self.texts[to..])
    }

    /// The nearest look on either side.
    fn around(&self, first: usize, last: usize) -> Option<[Look; 2]> {
        let (before, after) = self.split(first, last);
        Some([*before.last()?, *after.first()?])
    }

    fn verdict(&self, [left, right]: [Look; 2], first: usize, last: usize) -> Verdict {
        let (before, after) = self.split(first, last);
        let seen = &self.texts[before.len()..self.texts.len() - after.len()];
        if seen.is_empty() {
            let failed = (first..=last).any(|place| self.sightings[place].known.is_failure());
            return if !failed && self.is_wide(left, right) {
                Verdict::Unread
            } else {
                Verdict::Undecided
            };
        }
        let all = |is: &dyn Fn(&Look) -> bool| seen.iter().all(is);
        if all(&|look| look.text != left.text && look.text != right.text) {
            Verdict::Other
        } else if all(&|look| look.text == left.text && look.text == right.text) {
            Verdict::Same
        } else {
            Verdict::Undecided
        }
    }
}
