//! The weights of the classifier: how they are coded in bytes, and how a text's probabilities follow from them.

use super::arithmetic::exp;
use super::features::{
    BODY_BUCKETS, Features, HEAD_BUCKETS, WordCount, inverse_length, term_weight,
};
use super::signals::SIGNALS;
use crate::model::KindProbabilities;

/// Number of kinds.
const KINDS: usize = 5;
/// The first bytes of a file of weights.
const MAGIC: &[u8; 8] = b"PTCLASS1";
/// Bytes of one bucket: its rarity, and a weight for each kind.
const BUCKET_BYTES: usize = 1 + KINDS;
/// Bytes of a table before its buckets: the scale of its weights.
const SCALE_BYTES: usize = 8;
const HEADER_BYTES: usize = 8 + 3 * 4;

/// Error: bytes that are no weights of this version of the classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WeightsError {
    /// Another file, or the weights of other features.
    #[error("not a file of weights for this classifier; train it again with `train-classifier`")]
    Foreign,
    /// The file ends too early or goes on too long.
    #[error("the file of weights is damaged; train the classifier again with `train-classifier`")]
    Length,
}

/// Rarity and weights of the buckets of one table, in one byte each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CodedTable {
    /// What a weight of 1 stands for.
    pub weight_scale: f64,
    /// For each bucket, its rarity (0 to 255; 0 for words that the training texts do not have; only their relations count)
    /// and the weights of the kinds (-127 to 127).
    pub buckets: Vec<[u8; BUCKET_BYTES]>,
}

impl CodedTable {
    /// Adds the scores of some words, which together count as much as one vector of length 1.
    fn add_scores(&self, words: &[WordCount], scores: &mut [f64; KINDS]) {
        let (mut sums, mut squares) = ([0.0; KINDS], 0.0);
        for word in words {
            let [rarity, weights @ ..] = self.buckets[word.bucket as usize];
            if rarity == 0 {
                continue;
            }
            let value = term_weight(word.count) * f64::from(rarity);
            squares += value * value;
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += value * f64::from(i8::from_le_bytes([weight]));
            }
        }
        let factor = inverse_length(squares) * self.weight_scale;
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score += sum * factor;
        }
    }
}

/// The weights of the classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Words of the text.
    pub body: CodedTable,
    /// Words of its beginning.
    pub head: CodedTable,
    /// Weights of each signal.
    pub signals: [[f64; KINDS]; SIGNALS],
    /// What each kind begins with.
    pub bias: [f64; KINDS],
}

impl Default for Model {
    fn default() -> Self {
        let table = |buckets| CodedTable {
            buckets: vec![[0; BUCKET_BYTES]; buckets],
            ..CodedTable::default()
        };
        Self {
            body: table(BODY_BUCKETS),
            head: table(HEAD_BUCKETS),
            signals: [[0.0; KINDS]; SIGNALS],
            bias: [0.0; KINDS],
        }
    }
}

impl Model {
    /// The probabilities of a text with these features.
    #[must_use]
    pub fn probabilities(&self, features: &Features) -> KindProbabilities {
        let mut scores = self.bias;
        self.body.add_scores(&features.body, &mut scores);
        self.head.add_scores(&features.head, &mut scores);
        for (signal, weights) in features.signals.iter().zip(&self.signals) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += signal * weight;
            }
        }
        KindProbabilities::new(probabilities(scores))
    }

    /// Reads the weights of a file.
    ///
    /// # Errors
    /// If the bytes are no weights of this version of the classifier.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WeightsError> {
        let (header, mut rest) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or(WeightsError::Foreign)?;
        if header != Self::header() {
            return Err(WeightsError::Foreign);
        }
        let body = read_table(&mut rest, BODY_BUCKETS)?;
        let head = read_table(&mut rest, HEAD_BUCKETS)?;
        let mut model = Self {
            body,
            head,
            ..Self::default()
        };
        for weights in model.signals.iter_mut().chain([&mut model.bias]) {
            for weight in weights {
                *weight = read_number(&mut rest)?;
            }
        }
        if rest.is_empty() {
            Ok(model)
        } else {
            Err(WeightsError::Length)
        }
    }

    /// The weights as the bytes of a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Self::header();
        for table in [&self.body, &self.head] {
            out.extend(table.weight_scale.to_le_bytes());
            out.extend(table.buckets.iter().flatten());
        }
        let numbers = self.signals.iter().chain([&self.bias]).flatten();
        out.extend(numbers.flat_map(|number| number.to_le_bytes()));
        out
    }

    fn header() -> Vec<u8> {
        let mut header = MAGIC.to_vec();
        for size in [BODY_BUCKETS, HEAD_BUCKETS, SIGNALS] {
            header.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
        }
        header
    }
}

/// The probabilities of the kinds from their scores.
#[must_use]
pub fn probabilities(scores: [f64; KINDS]) -> [f64; KINDS] {
    let largest = scores.into_iter().fold(f64::MIN, f64::max);
    let parts = scores.map(|score| exp(score - largest));
    let sum: f64 = parts.iter().sum();
    parts.map(|part| part / sum)
}

fn read_table(rest: &mut &[u8], buckets: usize) -> Result<CodedTable, WeightsError> {
    let table = take(rest, SCALE_BYTES + buckets * BUCKET_BYTES)?;
    let (mut scales, coded) = table.split_at(SCALE_BYTES);
    let (coded, _) = coded.as_chunks();
    Ok(CodedTable {
        weight_scale: read_number(&mut scales)?,
        buckets: coded.to_vec(),
    })
}

fn read_number(rest: &mut &[u8]) -> Result<f64, WeightsError> {
    let bytes = take(rest, 8)?;
    let bytes = bytes.first_chunk().ok_or(WeightsError::Length)?;
    let number = f64::from_le_bytes(*bytes);
    if number.is_finite() {
        Ok(number)
    } else {
        Err(WeightsError::Foreign)
    }
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Result<&'a [u8], WeightsError> {
    let (taken, after) = rest.split_at_checked(bytes).ok_or(WeightsError::Length)?;
    *rest = after;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::features;

    #[test]
    fn weights_can_be_written_and_read() {
        let mut model = Model::default();
        model.body.buckets[7] = [200, 1, 255, 0, 127, 128];
        model.head.weight_scale = 0.25;
        model.signals[3][2] = -1.5;
        let bytes = model.to_bytes();
        assert_eq!(Model::from_bytes(&bytes), Ok(model));
        assert_eq!(Model::from_bytes(&bytes[1..]), Err(WeightsError::Foreign));
        assert_eq!(Model::from_bytes(&[]), Err(WeightsError::Foreign));
        for wrong in [&bytes[..bytes.len() - 1], &[&bytes[..], &[0]].concat()] {
            assert_eq!(Model::from_bytes(wrong), Err(WeightsError::Length));
        }
    }

    #[test]
    fn probabilities_add_up_to_one() {
        let given = probabilities([900.0, -900.0, 0.0, 899.0, 1.0]);
        assert!((given.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let equal = Model::default().probabilities(&features("some words"));
        assert!(equal.iter().all(|(_, p)| (p - 0.2).abs() < 1e-12));
    }
}
