//! The versions of a policy with the changes between them, from what is stored.

use std::collections::{HashMap, HashSet};

use crate::extract::{PageWording, page_wording};
use crate::history::{
    self, Change, Observation, Suspicion, TextTraits, Version, VersionFacts, suspicions,
};
use crate::model::{CaptureId, PolicyId, TextHash};
use crate::store::{ObservationRow, Store, StoreError, VersionRecord};

/// Texts with this many words or more are not read for the words of error pages ([`page_wording`]).
const WORDS_WITHOUT_WORDING: u64 = 250;

/// Returns the versions that a policy's observations make, each with its change. `fetched` maps each observed capture
/// to the capture whose bytes were extracted for it. Changes that were measured before are read from the database,
/// unless `anew` is true.
pub(super) fn version_records(
    store: &Store,
    policy_id: PolicyId,
    observations: &[Observation<CaptureId>],
    fetched: &HashMap<CaptureId, CaptureId>,
    anew: bool,
) -> Result<Vec<VersionRecord>, StoreError> {
    let texts: HashSet<TextHash> = observations.iter().map(|o| o.text_hash).collect();
    let mut traits = HashMap::with_capacity(texts.len());
    for text in texts {
        if let Some(known) = store.text_traits(text)? {
            traits.insert(text, known);
        }
    }
    let versions = history::versions(observations, &traits);
    let mut changes = if anew {
        HashMap::new()
    } else {
        store.known_changes(policy_id)?
    };
    let suspicions = suspicions_of(store, policy_id, &versions, &traits)?;
    let mut records = Vec::with_capacity(versions.len());
    for (version, suspect) in versions.iter().zip(suspicions) {
        let before = version.previous.and_then(|p| versions.get(p as usize - 1));
        let change = match before {
            Some(before) => change_between(store, &traits, &mut changes, before, version)?,
            None => None,
        };
        records.push(VersionRecord {
            suspect,
            ..record(version, change, fetched)
        });
    }
    Ok(records)
}

/// The reasons why each version is suspect.
fn suspicions_of(
    store: &Store,
    policy_id: PolicyId,
    versions: &[Version<CaptureId>],
    traits: &HashMap<TextHash, TextTraits>,
) -> Result<Vec<Vec<Suspicion>>, StoreError> {
    let accepted = store.accepted_bodies(policy_id)?;
    let mut facts = Vec::with_capacity(versions.len());
    for version in versions {
        let words = store.word_count(version.text_hash)?.unwrap_or_default();
        facts.push(VersionFacts {
            words,
            language: traits
                .get(&version.text_hash)
                .map_or("und", |t| t.language.as_str()),
            captures: version.captures.len(),
            last_seen: version.last_seen,
            wording: if words < WORDS_WITHOUT_WORDING {
                let text = store.text(version.text_hash)?.unwrap_or_default();
                page_wording(&text).map(suspicion)
            } else {
                None
            },
            is_accepted: accepted.contains(&version.body_hash),
        });
    }
    Ok(suspicions(&facts))
}

fn suspicion(wording: PageWording) -> Suspicion {
    match wording {
        PageWording::Error => Suspicion::ErrorWording,
        PageWording::LogIn => Suspicion::LogInWording,
    }
}

fn change_between(
    store: &Store,
    traits: &HashMap<TextHash, TextTraits>,
    changes: &mut HashMap<(TextHash, TextHash), Change>,
    before: &Version<CaptureId>,
    after: &Version<CaptureId>,
) -> Result<Option<Change>, StoreError> {
    let pair = (before.text_hash, after.text_hash);
    if let Some(known) = changes.get(&pair) {
        return Ok(Some(*known));
    }
    let (Some(old), Some(new)) = (store.text(pair.0)?, store.text(pair.1)?) else {
        return Ok(None);
    };
    let simhash = |text: &TextHash| traits.get(text).map_or(0, |t| t.simhash);
    let change = history::change(&old, &new, (simhash(&pair.0), simhash(&pair.1)));
    changes.insert(pair, change);
    Ok(Some(change))
}

fn record(
    version: &Version<CaptureId>,
    change: Option<Change>,
    fetched: &HashMap<CaptureId, CaptureId>,
) -> VersionRecord {
    let observation = |&capture_id: &CaptureId| ObservationRow {
        capture_id,
        fetched_capture_id: fetched.get(&capture_id).copied().unwrap_or(capture_id),
    };
    VersionRecord {
        number: version.number,
        edition: version.edition,
        previous: version.previous,
        same_as: version.same_as,
        change,
        first_seen: version.first_seen,
        last_seen: version.last_seen,
        changed_after: version.changed_after,
        suspect: Vec::new(),
        observations: version.captures.iter().map(observation).collect(),
    }
}
