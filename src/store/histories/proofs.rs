//! The columns that say where a capture can be checked, for every statement that reads them.

use rusqlite::Row;

use crate::model::Proof;

/// Columns of a [`Proof`], of the capture `c` and its archive `a`, after [`proof_joins`].
macro_rules! proof_columns {
    () => {
        "iif(a.archive GLOB 'file-*', 'file', a.archive) AS proof_archive,
         a.memento_url_prefix || c.timestamp || '/' || c.original AS memento_url,
         proof_record.file AS warc_file, proof_record.record_offset AS warc_offset,
         coalesce(proof_payload.sha256, proof_memento.payload_sha256) AS payload_sha256"
    };
}

/// Joins the bytes that were read for the observation `seen`.
macro_rules! proof_joins {
    () => {
        "
    LEFT JOIN mementos proof_memento ON proof_memento.capture_id = seen.fetched_capture_id
    LEFT JOIN payloads proof_payload ON proof_payload.payload_id = proof_memento.payload_id
    LEFT JOIN records proof_record ON proof_record.capture_id = seen.fetched_capture_id AND proof_record.role = 'capture'"
    };
}

pub(super) use {proof_columns, proof_joins};

/// Reads the columns of [`proof_columns`].
pub(super) fn proof(r: &Row<'_>) -> rusqlite::Result<Proof> {
    Ok(Proof {
        archive: r.get("proof_archive")?,
        memento_url: r.get("memento_url")?,
        warc_file: r.get("warc_file")?,
        warc_offset: r
            .get::<_, Option<i64>>("warc_offset")?
            .map(i64::cast_unsigned),
        payload_sha256: r.get("payload_sha256")?,
    })
}
