//! The migrations that bring a database to the newest schema.
//!
//! A hook computes values that SQL alone cannot compute. It runs on the schema of its own migration, so it has its own
//! statements and never changes with the code for the newest schema.

use std::sync::LazyLock;

use rusqlite::{Transaction, params};
use rusqlite_migration::M;

use super::full_text::{index_text, indexed};
use crate::history::{body_hash, simhash};
use crate::model::{CaptureId, DocumentId, PayloadDigest};

/// The migrations in order. The list only grows, and no file of it changes after a release.
pub(in crate::store) static MIGRATIONS: LazyLock<[M<'static>; 13]> = LazyLock::new(|| {
    [
        M::up(include_str!("../migrations/0001_first.sql")),
        M::up(include_str!("../migrations/0002_stated_dates.sql")),
        M::up_with_hook(
            include_str!("../migrations/0003_histories.sql"),
            |t: &Transaction<'_>| Ok(fill_in_documents(t)?),
        ),
        M::up(include_str!("../migrations/0004_runs.sql")),
        M::up_with_hook(
            include_str!("../migrations/0005_renditions_order.sql"),
            |t: &Transaction<'_>| Ok(hash_first_renditions(t)?),
        ),
        M::up(include_str!("../migrations/0006_pending.sql")),
        M::up(include_str!("../migrations/0007_versions_by_rendition.sql")),
        M::up(include_str!("../migrations/0008_archives_captures.sql")),
        M::up(include_str!("../migrations/0009_pace.sql")),
        M::up(include_str!("../migrations/0010_hub_looks.sql")),
        M::up(include_str!("../migrations/0011_plain_names.sql")),
        M::up_with_hook(
            include_str!("../migrations/0012_bodies.sql"),
            |t: &Transaction<'_>| Ok(fill_in_bodies(t)?),
        ),
        M::up_with_hook(
            include_str!("../migrations/0013_everyday.sql"),
            |t: &Transaction<'_>| Ok(respell_digests(t)?),
        ),
    ]
});

/// Returns the number of the newest schema that this program knows.
pub(super) fn newest_schema() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Adds the simhash and the full-text index entry that documents of an older schema lack.
fn fill_in_documents(t: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut documents = t.prepare(
        "SELECT d.document_id, (SELECT r.text FROM renditions r WHERE r.document_id = d.document_id ORDER BY r.rendition_id LIMIT 1)
         FROM documents d ORDER BY d.document_id",
    )?;
    let mut rows = documents.query([])?;
    while let Some(row) = rows.next()? {
        let (document_id, text): (DocumentId, Option<String>) = (row.get(0)?, row.get(1)?);
        let Some(text) = text else { continue };
        t.prepare_cached("UPDATE documents SET simhash = ?2 WHERE document_id = ?1")?
            .execute(params![document_id, simhash(&text).cast_signed()])?;
        index_text(t, document_id, &indexed(&text))?;
    }
    Ok(())
}

/// Computes the body of each document from its first rendition, and gives its announcements the hash of the body.
fn fill_in_bodies(t: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut documents = t.prepare(
        "SELECT d.document_id, d.text_sha256, r.title, r.text FROM documents d
         LEFT JOIN renditions r ON r.rendition_id = (
             SELECT rendition_id FROM renditions WHERE document_id = d.document_id ORDER BY sha256 LIMIT 1)
         ORDER BY d.document_id",
    )?;
    let mut rows = documents.query([])?;
    while let Some(row) = rows.next()? {
        let document_id: DocumentId = row.get("document_id")?;
        let text_sha256: String = row.get("text_sha256")?;
        let (title, text): (Option<String>, Option<String>) = (row.get("title")?, row.get("text")?);
        let body_sha256 = text.map_or_else(
            || text_sha256.clone(),
            |text| body_hash(&text, title.as_deref()).to_string(),
        );
        t.prepare_cached("UPDATE documents SET body_sha256 = ?2 WHERE document_id = ?1")?
            .execute(params![document_id, body_sha256])?;
        // Two texts with one body had two announcements. The second keeps its old hash and matches no version.
        t.prepare_cached("UPDATE OR IGNORE announcements SET body_sha256 = ?2 WHERE body_sha256 = ?1 AND ?1 <> ?2")?
            .execute(params![text_sha256, body_sha256])?;
    }
    Ok(())
}

/// Spells the digests of captures as this version does, so that no index row is stored a second time. Where both spellings
/// of a digest were stored, both rows stay.
fn respell_digests(t: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut captures = t.prepare(
        "SELECT capture_id, digest FROM captures
         WHERE digest <> '-' AND (length(digest) <> 32 OR digest GLOB '*[^A-Z2-7]*') ORDER BY capture_id",
    )?;
    let mut rows = captures.query([])?;
    while let Some(row) = rows.next()? {
        let (capture_id, digest): (CaptureId, String) = (row.get(0)?, row.get(1)?);
        let Ok(respelled) = PayloadDigest::parse(&digest) else {
            continue;
        };
        t.prepare_cached(
            "UPDATE OR IGNORE captures SET digest = ?2 WHERE capture_id = ?1 AND digest <> ?2",
        )?
        .execute(params![capture_id, respelled.as_str()])?;
    }
    Ok(())
}

/// Recomputes the simhash of each document with several renditions from the rendition with the smallest hash. Older
/// versions of the program used the rendition that was stored first.
fn hash_first_renditions(t: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut statement = t.prepare(
        "SELECT document_id, min(sha256) FROM renditions GROUP BY document_id HAVING count(*) > 1",
    )?;
    let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let first_renditions: Vec<(DocumentId, String)> = rows.collect::<rusqlite::Result<_>>()?;
    for (document_id, first) in first_renditions {
        let text: String = t.query_row(
            "SELECT text FROM renditions WHERE sha256 = ?1",
            [first],
            |r| r.get(0),
        )?;
        t.execute(
            "UPDATE documents SET simhash = ?2 WHERE document_id = ?1",
            params![document_id, simhash(&text).cast_signed()],
        )?;
    }
    Ok(())
}
