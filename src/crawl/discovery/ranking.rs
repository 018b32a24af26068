//! Selects the joined policies to follow. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::discover::{self, Candidate, Policy};
use crate::model::{Source, UrlKey};
use crate::store::PolicyRow;

/// How certain it is that a URL belongs to a policy. URLs that the user named come first; the others are ordered by
/// score.
type Rank = (bool, u8);

/// Returns the policies to follow, the best first: at most `most`, and in addition those that the user named and those
/// that have a history (a URL in `followed`). Otherwise their histories would end unnoticed when a better policy is found.
pub(super) fn policies_to_follow(
    joined: Vec<Policy>,
    candidates: &[Candidate],
    followed: &BTreeSet<UrlKey>,
    most: usize,
) -> Vec<PolicyRow> {
    let ranks: BTreeMap<&UrlKey, Rank> = candidates.iter().map(|c| (&c.urlkey, rank(c))).collect();
    let mut ranked: Vec<(Rank, PolicyRow)> = joined
        .into_iter()
        .map(|policy| {
            let row = policy_row(policy);
            let keys = row.urls.iter().filter_map(|(key, _)| ranks.get(key));
            (keys.max().copied().unwrap_or_default(), row)
        })
        .filter(|((is_given, score), row)| {
            !row.urls.is_empty() && (*is_given || *score >= discover::PLAUSIBLE_SCORE)
        })
        .collect();
    // `joined` is sorted, and the sort is stable: the same evidence gives the same policies.
    ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
    let is_followed =
        |row: &PolicyRow| row.urls.iter().any(|(urlkey, _)| followed.contains(urlkey));
    let rows = ranked.into_iter().enumerate();
    rows.filter(|(place, (rank, row))| *place < most || rank.0 || is_followed(row))
        .map(|(_, (_, row))| row)
        .collect()
}

fn rank(candidate: &Candidate) -> Rank {
    let is_given = candidate.evidence.iter().any(|e| e.source == Source::Given);
    (is_given, candidate.score)
}

/// The row of a policy, not named yet.
fn policy_row(policy: Policy) -> PolicyRow {
    PolicyRow {
        kind: policy.kind,
        policy_url: String::new(),
        cross_domain: policy.cross_domain,
        urls: policy
            .urls
            .into_iter()
            .filter_map(|url| Some((UrlKey::of(&url).ok()?, url)))
            .collect(),
    }
}
