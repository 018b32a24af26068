//! Selects the answered index queries that a turn of the scheduled job repeats.

use std::collections::BTreeSet;

use super::query_keys::QueryKeys;
use crate::archive::KeyFilter;
use crate::crawl::site::CrawlStart;
use crate::model::{ArchiveId, SiteId, Timestamp, UrlKey};
use crate::store::{PastQuery, Store, StoreError};

/// Rows may reach an index late and out of order, so a query for new rows begins this long before the newest row.
pub(super) const INDEX_LAG_SECONDS: i64 = 30 * 86_400;
/// A turn repeats every query whose answer is at least this old, in addition to the most urgent one.
const OLD_ANSWER_SECONDS: i64 = 30 * 86_400;

/// The data that decides which queries of a site a turn repeats.
#[derive(Debug)]
pub(crate) struct RepeatRule {
    /// The archive.
    pub(crate) archive_id: ArchiveId,
    /// The site.
    pub(crate) site_id: SiteId,
    /// URLs that the query for the whole site covers.
    pub(crate) domain_filter: KeyFilter,
    /// True if the query for the whole site is sent.
    pub(crate) by_path: bool,
    /// When the crawl of the site began.
    pub(crate) start: CrawlStart,
    /// Present time.
    pub(crate) now: Timestamp,
}

/// Returns the scopes of the answered queries that a turn repeats. Candidates are the query for the whole site, and the
/// queries for those URLs of its policies that the answer for the whole site does not hold. The turn repeats the most
/// urgent one, so that it costs one index query, and those that have not been sent for a month. It repeats none if the
/// crawl continues an interrupted one that has already repeated a query.
pub(crate) fn scopes_to_repeat(
    store: &Store,
    keys: &QueryKeys,
    rule: &RepeatRule,
) -> Result<BTreeSet<String>, StoreError> {
    let mut candidates = Vec::new();
    if rule.by_path {
        candidates.push(keys.domain());
    }
    for policy in store.policies_of_site(rule.site_id)? {
        let elsewhere = |key: &&UrlKey| !(keys.is_own(key) && rule.domain_filter.names(key));
        let elsewhere = policy.urlkeys.iter().filter(elsewhere);
        candidates.extend(elsewhere.map(|key| keys.exact(key)));
    }
    let mut answered = Vec::new();
    for key in candidates {
        let past = store.past_query(rule.archive_id, &key)?;
        answered.extend(past.map(|past| (past, key.scope)));
    }
    let is_recent = |(past, _): &(PastQuery, String)| past.queried_at >= rule.start.since;
    if rule.start.resumed && answered.iter().any(is_recent) {
        return Ok(BTreeSet::new());
    }
    let now = rule.now;
    let most_urgent = answered
        .iter()
        .max_by(|(a, _), (b, _)| urgency(a, now).total_cmp(&urgency(b, now)))
        .map(|(_, scope)| scope.clone());
    let old = answered.into_iter().filter(|(past, _)| {
        now.unix_seconds() - past.queried_at.unix_seconds() >= OLD_ANSWER_SECONDS
    });
    Ok(old.map(|(_, scope)| scope).chain(most_urgent).collect())
}

/// Urgency of repeating a query: the time since its answer, divided by the time for which no new row has appeared. A
/// query for the present URL of a policy is repeated more often than one for a former URL. An answer with a time in the
/// future (because a clock was wrong), and one whose rows could not all be read, are the most urgent.
fn urgency(past: &PastQuery, now: Timestamp) -> f64 {
    let is_in_doubt = past.newest_capture.is_none() && !past.always_empty;
    if past.queried_at > now || is_in_doubt {
        return f64::INFINITY;
    }
    let since = |then: Timestamp| (now.unix_seconds() - then.unix_seconds()).max(0);
    let quiet = past.newest_capture.map_or(i64::MAX, since);
    #[expect(clippy::cast_precision_loss, reason = "a ratio to compare")]
    let urgency = since(past.queried_at) as f64 / quiet.max(INDEX_LAG_SECONDS) as f64;
    urgency
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_was_answered_in_the_future_is_the_most_urgent() {
        let day = |text| Timestamp::earliest(text).unwrap();
        let past = |queried_at, newest| PastQuery {
            queried_at: day(queried_at),
            newest_capture: Some(day(newest)),
            always_empty: false,
            bad_rows: 0,
        };
        let now = day("2026");
        let usual = urgency(&past("2025", "2024"), now);
        assert!(urgency(&past("2099", "2024"), now) > usual);
        assert!(urgency(&past("2020", "2024"), now) > usual);
        assert!(urgency(&past("2025", "2010"), now) < usual);
    }
}
