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
    /// Hash of the text that the given extractor found in it.
    pub text_hash: Option<TextHash>,
    /// Hash of the body of that text: texts with the same body are one version.
    pub body_hash: Option<TextHash>,
    /// Number of words of that text.
    pub word_count: Option<u32>,
    /// Why a reviewer excluded that text; `None` if nobody did.
    pub excluded: Option<String>,
    /// Why the extractor found no text.
    pub extraction_dropped: Option<Dropped>,
    /// `<link rel=canonical>` of the page.
    pub canonical: Option<String>,
    /// Result of the request for this very capture; `None` if it was not requested.
    pub attempt: Option<FetchAttempt>,
}

/// A complete answer of an archive's index.
#[derive(Debug, Clone, Copy)]
pub struct AnsweredQuery<'a> {
    /// The query that was answered.
    pub key: &'a IndexQueryKey,
    /// Queries for single addresses that this answer covers.
    pub covered: &'a [IndexQueryKey],
    /// Its rows.
    pub captures: &'a [Capture],
    /// What was counted while it was read.
    pub counts: IndexCounts,
}

/// Result of a request for a capture.
#[derive(Debug, Clone)]
pub struct FetchAttempt {
    /// Why it gave nothing usable.
    pub dropped: Option<Dropped>,
    /// Archived redirects on the way.
    pub redirects: Vec<Redirect>,
    /// Time of the capture that was played.
    pub timestamp: Option<Timestamp>,
    /// When it was requested.
    pub fetched_at: Option<Timestamp>,
}

const INSERT: &str = "INSERT OR IGNORE INTO captures
    (archive_id, urlkey, timestamp, original, mimetype, statuscode, digest, length) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
/// Finds a capture that another archive listed before. It is requested from the archive that listed it last, unless it was
/// requested already.
const LISTED_BEFORE: &str = "SELECT capture_id FROM captures
    WHERE urlkey = ?2 AND timestamp = ?3 AND original = ?4 AND digest = ?5 AND archive_id <> ?1
      AND NOT EXISTS (SELECT 1 FROM mementos m WHERE m.capture_id = captures.capture_id)";

