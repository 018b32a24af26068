//! The evidence for a version: one of its captures, how it was found and fetched, and the captures beside it.

use rusqlite::{OptionalExtension as _, Row, params};
use serde::Serialize;

use super::proofs::{proof, proof_columns, proof_joins};
use crate::model::{CaptureId, PolicyId, Proof, Redirect, Timestamp};
use crate::store::database::sql::{redirects, timestamp};
use crate::store::database::{Store, StoreError};

/// Most captures without a version that are listed.
const MAX_GAPS: u32 = 1000;

/// A capture that showed a version, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptureEvidence {
    /// Its time.
    pub timestamp: Timestamp,
    /// Its URL.
    pub original: String,
    /// Its key in the index.
    pub urlkey: String,
    /// Content type in the index.
    pub mimetype: String,
    /// HTTP status in the index.
    pub statuscode: Option<u16>,
    /// Digest in the index.
    pub digest: Option<String>,
    /// Where it can be checked.
    #[serde(flatten)]
    pub proof: Proof,
    /// The capture that was requested for it: itself, or one with the same digest.
    #[serde(skip)]
    pub fetched_capture_id: CaptureId,
    /// Time of the requested capture.
    pub fetched_timestamp: Timestamp,
    /// URL of the requested capture.
    pub fetched_original: String,
    /// Time of the capture that the archive returned.
    pub read_timestamp: Option<Timestamp>,
    /// URL of the capture that the archive returned.
    pub read_url: Option<String>,
    /// HTTP status that came with it.
    pub read_status: Option<u16>,
    /// Content type that came with it.
    pub content_type: Option<String>,
    /// Archived redirects on the way.
    pub redirects: Vec<Redirect>,
    /// When it was fetched.
    pub fetched_at: Timestamp,
}

/// A capture of a policy that shows no version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Its time.
    pub timestamp: Timestamp,
    /// Its URL.
    pub original: String,
    /// Code of the reason; `None` if the capture was not fetched, or is a redirect.
    pub reason: Option<String>,
    /// The reason in more words.
    pub detail: Option<String>,
}

/// A piece of evidence that a URL belongs to the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDiscovery {
    /// The URL.
    pub url: String,
    /// How it was found: `given`, `path`, `link` and so on.
    pub source: String,
    /// Time of the archived page with the link.
    pub home_timestamp: Option<Timestamp>,
    /// URL of that page.
    pub home_original: Option<String>,
    /// Text of the link.
    pub link_text: Option<String>,
}

