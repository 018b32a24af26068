//! From what is stored of a policy to its versions, with the changes between them.

use std::collections::{HashMap, HashSet};

use crate::history::{self, Change, Observation, TextTraits, Version};
use crate::model::TextHash;
use crate::store::{Look, Store, StoreError, VersionRecord};

/// The versions of a policy's observations, each with what changed. `fetched` names the capture whose bytes were read
/// for each capture observed. Changes that were measured before are taken from the database, unless `anew`.
pub(super) fn version_records(
    store: &Store,
    policy_id: i64,
    observations: &[Observation<i64>],
    fetched: &HashMap<i64, i64>,
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
    let mut records = Vec::with_capacity(versions.len());
    for version in &versions {
        let before = version.previous.and_then(|p| versions.get(p as usize - 1));
        let change = match before {
            Some(before) => change_between(store, &traits, &mut changes, before, version)?,
            None => None,
        };
        records.push(record(version, change, fetched));
    }
    Ok(records)
}

fn change_between(
    store: &Store,
    traits: &HashMap<TextHash, TextTraits>,
    changes: &mut HashMap<(TextHash, TextHash), Change>,
    before: &Version<i64>,
    after: &Version<i64>,
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
    version: &Version<i64>,
    change: Option<Change>,
    fetched: &HashMap<i64, i64>,
) -> VersionRecord {
    let look = |&capture_id: &i64| Look {
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
        looks: version.captures.iter().map(look).collect(),
    }
}
