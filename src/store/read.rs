//! The read side: what the database holds, in numbers and row by row.

use rusqlite::Row;
use serde::Serialize;

use super::ledger::timestamp;
use super::versions::stored_change;
use super::{Store, StoreError};
use crate::history::Change;
use crate::model::{StatedDate, Timestamp};

/// What the database holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Sites.
    pub sites: u64,
    /// Sites looked at to the end at least once.
    pub sites_looked_at: u64,
    /// Sites whose last look was cut short.
    pub sites_unfinished: u64,
    /// Sites with at least one version.
    pub sites_with_versions: u64,
    /// Policies.
    pub policies: u64,
    /// Versions.
    pub versions: u64,
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
    pub drops: std::collections::BTreeMap<String, u64>,
    /// Archives that are left alone for now: name and until when (14 digits).
    pub frozen: Vec<(String, String)>,
    /// The last run: command, start, end (14 digits), outcome, requests.
    pub last_run: Option<LastRun>,
}

/// The newest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LastRun {
    /// `backfill`.
    pub command: String,
    /// 14 digits.
    pub started_at: String,
    /// 14 digits; `None`: still running, or killed.
    pub finished_at: Option<String>,
    /// `done`, `done_with_failures`, `refused`, `interrupted`.
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
    /// `privacy`, `cookies`, `children`.
    pub kind: Option<String>,
    /// Number of versions.
    pub versions: u64,
    /// First observation, 14 digits.
    pub first_seen: Option<String>,
    /// Last observation, 14 digits.
    pub last_seen: Option<String>,
    /// Captures that showed it.
    pub captures: u64,
    /// Captures that gave no version.
    pub dropped: u64,
    /// Changes not pinned down and steps not looked at, because the limit of requests was reached.
    pub left_open: u64,
    /// Why the archive has nothing to say about the whole site.
    pub site_dropped: Option<String>,
}

/// One version with its evidence, as exported; of a version that is captured in turns with others, one sighting: the
/// captures in a row that showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// The site.
    pub site: String,
    /// The policy's address.
    pub policy_url: String,
    /// 1, 2, …
    pub version: u32,
    /// Its line of versions; 1 but for texts that are captured in turns.
    pub edition: u32,
    /// 1, 2, … of `sightings`.
    pub sighting: u32,
    /// How many times it was seen with others between; 1 but for texts that are captured in turns.
    pub sightings: u32,
    /// The first version with the same words, when they came back.
    pub same_as: Option<u32>,
    /// How far it is from the version before it in its edition.
    pub change: Option<Change>,
    /// First observation.
    pub first_seen: Timestamp,
    /// Last observation.
    pub last_seen: Timestamp,
    /// Last observation of what was there before.
    pub changed_after: Option<Timestamp>,
    /// Number of captures that showed it.
    pub captures: u64,
    /// Title.
    pub title: Option<String>,
    /// ISO 639-1 or `und`.
    pub language: String,
    /// The words.
    pub text: String,
    /// As Markdown.
    pub markdown: String,
    /// Hash of the normalised words.
    pub text_sha256: String,
    /// Number of words.
    pub word_count: u64,
    /// From when the text says that it is in force.
    pub effective_date: Option<StatedDate>,
    /// When the text says that it was last changed.
    pub last_updated: Option<StatedDate>,
    /// Address of the first capture at the archive.
    pub memento_url: String,
    /// URL of the first capture.
    pub original: String,
    /// The archive's digest of the first capture, `-` when it has none.
    pub digest: String,
    /// MIME type of the first capture, as the index has it.
    pub mimetype: String,
    /// How the policy's addresses were found, sorted.
    pub discovered_by: Vec<String>,
    /// Version of the extractor.
    pub extractor_version: String,
}

const VERSIONS: &str = "
    SELECT s.site, p.policy_url, v.version, w.first_seen, w.last_seen, w.changed_after, w.captures, r.title, d.language,
           r.text, r.markdown, d.text_sha256, d.word_count, a.memento_url_prefix || c.timestamp || '/' || c.original,
           c.original, c.digest, c.mimetype,
           (SELECT group_concat(source, ' ') FROM (
                SELECT DISTINCT i.source FROM discoveries i JOIN policy_urls u ON u.site_id = i.site_id AND u.urlkey = i.urlkey
                WHERE u.policy_id = p.policy_id ORDER BY i.source)),
           v.extractor_version, v.edition, w.sighting, w.sightings, v.same_as,
           v.change_kind, v.words_added, v.words_removed, v.simhash_distance,
           r.effective_date, r.effective_date_sentence, r.last_updated, r.last_updated_sentence
    FROM sites s
    JOIN policies p USING (site_id)
    JOIN versions v USING (policy_id)
    JOIN sightings w USING (policy_id, version)
    JOIN captures c ON c.capture_id = w.first_capture_id
    JOIN archives a USING (archive_id)
    JOIN documents d USING (document_id)
    JOIN renditions r USING (rendition_id)
    ORDER BY s.site, p.policy_url, p.policy_id, w.first_seen, v.version, w.sighting";

