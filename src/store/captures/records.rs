//! WARC records that mementos were read from: where each is, and its bytes.
//!
//! The bytes are compressed with the payload of the memento as their prefix. So a record whose payload is not encoded
//! costs little more than its heads.

use std::io::{self, Read as _, Write as _};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::payloads;
use crate::model::{CaptureId, PayloadId, RecordRole, WarcRecord};
use crate::store::database::sql::parsed;
use crate::store::database::{Store, StoreError};

/// Compression of records: zstd's own default.
const ZSTD_LEVEL: i32 = 3;
/// No stored record unpacks to more than this, whatever a foreign database says.
const MAX_RECORD_BYTES: usize = 16 << 20;

/// A record ready to be stored.
pub(super) struct PackedRecord<'a> {
    record: &'a WarcRecord,
    sha256: Option<String>,
    packed: Option<Vec<u8>>,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// The record; its bytes are `None` if they were not kept or are damaged.
    pub record: WarcRecord,
    /// SHA-256 of its bytes, if they were kept.
    pub sha256: Option<String>,
}

impl<'a> PackedRecord<'a> {
    /// Packs a record against the payload of its memento.
    pub(super) fn of(record: &'a WarcRecord, payload: &[u8]) -> io::Result<Self> {
        let packed = record.bytes.as_deref().map(|bytes| pack(bytes, payload));
        Ok(Self {
            record,
            sha256: record.bytes.as_deref().map(hash),
            packed: packed.transpose()?,
        })
    }
}

/// Replaces the records of a memento.
pub(super) fn store_records(
    t: &Transaction<'_>,
    capture_id: CaptureId,
    records: &[PackedRecord<'_>],
) -> rusqlite::Result<()> {
    t.prepare_cached("DELETE FROM records WHERE capture_id = ?1")?
        .execute([capture_id])?;
    let mut statement = t.prepare_cached(
        "INSERT INTO records (capture_id, place, role, file, record_offset, skipped_bytes, sha256, size_bytes, record)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (place, packed) in (1_i64..).zip(records) {
        let record = packed.record;
        let size = record.bytes.as_ref().map(Vec::len);
        statement.execute(params![
            capture_id,
            place,
            record.role.code(),
            record.file,
            record.offset.cast_signed(),
            record.skipped_bytes.cast_signed(),
            packed.sha256,
            size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
            packed.packed,
        ])?;
    }
    Ok(())
}

impl Store {
    /// The records that the memento of a capture was read from, in order; empty if it was not read from WARC files.
    ///
    /// # Errors
    /// When the database fails.
    pub fn records_of(&self, capture_id: CaptureId) -> Result<Vec<StoredRecord>, StoreError> {
        self.read(|t| records_of(t, capture_id))
    }

    /// The next thousand captures after one whose mementos were read from records.
    ///
    /// # Errors
    /// When the database fails.
    pub fn recorded_after(&self, after: Option<CaptureId>) -> Result<Vec<CaptureId>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT DISTINCT capture_id FROM records WHERE capture_id > ?1 ORDER BY capture_id LIMIT 1000",
            )?;
            let rows = statement.query_map([after.map_or(i64::MIN, CaptureId::get)], |r| r.get(0))?;
            rows.collect()
        })
    }
}

fn records_of(t: &Transaction<'_>, capture_id: CaptureId) -> rusqlite::Result<Vec<StoredRecord>> {
    let mut statement = t.prepare_cached(
        "SELECT role, file, record_offset, skipped_bytes, sha256, size_bytes, record FROM records
         WHERE capture_id = ?1 ORDER BY place",
    )?;
    let mut rows = statement.query([capture_id])?;
    let mut payload: Option<Vec<u8>> = None;
    let mut records = Vec::new();
    while let Some(r) = rows.next()? {
        let sha256: Option<String> = r.get("sha256")?;
        let (size, packed): (Option<i64>, Option<Vec<u8>>) =
            (r.get("size_bytes")?, r.get("record")?);
        let mut bytes = None;
        if let (Some(sha256), Some(size), Some(packed)) = (&sha256, size, packed) {
            let payload = match &mut payload {
                Some(payload) => payload,
                empty => empty.insert(payload_of(t, capture_id)?),
            };
            bytes = unpack(&packed, payload, size).filter(|bytes| hash(bytes) == *sha256);
        }
        records.push(StoredRecord {
            record: WarcRecord {
                role: parsed(r.get("role")?).unwrap_or(RecordRole::Capture),
                file: r.get("file")?,
                offset: r.get::<_, i64>("record_offset")?.cast_unsigned(),
                skipped_bytes: r.get::<_, i64>("skipped_bytes")?.cast_unsigned(),
                bytes,
            },
            sha256,
        });
    }
    Ok(records)
}

/// The payload of a memento; empty if there is none.
fn payload_of(t: &Connection, capture_id: CaptureId) -> rusqlite::Result<Vec<u8>> {
    let payload_id: Option<PayloadId> = t
        .prepare_cached("SELECT payload_id FROM mementos WHERE capture_id = ?1")?
        .query_row([capture_id], |r| r.get(0))?;
    let Some(row) = payload_id
        .map(|id| payloads::stored(t, id))
        .transpose()?
        .flatten()
    else {
        return Ok(Vec::new());
    };
    Ok(payloads::restore(t, &row)?.unwrap_or_default())
}

fn pack(bytes: &[u8], payload: &[u8]) -> io::Result<Vec<u8>> {
    let window = (payload.len() + bytes.len())
        .max(1024)
        .next_power_of_two()
        .ilog2();
    let mut encoder =
        zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), ZSTD_LEVEL, payload)?;
    encoder.window_log(window)?;
    encoder.long_distance_matching(true)?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// The bytes of a packed record; `None` if it is damaged.
fn unpack(packed: &[u8], payload: &[u8], size: i64) -> Option<Vec<u8>> {
    let most = usize::try_from(size).ok()?.min(MAX_RECORD_BYTES);
    let mut bytes = Vec::new();
    let decoder = zstd::stream::read::Decoder::with_ref_prefix(packed, payload).ok()?;
    // One byte more than it should have tells a bomb from a record.
    decoder.take(most as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() == most).then_some(bytes)
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
