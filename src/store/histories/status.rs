//! The read side: what the database holds, in numbers and row by row.

use std::collections::BTreeMap;

use rusqlite::Row;
use serde::Serialize;

use super::changes::AlertCounts;
use crate::model::{PolicyKind, Timestamp};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// What the database holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Sites.
    pub sites: u64,
    /// Sites with at least one complete crawl.
    #[serde(rename = "sites_looked_at")]
    pub sites_crawled: u64,
    /// Sites whose last crawl is not complete.
    pub sites_unfinished: u64,
    /// Sites with at least one version.
    pub sites_with_versions: u64,
    /// Policies.
    pub policies: u64,
    /// Versions.
    pub versions: u64,
    /// Of these, versions whose text may not be the policy.
    pub suspect_versions: u64,
    /// Different texts.
    pub documents: u64,
    /// Index rows at policy URLs.
    pub captures: u64,
    /// Captures fetched.
    pub mementos: u64,
    /// Different payloads.
    pub payloads: u64,
    /// Their size, unpacked.
    pub payload_bytes: u64,
    /// Size of the database file.
    pub database_bytes: u64,
    /// Captures that gave no version, by reason.
    pub drops: BTreeMap<String, u64>,
    /// Versions that the command of `--on-change` has not accepted.
    pub alerts: AlertCounts,
    /// Archives that are left alone for now: name and until when.
    pub frozen: Vec<(String, Timestamp)>,
    /// The last run: command, start, end, outcome, requests.
    pub last_run: Option<LastRun>,
}

/// The newest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// `backfill`.
    pub command: String,
    /// Start of the run.
    pub started_at: Timestamp,
    /// End of the run; `None` if it still runs, or was killed.
    pub finished_at: Option<Timestamp>,
    /// `done`, `done_with_failures`, `refused`, `interrupted`, `budget_spent`.
    pub outcome: Option<String>,
    /// Counts of requests by endpoint and outcome.
    pub requests: Option<serde_json::Value>,
}

/// One policy in a summary table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicySummary {
    /// The site.
    pub site: String,
    /// Where the policy lives, or lived last; `None` for a site without any.
    pub policy_url: Option<String>,
    /// The policy's kind; `None` for a site without any.
    pub kind: Option<PolicyKind>,
    /// Number of versions.
    pub versions: u64,
    /// First observation.
    pub first_seen: Option<Timestamp>,
    /// Last observation.
    pub last_seen: Option<Timestamp>,
    /// Captures that showed it.
    pub captures: u64,
    /// Captures that gave no version.
    pub dropped: u64,
    /// Number of these captures by reason, if the policy has no version.
    pub drops_without_version: BTreeMap<String, u64>,
    /// Changes not pinned down and steps not looked at, because the limit of requests was reached.
    pub left_open: u64,
    /// True if the last crawl of the site is not complete.
    pub unfinished: bool,
    /// Why the archive has nothing to say about the whole site.
    pub site_dropped: Option<String>,
}

impl Store {
    /// What the database holds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status(&self) -> Result<Status, StoreError> {
        let drops = self.drops_by_reason(&[])?;
        let alerts = self.alert_counts()?;
        self.read(|t| {
            let count = |sql: &str| t.query_row(sql, [], |r| r.get::<_, i64>(0)).map(i64::cast_unsigned);
            let mut frozen = t.prepare("SELECT archive, frozen_until FROM archives WHERE frozen_until IS NOT NULL ORDER BY archive")?;
            // An unreadable time has no effect on crawls either.
            let frozen = frozen.query_map([], |r| Ok(timestamp(r.get(1)?).zip(r.get(0)?).map(|(until, archive)| (archive, until))))?;
            let frozen = frozen.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?;
            let mut last = t.prepare("SELECT command, started_at, finished_at, outcome, requests FROM runs ORDER BY run_id DESC LIMIT 1")?;
            let last_run = last.query_map([], last_run)?.next().transpose()?;
            Ok(Status {
                sites: count("SELECT count(*) FROM sites")?,
                sites_crawled: count("SELECT count(*) FROM sites WHERE crawled_at IS NOT NULL")?,
                sites_unfinished: count("SELECT count(*) FROM sites WHERE unfinished_since IS NOT NULL")?,
                sites_with_versions: count(
                    "SELECT count(DISTINCT site_id) FROM policies WHERE versions > 0",
                )?,
                policies: count("SELECT count(*) FROM policies")?,
                versions: count("SELECT coalesce(sum(versions), 0) FROM policies")?,
                suspect_versions: count("SELECT count(*) FROM versions WHERE suspect IS NOT NULL")?,
                documents: count("SELECT count(*) FROM documents")?,
                captures: count("SELECT coalesce(sum(captures), 0) FROM archives")?,
                mementos: count("SELECT count(*) FROM mementos")?,
                payloads: count("SELECT count(*) FROM payloads")?,
                payload_bytes: count("SELECT coalesce(sum(size_bytes), 0) FROM payloads")?,
                database_bytes: count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
                drops,
                alerts,
                frozen,
                last_run,
            })
        })
    }

    /// A line for each policy, and one for each site without any, by site. `sites`: only these, all when empty.
    ///
    /// # Errors
    /// When the database fails.
    pub fn summaries(&self, sites: &[String]) -> Result<Vec<PolicySummary>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT s.site, p.policy_url, p.kind, coalesce(p.versions, 0) AS versions, p.first_seen, p.last_seen, coalesce(p.captures, 0) AS captures,
                        coalesce(p.drops, 0) AS drops, s.drop_reason, s.unfinished_since IS NOT NULL AS unfinished, coalesce(p.left_open, 0) AS left_open,
                        CASE WHEN p.drops > 0 AND p.versions = 0 THEN
                            (SELECT json_group_object(reason, n)
                             FROM (SELECT reason, count(*) AS n FROM drops WHERE drops.policy_id = p.policy_id GROUP BY reason))
                        END AS reasons
                 FROM sites s LEFT JOIN policies p USING (site_id)
                 WHERE ?1 = '[]' OR s.site IN (SELECT value FROM json_each(?1))
                 ORDER BY s.site, p.policy_url, p.policy_id",
            )?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            statement.query_map([wanted], summary_of)?.collect()
        })
    }
}

/// The summary of a row.
pub(super) fn summary_of(row: &Row<'_>) -> rusqlite::Result<PolicySummary> {
    let number = |column: &str| row.get::<_, i64>(column).map(i64::cast_unsigned);
    let reasons: Option<String> = row.get("reasons")?;
    let reasons = reasons.and_then(|text| serde_json::from_str(&text).ok());
    Ok(PolicySummary {
        site: row.get("site")?,
        policy_url: row.get("policy_url")?,
        kind: row.get("kind")?,
        versions: number("versions")?,
        first_seen: row.get("first_seen")?,
        last_seen: row.get("last_seen")?,
        captures: number("captures")?,
        dropped: number("drops")?,
        drops_without_version: reasons.unwrap_or_default(),
        unfinished: row.get("unfinished")?,
        site_dropped: row.get("drop_reason")?,
        left_open: number("left_open")?,
    })
}

fn last_run(row: &Row<'_>) -> rusqlite::Result<LastRun> {
    let requests: Option<String> = row.get("requests")?;
    Ok(LastRun {
        command: row.get("command")?,
        started_at: row.get("started_at")?,
        finished_at: row.get("finished_at")?,
        outcome: row.get("outcome")?,
        requests: requests.and_then(|r| serde_json::from_str(&r).ok()),
    })
}