impl Store {
    /// What the database holds.
    ///
    /// # Errors
    /// When the database fails.
    pub fn status(&self) -> Result<Status, StoreError> {
        let drops = self.drops_by_reason()?;
        self.read(|t| {
            let count = |sql: &str| t.query_row(sql, [], |r| r.get::<_, i64>(0)).map(i64::cast_unsigned);
            let mut frozen = t.prepare("SELECT archive, frozen_until FROM archives WHERE frozen_until IS NOT NULL ORDER BY archive")?;
            let frozen = frozen.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            let mut last = t.prepare("SELECT command, started_at, finished_at, outcome, requests FROM runs ORDER BY run_id DESC LIMIT 1")?;
            let last_run = last.query_map([], last_run)?.next().transpose()?;
            Ok(Status {
                sites: count("SELECT count(*) FROM sites")?,
                sites_looked_at: count("SELECT count(*) FROM sites WHERE looked_at IS NOT NULL")?,
                sites_unfinished: count("SELECT count(*) FROM sites WHERE unfinished_since IS NOT NULL")?,
                sites_with_versions: count(
                    "SELECT count(DISTINCT site_id) FROM policies WHERE versions > 0",
                )?,
                policies: count("SELECT count(*) FROM policies")?,
                versions: count("SELECT coalesce(sum(versions), 0) FROM policies")?,
                documents: count("SELECT count(*) FROM documents")?,
                captures: count("SELECT count(*) FROM captures")?,
                mementos: count("SELECT count(*) FROM mementos")?,
                payloads: count("SELECT count(*) FROM payloads")?,
                payload_bytes: count("SELECT coalesce(sum(size_bytes), 0) FROM payloads")?,
                database_bytes: count("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")?,
                drops,
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
                "SELECT s.site, p.policy_url, p.kind, coalesce(p.versions, 0), p.first_seen, p.last_seen, coalesce(p.captures, 0),
                        coalesce(p.drops, 0), s.drop_reason, coalesce(p.left_open, 0)
                 FROM sites s LEFT JOIN policies p USING (site_id)
                 WHERE ?1 = '[]' OR s.site IN (SELECT value FROM json_each(?1))
                 ORDER BY s.site, p.policy_url, p.policy_id",
            )?;
            let wanted = serde_json::Value::from(sites.to_vec()).to_string();
            let rows = statement.query_map([wanted], |r| {
                Ok(PolicySummary {
                    site: r.get(0)?,
                    policy_url: r.get(1)?,
                    kind: r.get(2)?,
                    versions: r.get::<_, i64>(3)?.cast_unsigned(),
                    first_seen: r.get(4)?,
                    last_seen: r.get(5)?,
                    captures: r.get::<_, i64>(6)?.cast_unsigned(),
                    dropped: r.get::<_, i64>(7)?.cast_unsigned(),
                    site_dropped: r.get(8)?,
                    left_open: r.get::<_, i64>(9)?.cast_unsigned(),
                })
            })?;
            rows.collect()
        })
    }

    /// Hands every version, by site, policy and time, to `each`, one at a time, until it fails.
    ///
    /// # Errors
    /// When the database fails, or with what `each` gives.
    pub fn each_version<E: From<StoreError>>(
        &self,
        mut each: impl FnMut(VersionRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let connection = self.lock();
        let fail = |e| E::from(StoreError::of(self.path(), e));
        let mut statement = connection.prepare(VERSIONS).map_err(fail)?;
        let mut rows = statement.query([]).map_err(fail)?;
        while let Some(row) = rows.next().map_err(fail)? {
            if let Some(version) = version_row(row).map_err(fail)? {
                each(version)?;
            }
        }
        Ok(())
    }
}

fn last_run(row: &Row<'_>) -> rusqlite::Result<LastRun> {
    let requests: Option<String> = row.get(4)?;
    Ok(LastRun {
        command: row.get(0)?,
        started_at: row.get(1)?,
        finished_at: row.get(2)?,
        outcome: row.get(3)?,
        requests: requests.and_then(|r| serde_json::from_str(&r).ok()),
    })
}

/// One row of [`VERSIONS`]; `None` when other hands made its times unreadable.
fn version_row(row: &Row<'_>) -> rusqlite::Result<Option<VersionRow>> {
    let (Some(first_seen), Some(last_seen)) = (timestamp(row.get(3)?), timestamp(row.get(4)?))
    else {
        return Ok(None);
    };
    let sources: Option<String> = row.get(17)?;
    Ok(Some(VersionRow {
        site: row.get(0)?,
        policy_url: row.get(1)?,
        version: row.get(2)?,
        first_seen,
        last_seen,
        changed_after: timestamp(row.get(5)?),
        captures: row.get::<_, i64>(6)?.cast_unsigned(),
        title: row.get(7)?,
        language: row.get(8)?,
        text: row.get(9)?,
        markdown: row.get(10)?,
        text_sha256: row.get(11)?,
        word_count: row.get::<_, i64>(12)?.cast_unsigned(),
        memento_url: row.get(13)?,
        original: row.get(14)?,
        digest: row.get(15)?,
        mimetype: row.get(16)?,
        discovered_by: sources
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        extractor_version: row.get(18)?,
        edition: row.get(19)?,
        sighting: row.get(20)?,
        sightings: row.get(21)?,
        same_as: row.get(22)?,
        change: stored_change(row, 23)?,
        effective_date: stated_date(row, 27)?,
        last_updated: stated_date(row, 29)?,
    }))
}

/// The date in a column and its sentence in the next.
fn stated_date(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<StatedDate>> {
    let (date, sentence): (Option<String>, Option<String>) =
        (row.get(column)?, row.get(column + 1)?);
    Ok(date.map(|date| StatedDate {
        date,
        sentence: sentence.unwrap_or_default(),
    }))
}
