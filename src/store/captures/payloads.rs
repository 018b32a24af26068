//! Bytes of archived pages: shared, compressed, most of them as the difference to another capture of their address.
//!
//! A page changes little from capture to capture, so a payload is compressed with a whole payload of the same address as
//! its prefix (what `zstd --patch-from` does). A prefix is always stored whole: to restore a payload two rows are read at
//! most. Where the difference saves too little, because the page has moved on, the payload is stored whole and is the
//! prefix of those to come. Whatever comes back is checked against its SHA-256.

use std::io::{self, Read as _, Write as _};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use crate::model::{PayloadId, Timestamp, UrlKey};

/// Compression of payloads: zstd's own default.
const ZSTD_LEVEL: i32 = 3;
/// No stored payload unpacks to more than this, whatever a foreign database says.
const MAX_PAYLOAD_BYTES: usize = 256 * 1024 * 1024;
/// Larger payloads are stored whole and are nobody's prefix: the memory is not worth it. Of 866 policy pages the largest has
/// 2.1 MB.
const MAX_PREFIX_BYTES: usize = 8 * 1024 * 1024;
/// Captures on each side of a new one whose prefixes are considered, and prefixes that are tried.
const NEIGHBOURS: i64 = 4;
const MOST_PREFIXES: usize = 3;
/// A difference is worth its prefix when it takes at most a half of what the payload would take whole, by the ratio at
/// which its prefix was packed.
const WORTH_A_PREFIX: u64 = 2;

/// A whole payload that others may be stored against.
pub(in crate::store) struct Prefix {
    payload_id: PayloadId,
    packed_bytes: usize,
    body: Vec<u8>,
}

/// A payload ready to be stored.
pub(in crate::store) struct Payload {
    sha256: String,
    size_bytes: i64,
    packed: Vec<u8>,
    base_payload_id: Option<PayloadId>,
}

/// Why a stored payload cannot be restored.
#[derive(Debug, thiserror::Error)]
pub(in crate::store) enum Unrestorable {
    #[error("its prefix, payload {0}, is missing or not a complete payload")]
    Prefix(PayloadId),
    #[error("it cannot be decompressed: {0}")]
    Packing(#[from] io::Error),
    #[error("its bytes have the SHA-256 {found}, not {stored}")]
    Hash { found: String, stored: String },
    #[error("it has {found} bytes, not {stored}")]
    Size { found: usize, stored: i64 },
}

/// A row of `payloads`.
pub(in crate::store) struct Stored {
    pub(in crate::store) sha256: String,
    pub(in crate::store) size_bytes: i64,
    pub(in crate::store) body: Vec<u8>,
    pub(in crate::store) base_payload_id: Option<PayloadId>,
}

impl Payload {
    /// Packs bytes, against the first prefix with which it pays.
    pub(in crate::store) fn of(body: &[u8], prefixes: &[Prefix]) -> io::Result<Self> {
        let mut against = None;
        for prefix in prefixes {
            against = pack_against(body, prefix)?;
            if against.is_some() {
                break;
            }
        }
        let (packed, base_payload_id) = match against {
            Some((packed, id)) => (packed, Some(id)),
            None => (zstd::bulk::compress(body, ZSTD_LEVEL)?, None),
        };
        Ok(Self {
            sha256: hash(body),
            size_bytes: i64::try_from(body.len()).unwrap_or(i64::MAX),
            packed,
            base_payload_id,
        })
    }

