//! The features of a text: counts of hashed words and pairs of words, and signals.

use super::signals::{SIGNALS, signals};
use super::visible_words::each_word;
use crate::model::{joined_hash, mixed_bits};

/// Number of buckets into which the words of the text are hashed.
pub const BODY_BUCKETS: usize = 1 << 17;
/// Number of buckets into which the words of its beginning are hashed.
pub const HEAD_BUCKETS: usize = 1 << 15;
/// Number of words that are read. Longer texts repeat themselves, and reading them costs time.
const MAX_WORDS: usize = 2500;
/// Number of words of the beginning, which names the document.
const HEAD_WORDS: usize = 60;
/// Makes the buckets of the beginning independent of those of the text.
const HEAD_SALT: u64 = 0x6865_6164_0000_0001;

/// A bucket and how many words of the text fall into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordCount {
    /// The bucket.
    pub bucket: u32,
    /// Number of words and pairs in it, at least 1.
    pub count: u16,
}

/// The features of one text.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// Words and pairs of words of the text, each bucket once.
    pub body: Vec<WordCount>,
    /// Words and pairs of words of its beginning, each bucket once.
    pub head: Vec<WordCount>,
    /// What does not depend on the language, 0 to about 1 each.
    pub signals: [f64; SIGNALS],
}

/// Counts per bucket, with the buckets in the order of their first words.
struct Counter {
    counts: Vec<u16>,
    order: Vec<u32>,
}

impl Counter {
    fn new(buckets: usize) -> Self {
        Self {
            counts: vec![0; buckets],
            order: Vec::new(),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the number of buckets is a power of two below 2^32"
    )]
    fn add(&mut self, hash: u64) {
        let bucket = hash as usize & (self.counts.len() - 1);
        let count = &mut self.counts[bucket];
        if *count == 0 {
            self.order.push(bucket as u32);
        }
        *count = count.saturating_add(1);
    }

    fn all(self) -> Vec<WordCount> {
        let counts = self.counts;
        let of = |bucket: u32| WordCount {
            bucket,
            count: counts[bucket as usize],
        };
        self.order.into_iter().map(of).collect()
    }
}

/// The features of a text.
#[must_use]
pub fn features(text: &str) -> Features {
    let mut body = Counter::new(BODY_BUCKETS);
    let mut head = Counter::new(HEAD_BUCKETS);
    let (mut read, mut before) = (0, None);
    each_word(text, |word| {
        let pair = before.map(|before| joined_hash(before, word));
        for hash in std::iter::once(word).chain(pair) {
            body.add(hash);
            if read < HEAD_WORDS {
                head.add(mixed_bits(hash ^ HEAD_SALT));
            }
        }
        before = Some(word);
        read += 1;
        read < MAX_WORDS
    });
    Features {
        body: body.all(),
        head: head.all(),
        signals: signals(text),
    }
}

/// The weight of a word that occurs so often: repetition counts less and less.
#[must_use]
pub fn term_weight(count: u16) -> f64 {
    f64::from(count).sqrt()
}

/// The factor that gives a vector with this sum of squares the length 1; 0 for the zero vector.
#[must_use]
pub fn inverse_length(sum_of_squares: f64) -> f64 {
    if sum_of_squares > 0.0 {
        1.0 / sum_of_squares.sqrt()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_pairs_are_counted_once_per_bucket() {
        let found = features("we collect data we collect data");
        // Three words and the pairs "we collect", "collect data", "data we".
        assert_eq!(found.body.len(), 6);
        let total: u16 = found.body.iter().map(|word| word.count).sum();
        assert_eq!(total, 11);
        assert_eq!(found.head.len(), 6);
        assert_eq!(features("").body, []);
    }

    #[test]
    fn long_texts_are_read_in_part() {
        let text = "word ".repeat(50_000);
        assert_eq!(usize::from(features(&text).body[0].count), MAX_WORDS);
    }
}
