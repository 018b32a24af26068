//! Payloads, what playback gave, and what the extractor made of it.

use data_encoding::HEXLOWER;
use rusqlite::{OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError};
use crate::model::{Document, Dropped, Timestamp, UrlKey};

/// Compression of payloads: 3 is zstd's own default; 9 saves 6 % more for five times the time on policy pages.
const ZSTD_LEVEL: i32 = 3;
/// No stored payload unpacks to more than this, whatever a foreign database says.
const MAX_PAYLOAD_BYTES: usize = 256 * 1024 * 1024;

/// What playback of one capture gave.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// Key, time and URL of the capture that came.
    pub came_from: Option<(UrlKey, Timestamp, String)>,
    /// The origin's status.
    pub statuscode: Option<u16>,
    /// The origin's content type.
    pub content_type: Option<String>,
    /// The bytes; `None` when nothing usable came.
    pub body: Option<Vec<u8>>,
    /// Archived redirects on the way, as a JSON array.
    pub redirects: Option<String>,
    /// The page's `<link rel=canonical>`.
    pub canonical: Option<String>,
    /// Why this capture is not to be asked for again although it gave no page.
    pub dropped: Option<Dropped>,
}

/// A stored page that the present extractor has not seen.
#[derive(Debug, Clone)]
pub struct PendingExtraction {
    /// The capture that was fetched.
    pub capture_id: i64,
    /// Its URL.
    pub original: String,
    /// The origin's content type.
    pub content_type: Option<String>,
    /// The bytes.
    pub body: Vec<u8>,
}

impl Store {
    /// Stores what one capture gave, whole, in one transaction. `extracted` is the extractor's version and result, where
    /// there was a page to extract.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_memento(
        &self,
        capture_id: i64,
        fetched: &Fetched,
        extracted: Option<(&str, &Result<Document, Dropped>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Compressing takes longer than writing: done before the transaction.
        let payload = fetched.body.as_deref().map(Payload::of).transpose()?;
        let came_from = fetched.came_from.as_ref();
        self.write(|t| {
            let payload_id = payload.as_ref().map(|p| p.store(t)).transpose()?;
            t.execute(
                "INSERT OR REPLACE INTO mementos
                 (capture_id, urlkey, timestamp, original, statuscode, content_type, payload_id, redirects, canonical,
                  drop_reason, drop_detail, fetched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    capture_id,
                    came_from.map(|(urlkey, _, _)| urlkey.as_str()),
                    came_from.map(|(_, timestamp, _)| timestamp.to_string()),
                    came_from.map(|(_, _, original)| original),
                    fetched.statuscode,
                    fetched.content_type,
                    payload_id,
                    fetched.redirects.as_deref().unwrap_or("[]"),
                    fetched.canonical,
                    fetched.dropped.as_ref().map(|d| d.reason.code()),
                    fetched.dropped.as_ref().map(|d| d.detail.as_str()),
                    now.to_string(),
                ],
            )?;
            extracted.map_or(Ok(()), |(version, result)| store_extraction(t, capture_id, version, result))
        })
    }

    /// Stores what an extractor made of a page fetched earlier.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_extraction(
        &self,
        capture_id: i64,
        version: &str,
        result: &Result<Document, Dropped>,
    ) -> Result<(), StoreError> {
        self.write(|t| store_extraction(t, capture_id, version, result))
    }

    /// Fetched captures of a policy that an extractor has not seen, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unextracted(&self, policy_id: i64, extractor: &str) -> Result<Vec<i64>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT m.capture_id FROM policy_urls p JOIN captures c ON c.urlkey = p.urlkey
                 JOIN mementos m ON m.capture_id = c.capture_id
                 WHERE p.policy_id = ?1 AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL
                   AND NOT EXISTS (SELECT 1 FROM extractions e WHERE e.capture_id = m.capture_id AND e.extractor_version = ?2)
                 ORDER BY m.capture_id",
            )?;
            let rows = statement.query_map(params![policy_id, extractor], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// The stored page of a fetched capture, for extraction; `None` when it has no payload.
    ///
    /// # Errors
    /// When the database fails or the payload cannot be unpacked.
    pub fn stored_page(&self, capture_id: i64) -> Result<Option<PendingExtraction>, StoreError> {
        let row = self.read(|t| {
            t.query_row(
                "SELECT m.original, m.content_type, p.body FROM mementos m JOIN payloads p USING (payload_id) WHERE m.capture_id = ?1",
                [capture_id],
                |r| Ok((r.get::<_, Option<String>>(0)?, r.get(1)?, r.get::<_, Vec<u8>>(2)?)),
            )
            .optional()
        })?;
        let Some((original, content_type, packed)) = row else {
            return Ok(None);
        };
        let body = unpack(&packed).map_err(|e| StoreError::Damaged {
            path: self.path().into(),
            detail: format!("the payload of capture {capture_id} cannot be unpacked: {e}"),
        })?;
        Ok(Some(PendingExtraction {
            capture_id,
            original: original.unwrap_or_default(),
            content_type,
            body,
        }))
    }
}

