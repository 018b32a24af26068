//! Rows of the archive's index at policy URLs, and what is known of each.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};

use crate::model::{
    ArchiveId, Capture, CaptureId, DropReason, Dropped, IndexCounts, PayloadDigest, PolicyId,
    Redirect, TextHash, Timestamp, UrlKey,
};
use crate::store::database::sql::{redirects, timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::ledger::{IndexQueryKey, pending};

/// A stored index row with what is known of it.
#[derive(Debug, Clone)]
pub struct StoredCapture {
    /// Its row id.
    pub capture_id: CaptureId,
    /// The row of the archive that listed it.
    pub archive_id: ArchiveId,
    /// The index row.
    pub capture: Capture,
    /// The capture whose payload was fetched and stands for this one: itself, or one with the same digest.
    pub fetched_capture_id: Option<CaptureId>,
    /// When that was fetched.
    pub fetched_at: Option<Timestamp>,
    /// The words it showed, by the extractor asked for.
    pub text_hash: Option<TextHash>,
    /// How many words those are.
    pub word_count: Option<u32>,
    /// Why the extractor found none.
    pub extraction_dropped: Option<Dropped>,
    /// `<link rel=canonical>` of the page.
    pub canonical: Option<String>,
    /// What came of asking for this very capture; `None` when it was not asked for.
    pub asked: Option<Asked>,
}

/// What came of asking for a capture.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Why nothing usable came.
    pub dropped: Option<Dropped>,
    /// Archived redirects on the way.
    pub redirects: Vec<Redirect>,
    /// Time of the capture that came.
    pub timestamp: Option<Timestamp>,
    /// When the archive was asked.
    pub fetched_at: Option<Timestamp>,
}

const INSERT: &str = "INSERT OR IGNORE INTO captures
    (archive_id, urlkey, timestamp, original, mimetype, statuscode, digest, length) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
/// A capture that two archives list is asked of the one that listed it last, until it was asked for.
const LISTED_BEFORE: &str = "SELECT capture_id FROM captures
    WHERE urlkey = ?2 AND timestamp = ?3 AND original = ?4 AND digest = ?5 AND archive_id <> ?1
      AND NOT EXISTS (SELECT 1 FROM mementos m WHERE m.capture_id = captures.capture_id)";

/// The captures of a policy, each with the memento that was asked for it (`asked`) and the one that shows its payload
/// (`m`): its own, when the archive played this time without a redirect (under whatever spelling of the address); else
/// one that was asked for another capture and came from this one (a redirect led here); else one of a capture with the
/// same digest. A memento that came from another time than its row says nothing about the row's digest. Thousands of
/// captures may have one digest, so that who shows it is asked once for each digest, not for each capture; a redirect
/// may have led to one of them.
pub(in crate::store) const OF_POLICY: &str = "
    WITH alike AS MATERIALIZED (
        SELECT s.digest, s.capture_id, s.urlkey, s.timestamp, s.original
        FROM captures s
        WHERE s.digest IN (SELECT c.digest FROM policy_urls p JOIN captures c ON c.urlkey = p.urlkey WHERE p.policy_id = ?1)
          AND s.digest NOT IN ('-', '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ') AND coalesce(s.statuscode, 200) BETWEEN 200 AND 299),
    shown AS MATERIALIZED (
        SELECT digest, min(capture_id) AS capture_id FROM (
            SELECT s.digest, o.capture_id
            FROM alike s JOIN mementos o ON o.capture_id = s.capture_id
            WHERE o.payload_id IS NOT NULL AND o.drop_reason IS NULL AND o.timestamp = s.timestamp AND o.redirects = '[]'
            UNION ALL
            SELECT s.digest, o.capture_id
            FROM alike s JOIN mementos o ON o.urlkey = s.urlkey AND o.timestamp = s.timestamp AND o.original = s.original
            WHERE o.payload_id IS NOT NULL AND o.drop_reason IS NULL)
        GROUP BY digest)
    SELECT c.capture_id, c.urlkey, c.timestamp, c.original, c.mimetype, c.statuscode, c.digest, c.length,
           m.capture_id, m.canonical, e.drop_reason, e.drop_detail, d.text_sha256,
           asked.capture_id IS NOT NULL, asked.drop_reason, asked.drop_detail, asked.redirects, asked.timestamp, d.word_count,
           c.archive_id, asked.fetched_at, m.fetched_at
    FROM policy_urls p
    JOIN captures c ON c.urlkey = p.urlkey
    LEFT JOIN mementos asked ON asked.capture_id = c.capture_id
    LEFT JOIN shown ON shown.digest = c.digest AND coalesce(c.statuscode, 200) BETWEEN 200 AND 299
    LEFT JOIN mementos m ON m.capture_id = coalesce(
        CASE WHEN asked.payload_id IS NOT NULL AND asked.drop_reason IS NULL AND asked.timestamp = c.timestamp
                  AND (asked.redirects = '[]' OR asked.urlkey = c.urlkey)
             THEN c.capture_id END,
        (SELECT min(o.capture_id) FROM mementos o
         WHERE o.urlkey = c.urlkey AND o.timestamp = c.timestamp AND o.original = c.original
           AND o.payload_id IS NOT NULL AND o.drop_reason IS NULL),
        shown.capture_id)
    LEFT JOIN extractions e ON e.capture_id = m.capture_id AND e.extractor_version = ?2
    LEFT JOIN renditions r ON r.rendition_id = e.rendition_id
    LEFT JOIN documents d ON d.document_id = r.document_id
    WHERE p.policy_id = ?1
    ORDER BY c.timestamp, c.original, c.digest";

