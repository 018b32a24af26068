//! What can be checked of a database without knowing how its rows came about.

use std::collections::HashMap;

use rusqlite::types::FromSql;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::history::simhash;
use crate::model::{
    CaptureId, DropReason, Dropped, PayloadDigest, PayloadId, PolicyId, RenditionId, SiteId,
    StatedDate, Timestamp,
};
use crate::store::captures::payloads;
use crate::store::database::{Store, StoreError};
use crate::store::documents::rendition_sha256;
use crate::store::histories::versions::{SIGHTINGS, stored_change, stored_suspicions};
use crate::store::histories::{DropRow, ObservationRow, VersionRecord};

/// A stored payload, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPayload {
    /// What is wrong with it, and with the captures that should have it.
    pub faults: Vec<String>,
    /// True when it has the digest under which an archive listed it; archives may count other bytes, so that `false` is
    /// no fault.
    pub has_archive_digest: bool,
}

/// A stored rendition with what its document says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRendition {
    /// What is wrong with it.
    pub faults: Vec<String>,
    /// The words.
    pub text: String,
    /// The same words as Markdown.
    pub markdown: String,
    /// The stored hash of the normalised words.
    pub text_sha256: String,
    /// Its stored language: ISO 639-1 or `und`.
    pub language: String,
    /// The stored number of its words.
    pub word_count: u64,
    /// The stored date from which the policy says it is in force.
    pub effective: Option<StatedDate>,
    /// The stored date on which it says it was changed.
    pub last_updated: Option<StatedDate>,
    /// True when the extractor asked for made it, here or where it was imported from.
    pub by_extractor: bool,
}

/// The derived rows of a policy as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredHistory {
    /// Its versions.
    pub versions: Vec<VersionRecord>,
    /// Its drops, by capture.
    pub drops: Vec<DropRow>,
}

impl Store {
    /// The ids of a table's rows, after one, in order: at most a thousand. `table` is `payloads`, `renditions`,
    /// `documents` or `policies`.
    fn ids_after<I: FromSql>(&self, sql: &str, after: Option<i64>) -> Result<Vec<I>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(sql)?;
            let rows = statement.query_map([after.unwrap_or(i64::MIN)], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// The next thousand payloads after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn payloads_after(&self, after: Option<PayloadId>) -> Result<Vec<PayloadId>, StoreError> {
        self.ids_after(
            "SELECT payload_id FROM payloads WHERE payload_id > ?1 ORDER BY payload_id LIMIT 1000",
            after.map(PayloadId::get),
        )
    }