struct Payload {
    sha256: String,
    size_bytes: i64,
    packed: Vec<u8>,
}

impl Payload {
    fn of(body: &[u8]) -> Result<Self, StoreError> {
        let packed = zstd::bulk::compress(body, ZSTD_LEVEL).map_err(|e| {
            StoreError::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
        })?;
        let size_bytes = i64::try_from(body.len()).unwrap_or(i64::MAX);
        Ok(Self {
            sha256: HEXLOWER.encode(&Sha256::digest(body)),
            size_bytes,
            packed,
        })
    }

    fn store(&self, t: &Transaction<'_>) -> rusqlite::Result<i64> {
        t.prepare_cached(
            "INSERT OR IGNORE INTO payloads (sha256, size_bytes, body) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![self.sha256, self.size_bytes, self.packed])?;
        t.prepare_cached("SELECT payload_id FROM payloads WHERE sha256 = ?1")?
            .query_row([&self.sha256], |r| r.get(0))
    }
}

pub(super) fn unpack(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut body = Vec::new();
    let limit = u64::try_from(MAX_PAYLOAD_BYTES).unwrap_or(u64::MAX);
    zstd::stream::read::Decoder::new(packed)?
        .take(limit)
        .read_to_end(&mut body)?;
    Ok(body)
}

fn store_extraction(
    t: &Transaction<'_>,
    capture_id: i64,
    version: &str,
    result: &Result<Document, Dropped>,
) -> rusqlite::Result<()> {
    let (rendition_id, dropped) = match result {
        Ok(document) => (Some(store_document(t, document)?), None),
        Err(dropped) => (None, Some(dropped)),
    };
    t.prepare_cached(
        "INSERT OR REPLACE INTO extractions (capture_id, extractor_version, rendition_id, drop_reason, drop_detail)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        capture_id,
        version,
        rendition_id,
        dropped.map(|d| d.reason.code()),
        dropped.map(|d| d.detail.as_str())
    ])?;
    Ok(())
}

pub(super) fn store_document(t: &Transaction<'_>, document: &Document) -> rusqlite::Result<i64> {
    let text_sha256 = document.text_hash.to_string();
    t.prepare_cached(
        "INSERT OR IGNORE INTO documents (text_sha256, language, word_count) VALUES (?1, ?2, ?3)",
    )?
    .execute(params![
        text_sha256,
        document.language,
        document.word_count.cast_signed()
    ])?;
    let document_id: i64 = t
        .prepare_cached("SELECT document_id FROM documents WHERE text_sha256 = ?1")?
        .query_row([&text_sha256], |r| r.get(0))?;
    let mut hasher = Sha256::new();
    for part in [
        document.title.as_deref().unwrap_or(""),
        &document.text,
        &document.markdown,
    ] {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let sha256 = HEXLOWER.encode(&hasher.finalize());
    t.prepare_cached(
        "INSERT OR IGNORE INTO renditions (document_id, sha256, title, text, markdown) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![document_id, sha256, document.title, document.text, document.markdown])?;
    t.prepare_cached("SELECT rendition_id FROM renditions WHERE sha256 = ?1")?
        .query_row([&sha256], |r| r.get(0))
}