impl Store {
    /// Stores a complete answer of the index: its rows and the fact that the question was answered, and those for single
    /// addresses that it covers, in one transaction.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_captures(
        &self,
        archive_id: ArchiveId,
        key: &IndexQueryKey,
        covered: &[IndexQueryKey],
        captures: &[Capture],
        counts: IndexCounts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            insert(t, archive_id, captures)?;
            note_answer(t, archive_id, key, counts, now)?;
            let of_covered = IndexCounts {
                newest: counts.newest,
                ..IndexCounts::default()
            };
            covered
                .iter()
                .try_for_each(|key| note_answer(t, archive_id, key, of_covered, now))
        })
    }

    /// The captures of a policy in order of time, with what an extractor made of each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn captures_of_policy(
        &self,
        policy_id: PolicyId,
        extractor: &str,
    ) -> Result<Vec<StoredCapture>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(OF_POLICY)?;
            let mut rows = statement.query(params![policy_id, extractor])?;
            let mut captures = Vec::new();
            while let Some(row) = rows.next()? {
                captures.extend(stored_capture(row)?);
            }
            Ok(captures)
        })
    }

    /// True when a capture was asked for, or what came for another shows its payload: as `OF_POLICY` takes it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn was_looked_at(&self, capture_id: CaptureId) -> Result<bool, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM mementos WHERE capture_id = ?1)
                     OR EXISTS (SELECT 1 FROM captures c JOIN captures s ON s.digest = c.digest
                                JOIN mementos m ON m.capture_id = s.capture_id
                                WHERE c.capture_id = ?1 AND c.digest NOT IN ('-', '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ')
                                  AND coalesce(c.statuscode, 200) BETWEEN 200 AND 299 AND coalesce(s.statuscode, 200) BETWEEN 200 AND 299
                                  AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL
                                  AND m.timestamp = s.timestamp AND m.redirects = '[]')
                     OR EXISTS (SELECT 1 FROM captures c JOIN captures s ON s.digest = c.digest
                                JOIN mementos m ON m.urlkey = s.urlkey AND m.timestamp = s.timestamp AND m.original = s.original
                                WHERE c.capture_id = ?1 AND c.digest NOT IN ('-', '3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ')
                                  AND coalesce(c.statuscode, 200) BETWEEN 200 AND 299 AND coalesce(s.statuscode, 200) BETWEEN 200 AND 299
                                  AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL)
                     OR EXISTS (SELECT 1 FROM captures c JOIN mementos m
                                    ON m.urlkey = c.urlkey AND m.timestamp = c.timestamp AND m.original = c.original
                                WHERE c.capture_id = ?1 AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL)",
            )?
            .query_row([capture_id], |r| r.get(0))
        })
    }

    /// The index rows that an archive listed of an address, in order of time.
    ///
    /// # Errors
    /// When the database fails.
    pub fn captures_at(
        &self,
        archive_id: ArchiveId,
        urlkey: &UrlKey,
    ) -> Result<Vec<Capture>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT capture_id, urlkey, timestamp, original, mimetype, statuscode, digest, length
                 FROM captures WHERE urlkey = ?1 AND archive_id = ?2 ORDER BY timestamp, original, digest",
            )?;
            let mut rows = statement.query(params![urlkey.as_str(), archive_id])?;
            let mut captures = Vec::new();
            while let Some(row) = rows.next()? {
                captures.extend(index_row(row)?);
            }
            Ok(captures)
        })
    }

    /// Number of index rows stored of an address.
    ///
    /// # Errors
    /// When the database fails.
    pub fn count_captures(&self, urlkey: &UrlKey) -> Result<u64, StoreError> {
        self.read(|t| {
            t.query_row(
                "SELECT count(*) FROM captures WHERE urlkey = ?1",
                [urlkey.as_str()],
                |r| r.get::<_, i64>(0),
            )
        })
        .map(i64::cast_unsigned)
    }
}