    /// The next thousand renditions after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renditions_after(
        &self,
        after: Option<RenditionId>,
    ) -> Result<Vec<RenditionId>, StoreError> {
        self.ids_after("SELECT rendition_id FROM renditions WHERE rendition_id > ?1 ORDER BY rendition_id LIMIT 1000", after.map(RenditionId::get))
    }

    /// The next thousand policies after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_after(&self, after: Option<PolicyId>) -> Result<Vec<PolicyId>, StoreError> {
        self.ids_after(
            "SELECT policy_id FROM policies WHERE policy_id > ?1 ORDER BY policy_id LIMIT 1000",
            after.map(PolicyId::get),
        )
    }

    /// Restores a payload and checks it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_payload(&self, payload_id: PayloadId) -> Result<CheckedPayload, StoreError> {
        let (body, digests) = self.read(|t| {
            let body = match payloads::stored(t, payload_id)? {
                None => Err("it is missing".to_owned()),
                Some(row) => payloads::restore(t, &row)?.map_err(|e| e.to_string()),
            };
            let mut statement = t.prepare_cached(
                "SELECT DISTINCT c.digest FROM mementos m JOIN captures c USING (capture_id) WHERE m.payload_id = ?1 LIMIT 100",
            )?;
            let digests: Vec<String> = statement.query_map([payload_id], |r| r.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok((body, digests))
        })?;
        Ok(match body {
            Err(fault) => CheckedPayload {
                faults: vec![format!("payload {payload_id}: {fault}")],
                has_archive_digest: false,
            },
            Ok(body) => {
                let own = PayloadDigest::of(&body);
                CheckedPayload {
                    faults: self.strayed(payload_id, &own)?,
                    has_archive_digest: digests
                        .iter()
                        .any(|d| PayloadDigest::parse(d).is_ok_and(|d| d == own)),
                }
            }
        })
    }

    /// Captures that the index lists under the digest of a payload, that were played as themselves, and that have another
    /// payload.
    fn strayed(
        &self,
        payload_id: PayloadId,
        digest: &PayloadDigest,
    ) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT m.capture_id FROM captures c JOIN mementos m ON m.capture_id = c.capture_id
                 WHERE c.digest = ?2 AND m.payload_id <> ?1 AND m.drop_reason IS NULL AND m.timestamp = c.timestamp
                   AND m.redirects = '[]' ORDER BY m.capture_id LIMIT 100",
            )?;
            let rows = statement.query_map(params![payload_id, digest.as_str()], |r| {
                let capture_id: CaptureId = r.get(0)?;
                Ok(format!(
                    "memento of capture {capture_id}: its payload should be {payload_id}, which has the same digest"
                ))
            })?;
            rows.collect()
        })
    }

    /// Recomputes a rendition's hash and, of a document's first one, the simhash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_rendition(
        &self,
        rendition_id: RenditionId,
        extractor: &str,
    ) -> Result<Option<CheckedRendition>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT r.sha256, r.title, r.text, r.markdown, d.text_sha256, d.simhash,
                        r.sha256 = (SELECT min(f.sha256) FROM renditions f WHERE f.document_id = r.document_id) AS is_first,
                        EXISTS (SELECT 1 FROM extractions e WHERE e.rendition_id = r.rendition_id AND e.extractor_version = ?2)
                            OR EXISTS (SELECT 1 FROM versions v WHERE v.document_id = r.document_id
                                           AND v.rendition_id = r.rendition_id AND v.extractor_version = ?2) AS by_extractor,
                        (r.language, r.word_count) = (d.language, d.word_count) AS agrees, r.language, r.word_count, r.effective_date,
                        r.effective_date_sentence, r.last_updated, r.last_updated_sentence
                 FROM renditions r JOIN documents d USING (document_id) WHERE r.rendition_id = ?1",
            )?
            .query_row(params![rendition_id, extractor], |r| {
                let (sha256, title): (String, Option<String>) = (r.get("sha256")?, r.get("title")?);
                let (text, markdown): (String, String) = (r.get("text")?, r.get("markdown")?);
                let is_first: bool = r.get("is_first")?;
                let mut faults = Vec::new();
                let found = rendition_sha256(title.as_deref(), &text, &markdown);
                if found != sha256 {
                    faults.push(format!("rendition {rendition_id}: its title, text and Markdown have the SHA-256 {found}, not {sha256}"));
                }
                if is_first && simhash(&text) != r.get::<_, i64>("simhash")?.cast_unsigned() {
                    faults.push(format!("rendition {rendition_id}: the simhash of its text differs from that of its document"));
                }
                if is_first && !r.get::<_, bool>("agrees")? {
                    faults.push(format!("rendition {rendition_id}: its language and number of words differ from those of its document"));
                }
                Ok(CheckedRendition {
                    faults,
                    text,
                    markdown,
                    text_sha256: r.get("text_sha256")?,
                    by_extractor: r.get("by_extractor")?,
                    language: r.get("language")?,
                    word_count: r.get::<_, i64>("word_count")?.cast_unsigned(),
                    effective: stated_date(r, "effective_date")?,
                    last_updated: stated_date(r, "last_updated")?,
                })
            })
            .optional()
        })
    }

    /// True when the stored sightings of a policy are those that its observations give.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_its_sightings(&self, policy_id: PolicyId) -> Result<bool, StoreError> {
        self.read(|t| {
            t.prepare_cached(&format!(
                "WITH derived AS ({SIGHTINGS} AND EXISTS (SELECT 1 FROM versions WHERE policy_id = ?1 AND edition > 1)),
                      stored AS (SELECT * FROM repeated_sightings WHERE policy_id = ?1)
                 SELECT NOT EXISTS (SELECT * FROM derived EXCEPT SELECT * FROM stored)
                    AND NOT EXISTS (SELECT * FROM stored EXCEPT SELECT * FROM derived)"
            ))?
            .query_row([policy_id], |r| r.get(0))
        })
    }

    /// The next thousand sites after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sites_after(&self, after: Option<SiteId>) -> Result<Vec<SiteId>, StoreError> {
        self.ids_after(
            "SELECT site_id FROM sites WHERE site_id > ?1 ORDER BY site_id LIMIT 1000",
            after.map(SiteId::get),
        )
    }

    /// The derived rows of a policy. Rows that other hands made unreadable are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stored_history(&self, policy_id: PolicyId) -> Result<StoredHistory, StoreError> {
        self.read(|t| {
            Ok(StoredHistory {
                versions: stored_versions(t, policy_id)?,
                drops: stored_drops(t, policy_id)?,
            })
        })
    }
}

