//! The derived tables: versions, the captures that showed them, and the captures that gave none.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};

use super::changes::{self, Noticed};
use super::{Store, StoreError};
use crate::model::{Dropped, Timestamp};

/// A capture that showed a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The capture.
    pub capture_id: i64,
    /// The capture whose bytes were read for it.
    pub fetched_capture_id: i64,
}

/// A version to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// 1, 2, … in time.
    pub number: u32,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// Last observation of the text before.
    pub changed_after: Option<Timestamp>,
    /// The captures that showed it, in order of time; never empty.
    pub looks: Vec<Look>,
}

/// A capture that gave no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropRow {
    /// The capture.
    pub capture_id: i64,
    /// Why.
    pub dropped: Dropped,
}

impl Store {
    /// Rewrites everything derived of one policy in one transaction; `left_open` counts what the sampling still wants to
    /// know. What becomes known by it is noticed as `noticed` says.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_history(
        &self,
        policy_id: i64,
        extractor: &str,
        versions: &[VersionRecord],
        drops: &[DropRow],
        left_open: usize,
        noticed: Noticed,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            let other_extractor: bool = t
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM versions WHERE policy_id = ?1 AND extractor_version <> ?2)")?
                .query_row(params![policy_id, extractor], |r| r.get(0))?;
            let left_open = i64::try_from(left_open).unwrap_or(i64::MAX);
            t.prepare_cached("UPDATE policies SET left_open = ?2 WHERE policy_id = ?1")?
                .execute(params![policy_id, left_open])?;
            for table in ["observations", "versions", "drops"] {
                t.prepare_cached(&format!("DELETE FROM {table} WHERE policy_id = ?1"))?
                    .execute([policy_id])?;
            }
            for version in versions {
                insert_version(t, policy_id, extractor, version)?;
            }
            let mut statement = t.prepare_cached(
                "INSERT INTO drops (policy_id, capture_id, reason, detail) VALUES (?1, ?2, ?3, ?4)",
            )?;
            for drop in drops {
                statement.execute(params![
                    policy_id,
                    drop.capture_id,
                    drop.dropped.reason.code(),
                    drop.dropped.detail
                ])?;
            }
            changes::note(t, policy_id, noticed, !other_extractor)
        })
    }

    /// Number of drops by reason, over all policies.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drops_by_reason(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        self.read(|t| {
            let mut statement =
                t.prepare_cached("SELECT reason, count(*) FROM drops GROUP BY reason")?;
            let rows = statement
                .query_map([], |r| Ok((r.get(0)?, r.get::<_, i64>(1)?.cast_unsigned())))?;
            rows.collect()
        })
    }
}

fn insert_version(
    t: &Transaction<'_>,
    policy_id: i64,
    extractor: &str,
    version: &VersionRecord,
) -> rusqlite::Result<()> {
    let Some(first) = version.looks.first() else {
        return Ok(());
    };
    t.prepare_cached(
        "INSERT INTO versions
         (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures, extractor_version)
         SELECT ?1, ?2, r.document_id, r.rendition_id, ?3, ?4, ?5, ?6, ?7, ?8
         FROM extractions e JOIN renditions r USING (rendition_id) WHERE e.capture_id = ?9 AND e.extractor_version = ?8",
    )?
    .execute(params![
        policy_id,
        version.number,
        first.capture_id,
        version.first_seen.to_string(),
        version.last_seen.to_string(),
        version.changed_after.map(|t| t.to_string()),
        i64::try_from(version.looks.len()).unwrap_or(i64::MAX),
        extractor,
        first.fetched_capture_id,
    ])?;
    let mut statement = t.prepare_cached(
        "INSERT INTO observations (policy_id, capture_id, version, fetched_capture_id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for look in &version.looks {
        statement.execute(params![
            policy_id,
            look.capture_id,
            version.number,
            look.fetched_capture_id
        ])?;
    }
    Ok(())
}