/// A run of the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunEntry {
    /// Name of the command.
    pub command: String,
    /// Version of the program.
    pub program_version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` if it was killed.
    pub finished_at: Option<Timestamp>,
}

const CAPTURE: &str = concat!(
    "SELECT c.timestamp, c.original, c.urlkey, c.mimetype, c.statuscode, nullif(c.digest, '-') AS digest, ",
    proof_columns!(),
    ", seen.fetched_capture_id, f.timestamp AS fetched_timestamp, f.original AS fetched_original,
        m.timestamp AS read_timestamp, m.original AS read_url,
        m.statuscode AS read_status, m.content_type, m.redirects, m.fetched_at
     FROM observations seen JOIN captures c ON c.capture_id = seen.capture_id JOIN archives a USING (archive_id)
     JOIN captures f ON f.capture_id = seen.fetched_capture_id",
    proof_joins!(),
    " WHERE seen.policy_id = ?1 AND seen.version = ?2 "
);

impl Store {
    /// The first capture that showed a version.
    ///
    /// # Errors
    /// When the database fails.
    pub fn first_evidence(
        &self,
        policy_id: PolicyId,
        version: u32,
    ) -> Result<Option<CaptureEvidence>, StoreError> {
        let sql = format!("{CAPTURE} ORDER BY c.timestamp, c.capture_id LIMIT 1");
        self.read(|t| {
            t.prepare_cached(&sql)?
                .query_row(params![policy_id, version], capture_evidence)
                .optional()
        })
    }

    /// The last capture that showed a version, at or before a time if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_evidence(
        &self,
        policy_id: PolicyId,
        version: u32,
        at_most: Timestamp,
    ) -> Result<Option<CaptureEvidence>, StoreError> {
        let sql = format!(
            "{CAPTURE} ORDER BY c.timestamp <= ?3 DESC, c.timestamp DESC, c.capture_id DESC LIMIT 1"
        );
        self.read(|t| {
            t.prepare_cached(&sql)?
                .query_row(
                    params![policy_id, version, at_most.to_string()],
                    capture_evidence,
                )
                .optional()
        })
    }

    /// The captures of a policy strictly between two times that show no version, at most a thousand.
    ///
    /// # Errors
    /// When the database fails.
    pub fn gaps_between(
        &self,
        policy_id: PolicyId,
        (after, before): (Timestamp, Timestamp),
    ) -> Result<Vec<Gap>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT c.timestamp, c.original, x.reason, x.detail
                 FROM policy_urls u JOIN captures c ON c.urlkey = u.urlkey
                 LEFT JOIN observations o ON o.policy_id = u.policy_id AND o.capture_id = c.capture_id
                 LEFT JOIN drops x ON x.policy_id = u.policy_id AND x.capture_id = c.capture_id
                 WHERE u.policy_id = ?1 AND c.timestamp > ?2 AND c.timestamp < ?3 AND o.capture_id IS NULL
                 ORDER BY c.timestamp, c.original LIMIT ?4",
            )?;
            let rows = statement.query_map(
                params![policy_id, after.to_string(), before.to_string(), MAX_GAPS],
                |r| {
                    Ok(Gap {
                        timestamp: r.get("timestamp")?,
                        original: r.get("original")?,
                        reason: r.get("reason")?,
                        detail: r.get("detail")?,
                    })
                },
            )?;
            rows.collect()
        })
    }

    /// How the URLs of a policy were found, the surest evidence first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn discoveries_of(&self, policy_id: PolicyId) -> Result<Vec<PolicyDiscovery>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT i.url, i.source, nullif(i.home_timestamp, '') AS home_timestamp, nullif(i.home_original, '') AS home_original,
                        nullif(i.link_text, '') AS link_text
                 FROM policy_urls u JOIN discoveries i ON i.site_id = u.site_id AND i.urlkey = u.urlkey
                 WHERE u.policy_id = ?1
                 ORDER BY i.score DESC, i.urlkey, i.source, i.home_timestamp, i.home_original LIMIT 100",
            )?;
            let rows = statement.query_map([policy_id], |r| {
                Ok(PolicyDiscovery {
                    url: r.get("url")?,
                    source: r.get("source")?,
                    home_timestamp: timestamp(r.get("home_timestamp")?),
                    home_original: r.get("home_original")?,
                    link_text: r.get("link_text")?,
                })
            })?;
            rows.collect()
        })
    }

    /// The newest run that had begun and not ended at a time. A run that was killed counts as not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub fn run_at(&self, time: Timestamp) -> Result<Option<RunEntry>, StoreError> {
        self.read(|t| {
            t.prepare_cached(
                "SELECT command, program_version, started_at, finished_at FROM runs
                 WHERE started_at <= ?1 AND coalesce(finished_at, ?1) >= ?1 ORDER BY run_id DESC LIMIT 1",
            )?
            .query_row([time.to_string()], |r| {
                Ok(RunEntry {
                    command: r.get("command")?,
                    program_version: r.get("program_version")?,
                    started_at: r.get("started_at")?,
                    finished_at: r.get("finished_at")?,
                })
            })
            .optional()
        })
    }
}

fn capture_evidence(r: &Row<'_>) -> rusqlite::Result<CaptureEvidence> {
    Ok(CaptureEvidence {
        timestamp: r.get("timestamp")?,
        original: r.get("original")?,
        urlkey: r.get("urlkey")?,
        mimetype: r.get("mimetype")?,
        statuscode: r.get("statuscode")?,
        digest: r.get("digest")?,
        proof: proof(r)?,
        fetched_capture_id: r.get("fetched_capture_id")?,
        fetched_timestamp: r.get("fetched_timestamp")?,
        fetched_original: r.get("fetched_original")?,
        read_timestamp: r.get("read_timestamp")?,
        read_url: r.get("read_url")?,
        read_status: r.get("read_status")?,
        content_type: r.get("content_type")?,
        redirects: redirects(r.get("redirects")?),
        fetched_at: r.get("fetched_at")?,
    })
}
