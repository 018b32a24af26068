//! What kind of document a text is, as data.

use serde_json::{Map, Value, json};

use crate::model::KindProbabilities;

/// The most probable kind of a text, and the probability of each kind to four decimals.
#[must_use]
pub fn classification_answer(probabilities: &KindProbabilities, version: &str) -> Value {
    let all: Map<String, Value> = probabilities
        .iter()
        .map(|(kind, probability)| (kind.code().to_owned(), rounded(probability)))
        .collect();
    json!({
        "document_kind": probabilities.most_probable().code(), "probabilities": all,
        "classifier_version": version,
    })
}

fn rounded(probability: f64) -> Value {
    json!((probability * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_names_the_kind_and_all_probabilities() {
        let given = KindProbabilities::new([0.9, 0.05, 0.02, 0.02, 0.01]);
        let answer = classification_answer(&given, "7");
        assert_eq!(answer["document_kind"], "privacy");
        assert_eq!(answer["probabilities"]["cookies"], 0.05);
        assert_eq!(answer["classifier_version"], "7");
    }
}
