//! Shingles: the runs of three words of a text, as hashes.

use crate::model::{joined_hash, word_hash, words};

/// Number of consecutive words in a shingle. Single words ignore order; longer runs change with every small edit.
const SHINGLE_WORDS: usize = 3;

/// The hash of no words, to which the first word of a run is joined.
const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hashes of all runs of three words in lower case, in order, each as often as it occurs. A text of one or two words
/// has one run; a text without words has none.
///
/// The hash never changes, because the simhash is made from it and stored.
pub(super) fn shingle_hashes(text: &str) -> Vec<u64> {
    let hashes: Vec<u64> = words(text).map(word_hash).collect();
    if hashes.is_empty() {
        return Vec::new();
    }
    let runs = hashes.windows(SHINGLE_WORDS.min(hashes.len()));
    runs.map(|run| {
        run.iter()
            .fold(START, |before, word| joined_hash(before, *word))
    })
    .collect()
}

/// The set of the shingles of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShingleSet(Box<[u64]>);

impl ShingleSet {
    /// The shingles of a text.
    pub(super) fn of(text: &str) -> Self {
        let mut hashes = shingle_hashes(text);
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes.into())
    }

    /// Number of different shingles.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The share of shingles that two texts have in common (Jaccard's coefficient): 1 for the same shingles, 0 for none.
    #[expect(clippy::cast_precision_loss, reason = "no text has 2^52 words")]
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let (mut left, mut right) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut common = 0;
        while let (Some(one), Some(two)) = (left.peek(), right.peek()) {
            match one.cmp(two) {
                std::cmp::Ordering::Less => {
                    left.next();
                }
                std::cmp::Ordering::Greater => {
                    right.next();
                }
                std::cmp::Ordering::Equal => {
                    common += 1;
                    left.next();
                    right.next();
                }
            }
        }
        let all = self.len() + other.len() - common;
        if all == 0 {
            return 1.0;
        }
        common as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn similarity(one: &str, other: &str) -> f64 {
        ShingleSet::of(one).similarity(&ShingleSet::of(other))
    }

    #[test]
    fn similarity_is_the_share_of_common_runs_of_three_words() {
        assert!((similarity("a b c d", "A, b c. D") - 1.0).abs() < 1e-9);
        // abc bcd | bcd cde: one of three.
        assert!((similarity("a b c d", "b c d e") - 1.0 / 3.0).abs() < 1e-9);
        assert!(similarity("a b c", "c b a").abs() < 1e-9);
        // A run that repeats counts once.
        assert!((similarity("a a a a a", "a a a") - 1.0).abs() < 1e-9);
        assert!((similarity("", "") - 1.0).abs() < 1e-9);
        assert!(similarity("", "a").abs() < 1e-9);
    }
}
