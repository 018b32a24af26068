//! The classifier with the weights that are part of the program.

use std::sync::LazyLock;

use super::features::features;
use super::model::Model;
use crate::model::KindProbabilities;

/// Version of the classifier: its features and weights. Every change of its probabilities raises it.
pub const CLASSIFIER_VERSION: &str = "1";

static WEIGHTS: &[u8] = include_bytes!("../../data/classifier/weights.bin");

/// The weights are part of the program; the test `the_weights_read` reads them.
static MODEL: LazyLock<Model> = LazyLock::new(|| Model::from_bytes(WEIGHTS).unwrap_or_default());

/// The probability of each kind of document for a text: plain text or Markdown, one line per block.
///
/// A text without words is [`DocumentKind::Other`](crate::model::DocumentKind::Other) for certain.
#[must_use]
pub fn classify(text: &str) -> KindProbabilities {
    let features = features(text);
    if features.body.is_empty() {
        return KindProbabilities::new([0.0, 0.0, 0.0, 0.0, 1.0]);
    }
    MODEL.probabilities(&features)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DocumentKind;

    #[test]
    fn the_weights_read() {
        let model = Model::from_bytes(WEIGHTS).unwrap();
        assert_eq!(model.to_bytes(), WEIGHTS);
        assert!(WEIGHTS.len() <= 2 << 20, "{} bytes", WEIGHTS.len());
    }

    #[test]
    fn a_text_without_words_is_no_document() {
        for text in ["", " \n", "…!?"] {
            assert_eq!(classify(text).most_probable(), DocumentKind::Other);
        }
    }
}
