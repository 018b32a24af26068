//! Payloads, what playback gave, and what the extractor made of it.

use std::io;

use rusqlite::{OptionalExtension as _, Transaction, params};

use super::payloads::{self, Payload, Prefix};
use super::records::{PackedRecord, store_records};
use crate::model::{
    CaptureId, Document, Dropped, PayloadId, PolicyId, Redirect, Timestamp, UrlKey, WarcRecord,
};
use crate::store::database::{Store, StoreError};
use crate::store::documents::NewDocument;
use crate::store::ledger::pending;

/// The capture that an archive played, which may be another than the requested one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedCapture {
    /// Its key.
    pub urlkey: UrlKey,
    /// Its time.
    pub timestamp: Timestamp,
    /// Its URL.
    pub original: String,
}

/// What playback of one capture gave.
#[derive(Debug, Clone, Default)]
pub struct Fetched {
    /// The capture that the archive played.
    pub received: Option<ReceivedCapture>,
    /// The origin's status.
    pub statuscode: Option<u16>,
    /// The origin's content type.
    pub content_type: Option<String>,
    /// The bytes; `None` when nothing usable came.
    pub body: Option<Vec<u8>>,
    /// Archived redirects on the way.
    pub redirects: Vec<Redirect>,
    /// The page's `<link rel=canonical>`.
    pub canonical: Option<String>,
    /// Why this capture is not requested again although it gave no page.
    pub dropped: Option<Dropped>,
    /// The WARC records that it was read from, in order; empty if it was not read from WARC files.
    pub records: Vec<WarcRecord>,
}

/// A stored page that the present extractor has not seen.
#[derive(Debug, Clone)]
pub struct PendingExtraction {
    /// The capture that was fetched.
    pub capture_id: CaptureId,
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
        capture_id: CaptureId,
        fetched: &Fetched,
        extracted: Option<(&str, &Result<Document, Dropped>)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // Compressing and hashing take longer than writing: done before the transaction.
        let prefixes = self.read(|t| prefixes_for(t, fetched))?;
        let payload = fetched
            .body
            .as_deref()
            .map(|body| Payload::of(body, &prefixes));
        let payload = payload
            .transpose()
            .map_err(|e| StoreError::Packing(e.to_string()))?;
        drop(prefixes);
        let body = fetched.body.as_deref().unwrap_or_default();
        let records = fetched.records.iter().map(|r| PackedRecord::of(r, body));
        let records: Vec<PackedRecord<'_>> = records
            .collect::<io::Result<_>>()
            .map_err(|e| StoreError::Packing(e.to_string()))?;
        let extracted =
            extracted.map(|(version, result)| (version, result.as_ref().map(NewDocument::of)));
        let received = fetched.received.as_ref();
        self.write(|t| {
            let payload_id = payload.as_ref().map(|p| p.store(t)).transpose()?;
            t.execute(
                "INSERT OR REPLACE INTO mementos
                 (capture_id, urlkey, timestamp, original, statuscode, content_type, payload_id, redirects, canonical,
                  drop_reason, drop_detail, fetched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                params![
                    capture_id,
                    received.map(|r| r.urlkey.as_str()),
                    received.map(|r| r.timestamp.to_string()),
                    received.map(|r| &r.original),
                    fetched.statuscode,
                    fetched.content_type,
                    payload_id,
                    Redirect::list_to_json(&fetched.redirects),
                    fetched.canonical,
                    fetched.dropped.as_ref().map(|d| d.reason.code()),
                    fetched.dropped.as_ref().map(|d| d.detail.as_str()),
                    now.to_string(),
                ],
            )?;
            store_records(t, capture_id, &records)?;
            if let Some((version, result)) = &extracted {
                store_extraction(t, capture_id, version, result.as_ref().map_err(|e| *e))?;
            }
            pending::note_memento(t, capture_id)
        })
    }

    /// Stores what an extractor made of a page fetched earlier.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_extraction(
        &self,
        capture_id: CaptureId,
        version: &str,
        result: &Result<Document, Dropped>,
    ) -> Result<(), StoreError> {
        let result = result.as_ref().map(NewDocument::of);
        self.write(|t| {
            store_extraction(t, capture_id, version, result.as_ref().map_err(|e| *e))?;
            pending::note_memento(t, capture_id)
        })
    }

    /// Fetched captures that an extractor has not seen, by id: those at a policy's addresses, and those elsewhere whose
    /// payload its captures share.
    ///
    /// # Errors
    /// When the database fails.
    pub fn unextracted(
        &self,
        policy_id: PolicyId,
        extractor: &str,
    ) -> Result<Vec<CaptureId>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT m.capture_id FROM mementos m
                 WHERE m.capture_id IN (
                     SELECT c.capture_id FROM policy_urls p JOIN captures c ON c.urlkey = p.urlkey WHERE p.policy_id = ?1
                     UNION
                     SELECT o.capture_id FROM policy_urls p JOIN mementos o ON o.urlkey = p.urlkey WHERE p.policy_id = ?1
                     UNION
                     SELECT s.capture_id FROM policy_urls p JOIN captures_with_digest c ON c.urlkey = p.urlkey
                     JOIN captures s ON s.digest = c.digest
                     WHERE p.policy_id = ?1)
                   AND m.payload_id IS NOT NULL AND m.drop_reason IS NULL
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
    pub fn stored_page(
        &self,
        capture_id: CaptureId,
    ) -> Result<Option<PendingExtraction>, StoreError> {
        let damaged = |e: String| StoreError::Damaged {
            path: self.path().into(),
            detail: format!("the payload of capture {capture_id}: {e}"),
        };
        let row = self.read(|t| {
            let row: Option<(Option<String>, Option<String>, PayloadId)> = t
                .query_row(
                    "SELECT original, content_type, payload_id FROM mementos WHERE capture_id = ?1 AND payload_id IS NOT NULL",
                    [capture_id],
                    |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
                )
                .optional()?;
            let Some((original, content_type, payload_id)) = row else {
                return Ok(None);
            };
            let body = match payloads::stored(t, payload_id)? {
                Some(stored) => payloads::restore(t, &stored)?.map_err(|e| e.to_string()),
                None => Err("it is missing".to_owned()),
            };
            Ok(Some((original, content_type, body)))
        })?;
        let Some((original, content_type, body)) = row else {
            return Ok(None);
        };
        let body = body.map_err(damaged)?;
        Ok(Some(PendingExtraction {
            capture_id,
            original: original.unwrap_or_default(),
            content_type,
            body,
        }))
    }
}

/// The prefixes for a fetched body; none without a body, or when the capture that came is unknown.
fn prefixes_for(t: &Transaction<'_>, fetched: &Fetched) -> rusqlite::Result<Vec<Prefix>> {
    match (&fetched.received, &fetched.body) {
        (Some(received), Some(body)) => {
            payloads::prefixes_for(t, &received.urlkey, received.timestamp, body)
        }
        _ => Ok(Vec::new()),
    }
}

fn store_extraction(
    t: &Transaction<'_>,
    capture_id: CaptureId,
    version: &str,
    result: Result<&NewDocument<'_>, &Dropped>,
) -> rusqlite::Result<()> {
    let (rendition_id, dropped) = match result {
        Ok(document) => (
            Some(document.store_extracted(t, capture_id, version)?),
            None,
        ),
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