/// Reads a date from a column, and the sentence that states it from the column of that name with `_sentence` added.
fn stated_date(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<StatedDate>> {
    let date: Option<String> = row.get(column)?;
    let sentence: Option<String> = row.get(format!("{column}_sentence").as_str())?;
    Ok(match (date, sentence) {
        (None, None) => None,
        (date, sentence) => Some(StatedDate {
            date: date.unwrap_or_default(),
            sentence: sentence.unwrap_or_default(),
        }),
    })
}

fn stored_versions(
    t: &Transaction<'_>,
    policy_id: PolicyId,
) -> rusqlite::Result<Vec<VersionRecord>> {
    let mut statement = t.prepare_cached(
        "SELECT version, edition, previous_version, same_as, first_seen, last_seen, changed_after,
                change_kind, words_added, words_removed, simhash_distance, suspect
         FROM versions WHERE policy_id = ?1 ORDER BY version",
    )?;
    // One query for all: a query for each version would read all observations of the policy each time.
    let mut observations: HashMap<u32, Vec<ObservationRow>> = HashMap::new();
    let mut all = t.prepare_cached(
        "SELECT o.version, o.capture_id, o.fetched_capture_id FROM observations o JOIN captures c USING (capture_id)
         WHERE o.policy_id = ?1 ORDER BY c.timestamp, o.capture_id",
    )?;
    let mut rows = all.query([policy_id])?;
    while let Some(r) = rows.next()? {
        observations
            .entry(r.get("version")?)
            .or_default()
            .push(ObservationRow {
                capture_id: r.get("capture_id")?,
                fetched_capture_id: r.get("fetched_capture_id")?,
            });
    }
    let mut rows = statement.query([policy_id])?;
    let mut versions = Vec::new();
    while let Some(r) = rows.next()? {
        let time = |column: &str| {
            r.get::<_, Option<String>>(column)
                .map(|t| t.and_then(|t| t.parse::<Timestamp>().ok()))
        };
        let number: u32 = r.get("version")?;
        let (Some(first_seen), Some(last_seen)) = (time("first_seen")?, time("last_seen")?) else {
            continue;
        };
        versions.push(VersionRecord {
            number,
            edition: r.get("edition")?,
            previous: r.get("previous_version")?,
            same_as: r.get("same_as")?,
            change: stored_change(r)?,
            first_seen,
            last_seen,
            changed_after: time("changed_after")?,
            suspect: stored_suspicions(r)?,
            observations: observations.remove(&number).unwrap_or_default(),
        });
    }
    Ok(versions)
}

fn stored_drops(t: &Transaction<'_>, policy_id: PolicyId) -> rusqlite::Result<Vec<DropRow>> {
    let mut statement = t.prepare_cached(
        "SELECT capture_id, reason, detail FROM drops WHERE policy_id = ?1 ORDER BY capture_id",
    )?;
    let mut rows = statement.query([policy_id])?;
    let mut drops = Vec::new();
    while let Some(r) = rows.next()? {
        let reason: String = r.get("reason")?;
        if let Some(reason) = DropReason::from_code(&reason) {
            drops.push(DropRow {
                capture_id: r.get("capture_id")?,
                dropped: Dropped::new(reason, r.get::<_, String>("detail")?),
            });
        }
    }
    Ok(drops)
}
