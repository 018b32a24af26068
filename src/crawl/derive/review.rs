//! Stores the decisions of reviewers and derives the histories that they change.

use super::history::history_of;
use crate::model::{PolicyId, TextHash, Timestamp};
use crate::store::{Announce, AnnouncementRule, Derived, Review, Store, StoreError};

/// A capture whose text a reviewer excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExcludedCapture {
    /// Its time.
    pub timestamp: Timestamp,
    /// Body of its text.
    pub body_hash: TextHash,
}

/// Stores a decision about a text of a site and derives the histories of the site's policies again, from the results of
/// the same extractor. After a kill in between, the next crawl derives them.
///
/// A version that returns is no news. But versions that an interrupted crawl found are recorded as its continuation says.
///
/// # Errors
/// When the database fails.
pub fn decide(store: &Store, review: &Review<'_>) -> Result<(), StoreError> {
    let mut policies = Vec::new();
    for (policy_id, extractor) in store.derived_policies(review.site)? {
        policies.push((policy_id, extractor, store.pending(policy_id)? > 0));
    }
    store.add_review(review)?;
    for (policy_id, extractor, has_news) in policies {
        let history = history_of(store, policy_id, &extractor, false)?;
        let derived = history.derived(&extractor);
        if has_news {
            let derived = Derived {
                pending: None,
                ..derived
            };
            store.set_history(policy_id, &derived, None, None)?;
        } else {
            let announcement = AnnouncementRule {
                noticed_at: review.decided_at,
                announce: Announce::Nothing,
            };
            store.set_history(policy_id, &derived, None, announcement)?;
        }
    }
    Ok(())
}

/// The captures of a site whose text a reviewer excluded, in order of time for each policy.
///
/// # Errors
/// When the database fails.
pub fn excluded_captures(store: &Store, site: &str) -> Result<Vec<ExcludedCapture>, StoreError> {
    let mut excluded = Vec::new();
    for (policy_id, extractor) in store.derived_policies(site)? {
        excluded.extend(of_policy(store, policy_id, &extractor)?);
    }
    Ok(excluded)
}

fn of_policy(
    store: &Store,
    policy_id: PolicyId,
    extractor: &str,
) -> Result<Vec<ExcludedCapture>, StoreError> {
    let captures = store.captures_of_policy(policy_id, extractor)?;
    Ok(captures
        .into_iter()
        .filter(|stored| stored.excluded.is_some())
        .filter_map(|stored| {
            Some(ExcludedCapture {
                timestamp: stored.capture.timestamp,
                body_hash: stored.body_hash?,
            })
        })
        .collect())
}