    /// SHA-256 of the bytes, in hexadecimal.
    pub(in crate::store) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Stores it, or finds it stored, and gives its row id.
    pub(in crate::store) fn store(&self, t: &Transaction<'_>) -> rusqlite::Result<PayloadId> {
        t.prepare_cached(
            "INSERT OR IGNORE INTO payloads (sha256, size_bytes, body, base_payload_id) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![self.sha256, self.size_bytes, self.packed, self.base_payload_id])?;
        t.prepare_cached("SELECT payload_id FROM payloads WHERE sha256 = ?1")?
            .query_row([&self.sha256], |r| r.get(0))
    }
}

/// The packed difference and the prefix's id; `None` when it saves too little.
fn pack_against(body: &[u8], prefix: &Prefix) -> io::Result<Option<(Vec<u8>, PayloadId)>> {
    let window = (prefix.body.len() + body.len())
        .max(1024)
        .next_power_of_two()
        .ilog2();
    let mut encoder =
        zstd::stream::write::Encoder::with_ref_prefix(Vec::new(), ZSTD_LEVEL, &prefix.body)?;
    encoder.window_log(window)?;
    encoder.long_distance_matching(true)?;
    encoder.set_pledged_src_size(Some(body.len() as u64))?;
    encoder.write_all(body)?;
    let packed = encoder.finish()?;
    let (packed_bytes, whole_bytes) = (packed.len() as u64, body.len() as u64);
    let expected =
        whole_bytes.saturating_mul(prefix.packed_bytes as u64) / (prefix.body.len() as u64).max(1);
    Ok((packed_bytes.saturating_mul(WORTH_A_PREFIX) <= expected)
        .then_some((packed, prefix.payload_id)))
}

/// Returns the prefixes to try for the body of a capture, best first: those of the captures of its address nearest before
/// it, then after it (a page that shows two editions in turns needs the second). Empty when the same bytes are stored
/// already.
pub(in crate::store) fn prefixes_for(
    t: &Transaction<'_>,
    urlkey: &UrlKey,
    timestamp: Timestamp,
    body: &[u8],
) -> rusqlite::Result<Vec<Prefix>> {
    if body.len() > MAX_PREFIX_BYTES || is_stored(t, body)? {
        return Ok(Vec::new());
    }
    let near = [
        "SELECT coalesce(p.base_payload_id, p.payload_id) FROM mementos m JOIN payloads p USING (payload_id)
         WHERE m.urlkey = ?1 AND m.timestamp <= ?2 ORDER BY m.timestamp DESC LIMIT ?3",
        "SELECT coalesce(p.base_payload_id, p.payload_id) FROM mementos m JOIN payloads p USING (payload_id)
         WHERE m.urlkey = ?1 AND m.timestamp > ?2 ORDER BY m.timestamp LIMIT ?3",
    ];
    let mut ids: Vec<PayloadId> = Vec::new();
    for sql in near {
        let mut statement = t.prepare_cached(sql)?;
        let rows = statement.query_map(
            params![urlkey.as_str(), timestamp.to_string(), NEIGHBOURS],
            |r| r.get(0),
        )?;
        for id in rows {
            let id = id?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let mut prefixes = Vec::new();
    for id in ids.into_iter().take(MOST_PREFIXES) {
        prefixes.extend(prefix(t, id)?);
    }
    Ok(prefixes)
}

fn is_stored(t: &Transaction<'_>, body: &[u8]) -> rusqlite::Result<bool> {
    t.prepare_cached("SELECT 1 FROM payloads WHERE sha256 = ?1")?
        .exists([hash(body)])
}

/// A payload as a prefix; `None` when it is too large, damaged or not whole.
fn prefix(t: &Transaction<'_>, payload_id: PayloadId) -> rusqlite::Result<Option<Prefix>> {
    let row = stored(t, payload_id)?.filter(|row| {
        row.base_payload_id.is_none()
            && usize::try_from(row.size_bytes).is_ok_and(|n| n <= MAX_PREFIX_BYTES)
    });
    Ok(row.and_then(|row| {
        let body = whole(&row).ok()?;
        Some(Prefix {
            payload_id,
            packed_bytes: row.body.len(),
            body,
        })
    }))
}

/// A row of `payloads`.
pub(in crate::store) fn stored(
    t: &Connection,
    payload_id: PayloadId,
) -> rusqlite::Result<Option<Stored>> {
    t.prepare_cached(
        "SELECT sha256, size_bytes, body, base_payload_id FROM payloads WHERE payload_id = ?1",
    )?
    .query_row([payload_id], |r| {
        Ok(Stored {
            sha256: r.get("sha256")?,
            size_bytes: r.get("size_bytes")?,
            body: r.get("body")?,
            base_payload_id: r.get("base_payload_id")?,
        })
    })
    .optional()
}

/// The bytes of a payload, checked.
pub(in crate::store) fn restore(
    t: &Connection,
    row: &Stored,
) -> rusqlite::Result<Result<Vec<u8>, Unrestorable>> {
    let Some(base) = row.base_payload_id else {
        return Ok(whole(row));
    };
    let prefix = stored(t, base)?.filter(|b| b.base_payload_id.is_none());
    Ok(match prefix {
        None => Err(Unrestorable::Prefix(base)),
        Some(prefix) => whole(&prefix).and_then(|prefix| checked(row, &prefix)),
    })
}

fn whole(row: &Stored) -> Result<Vec<u8>, Unrestorable> {
    checked(row, &[])
}

fn checked(row: &Stored, prefix: &[u8]) -> Result<Vec<u8>, Unrestorable> {
    let most = usize::try_from(row.size_bytes)
        .unwrap_or(0)
        .min(MAX_PAYLOAD_BYTES);
    let mut body = Vec::new();
    let decoder = zstd::stream::read::Decoder::with_ref_prefix(row.body.as_slice(), prefix)?;
    // One byte more than it should have tells a bomb from a page.
    decoder.take(most as u64 + 1).read_to_end(&mut body)?;
    if i64::try_from(body.len()) != Ok(row.size_bytes) {
        return Err(Unrestorable::Size {
            found: body.len(),
            stored: row.size_bytes,
        });
    }
    let found = hash(&body);
    if found != row.sha256 {
        return Err(Unrestorable::Hash {
            found,
            stored: row.sha256.clone(),
        });
    }
    Ok(body)
}

fn hash(body: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(body))
}
