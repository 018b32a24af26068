//! Which histories lack something that was stored since they were derived.

use rusqlite::{Transaction, params};

use crate::model::{CaptureId, DocumentId, PolicyId};
use crate::store::database::{Store, StoreError};

/// Notes for all policies at an address that something was stored for their histories.
pub(in crate::store) fn note_address(t: &Transaction<'_>, urlkey: &str) -> rusqlite::Result<()> {
    t.prepare_cached(
        "UPDATE policies SET pending = pending + 1
         WHERE policy_id IN (SELECT policy_id FROM policy_urls WHERE urlkey = ?1)",
    )?
    .execute([urlkey])?;
    Ok(())
}

/// Notes it for all policies whose captures a memento speaks for: those at its own address, at the address that came, and
/// those with captures of the same digest.
pub(in crate::store) fn note_memento(
    t: &Transaction<'_>,
    capture_id: CaptureId,
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "UPDATE policies SET pending = pending + 1 WHERE policy_id IN (
             SELECT u.policy_id FROM captures c JOIN policy_urls u ON u.urlkey = c.urlkey WHERE c.capture_id = ?1
             UNION
             SELECT u.policy_id FROM mementos m JOIN policy_urls u ON u.urlkey = m.urlkey WHERE m.capture_id = ?1
             UNION
             SELECT u.policy_id FROM captures_with_digest c JOIN captures s ON s.digest = c.digest
             JOIN policy_urls u ON u.urlkey = s.urlkey WHERE c.capture_id = ?1)",
    )?
    .execute([capture_id])?;
    Ok(())
}

/// Notes it for all policies with a version of these words: another language or size of theirs may make another history.
pub(in crate::store) fn note_document(
    t: &Transaction<'_>,
    document_id: DocumentId,
) -> rusqlite::Result<()> {
    t.prepare_cached(
        "UPDATE policies SET pending = pending + 1
         WHERE policy_id IN (SELECT policy_id FROM versions WHERE document_id = ?1)",
    )?
    .execute([document_id])?;
    Ok(())
}

/// Notes it for one policy.
pub(in crate::store) fn note_policy(
    t: &Transaction<'_>,
    policy_id: PolicyId,
) -> rusqlite::Result<()> {
    t.prepare_cached("UPDATE policies SET pending = pending + 1 WHERE policy_id = ?1")?
        .execute([policy_id])?;
    Ok(())
}

/// Resets the count of a policy, unless more was stored since the count was `seen`.
pub(in crate::store) fn clear(
    t: &Transaction<'_>,
    policy_id: PolicyId,
    seen: i64,
) -> rusqlite::Result<()> {
    t.prepare_cached("UPDATE policies SET pending = 0 WHERE policy_id = ?1 AND pending = ?2")?
        .execute(params![policy_id, seen])?;
    Ok(())
}

impl Store {
    /// What was stored for a policy's history since that was derived, as a number that grows; 0 when nothing was.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending(&self, policy_id: PolicyId) -> Result<i64, StoreError> {
        self.read(|t| {
            t.prepare_cached("SELECT coalesce(max(pending), 0) FROM policies WHERE policy_id = ?1")?
                .query_row([policy_id], |r| r.get(0))
        })
    }

    /// The policies whose histories lack something that is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub fn pending_policies(&self) -> Result<Vec<PolicyId>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT policy_id FROM policies WHERE pending > 0 ORDER BY policy_id",
            )?;
            let rows = statement.query_map([], |r| r.get(0))?;
            rows.collect()
        })
    }
}
