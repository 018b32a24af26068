//! The derived tables: versions, the captures that showed them, and the captures that gave none.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use super::changes::{self, AnnouncementRule};
use crate::history::{Change, HISTORY_RULES, Suspicion};
use crate::model::{CaptureId, ChangeKind, Dropped, PolicyId, TextHash, Timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::ledger::pending;

/// A capture that showed a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservationRow {
    /// The capture.
    pub capture_id: CaptureId,
    /// The capture whose bytes were read for it.
    pub fetched_capture_id: CaptureId,
}

/// A version to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRecord {
    /// 1, 2, … in time.
    pub number: u32,
    /// Line of versions it belongs to; 1 but for texts that are captured in turns.
    pub edition: u32,
    /// The version before it in its edition.
    pub previous: Option<u32>,
    /// The first version with the same words, when they came back.
    pub same_as: Option<u32>,
    /// How far it is from the version before it.
    pub change: Option<Change>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// Last observation of what was there before.
    pub changed_after: Option<Timestamp>,
    /// Why its text may not be the policy.
    pub suspect: Vec<Suspicion>,
    /// The observations of it, in order of time; never empty.
    pub observations: Vec<ObservationRow>,
}

/// A capture that gave no version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropRow {
    /// The capture.
    pub capture_id: CaptureId,
    /// Why.
    pub dropped: Dropped,
}

/// A policy whose derived rows were made by older rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutdatedHistory {
    /// The policy.
    pub policy_id: PolicyId,
    /// The extractor whose results the rows come from.
    pub extractor: String,
}

/// What is derived of a policy.
#[derive(Debug, Clone, Copy)]
pub struct Derived<'a> {
    /// The extractor whose results it comes from.
    pub extractor: &'a str,
    /// In order.
    pub versions: &'a [VersionRecord],
    /// In any order.
    pub drops: &'a [DropRow],
    /// [`Store::pending`] before anything was read for it; `None` if what is pending stays so.
    pub pending: Option<i64>,
}

/// The runs of captures that showed one version, of the versions of a policy that have several: rows of
/// `repeated_sightings`, none where the policy has one edition.
pub(in crate::store) const SIGHTINGS: &str = "
    SELECT * FROM (
        SELECT policy_id, version, row_number() OVER (PARTITION BY version ORDER BY run),
               count(*) OVER (PARTITION BY version) AS sightings, first_capture_id, captures, changed_after, first_seen, last_seen
        FROM (SELECT policy_id, version, run, count(*) AS captures, min(timestamp) AS first_seen, max(timestamp) AS last_seen,
                     max(CASE WHEN starts THEN before END) AS changed_after,
                     max(CASE WHEN starts THEN capture_id END) AS first_capture_id
              FROM (SELECT *, sum(starts) OVER (ORDER BY timestamp, version, capture_id) AS run
                    FROM (SELECT o.policy_id, o.version, o.capture_id, c.timestamp, lag(c.timestamp) OVER w AS before,
                                 o.version IS NOT lag(o.version) OVER w AS starts
                          FROM observations o JOIN captures c USING (capture_id) WHERE o.policy_id = ?1
                          WINDOW w AS (ORDER BY c.timestamp, o.version, o.capture_id)))
              GROUP BY run, version))
    WHERE sightings > 1";

