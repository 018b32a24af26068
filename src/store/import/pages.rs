//! Archived pages on their way into a database of a dataset: the dataset says what they are, a WARC export has their bytes.

use rusqlite::params;

use crate::model::{CaptureId, Timestamp, UrlKey};
use crate::store::captures::payloads::{self, Payload};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// Number of pages that are looked up at once.
const BATCH: u32 = 500;

/// A page that the dataset names and the database does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingPage {
    /// The capture that was fetched.
    pub capture_id: CaptureId,
    /// URL of the capture that the archive returned.
    pub original: String,
    /// Its time.
    pub timestamp: Timestamp,
    /// SHA-256 of its bytes; `None` in datasets of earlier versions of the program.
    pub sha256: Option<String>,
}

impl Store {
    /// The missing pages of captures after one, some hundred at most.
    ///
    /// # Errors
    /// When the database fails.
    pub fn missing_pages(&self, after: Option<CaptureId>) -> Result<Vec<MissingPage>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT capture_id, original, timestamp, payload_sha256 FROM mementos
                 WHERE capture_id > ?1 AND payload_id IS NULL AND original IS NOT NULL AND timestamp IS NOT NULL
                 ORDER BY capture_id LIMIT ?2",
            )?;
            let rows = statement.query_map(params![after.map_or(0, CaptureId::get), BATCH], |r| {
                let time = timestamp(r.get("timestamp")?);
                Ok(time.map(|timestamp| {
                    Ok(MissingPage {
                        capture_id: r.get("capture_id")?,
                        original: r.get("original")?,
                        timestamp,
                        sha256: r.get("payload_sha256")?,
                    })
                }))
            })?;
            rows.filter_map(Result::transpose).map(|row| row?).collect()
        })
    }

    /// Stores the bytes of a missing page. False, and nothing is stored, if the dataset names other bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub fn import_page(&self, page: &MissingPage, body: &[u8]) -> Result<bool, StoreError> {
        let prefixes = match UrlKey::of(&page.original) {
            Ok(key) => self.read(|t| payloads::prefixes_for(t, &key, page.timestamp, body))?,
            Err(_) => Vec::new(),
        };
        let payload =
            Payload::of(body, &prefixes).map_err(|e| StoreError::Packing(e.to_string()))?;
        if page
            .sha256
            .as_deref()
            .is_some_and(|sha256| sha256 != payload.sha256())
        {
            return Ok(false);
        }
        self.write(|t| {
            let payload_id = payload.store(t)?;
            t.prepare_cached(
                "UPDATE mementos SET payload_id = ?2, payload_sha256 = NULL, payload_bytes = NULL WHERE capture_id = ?1",
            )?
            .execute(params![page.capture_id, payload_id])
        })?;
        Ok(true)
    }
}
