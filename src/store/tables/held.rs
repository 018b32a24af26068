//! The captures whose bytes the database holds, for an archive made of them.

use rusqlite::params;

use super::described::{CAPTURES, POLICIES};
use super::filter::Filter;
use super::snapshot::{Snapshot, time};
use crate::model::{CaptureId, PayloadId, Redirect, Timestamp};
use crate::store::captures::payloads;
use crate::store::database::StoreError;
use crate::store::database::sql::redirects;

/// A capture that was fetched, or one that shares the payload of such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCapture {
    /// The capture that was fetched, for itself or in its place.
    pub fetched_capture_id: CaptureId,
    /// It was not fetched itself: its payload is that of the fetched one, which comes before it.
    pub is_revisit: bool,
    /// Its address; of a fetched one that of the capture that came.
    pub original: String,
    /// Its time.
    pub timestamp: Timestamp,
    /// HTTP status that it came with.
    pub statuscode: Option<u16>,
    /// Content type that it came with.
    pub content_type: Option<String>,
    /// Archived redirects that led to it.
    pub redirects: Vec<Redirect>,
    /// Its bytes are held.
    pub has_payload: bool,
}

/// Lines that are put in order outside of memory.
#[derive(Debug)]
pub struct LineSorter<'a> {
    snapshot: &'a Snapshot<'a>,
}

impl Snapshot<'_> {
    /// Hands every fetched capture to `each`, followed by those that share its payload. The order is that of the index, so
    /// it does not depend on the order in which the captures were fetched or imported.
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each_held_capture<E: From<StoreError>>(
        &self,
        filter: &Filter,
        mut each: impl FnMut(HeldCapture) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut values = Vec::new();
        let condition = filter.sql(&CAPTURES, &mut values);
        let from = CAPTURES.from;
        let sql = format!(
            "SELECT m.capture_id AS fetched_capture_id, 0 AS is_revisit, coalesce(m.original, c.original) AS original, coalesce(m.timestamp, c.timestamp) AS timestamp,
                    m.statuscode, m.content_type, m.redirects,
                    m.payload_id IS NOT NULL AS has_payload,
                    c.urlkey AS fetched_urlkey, c.timestamp AS fetched_timestamp, c.original AS fetched_original, c.digest AS fetched_digest
             FROM mementos m JOIN captures c USING (capture_id)
             WHERE m.capture_id IN (SELECT coalesce(o.fetched_capture_id, c.capture_id) FROM {from} WHERE {condition})
             UNION ALL
             SELECT DISTINCT o.fetched_capture_id, 1, c.original, c.timestamp, NULL, NULL, '[]', 0,
                    f.urlkey, f.timestamp, f.original, f.digest
             FROM {from} WHERE o.fetched_capture_id <> c.capture_id AND {condition}
             ORDER BY fetched_urlkey, fetched_timestamp, fetched_original, fetched_digest, is_revisit, timestamp, original"
        );
        self.rows::<E>(&sql, values, |row| {
            let Some(timestamp) = time(row, "timestamp") else {
                return Ok(false);
            };
            let held = |row: &rusqlite::Row<'_>| {
                Ok(HeldCapture {
                    fetched_capture_id: row.get("fetched_capture_id")?,
                    is_revisit: row.get("is_revisit")?,
                    original: row.get("original")?,
                    timestamp,
                    statuscode: row.get("statuscode")?,
                    content_type: row.get("content_type")?,
                    redirects: redirects(row.get("redirects")?),
                    has_payload: row.get("has_payload")?,
                })
            };
            each(held(row).map_err(|e| E::from(self.fail(e)))?)?;
            Ok(true)
        })?;
        Ok(())
    }

    /// The bytes that came for a fetched capture.
    ///
    /// # Errors
    /// When the database fails, does not hold them, or they cannot be unpacked.
    pub fn payload(&self, capture_id: CaptureId) -> Result<Vec<u8>, StoreError> {
        let read = || {
            let payload_id: PayloadId = self
                .connection
                .prepare_cached("SELECT payload_id FROM mementos WHERE capture_id = ?1 AND payload_id IS NOT NULL")?
                .query_row([capture_id], |r| r.get(0))?;
            let row = payloads::stored(self.connection, payload_id)?
                .ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            payloads::restore(self.connection, &row)
        };
        read()
            .map_err(|e| self.fail(e))?
            .map_err(|e| StoreError::Damaged {
                path: self.path.into(),
                detail: format!("the payload of capture {capture_id}: {e}"),
            })
    }

    /// Hands site, address and rank of every address of every policy to `each`; sites without policies have their own
    /// address left empty.
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each_policy_address<E: From<StoreError>>(
        &self,
        filter: &Filter,
        mut each: impl FnMut(&str, &str, Option<i64>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut values = Vec::new();
        let condition = filter.sql(&POLICIES, &mut values);
        let sql = format!(
            "SELECT s.site, u.url, s.rank FROM {} CROSS JOIN policy_urls u ON u.policy_id = p.policy_id
             WHERE {condition} ORDER BY s.site, u.urlkey",
            POLICIES.from
        );
        self.rows::<E>(&sql, values, |row| {
            let (Ok(site), Ok(url), Ok(rank)) = (
                row.get::<_, String>("site"),
                row.get::<_, String>("url"),
                row.get("rank"),
            ) else {
                return Ok(false);
            };
            each(&site, &url, rank)?;
            Ok(true)
        })?;
        Ok(())
    }

    /// Sorts lines in a temporary table of SQLite's, which goes to disk when it grows.
    ///
    /// # Errors
    /// When the database fails.
    pub fn line_sorter(&self) -> Result<LineSorter<'_>, StoreError> {
        self.connection
            .execute_batch(
                "CREATE TEMP TABLE export_lines (line TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
            )
            .map_err(|e| self.fail(e))?;
        Ok(LineSorter { snapshot: self })
    }
}

impl LineSorter<'_> {
    /// Adds a line.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add(&self, line: &str) -> Result<(), StoreError> {
        self.snapshot
            .connection
            .prepare_cached("INSERT OR IGNORE INTO temp.export_lines (line) VALUES (?1)")
            .and_then(|mut statement| statement.execute(params![line]))
            .map(|_| ())
            .map_err(|e| self.snapshot.fail(e))
    }

    /// Hands the lines to `each`, sorted by their bytes.
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = "SELECT line FROM temp.export_lines ORDER BY line";
        self.snapshot.rows::<E>(sql, Vec::new(), |row| {
            let line: String = row.get(0).map_err(|e| E::from(self.snapshot.fail(e)))?;
            each(&line)?;
            Ok(true)
        })?;
        Ok(())
    }
}