impl Store {
    /// Rewrites everything derived of one policy in one transaction; `left_open` counts what the sampling still wants to
    /// know (`None`: as before). New versions are recorded as `announcement` says; with `None` the next derivation records
    /// them.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_history(
        &self,
        policy_id: PolicyId,
        history: &Derived<'_>,
        left_open: Option<usize>,
        announcement: impl Into<Option<AnnouncementRule>>,
    ) -> Result<(), StoreError> {
        let announcement = announcement.into();
        let Derived {
            extractor,
            versions,
            drops,
            pending,
        } = *history;
        self.write(|t| {
            let read_otherwise: bool = t
                .prepare_cached(
                    "SELECT extractor_version IS NOT NULL AND (extractor_version <> ?2 OR history_rules <> ?3)
                     FROM policies WHERE policy_id = ?1",
                )?
                .query_row(params![policy_id, extractor, HISTORY_RULES], |r| r.get(0))?;
            for table in ["repeated_sightings", "observations", "versions", "drops"] {
                t.prepare_cached(&format!("DELETE FROM {table} WHERE policy_id = ?1"))?
                    .execute([policy_id])?;
            }
            for version in versions {
                insert_version(t, policy_id, extractor, version)?;
            }
            if versions.iter().any(|v| v.edition > 1) {
                t.prepare_cached(&format!("INSERT INTO repeated_sightings {SIGHTINGS}"))?
                    .execute([policy_id])?;
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
            summarise(t, policy_id, history, left_open)?;
            if let Some(pending) = pending {
                pending::clear(t, policy_id, pending)?;
            }
            if let Some(announcement) = announcement {
                changes::record(t, policy_id, announcement, !read_otherwise)?;
            }
            Ok(())
        })
    }

    /// Changes measured before between the texts of a policy's versions, by the hashes of the text before and after.
    ///
    /// # Errors
    /// When the database fails.
    pub fn known_changes(
        &self,
        policy_id: PolicyId,
    ) -> Result<HashMap<(TextHash, TextHash), Change>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT before.text_sha256 AS before, after.text_sha256 AS after, v.change_kind, v.words_added, v.words_removed, v.simhash_distance
                 FROM versions v JOIN documents after ON after.document_id = v.document_id
                 JOIN versions p ON p.policy_id = v.policy_id AND p.version = v.previous_version
                 JOIN documents before ON before.document_id = p.document_id
                 WHERE v.policy_id = ?1 AND v.change_kind IS NOT NULL",
            )?;
            let mut rows = statement.query([policy_id])?;
            let mut known = HashMap::new();
            while let Some(row) = rows.next()? {
                let hash = |column: &str| row.get::<_, String>(column).map(|h| h.parse::<TextHash>().ok());
                if let (Some(before), Some(after), Some(change)) = (hash("before")?, hash("after")?, stored_change(row)?) {
                    known.insert((before, after), change);
                }
            }
            Ok(known)
        })
    }

    /// The extractor whose results a policy's derived rows come from; `None` when nothing was derived.
    ///
    /// # Errors
    /// When the database fails.
    pub fn derived_by(&self, policy_id: PolicyId) -> Result<Option<String>, StoreError> {
        self.read(|t| {
            let row: Option<Option<String>> = t
                .prepare_cached("SELECT extractor_version FROM policies WHERE policy_id = ?1")?
                .query_row([policy_id], |r| r.get(0))
                .optional()?;
            Ok(row.flatten())
        })
    }

    /// Policies whose derived rows were made by older rules, with the extractor whose results they come from.
    ///
    /// # Errors
    /// When the database fails.
    pub fn outdated_histories(&self) -> Result<Vec<OutdatedHistory>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT policy_id, extractor_version FROM policies
                 WHERE history_rules < ?1 AND extractor_version IS NOT NULL ORDER BY policy_id",
            )?;
            let rows = statement.query_map([HISTORY_RULES], |r| {
                Ok(OutdatedHistory {
                    policy_id: r.get("policy_id")?,
                    extractor: r.get("extractor_version")?,
                })
            })?;
            rows.collect()
        })
    }

    /// Number of drops by reason, over the policies of these sites; over all when there are none.
    ///
    /// # Errors
    /// When the database fails.
    pub fn drops_by_reason(&self, sites: &[String]) -> Result<BTreeMap<String, u64>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT reason, count(*) FROM drops
                 WHERE ?1 = '[]' OR policy_id IN
                     (SELECT policy_id FROM policies JOIN sites USING (site_id)
                      WHERE site IN (SELECT value FROM json_each(?1)))
                 GROUP BY reason",
            )?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            let rows = statement.query_map([wanted], |r| {
                Ok((r.get(0)?, r.get::<_, i64>(1)?.cast_unsigned()))
            })?;
            rows.collect()
        })
    }
}

