//! Policies of other sites that are similar to a policy.

use serde_json::{Value, json};

use super::error::ReportError;
use crate::history::redline;
use crate::store::{NearPolicy, Store, VersionEntry};

/// Most policies whose texts are compared word by word.
const MOST_COMPARED: usize = 200;

/// A policy of another site, and how similar it is.
#[derive(Debug, Clone, PartialEq)]
pub struct SimilarPolicy {
    /// The policy and its most similar version.
    pub near: NearPolicy,
    /// Share of words that both texts have in the same order (Dice's coefficient): 1 for the same words, 0 for none.
    pub score: f64,
}

impl SimilarPolicy {
    /// The policy as data.
    #[must_use]
    pub fn answer(&self, site: &str, version: &VersionEntry) -> Value {
        let near = &self.near;
        json!({
            "site": site,
            "version": version.version,
            "similar_site": near.policy.site,
            "similar_policy_url": near.policy.policy_url,
            "similar_version": near.version.version,
            "score": (self.score * 1000.0).round() / 1000.0,
            "is_same_text": near.version.text_sha256 == version.text_sha256,
            "simhash_distance": near.simhash_distance,
            "language": near.version.language,
            "first_seen": near.version.first_seen,
            "last_seen": near.version.last_seen,
            "memento_url": near.version.proof.memento_url,
            "proof": near.version.proof.text(),
        })
    }
}

/// The policies of other sites that are similar to a version, most similar first. The nearest policies by simhash are
/// compared word by word.
///
/// # Errors
/// If the database fails or the text of the version is missing.
pub fn similar_policies(
    store: &Store,
    site: &str,
    version: &VersionEntry,
    least_score: f64,
) -> Result<Vec<SimilarPolicy>, ReportError> {
    let missing = || ReportError::TextMissing {
        version: version.version,
    };
    let hash = version.text_sha256.parse().map_err(|_| missing())?;
    let text = store
        .rendition(version.rendition_id)?
        .ok_or_else(missing)?
        .text;
    let mut similar: Vec<SimilarPolicy> = store
        .near_policies(hash, site, MOST_COMPARED)?
        .into_iter()
        .map(|near| SimilarPolicy {
            score: score(&text, &near.text),
            near,
        })
        .filter(|policy| policy.score >= least_score)
        .collect();
    similar.sort_by(|a, b| {
        let names = |s: &SimilarPolicy| (s.near.policy.site.clone(), s.near.policy.policy_id);
        b.score
            .total_cmp(&a.score)
            .then_with(|| names(a).cmp(&names(b)))
    });
    Ok(similar)
}

/// The share of words that two texts have in common.
#[expect(clippy::cast_precision_loss, reason = "no text has 2^52 words")]
fn score(one: &str, other: &str) -> f64 {
    let redline = redline(one, other);
    let kept = redline.words_kept.saturating_mul(2);
    let all = kept + redline.words_added + redline.words_removed;
    if all == 0 {
        return 1.0;
    }
    kept as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_the_share_of_common_words() {
        assert!((score("we sell data", "we sell data") - 1.0).abs() < 1e-9);
        assert!(score("we sell data", "nothing else matters").abs() < 1e-9);
        assert!((score("a b c d", "a b c d e f g h") - 8.0 / 12.0).abs() < 1e-9);
    }
}
