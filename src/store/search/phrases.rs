//! The policies in which a phrase occurs, with the intervals in which it did.

use std::ops::ControlFlow;

use rusqlite::Transaction;

use super::candidates::{Needed, each_candidate};
use super::limited::Limited;
use super::query::SearchQuery;
use super::scope::SearchScope;
use crate::history::{PhraseInterval, SearchedVersion, phrase_intervals};
use crate::model::{PolicyId, Timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::histories::entries::{PolicyEntry, VersionEntry, history_of, rendition_of};

/// What has to have happened to the phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhraseEvent {
    /// It was there.
    Present,
    /// It came.
    Added,
    /// It went.
    Removed,
}

/// A search for a phrase in all histories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseSearch {
    /// The phrase.
    pub query: SearchQuery,
    /// Where it is searched for.
    pub scope: SearchScope,
    /// What has to have happened to it.
    pub event: PhraseEvent,
}

/// A policy in which a phrase occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPhrase {
    /// The policy.
    pub policy: PolicyEntry,
    /// All its versions.
    pub history: Vec<VersionEntry>,
    /// All intervals of the phrase, by first observation.
    pub all_intervals: Vec<PhraseInterval>,
    /// Those of them that the search selects.
    pub intervals: Vec<PhraseInterval>,
    /// A text with the phrase: the first one of the first interval; of removed phrases, the last one of that interval.
    pub text: String,
}

impl Store {
    /// Searches all histories for a phrase, and calls `visit` with each policy that has it, by site and address, up to
    /// `limit` of them. Returns whether there are more.
    ///
    /// # Errors
    /// If the database or `visit` fails.
    pub fn search<E: From<StoreError>>(
        &self,
        search: &PhraseSearch,
        limit: Option<usize>,
        visit: impl FnMut(FoundPhrase) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut limited = Limited::new(limit, visit);
        self.read(|t| each_found(t, search, |found| limited.take(found)))?;
        limited.finish()
    }
}

fn each_found(
    t: &Transaction<'_>,
    search: &PhraseSearch,
    mut visit: impl FnMut(FoundPhrase) -> ControlFlow<()>,
) -> rusqlite::Result<()> {
    let scope = search.scope.policies(t)?;
    let needed = match search.event {
        PhraseEvent::Present => Needed::First,
        PhraseEvent::Added | PhraseEvent::Removed => Needed::All,
    };
    each_candidate(
        t,
        &search.query,
        (&search.scope, scope.as_ref()),
        needed,
        |policy, versions| {
            // A phrase of all versions neither came nor went.
            if search.event != PhraseEvent::Present && versions.len() as u64 >= policy.versions {
                return Ok(ControlFlow::Continue(()));
            }
            Ok(match found(t, search, policy, &versions)? {
                Some(found) => visit(found),
                None => ControlFlow::Continue(()),
            })
        },
    )
}

/// What was found in a policy; `None` if nothing of it is selected.
fn found(
    t: &Transaction<'_>,
    search: &PhraseSearch,
    policy: PolicyEntry,
    versions: &[u32],
) -> rusqlite::Result<Option<FoundPhrase>> {
    let history = history_of(t, policy.policy_id)?;
    let searched: Vec<SearchedVersion> = history
        .iter()
        .map(|v| SearchedVersion {
            version: v.version,
            edition: v.edition,
            previous: v.previous_version,
            changed_after: v.changed_after,
            first_seen: v.first_seen,
            last_seen: v.last_seen,
            has_phrase: versions.contains(&v.version),
        })
        .collect();
    let has_editions = history.iter().any(|v| v.edition > 1);
    let sightings = if has_editions {
        sightings(t, policy.policy_id)?
    } else {
        Vec::new()
    };
    let all_intervals = phrase_intervals(&searched, &sightings);
    let mut intervals = all_intervals.clone();
    intervals.retain(|interval| is_selected(search, interval, &history));
    let shown = intervals.first().and_then(|first| match search.event {
        PhraseEvent::Removed => first.versions.last(),
        PhraseEvent::Present | PhraseEvent::Added => first.versions.first(),
    });
    let Some(shown) = shown.and_then(|number| history.iter().find(|v| v.version == *number)) else {
        return Ok(None);
    };
    let text = rendition_of(t, shown.rendition_id)?.map_or_else(String::new, |r| r.text);
    Ok(Some(FoundPhrase {
        policy,
        history,
        all_intervals,
        intervals,
        text,
    }))
}

/// True if the event and the scope select an interval. They never change an interval: a phrase whose text goes on in
/// another language did not end.
fn is_selected(search: &PhraseSearch, interval: &PhraseInterval, history: &[VersionEntry]) -> bool {
    let scope = &search.scope;
    let is_in_time = match (search.event, interval.gone_by) {
        (PhraseEvent::Present, _) => scope.touches(Some(interval.first_seen), interval.last_seen),
        (PhraseEvent::Added, _) => {
            interval.is_added && scope.touches(interval.changed_after, interval.first_seen)
        }
        (PhraseEvent::Removed, Some(gone_by)) => {
            interval.is_removed && scope.touches(Some(interval.last_seen), gone_by)
        }
        (PhraseEvent::Removed, None) => false,
    };
    let of_interval = |v: &&VersionEntry| interval.versions.contains(&v.version);
    is_in_time
        && (scope.language.is_none()
            || history
                .iter()
                .filter(of_interval)
                .any(|v| scope.has_language(&v.language)))
}

/// The first observations of all sightings of a policy, in order.
fn sightings(t: &Transaction<'_>, policy_id: PolicyId) -> rusqlite::Result<Vec<Timestamp>> {
    let mut statement = t.prepare_cached(
        "SELECT first_seen FROM sightings WHERE policy_id = ?1 ORDER BY first_seen",
    )?;
    let rows = statement.query_map([policy_id], |r| r.get(0))?;
    rows.collect()
}