/// The captures of a policy. Each comes with the memento that was fetched for the capture itself (`attempt`) and with the
/// one that shows its payload (`m`). That is, in this order: its own memento, if the archive played this time without a
/// redirect to another address; a memento of another capture whose redirect led to this one; the memento of a capture with
/// the same digest, by the view `captures_with_payload`. Thousands of captures may have one digest, so the view is read
/// once for each digest and not for each capture.
pub(in crate::store) const OF_POLICY: &str = "
    WITH digests AS MATERIALIZED (
        SELECT DISTINCT c.digest FROM policy_urls p JOIN captures_with_digest c ON c.urlkey = p.urlkey
        WHERE p.policy_id = ?1 AND c.is_success),
    shown AS MATERIALIZED (
        SELECT digest, min(fetched_capture_id) AS capture_id FROM captures_with_payload
        WHERE digest IN (SELECT digest FROM digests) GROUP BY digest)
    SELECT c.capture_id, c.archive_id, c.urlkey, c.timestamp, c.original, c.mimetype, c.statuscode, c.digest, c.length,
           m.capture_id AS fetched_capture_id, m.fetched_at, m.canonical,
           e.drop_reason AS extraction_drop_reason, e.drop_detail AS extraction_drop_detail, d.text_sha256, d.body_sha256, d.word_count,
           (SELECT iif(w.decision = 'exclude', w.why, NULL) FROM reviews w
            WHERE w.site_id = p.site_id AND w.body_sha256 = d.body_sha256 ORDER BY w.review_id DESC LIMIT 1) AS excluded,
           attempt.capture_id IS NOT NULL AS was_requested, attempt.drop_reason AS attempt_drop_reason,
           attempt.drop_detail AS attempt_drop_detail, attempt.redirects AS attempt_redirects,
           attempt.timestamp AS attempt_timestamp, attempt.fetched_at AS attempt_fetched_at
    FROM policy_urls p
    JOIN captures c ON c.urlkey = p.urlkey
    LEFT JOIN mementos attempt ON attempt.capture_id = c.capture_id
    LEFT JOIN captures_with_digest w ON w.capture_id = c.capture_id AND w.is_success
    LEFT JOIN shown ON shown.digest = w.digest
    LEFT JOIN mementos m ON m.capture_id = coalesce(
        CASE WHEN attempt.payload_id IS NOT NULL AND attempt.drop_reason IS NULL AND attempt.timestamp = c.timestamp
                  AND (attempt.redirects = '[]' OR attempt.urlkey = c.urlkey)
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

/// Whether a capture has a result already; see [`Store::has_fetch_result`].
pub(super) const HAS_FETCH_RESULT: &str = "
    SELECT EXISTS (SELECT 1 FROM mementos WHERE capture_id = ?1)
        OR EXISTS (SELECT 1 FROM captures_with_payload WHERE digest = (
                       SELECT digest FROM captures_with_digest WHERE capture_id = ?1 AND is_success))
        OR EXISTS (SELECT 1 FROM captures c JOIN mementos m
                       ON m.urlkey = c.urlkey AND m.timestamp = c.timestamp AND m.original = c.original
                   WHERE c.capture_id = ?1 AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL)";

impl Store {
    /// Stores a complete answer of the index in one transaction: its rows, and the fact that its query and the queries that
    /// it covers were answered.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_captures(
        &self,
        archive_id: ArchiveId,
        answer: AnsweredQuery<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let AnsweredQuery {
            key,
            covered,
            captures,
            counts,
        } = answer;
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

    /// Returns the captures of a policy in order of time, with what an extractor made of each.
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

    /// True if a capture was requested, or if another memento shows its payload by the rule of `captures_of_policy`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn has_fetch_result(&self, capture_id: CaptureId) -> Result<bool, StoreError> {
        self.read(|t| {
            t.prepare_cached(HAS_FETCH_RESULT)?
                .query_row([capture_id], |r| r.get(0))
        })
    }

    /// Returns the index rows that an archive listed of an address, in order of time.
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
                "SELECT urlkey, timestamp, original, mimetype, statuscode, digest, length
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

    /// Counts the index rows of an address.
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
        "INSERT INTO index_queries (archive_id, scope, words_hash, span_from, span_to, queried_at, newest_capture, rows, repeated_rows, bad_rows)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET queried_at = excluded.queried_at,
            newest_capture = nullif(max(coalesce(newest_capture, ''), coalesce(excluded.newest_capture, '')), ''),
            rows = rows + excluded.rows, repeated_rows = repeated_rows + excluded.repeated_rows,
            bad_rows = excluded.bad_rows",
    )?
    .execute(params![
        archive_id,
        key.scope,
        key.words_hash,
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

/// Assigns a capture that another archive listed before to this archive.
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

/// Reads the index row of a capture; `None` for a row that another program made unreadable.
fn index_row(row: &Row<'_>) -> rusqlite::Result<Option<Capture>> {
    let urlkey: String = row.get("urlkey")?;
    let digest: String = row.get("digest")?;
    let (Ok(urlkey), Some(time)) = (UrlKey::from_cdx(&urlkey), timestamp(row.get("timestamp")?))
    else {
        return Ok(None);
    };
    Ok(Some(Capture {
        urlkey,
        timestamp: time,
        original: row.get("original")?,
        mimetype: row.get("mimetype")?,
        statuscode: row.get("statuscode")?,
        digest: PayloadDigest::parse(&digest).ok(),
        length: row
            .get::<_, Option<i64>>("length")?
            .and_then(|n| u64::try_from(n).ok()),
    }))
}

/// Reads one row of [`OF_POLICY`]; `None` for a row that another program made unreadable.
fn stored_capture(row: &Row<'_>) -> rusqlite::Result<Option<StoredCapture>> {
    let Some(capture) = index_row(row)? else {
        return Ok(None);
    };
    let dropped = |reason: Option<String>, detail: Option<String>| {
        let reason = DropReason::from_code(&reason?)?;
        Some(Dropped::new(reason, detail.unwrap_or_default()))
    };
    let attempt = row
        .get::<_, bool>("was_requested")?
        .then_some(FetchAttempt {
            dropped: dropped(
                row.get("attempt_drop_reason")?,
                row.get("attempt_drop_detail")?,
            ),
            redirects: redirects(row.get("attempt_redirects")?),
            timestamp: timestamp(row.get("attempt_timestamp")?),
            fetched_at: timestamp(row.get("attempt_fetched_at")?),
        });
    Ok(Some(StoredCapture {
        capture_id: row.get("capture_id")?,
        archive_id: row.get("archive_id")?,
        capture,
        fetched_capture_id: row.get("fetched_capture_id")?,
        fetched_at: timestamp(row.get("fetched_at")?),
        canonical: row.get("canonical")?,
        excluded: row.get("excluded")?,
        extraction_dropped: dropped(
            row.get("extraction_drop_reason")?,
            row.get("extraction_drop_detail")?,
        ),
        word_count: row
            .get::<_, Option<i64>>("word_count")?
            .and_then(|n| u32::try_from(n).ok()),
        text_hash: row
            .get::<_, Option<String>>("text_sha256")?
            .and_then(|h| h.parse().ok()),
        body_hash: row
            .get::<_, Option<String>>("body_sha256")?
            .and_then(|h| h.parse().ok()),
        attempt,
    }))
}
