//! The read side without what the archive got after a moment, as `status` shows it for an earlier time.

use rusqlite::Transaction;

use super::status::{PolicySummary, Status, summary_of};
use crate::model::Timestamp;
use crate::store::database::{Store, StoreError};

/// As the query of [`Store::summaries`], over all sites. The counters of `policies` are counted up to the moment. A policy of
/// which all captures came later is none yet.
const SUMMARIES: &str = "
WITH seen AS (
    SELECT o.policy_id, count(*) AS captures, min(c.timestamp) AS first_seen, max(c.timestamp) AS last_seen
    FROM observations o JOIN captures c USING (capture_id) WHERE c.timestamp <= ?1 GROUP BY o.policy_id
), left_out AS (
    SELECT policy_id, sum(n) AS drops, json_group_object(reason, n) AS reasons
    FROM (SELECT d.policy_id, d.reason, count(*) AS n FROM drops d JOIN captures c USING (capture_id)
          WHERE c.timestamp <= ?1 GROUP BY d.policy_id, d.reason)
    GROUP BY policy_id
), known AS (
    SELECT * FROM policies WHERE captures + drops = 0
        OR policy_id IN (SELECT policy_id FROM seen UNION SELECT policy_id FROM left_out)
)
SELECT s.site, p.policy_url, p.kind, seen.first_seen, seen.last_seen, coalesce(seen.captures, 0) AS captures,
       (SELECT count(*) FROM versions v WHERE v.policy_id = p.policy_id AND v.first_seen <= ?1) AS versions,
       coalesce(left_out.drops, 0) AS drops, s.drop_reason, s.unfinished_since IS NOT NULL AS unfinished,
       coalesce(p.left_open, 0) AS left_open, iif(seen.policy_id IS NULL, left_out.reasons, NULL) AS reasons
FROM sites s LEFT JOIN known p USING (site_id) LEFT JOIN seen USING (policy_id) LEFT JOIN left_out USING (policy_id)
ORDER BY s.site, p.policy_url, p.policy_id";

impl Store {
    /// As [`Store::summaries`], over all sites, without the captures and versions after a moment. Reads all observations.
    ///
    /// # Errors
    /// When the database fails.
    pub fn summaries_at(&self, moment: Timestamp) -> Result<Vec<PolicySummary>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(SUMMARIES)?;
            statement
                .query_map([moment.to_string()], summary_of)?
                .collect()
        })
    }

    /// As [`Store::status`], without the captures and versions after a moment. `policies` are the summaries of that moment.
    /// What is said of crawls, alerts and the file stays.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status_at(
        &self,
        moment: Timestamp,
        policies: &[PolicySummary],
    ) -> Result<Status, StoreError> {
        let now = self.status()?;
        let mut sites_with_versions: Vec<&str> = policies
            .iter()
            .filter(|policy| policy.versions > 0)
            .map(|policy| policy.site.as_str())
            .collect();
        sites_with_versions.dedup();
        self.read(|t| {
            let count = |sql: &str| count(t, sql, moment);
            let mut drops = t.prepare_cached(
                "SELECT d.reason, count(*) FROM drops d JOIN captures c USING (capture_id) WHERE c.timestamp <= ?1
                 GROUP BY d.reason",
            )?;
            let drops = drops.query_map([moment.to_string()], |r| Ok((r.get(0)?, r.get::<_, i64>(1)?.cast_unsigned())))?;
            Ok(Status {
                sites_with_versions: sites_with_versions.len() as u64,
                policies: policies.iter().filter(|policy| policy.policy_url.is_some()).count() as u64,
                versions: policies.iter().map(|policy| policy.versions).sum(),
                suspect_versions: count("SELECT count(*) FROM versions WHERE suspect IS NOT NULL AND first_seen <= ?1")?,
                documents: count(
                    "SELECT count(*) FROM (
                         SELECT document_id FROM versions WHERE first_seen <= ?1
                         UNION SELECT r.document_id FROM extractions e JOIN captures c USING (capture_id)
                         JOIN renditions r USING (rendition_id) WHERE c.timestamp <= ?1)",
                )?,
                captures: count("SELECT count(*) FROM captures WHERE timestamp <= ?1")?,
                mementos: count("SELECT count(*) FROM mementos m JOIN captures c USING (capture_id) WHERE c.timestamp <= ?1")?,
                payloads: count(&format!("SELECT count(*) FROM ({PAYLOADS})"))?,
                payload_bytes: count(&format!("SELECT coalesce(sum(size_bytes), 0) FROM ({PAYLOADS})"))?,
                drops: drops.collect::<rusqlite::Result<_>>()?,
                ..now.clone()
            })
        })
    }
}

/// The payloads of captures up to a moment.
const PAYLOADS: &str =
    "SELECT DISTINCT p.payload_id, p.size_bytes FROM payloads p JOIN mementos m USING (payload_id)
                        JOIN captures c ON c.capture_id = m.capture_id WHERE c.timestamp <= ?1";

fn count(t: &Transaction<'_>, sql: &str, moment: Timestamp) -> rusqlite::Result<u64> {
    let number: i64 = t
        .prepare_cached(sql)?
        .query_row([moment.to_string()], |r| r.get(0))?;
    Ok(number.cast_unsigned())
}
