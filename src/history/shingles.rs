//! Shingles: the runs of three words of a text, as hashes.

use crate::model::words;

/// Number of consecutive words in a shingle. Single words ignore order; longer runs change with every small edit.
const SHINGLE_WORDS: usize = 3;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The hashes of all runs of three words in lower case, in order, each as often as it occurs. A text of one or two words
/// has one run; a text without words has none.
///
/// The hash never changes, because the simhash is made from it and stored: FNV-1a of the words' letters in UTF-8, each word
/// ended by a zero byte, then the finaliser of `SplitMix64`.
pub(super) fn shingle_hashes(text: &str) -> Vec<u64> {
    let hashes: Vec<u64> = words(text).map(hash_of_word).collect();
    if hashes.is_empty() {
        return Vec::new();
    }
    let runs = hashes.windows(SHINGLE_WORDS.min(hashes.len()));
    runs.map(|run| {
        run.iter()
            .fold(FNV_OFFSET, |state, word| mixed(state.rotate_left(5) ^ word))
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

fn hash_of_word(word: &str) -> u64 {
    let add = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
    let mut buffer = [0_u8; 4];
    let state = word
        .chars()
        .flat_map(char::to_lowercase)
        .fold(FNV_OFFSET, |state, c| {
            c.encode_utf8(&mut buffer).bytes().fold(state, add)
        });
    mixed(add(state, 0))
}

/// The finaliser of `SplitMix64`: every bit of the input affects every bit of the output.
fn mixed(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
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
