//! The columns that say where a capture can be checked, for every statement that reads them.

use rusqlite::Row;

use crate::model::Proof;

/// Columns of a [`Proof`], of the capture `c` and its archive `a`, after [`proof_joins`].
macro_rules! proof_columns {
    () => {
        concat!(
            $crate::store::database::sql::archive_name!(),
            " AS proof_archive, ",
            $crate::store::database::sql::memento_url!(),
            " AS memento_url, k.file AS warc_file, k.record_offset AS warc_offset, ",
            $crate::store::database::sql::payload_sha256!(),
            " AS payload_sha256"
        )
    };
}

/// Joins the bytes that were read for the observation `seen`: the memento `m`, its payload `y` and its record `k`.
macro_rules! proof_joins {
    () => {
        "
    LEFT JOIN mementos m ON m.capture_id = seen.fetched_capture_id
    LEFT JOIN payloads y ON y.payload_id = m.payload_id
    LEFT JOIN records k ON k.capture_id = seen.fetched_capture_id AND k.role = 'capture'"
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