fn insert_version(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    extractor: &str,
    version: &VersionRecord,
) -> rusqlite::Result<()> {
    let Some(first) = version.observations.first() else {
        return Ok(());
    };
    let change = version.change;
    t.prepare_cached(
        "INSERT INTO versions
         (policy_id, version, document_id, rendition_id, first_capture_id, first_seen, last_seen, changed_after, captures,
          extractor_version, edition, previous_version, same_as, change_kind, words_added, words_removed, simhash_distance,
          suspect)
         SELECT ?1, ?2, r.document_id, r.rendition_id, ?3, ?4, ?5, ?6, ?7, ?8, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17
         FROM extractions e JOIN renditions r USING (rendition_id) WHERE e.capture_id = ?9 AND e.extractor_version = ?8",
    )?
    .execute(params![
        policy_id,
        version.number,
        first.capture_id,
        version.first_seen.to_string(),
        version.last_seen.to_string(),
        version.changed_after.map(|t| t.to_string()),
        i64::try_from(version.observations.len()).unwrap_or(i64::MAX),
        extractor,
        first.fetched_capture_id,
        version.edition,
        version.previous,
        version.same_as,
        change.map(|c| c.kind.code()),
        change.map(|c| c.words_added.cast_signed()),
        change.map(|c| c.words_removed.cast_signed()),
        change.map(|c| c.simhash_distance),
        suspect_json(&version.suspect),
    ])?;
    let mut statement = t.prepare_cached(
        "INSERT INTO observations (policy_id, capture_id, version, fetched_capture_id) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for observation in &version.observations {
        statement.execute(params![
            policy_id,
            observation.capture_id,
            version.number,
            observation.fetched_capture_id
        ])?;
    }
    Ok(())
}

/// Writes the counts and times that are stored per version and policy, so that reading them needs no other rows.
fn summarise(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    history: &Derived<'_>,
    left_open: Option<usize>,
) -> rusqlite::Result<()> {
    let (extractor, versions) = (history.extractor, history.versions);
    let counted = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    t.prepare_cached(
        "UPDATE versions SET layouts = q.layouts, texts = q.texts FROM (
             SELECT o.version, count(DISTINCT e.rendition_id) AS layouts, count(DISTINCT r.document_id) AS texts
             FROM observations o JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = ?2
             JOIN renditions r ON r.rendition_id = e.rendition_id
             WHERE o.policy_id = ?1 GROUP BY o.version) q
         WHERE policy_id = ?1 AND versions.version = q.version AND captures > 1",
    )?
    .execute(params![policy_id, extractor])?;
    t.prepare_cached(
        "UPDATE policies SET extractor_version = ?2, history_rules = ?3, versions = ?4, captures = ?5, drops = ?6,
             first_seen = ?7, last_seen = ?8, changed_at = ?10, left_open = coalesce(?9, left_open) WHERE policy_id = ?1",
    )?
    .execute(params![
        policy_id,
        extractor,
        HISTORY_RULES,
        counted(versions.len()),
        counted(versions.iter().map(|v| v.observations.len()).sum()),
        counted(history.drops.len()),
        versions.iter().map(|v| v.first_seen).min().map(|t| t.to_string()),
        versions.iter().map(|v| v.last_seen).max().map(|t| t.to_string()),
        left_open.map(counted),
        versions.iter().map(|v| v.first_seen).max().map(|t| t.to_string()),
    ])?;
    Ok(())
}

/// The reasons why a version is suspect, as they are stored; `None` if there are none.
fn suspect_json(reasons: &[Suspicion]) -> Option<String> {
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code()).collect();
    (!codes.is_empty()).then(|| serde_json::Value::from(codes).to_string())
}

/// Reads the reasons why a version is suspect from the column `suspect` of a row.
pub(in crate::store) fn stored_suspicions(row: &Row<'_>) -> rusqlite::Result<Vec<Suspicion>> {
    let json: Option<String> = row.get("suspect")?;
    let codes: Vec<String> = json
        .and_then(|json| serde_json::from_str(&json).ok())
        .unwrap_or_default();
    Ok(codes
        .iter()
        .filter_map(|code| Suspicion::from_code(code))
        .collect())
}

/// Reads the change from the columns `change_kind`, `words_added`, `words_removed` and `simhash_distance` of a row.
pub(in crate::store) fn stored_change(row: &Row<'_>) -> rusqlite::Result<Option<Change>> {
    let kind: Option<String> = row.get("change_kind")?;
    let number = |column: &str| {
        row.get::<_, Option<i64>>(column)
            .map(|n| n.unwrap_or(0).max(0).cast_unsigned())
    };
    let Some(kind) = kind.as_deref().and_then(ChangeKind::from_code) else {
        return Ok(None);
    };
    Ok(Some(Change {
        kind,
        words_added: number("words_added")?,
        words_removed: number("words_removed")?,
        simhash_distance: u32::try_from(number("simhash_distance")?).unwrap_or(u32::MAX),
    }))
}