fn note_answer(
    t: &Transaction<'_>,
    archive_id: ArchiveId,
    key: &IndexQueryKey,
    counts: IndexCounts,
    now: Timestamp,
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "INSERT INTO index_queries (archive_id, scope, words, span_from, span_to, asked_at, newest_capture, rows, repeated_rows, bad_rows)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at,
            newest_capture = nullif(max(coalesce(newest_capture, ''), coalesce(excluded.newest_capture, '')), ''),
            rows = rows + excluded.rows, repeated_rows = repeated_rows + excluded.repeated_rows,
            bad_rows = bad_rows + excluded.bad_rows",
    )?
    .execute(params![
        archive_id,
        key.scope,
        key.words,
        key.span_from,
        key.span_to,
        now.to_string(),
        counts.newest.map(|n| n.to_string()),
        counts.rows.cast_signed(),
        counts.repeated_rows.cast_signed(),
        counts.bad_rows.cast_signed(),
    ])?;
    Ok(())
}

fn insert(
    t: &Transaction<'_>,
    archive_id: ArchiveId,
    captures: &[Capture],
) -> rusqlite::Result<()> {
    let mut statement = t.prepare_cached(INSERT)?;
    let mut added = BTreeSet::new();
    let mut rows = 0_i64;
    for c in captures {
        let (urlkey, timestamp) = (c.urlkey.as_str(), c.timestamp.to_string());
        let digest = c.digest.as_ref().map_or("-", PayloadDigest::as_str);
        let is_new = statement.execute(params![
            archive_id,
            urlkey,
            timestamp,
            c.original,
            c.mimetype,
            c.statuscode,
            digest,
            c.length.map(u64::cast_signed),
        ])?;
        if is_new > 0 {
            added.insert(urlkey);
            rows += 1;
            continue;
        }
        let listed_before: Option<CaptureId> = t
            .prepare_cached(LISTED_BEFORE)?
            .query_row(
                params![archive_id, urlkey, timestamp, c.original, digest],
                |r| r.get(0),
            )
            .optional()?;
        if let Some(capture_id) = listed_before {
            list_again(t, archive_id, capture_id)?;
        }
    }
    t.prepare_cached("UPDATE archives SET captures = captures + ?2 WHERE archive_id = ?1")?
        .execute(params![archive_id, rows])?;
    added
        .into_iter()
        .try_for_each(|urlkey| pending::note_address(t, urlkey))
}

/// Makes a capture one of this archive's.
fn list_again(
    t: &Transaction<'_>,
    archive_id: ArchiveId,
    capture_id: CaptureId,
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "UPDATE archives SET captures = captures + iif(archive_id = ?1, 1, -1)
         WHERE archive_id IN (?1, (SELECT archive_id FROM captures WHERE capture_id = ?2))",
    )?
    .execute(params![archive_id, capture_id])?;
    t.prepare_cached("UPDATE captures SET archive_id = ?1 WHERE capture_id = ?2")?
        .execute(params![archive_id, capture_id])?;
    Ok(())
}

/// The index row in columns 1 to 7; `None` for one that other hands made unreadable.
fn index_row(row: &Row<'_>) -> rusqlite::Result<Option<Capture>> {
    let urlkey: String = row.get(1)?;
    let digest: String = row.get(6)?;
    let (Ok(urlkey), Some(time)) = (UrlKey::from_cdx(&urlkey), timestamp(row.get(2)?)) else {
        return Ok(None);
    };
    Ok(Some(Capture {
        urlkey,
        timestamp: time,
        original: row.get(3)?,
        mimetype: row.get(4)?,
        statuscode: row.get(5)?,
        digest: PayloadDigest::parse(&digest).ok(),
        length: row
            .get::<_, Option<i64>>(7)?
            .and_then(|n| u64::try_from(n).ok()),
    }))
}

/// One row of [`OF_POLICY`]; `None` for a row that other hands made unreadable.
fn stored_capture(row: &Row<'_>) -> rusqlite::Result<Option<StoredCapture>> {
    let Some(capture) = index_row(row)? else {
        return Ok(None);
    };
    let dropped = |reason: Option<String>, detail: Option<String>| {
        let reason = DropReason::from_code(&reason?)?;
        Some(Dropped::new(reason, detail.unwrap_or_default()))
    };
    let asked = row.get::<_, bool>(13)?.then_some(Asked {
        dropped: dropped(row.get(14)?, row.get(15)?),
        redirects: redirects(row.get(16)?),
        timestamp: timestamp(row.get(17)?),
        fetched_at: timestamp(row.get(20)?),
    });
    Ok(Some(StoredCapture {
        capture_id: row.get(0)?,
        archive_id: row.get(19)?,
        capture,
        fetched_capture_id: row.get(8)?,
        fetched_at: timestamp(row.get(21)?),
        canonical: row.get(9)?,
        extraction_dropped: dropped(row.get(10)?, row.get(11)?),
        word_count: row
            .get::<_, Option<i64>>(18)?
            .and_then(|n| u32::try_from(n).ok()),
        text_hash: row
            .get::<_, Option<String>>(12)?
            .and_then(|h| h.parse().ok()),
        asked,
    }))
}
