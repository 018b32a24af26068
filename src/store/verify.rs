//! What can be checked of a database without knowing how its rows came about.

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::documents::rendition_sha256;
use super::versions::stored_change;
use super::{DropRow, Look, Store, StoreError, VersionRecord, payloads};
use crate::history::simhash;
use crate::model::{DropReason, Dropped, PayloadDigest, Timestamp};

/// Lines of SQLite's own report at most.
const MOST_LINES: usize = 100;

/// Questions whose every answer is a fault, with what it is.
const FAULTS: [(&str, &str); 9] = [
    (
        "the full-text index lacks document",
        "SELECT document_id FROM documents WHERE document_id NOT IN (SELECT id FROM document_words_docsize)",
    ),
    (
        "the full-text index has what is no document:",
        "SELECT id FROM document_words_docsize WHERE id NOT IN (SELECT document_id FROM documents)",
    ),
    (
        "no rendition of document",
        "SELECT document_id FROM documents WHERE document_id NOT IN (SELECT document_id FROM renditions)",
    ),
    (
        "the prefix is no whole payload of payload",
        "SELECT p.payload_id FROM payloads p JOIN payloads b ON b.payload_id = p.base_payload_id WHERE b.base_payload_id IS NOT NULL",
    ),
    (
        "the texts are not those of its captures: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v
         JOIN observations o ON o.policy_id = v.policy_id AND o.version = v.version
         JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
         JOIN renditions r ON r.rendition_id = e.rendition_id
         WHERE r.document_id <> v.document_id GROUP BY 1",
    ),
    (
        "the rendition is not that of its first capture: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v
         LEFT JOIN observations o ON o.policy_id = v.policy_id AND o.capture_id = v.first_capture_id
         LEFT JOIN extractions e ON e.capture_id = o.fetched_capture_id AND e.extractor_version = v.extractor_version
         JOIN policies p ON p.policy_id = v.policy_id
         WHERE e.rendition_id IS NOT v.rendition_id AND p.extractor_version IS NOT NULL", // NULL: imported without its pages
    ),
    (
        "the count of captures is wrong: policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v JOIN policies p USING (policy_id)
         WHERE p.extractor_version IS NOT NULL AND v.captures <> (
             SELECT count(*) FROM observations o WHERE o.policy_id = v.policy_id AND o.version = v.version)",
    ),
    (
        "the sightings are not those of policy and version",
        "SELECT v.policy_id || ' and ' || v.version FROM versions v JOIN (
             SELECT policy_id, version, sum(captures) AS captures, count(*) AS n, max(sightings) AS sightings,
                    min(first_seen) AS first_seen, max(last_seen) AS last_seen
             FROM repeated_sightings GROUP BY policy_id, version) q USING (policy_id, version) JOIN policies p USING (policy_id)
         WHERE q.captures <> v.captures OR (q.n <> q.sightings AND p.extractor_version IS NOT NULL) OR q.first_seen <> v.first_seen OR q.last_seen <> v.last_seen",
    ),
    (
        "the counts are wrong of policy",
        "SELECT p.policy_id FROM policies p WHERE
             p.versions <> (SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.captures <> (SELECT count(*) FROM observations o WHERE o.policy_id = p.policy_id)
             OR p.drops <> (SELECT count(*) FROM drops d WHERE d.policy_id = p.policy_id)
             OR p.first_seen IS NOT (SELECT min(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.last_seen IS NOT (SELECT max(v.last_seen) FROM versions v WHERE v.policy_id = p.policy_id)
             OR p.changed_at IS NOT (SELECT max(v.first_seen) FROM versions v WHERE v.policy_id = p.policy_id)",
    ),
];

/// A stored payload, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPayload {
    /// What is wrong with it.
    pub fault: Option<String>,
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
    /// The stored hash of the normalised words.
    pub text_sha256: String,
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
    /// What SQLite itself and the references between rows have to complain of, a line each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn structural_faults(&self) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut faults = integrity(t)?;
            let mut statement = t.prepare(
                "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100",
            )?;
            let mut rows = statement.query([])?;
            while let Some(r) = rows.next()? {
                let (table, row, parent): (String, Option<i64>, String) =
                    (r.get(0)?, r.get(1)?, r.get(2)?);
                let row = row.map_or_else(String::new, |id| format!(" {id}"));
                faults.push(format!(
                    "{table}{row} refers to a row of {parent} that is not there"
                ));
            }
            for (fault, sql) in FAULTS {
                let mut statement = t.prepare(sql)?;
                let mut rows = statement.query([])?;
                while let Some(r) = rows.next()? {
                    let which = match r.get_ref(0)? {
                        rusqlite::types::ValueRef::Integer(id) => id.to_string(),
                        other => other.as_str().unwrap_or("?").to_owned(),
                    };
                    faults.push(format!("{fault} {which}"));
                }
            }
            Ok(faults)
        })
    }

    /// The ids of a table's rows, after one, in order: at most a thousand. `table` is `payloads`, `renditions`,
    /// `documents` or `policies`.
    fn ids_after(&self, sql: &str, after: i64) -> Result<Vec<i64>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(sql)?;
            let rows = statement.query_map([after], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// The next thousand payloads after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn payloads_after(&self, after: i64) -> Result<Vec<i64>, StoreError> {
        self.ids_after(
            "SELECT payload_id FROM payloads WHERE payload_id > ?1 ORDER BY payload_id LIMIT 1000",
            after,
        )
    }

    /// The next thousand renditions after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn renditions_after(&self, after: i64) -> Result<Vec<i64>, StoreError> {
        self.ids_after("SELECT rendition_id FROM renditions WHERE rendition_id > ?1 ORDER BY rendition_id LIMIT 1000", after)
    }

    /// The next thousand policies after one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_after(&self, after: i64) -> Result<Vec<i64>, StoreError> {
        self.ids_after(
            "SELECT policy_id FROM policies WHERE policy_id > ?1 ORDER BY policy_id LIMIT 1000",
            after,
        )
    }

    /// Restores a payload and checks it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_payload(&self, payload_id: i64) -> Result<CheckedPayload, StoreError> {
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
                fault: Some(format!("payload {payload_id}: {fault}")),
                has_archive_digest: false,
            },
            Ok(body) => {
                let own = PayloadDigest::of(&body);
                CheckedPayload {
                    fault: None,
                    has_archive_digest: digests
                        .iter()
                        .any(|d| PayloadDigest::parse(d).is_ok_and(|d| d == own)),
                }
            }
        })
    }

    /// Recomputes a rendition's hash and, of a document's first one, the simhash.
    ///
    /// # Errors
    /// When the database fails.
    pub fn check_rendition(
        &self,
        rendition_id: i64,
        extractor: &str,
    ) -> Result<Option<CheckedRendition>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT r.sha256, r.title, r.text, r.markdown, d.text_sha256, d.simhash,
                        r.rendition_id = (SELECT min(f.rendition_id) FROM renditions f WHERE f.document_id = r.document_id),
                        EXISTS (SELECT 1 FROM extractions e WHERE e.rendition_id = r.rendition_id AND e.extractor_version = ?2)
                            OR EXISTS (SELECT 1 FROM versions v WHERE v.document_id = r.document_id
                                           AND v.rendition_id = r.rendition_id AND v.extractor_version = ?2)
                 FROM renditions r JOIN documents d USING (document_id) WHERE r.rendition_id = ?1",
            )?
            .query_row(params![rendition_id, extractor], |r| {
                let (sha256, title): (String, Option<String>) = (r.get(0)?, r.get(1)?);
                let (text, markdown): (String, String) = (r.get(2)?, r.get(3)?);
                let mut faults = Vec::new();
                let found = rendition_sha256(title.as_deref(), &text, &markdown);
                if found != sha256 {
                    faults.push(format!("rendition {rendition_id}: its title, text and Markdown have SHA-256 {found}, not {sha256}"));
                }
                if r.get(6)? && simhash(&text) != r.get::<_, i64>(5)?.cast_unsigned() {
                    faults.push(format!("rendition {rendition_id}: its text has another simhash than its document"));
                }
                Ok(CheckedRendition {
                    faults,
                    text,
                    text_sha256: r.get(4)?,
                    by_extractor: r.get(7)?,
                })
            })
            .optional()
        })
    }

    /// The extractor whose results a policy's derived rows come from; `None` when nothing was derived.
    ///
    /// # Errors
    /// When the database fails.
    pub fn derived_by(&self, policy_id: i64) -> Result<Option<String>, StoreError> {
        self.read(|t| {
            let row: Option<Option<String>> = t
                .prepare_cached("SELECT extractor_version FROM policies WHERE policy_id = ?1")?
                .query_row([policy_id], |r| r.get(0))
                .optional()?;
            Ok(row.flatten())
        })
    }

    /// The derived rows of a policy. Rows that other hands made unreadable are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub fn stored_history(&self, policy_id: i64) -> Result<StoredHistory, StoreError> {
        self.read(|t| {
            Ok(StoredHistory {
                versions: stored_versions(t, policy_id)?,
                drops: stored_drops(t, policy_id)?,
            })
        })
    }
}

