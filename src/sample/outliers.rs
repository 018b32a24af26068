//! Captures whose records are of another length than those before and after them: what stood there for a short time, or
//! the other edition of a page that is captured in turns, seen by nobody since equal looks around it seemed to say enough.

use super::alternation::Told;
use super::evenly;
use super::looks::Looks;

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
    let mut told = Told::of(looks);
    let (mut rewarded, mut in_vain, mut unread) = (0_usize, 0_usize, Vec::new());
    for neighbours in runs.windows(3) {
        let [before, run, after] = neighbours else {
            continue;
        };
        if !stands_out(before, run, after) {
            continue;
        }
        let (Some(&(first, _)), Some(&(last, _))) = (run.first(), run.last()) else {
            continue;
        };
        match looks.verdict(first, last) {
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
    fn verdict(&self, first: usize, last: usize) -> Verdict {
        let from = self.texts.partition_point(|look| look.place < first);
        let to = self.texts.partition_point(|look| look.place <= last);
        let around = from.checked_sub(1).and_then(|i| self.texts.get(i));
        let (Some(left), Some(right)) = (around, self.texts.get(to)) else {
            return Verdict::Undecided;
        };
        match self.texts.get(from..to).unwrap_or_default() {
            [] if (first..=last).any(|place| self.sightings[place].known.is_failure()) => {
                Verdict::Undecided
            }
            [] if self.is_wide(*left, *right) => Verdict::Unread,
            [] => Verdict::Undecided,
            seen if seen
                .iter()
                .all(|look| look.text != left.text && look.text != right.text) =>
            {
                Verdict::Other
            }
            seen if seen
                .iter()
                .all(|look| look.text == left.text && look.text == right.text) =>
            {
                Verdict::Same
            }
            _ => Verdict::Undecided,
        }
    }
}
