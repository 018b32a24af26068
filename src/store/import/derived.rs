//! What a dataset does not say of its versions because it follows from them.

use std::collections::HashMap;

use rusqlite::{Transaction, params};

use crate::history::distance;
use crate::model::PolicyId;

/// The version before another in its edition.
struct Before {
    policy_id: PolicyId,
    version: u32,
    previous: u32,
    simhash_distance: u32,
}

/// Fills in what the read side needs: the look at each version's first capture, the version before it, how far that is.
pub(super) fn complete(t: &Transaction<'_>) -> rusqlite::Result<()> {
    // In a dataset that is narrowed in time the first capture has no row of its own.
    t.execute(
        "INSERT OR IGNORE INTO observations (policy_id, capture_id, version, fetched_capture_id)
         SELECT v.policy_id, v.first_capture_id, v.version, v.first_capture_id
         FROM versions v JOIN mementos m ON m.capture_id = v.first_capture_id",
        [],
    )?;
    let mut statement = t.prepare(
        "UPDATE versions SET previous_version = ?3, simhash_distance = iif(change_kind IS NULL, NULL, ?4)
         WHERE policy_id = ?1 AND version = ?2",
    )?;
    for before in befores(t)? {
        statement.execute(params![
            before.policy_id,
            before.version,
            before.previous,
            before.simhash_distance
        ])?;
    }
    Ok(())
}

fn befores(t: &Transaction<'_>) -> rusqlite::Result<Vec<Before>> {
    let mut statement = t.prepare(
        "SELECT v.policy_id, v.version, v.edition, d.simhash FROM versions v JOIN documents d USING (document_id)
         ORDER BY v.policy_id, v.version",
    )?;
    let mut rows = statement.query([])?;
    let mut befores = Vec::new();
    let mut last = (None, 0_u32);
    // The newest version of each edition, and its simhash.
    let mut newest: HashMap<u32, (u32, u64)> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (policy_id, version, edition): (PolicyId, u32, u32) = (
            row.get("policy_id")?,
            row.get("version")?,
            row.get("edition")?,
        );
        let simhash = row.get::<_, i64>("simhash")?.cast_unsigned();
        // Where versions are left out nobody knows of which edition they were.
        if last.0 != Some(policy_id) || last.1.checked_add(1) != Some(version) {
            newest.clear();
        }
        last = (Some(policy_id), version);
        if let Some((previous, other)) = newest.insert(edition, (version, simhash)) {
            befores.push(Before {
                policy_id,
                version,
                previous,
                simhash_distance: distance(other, simhash),
            });
        }
    }
    Ok(befores)
}
