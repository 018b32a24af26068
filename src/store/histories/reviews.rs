//! Decisions of reviewers about texts: whether a text of a site is a version of its policy.
//!
//! A decision is about the body of a text, so it holds for all captures that show it, also for those that a later crawl
//! finds. Rows are never deleted; the newest decision about a text counts.

use std::collections::HashSet;

use rusqlite::params;

use super::entries::{POLICY_COLUMNS, PolicyEntry, policy_entry};
use crate::model::{PolicyId, TextHash, Timestamp};
use crate::store::database::{Store, StoreError};
use crate::store::ledger::pending;

/// What a reviewer decided about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is not a version of the policy.
    Exclude,
    /// It is a version of the policy, and not suspect.
    Include,
}

impl Decision {
    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Exclude => "exclude",
            Self::Include => "include",
        }
    }
}

/// A decision to store.
#[derive(Debug, Clone, Copy)]
pub struct Review<'a> {
    /// The site.
    pub site: &'a str,
    /// Body of the text.
    pub body_hash: TextHash,
    /// Time of a capture that shows the text.
    pub timestamp: Timestamp,
    /// The decision.
    pub decision: Decision,
    /// The reviewer's reason.
    pub why: &'a str,
    /// Now.
    pub decided_at: Timestamp,
}

/// A stored decision.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReviewEntry {
    /// The site.
    pub site: String,
    /// Time of a capture that shows the text.
    pub timestamp: Timestamp,
    /// `exclude` or `include`.
    pub decision: String,
    /// The reviewer's reason.
    pub why: String,
    /// Time of the decision.
    pub decided_at: Timestamp,
    /// Body of the text.
    pub body_sha256: String,
    /// True if no later decision is about the same text.
    pub is_in_force: bool,
}

impl Store {
    /// Stores a decision, and notes for the policies of the site that their histories have to be derived again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_review(&self, review: &Review<'_>) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO reviews (site_id, body_sha256, timestamp, decision, why, decided_at)
                 SELECT site_id, ?2, ?3, ?4, ?5, ?6 FROM sites WHERE site = ?1",
                params![
                    review.site,
                    review.body_hash.to_string(),
                    review.timestamp.to_string(),
                    review.decision.code(),
                    review.why,
                    review.decided_at.to_string()
                ],
            )?;
            let mut policies = t.prepare(
                "SELECT policy_id FROM policies JOIN sites USING (site_id) WHERE site = ?1",
            )?;
            let policies: Vec<PolicyId> = policies
                .query_map([review.site], |r| r.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            policies
                .into_iter()
                .try_for_each(|policy_id| pending::note_policy(t, policy_id))
        })
    }

    /// The policies of a site whose histories were derived, each with the extractor whose results they come from.
    ///
    /// # Errors
    /// When the database fails.
    pub fn derived_policies(&self, site: &str) -> Result<Vec<(PolicyId, String)>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT policy_id, extractor_version FROM policies JOIN sites USING (site_id)
                 WHERE site = ?1 AND extractor_version IS NOT NULL ORDER BY policy_id",
            )?;
            let rows = statement.query_map([site], |r| Ok((r.get(0)?, r.get(1)?)))?;
            rows.collect()
        })
    }

    /// The bodies of texts that a reviewer accepted as versions of a policy's site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn accepted_bodies(&self, policy_id: PolicyId) -> Result<HashSet<TextHash>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT body_sha256 FROM reviews w
                 WHERE site_id = (SELECT site_id FROM policies WHERE policy_id = ?1) AND decision = 'include'
                   AND NOT EXISTS (SELECT 1 FROM reviews later WHERE later.site_id = w.site_id
                                   AND later.body_sha256 = w.body_sha256 AND later.review_id > w.review_id)",
            )?;
            let rows = statement.query_map([policy_id], |r| r.get::<_, String>(0))?;
            rows.filter_map(|body| body.map(|body| body.parse().ok()).transpose())
                .collect()
        })
    }

    /// The policies of these sites (of all sites if there are none) that have suspect versions.
    ///
    /// # Errors
    /// When the database fails.
    pub fn policies_to_review(&self, sites: &[String]) -> Result<Vec<PolicyEntry>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(&format!(
                "SELECT {POLICY_COLUMNS} FROM sites s JOIN policies p USING (site_id)
                 WHERE (?1 = '[]' OR s.site IN (SELECT value FROM json_each(?1)))
                   AND p.policy_id IN (SELECT policy_id FROM versions WHERE suspect IS NOT NULL)
                 ORDER BY s.site, p.kind <> 'privacy', p.kind, p.policy_url, p.policy_id"
            ))?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            let rows = statement.query_map([wanted], policy_entry)?;
            rows.collect()
        })
    }

    /// The versions of a policy that captures of a span of time show.
    ///
    /// # Errors
    /// When the database fails.
    pub fn versions_captured_in(
        &self,
        policy_id: PolicyId,
        (from, to): (Timestamp, Timestamp),
    ) -> Result<Vec<u32>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT DISTINCT o.version FROM observations o JOIN captures c USING (capture_id)
                 WHERE o.policy_id = ?1 AND c.timestamp BETWEEN ?2 AND ?3 ORDER BY o.version",
            )?;
            let rows = statement
                .query_map(params![policy_id, from.to_string(), to.to_string()], |r| {
                    r.get(0)
                })?;
            rows.collect()
        })
    }

    /// All decisions about these sites (about all sites if there are none), newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn reviews(&self, sites: &[String]) -> Result<Vec<ReviewEntry>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT s.site, w.timestamp, w.decision, w.why, w.decided_at, w.body_sha256,
                        NOT EXISTS (SELECT 1 FROM reviews later WHERE later.site_id = w.site_id
                                    AND later.body_sha256 = w.body_sha256 AND later.review_id > w.review_id) AS is_in_force
                 FROM reviews w JOIN sites s USING (site_id)
                 WHERE ?1 = '[]' OR s.site IN (SELECT value FROM json_each(?1)) ORDER BY w.review_id DESC",
            )?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            let rows = statement.query_map([wanted], |r| {
                Ok(ReviewEntry {
                    site: r.get("site")?,
                    timestamp: r.get("timestamp")?,
                    decision: r.get("decision")?,
                    why: r.get("why")?,
                    decided_at: r.get("decided_at")?,
                    body_sha256: r.get("body_sha256")?,
                    is_in_force: r.get("is_in_force")?,
                })
            })?;
            rows.collect()
        })
    }
}
