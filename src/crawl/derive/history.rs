//! Derives the versions and drops of policies from what is stored.

use std::collections::HashMap;

use super::capture_status::{CaptureStatus, capture_status};
use super::sample_captures::{sample_captures, strategy};
use super::versions::version_records;
use crate::config::CrawlSettings;
use crate::extract::EXTRACTOR_VERSION;
use crate::history::Observation;
use crate::model::{PolicyId, Timestamp};
use crate::sample::{self, Shortfall};
use crate::store::{
    Announce, AnnouncementRule, Derived, DropRow, OutdatedHistory, Store, StoreError,
    StoredCapture, VersionRecord,
};

/// Derives versions and drops of a policy, stores them, and returns what the sampling strategy still wants to know.
///
/// A history that another extractor made is kept until the present extractor has read every page of it (a machine may
/// lack the PDF reader). Otherwise the versions on the unread pages would be missing.
pub(crate) fn derive_policy(
    store: &Store,
    crawl: &CrawlSettings,
    policy_id: PolicyId,
    announcement: AnnouncementRule,
) -> Result<Shortfall, StoreError> {
    let history = history_of(store, policy_id, EXTRACTOR_VERSION, false)?;
    let wanted: Vec<StoredCapture> = history
        .stored
        .iter()
        .filter(|s| crawl.in_span(s.capture.timestamp))
        .cloned()
        .collect();
    let open = sample::shortfall(strategy(crawl), &sample_captures(&wanted, &|_| false).1);
    let is_of_another = store
        .derived_by(policy_id)?
        .is_some_and(|extractor| extractor != EXTRACTOR_VERSION);
    if is_of_another && !store.unextracted(policy_id, EXTRACTOR_VERSION)?.is_empty() {
        return Ok(open);
    }
    let left_open = open.open_intervals + open.unread_steps;
    store.set_history(
        policy_id,
        &history.derived(EXTRACTOR_VERSION),
        Some(left_open),
        announcement,
    )?;
    Ok(open)
}

/// Derives the histories that do not yet cover everything that is stored: those of interrupted crawls, now or earlier,
/// and those of other sites that share the fetched pages.
pub(crate) fn derive_pending(
    store: &Store,
    crawl: &CrawlSettings,
    announcement: AnnouncementRule,
) -> Result<(), StoreError> {
    for policy_id in store.pending_policies()? {
        derive_policy(store, crawl, policy_id, announcement)?;
    }
    Ok(())
}

/// Derives again the histories that were derived by older rules, from the results of the same extractor.
///
/// # Errors
/// When the database fails.
pub fn derive_outdated(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let announcement = AnnouncementRule {
        noticed_at: now,
        announce: Announce::Nothing,
    };
    for outdated in store.outdated_histories()? {
        let OutdatedHistory {
            policy_id,
            extractor,
        } = outdated;
        let history = history_of(store, policy_id, &extractor, true)?;
        store.set_history(policy_id, &history.derived(&extractor), None, announcement)?;
    }
    Ok(())
}

/// What is derived for a policy.
pub(super) struct DerivedHistory {
    /// Its versions.
    pub(super) versions: Vec<VersionRecord>,
    /// The captures that give no version.
    pub(super) drops: Vec<DropRow>,
    stored: Vec<StoredCapture>,
    pending: i64,
}

impl DerivedHistory {
    pub(super) fn derived<'a>(&'a self, extractor: &'a str) -> Derived<'a> {
        Derived {
            extractor,
            versions: &self.versions,
            drops: &self.drops,
            pending: Some(self.pending),
        }
    }
}

/// Derives versions and drops of a policy from the results of an extractor. If `anew` is true, nothing is taken from an
/// earlier derivation.
pub(super) fn history_of(
    store: &Store,
    policy_id: PolicyId,
    extractor: &str,
    anew: bool,
) -> Result<DerivedHistory, StoreError> {
    let pending = store.pending(policy_id)?;
    let stored = store.captures_of_policy(policy_id, extractor)?;
    let mut observations = Vec::new();
    let mut drops = Vec::new();
    let mut fetched = HashMap::new();
    for s in &stored {
        match (capture_status(s), s.fetched_capture_id) {
            (CaptureStatus::Text(text_hash), Some(fetched_capture_id)) => {
                observations.push(Observation {
                    capture: s.capture_id,
                    timestamp: s.capture.timestamp,
                    text_hash,
                });
                fetched.insert(s.capture_id, fetched_capture_id);
            }
            (CaptureStatus::Dropped(dropped), _) => drops.push(DropRow {
                capture_id: s.capture_id,
                dropped,
            }),
            _ => {}
        }
    }
    Ok(DerivedHistory {
        versions: version_records(store, policy_id, &observations, &fetched, anew)?,
        drops,
        stored,
        pending,
    })
}