fn integrity(t: &Transaction<'_>) -> rusqlite::Result<Vec<String>> {
    let mut statement = t.prepare("PRAGMA integrity_check(100)")?;
    let rows = statement.query_map([], |r| r.get::<_, String>(0))?;
    let lines: Vec<String> = rows.take(MOST_LINES).collect::<rusqlite::Result<_>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

fn stored_versions(t: &Transaction<'_>, policy_id: i64) -> rusqlite::Result<Vec<VersionRecord>> {
    let mut statement = t.prepare_cached(
        "SELECT version, edition, previous_version, same_as, first_seen, last_seen, changed_after,
                change_kind, words_added, words_removed, simhash_distance
         FROM versions WHERE policy_id = ?1 ORDER BY version",
    )?;
    let mut looks = t.prepare_cached(
        "SELECT o.capture_id, o.fetched_capture_id FROM observations o JOIN captures c USING (capture_id)
         WHERE o.policy_id = ?1 AND o.version = ?2 ORDER BY c.timestamp, o.capture_id",
    )?;
    let mut rows = statement.query([policy_id])?;
    let mut versions = Vec::new();
    while let Some(r) = rows.next()? {
        let time = |i: usize| {
            r.get::<_, Option<String>>(i)
                .map(|t| t.and_then(|t| t.parse::<Timestamp>().ok()))
        };
        let number: u32 = r.get(0)?;
        let (Some(first_seen), Some(last_seen)) = (time(4)?, time(5)?) else {
            continue;
        };
        let looks = looks.query_map(params![policy_id, number], |r| {
            Ok(Look {
                capture_id: r.get(0)?,
                fetched_capture_id: r.get(1)?,
            })
        })?;
        versions.push(VersionRecord {
            number,
            edition: r.get(1)?,
            previous: r.get(2)?,
            same_as: r.get(3)?,
            change: stored_change(r, 7)?,
            first_seen,
            last_seen,
            changed_after: time(6)?,
            looks: looks.collect::<rusqlite::Result<_>>()?,
        });
    }
    Ok(versions)
}

fn stored_drops(t: &Transaction<'_>, policy_id: i64) -> rusqlite::Result<Vec<DropRow>> {
    let mut statement = t.prepare_cached(
        "SELECT capture_id, reason, detail FROM drops WHERE policy_id = ?1 ORDER BY capture_id",
    )?;
    let mut rows = statement.query([policy_id])?;
    let mut drops = Vec::new();
    while let Some(r) = rows.next()? {
        let reason: String = r.get(1)?;
        if let Some(reason) = DropReason::from_code(&reason) {
            drops.push(DropRow {
                capture_id: r.get(0)?,
                dropped: Dropped::new(reason, r.get::<_, String>(2)?),
            });
        }
    }
    Ok(drops)
}
