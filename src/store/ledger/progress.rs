//! Progress of crawls: archives and their freeze, runs, sites, index queries, page scans.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::model::{ArchiveId, Dropped, RunId, Site, SiteId, Timestamp, UrlKey};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// Identifies one query to an archive's index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexQueryKey {
    /// `domain example.com` or `exact com,example)/privacy`.
    pub scope: String,
    /// Hash of the urlkey words, empty when none.
    pub words_hash: String,
    /// First moment, as the user limited it; empty when not.
    pub span_from: String,
    /// Last moment, as the user limited it; empty when not.
    pub span_to: String,
}

/// A query that was answered completely before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastQuery {
    /// When its last answer was stored.
    pub queried_at: Timestamp,
    /// The newest capture that it showed.
    pub newest_capture: Option<Timestamp>,
    /// It never had a row.
    pub always_empty: bool,
    /// Unreadable rows of the last answer.
    pub bad_rows: u64,
}

/// An incomplete crawl that started longer ago than this is started again.
const RESUMABLE_SECONDS: i64 = 7 * 86_400;

/// Pause of all requests to an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchiveFreeze {
    /// End of the pause; `None` without one.
    pub until: Option<Timestamp>,
    /// Refusals since the last success.
    pub refusals_in_a_row: u32,
}

/// What is known of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteState {
    /// Its row id.
    pub site_id: SiteId,
    /// A crawl of it is not complete.
    pub unfinished: bool,
    /// The archive has nothing to say about it.
    pub dropped: bool,
}

/// A stored scan of an archived hub page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubPageScan {
    /// Key of the hub page.
    pub urlkey: String,
    /// The scan, as JSON.
    pub scan: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everything was crawled.
    Done,
    /// Something got no answer and is left for the next run.
    DoneWithFailures,
    /// The archive refused or cannot be reached.
    Refused,
    /// The user stopped it.
    Interrupted,
    /// It took all that it may; the next run goes on.
    BudgetSpent,
}

impl RunOutcome {
    /// The word stored and printed.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::DoneWithFailures => "done_with_failures",
            Self::Refused => "refused",
            Self::Interrupted => "interrupted",
            Self::BudgetSpent => "budget_spent",
        }
    }
}

impl Store {
    /// The row of an archive, made when new. The link to a capture is `memento_url_prefix`, its time, `/` and its URL;
    /// `None` if no archive is known to show the captures.
    ///
    /// # Errors
    /// When the database fails.
    pub fn archive(
        &self,
        name: &str,
        memento_url_prefix: Option<&str>,
    ) -> Result<ArchiveId, StoreError> {
        self.write(|t| {
            t.execute(
                "INSERT INTO archives (archive, memento_url_prefix) VALUES (?1, ?2)
                 ON CONFLICT (archive) DO UPDATE SET memento_url_prefix = excluded.memento_url_prefix",
                params![name, memento_url_prefix],
            )?;
            t.query_row("SELECT archive_id FROM archives WHERE archive = ?1", [name], |r| r.get(0))
        })
    }

    /// Returns the freeze of an archive; that of an unknown archive is empty.
    ///
    /// # Errors
    /// When the database fails.
    pub fn freeze(&self, archive: &str) -> Result<ArchiveFreeze, StoreError> {
        let row = self.read(|t| {
            t.query_row(
                "SELECT frozen_until, refusals_in_a_row FROM archives WHERE archive = ?1",
                [archive],
                |r| {
                    Ok(ArchiveFreeze {
                        until: timestamp(r.get("frozen_until")?),
                        refusals_in_a_row: r.get("refusals_in_a_row")?,
                    })
                },
            )
            .optional()
        })?;
        Ok(row.unwrap_or_default())
    }

    /// Stores the freeze of an archive, whose row is made before the first request to it.
    ///
    /// # Errors
    /// When the database fails or does not know the archive.
    pub fn set_freeze(
        &self,
        archive: &str,
        until: Option<Timestamp>,
        refusals: u32,
    ) -> Result<(), StoreError> {
        let changed = self.write(|t| {
            t.execute(
                "UPDATE archives SET frozen_until = ?2, refusals_in_a_row = ?3 WHERE archive = ?1",
                params![archive, until.map(|u| u.to_string()), refusals],
            )
        })?;
        if changed == 1 {
            Ok(())
        } else {
            Err(StoreError::Sqlite(rusqlite::Error::QueryReturnedNoRows))
        }
    }

    /// When the last request to the index of an archive was sent.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_index_request(&self, archive: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = self.read(|t| {
            t.query_row(
                "SELECT last_index_request FROM archives WHERE archive = ?1",
                [archive],
                |r| Ok(timestamp(r.get(0)?)),
            )
            .optional()
        })?;
        Ok(row.flatten())
    }

    /// Notes when a request is sent to the index of an archive, whose row is made before the first request to it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn note_index_request(&self, archive: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE archives SET last_index_request = ?2 WHERE archive = ?1",
                params![archive, at.to_string()],
            )
        })?;
        Ok(())
    }

    /// Notes the start of a run.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_run(
        &self,
        command: &str,
        archive_id: ArchiveId,
        now: Timestamp,
    ) -> Result<RunId, StoreError> {
        self.write(|t| {
            t.query_row(
                "INSERT INTO runs (command, program_version, archive_id, started_at) VALUES (?1, ?2, ?3, ?4) RETURNING run_id",
                params![command, env!("CARGO_PKG_VERSION"), archive_id, now.to_string()],
                |r| r.get(0),
            )
        })
    }

    /// Notes the end of a run, with its counts of requests as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_run(
        &self,
        run_id: RunId,
        outcome: RunOutcome,
        requests: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE runs SET finished_at = ?2, outcome = ?3, requests = ?4 WHERE run_id = ?1",
                params![run_id, now.to_string(), outcome.code(), requests],
            )
        })?;
        Ok(())
    }

    /// Replaces the outcome of a run that ended, when the work after its crawl failed.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_run_outcome(&self, run_id: RunId, outcome: RunOutcome) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE runs SET outcome = ?2 WHERE run_id = ?1",
                params![run_id, outcome.code()],
            )
        })?;
        Ok(())
    }

    /// The row of a site, made when new, with its rank and tags (JSON object) brought up to date where given.
    ///
    /// # Errors
    /// When the database fails.
    pub fn site(
        &self,
        site: &Site,
        rank: Option<i64>,
        tags: Option<&str>,
    ) -> Result<SiteId, StoreError> {
        self.write(|t| {
            t.query_row(
                "INSERT INTO sites (site, rank, tags) VALUES (?1, ?2, coalesce(?3, '{}'))
                 ON CONFLICT (site) DO UPDATE SET rank = coalesce(?2, rank), tags = coalesce(?3, tags)
                 RETURNING site_id",
                params![site.as_str(), rank, tags],
                |r| r.get(0),
            )
        })
    }

    /// What is known of a site; `None` if it was never crawled.
    ///
    /// # Errors
    /// When the database fails.
    pub fn site_state(&self, site: &Site) -> Result<Option<SiteState>, StoreError> {
        self.read(|t| {
            t.query_row(
                "SELECT site_id, unfinished_since IS NOT NULL AS unfinished, drop_reason IS NOT NULL AS dropped FROM sites WHERE site = ?1",
                [site.as_str()],
                |r| Ok(SiteState { site_id: r.get("site_id")?, unfinished: r.get("unfinished")?, dropped: r.get("dropped")? }),
            )
            .optional()
        })
    }

    /// Records the start of a crawl of a site. If an earlier crawl was interrupted, this one continues it, and the result
    /// is the start of the earlier one; otherwise `None`. A crawl that was interrupted more than a week ago is not
    /// continued, because its answers are old. Nor is one whose start is in the future: the clock was wrong then.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_crawl(
        &self,
        site_id: SiteId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let since: Option<String> = self.write(|t| {
            let oldest =
                Timestamp::from_unix_seconds(now.unix_seconds() - RESUMABLE_SECONDS).to_string();
            let since: Option<String> = t.query_row(
                "SELECT unfinished_since FROM sites WHERE site_id = ?1",
                [site_id],
                |r| r.get(0),
            )?;
            let newest = now.to_string();
            let since = since.filter(|since| (&oldest..=&newest).contains(&since));
            t.execute(
                "UPDATE sites SET unfinished_since = ?2 WHERE site_id = ?1",
                params![site_id, since.as_ref().unwrap_or(&newest)],
            )?;
            Ok(since)
        })?;
        Ok(timestamp(since))
    }

    /// Records the end of a complete crawl of a site, with the reason if the archive has nothing of the site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn end_crawl(
        &self,
        site_id: SiteId,
        dropped: Option<&Dropped>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE sites SET crawled_at = ?2, unfinished_since = NULL, drop_reason = ?3, drop_detail = ?4 WHERE site_id = ?1",
                params![site_id, now.to_string(), dropped.map(|d| d.reason.code()), dropped.map(|d| d.detail.as_str())],
            )
        })?;
        Ok(())
    }

    /// The last complete answer to an index query.
    ///
    /// # Errors
    /// When the database fails.
    pub fn past_query(
        &self,
        archive_id: ArchiveId,
        key: &IndexQueryKey,
    ) -> Result<Option<PastQuery>, StoreError> {
        self.read(|t| {
            t.query_row(
                "SELECT queried_at, newest_capture, rows = 0 AND coalesce(newest_capture, '') = '' AS always_empty, bad_rows
                 FROM index_queries
                 WHERE archive_id = ?1 AND scope = ?2 AND words_hash = ?3 AND span_from = ?4 AND span_to = ?5",
                params![archive_id, key.scope, key.words_hash, key.span_from, key.span_to],
                past_query,
            )
            .optional()
        })
        .map(Option::flatten)
    }

    /// Scans of the archived home pages of a site, oldest first, as JSON.
    ///
    /// # Errors
    /// When the database fails.
    pub fn home_page_scans(&self, site_id: SiteId) -> Result<Vec<String>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT scan FROM home_page_scans WHERE site_id = ?1 ORDER BY requested_timestamp",
            )?;
            let rows = statement.query_map([site_id], |r| r.get(0))?;
            rows.collect()
        })
    }

    /// Returns the scans of the archived hub pages of a site, by the key of the hub, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hub_page_scans(&self, site_id: SiteId) -> Result<Vec<HubPageScan>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(
                "SELECT urlkey, scan FROM hub_page_scans WHERE site_id = ?1 ORDER BY urlkey, requested_timestamp",
            )?;
            let rows = statement.query_map([site_id], |r| {
                Ok(HubPageScan {
                    urlkey: r.get("urlkey")?,
                    scan: r.get("scan")?,
                })
            })?;
            rows.collect()
        })
    }

    /// Stores the scan of a capture of a hub page.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_hub_page_scan(
        &self,
        site_id: SiteId,
        urlkey: &UrlKey,
        requested: Timestamp,
        scan: &str,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "INSERT OR REPLACE INTO hub_page_scans (site_id, urlkey, requested_timestamp, scan) VALUES (?1, ?2, ?3, ?4)",
                params![site_id, urlkey.as_str(), requested.to_string(), scan],
            )
        })?;
        Ok(())
    }

    /// Stores the scan of an archived home page.
    ///
    /// # Errors
    /// When the database fails.
    pub fn add_home_page_scan(
        &self,
        site_id: SiteId,
        requested: Timestamp,
        scan: &str,
    ) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "INSERT OR REPLACE INTO home_page_scans (site_id, requested_timestamp, scan) VALUES (?1, ?2, ?3)",
                params![site_id, requested.to_string(), scan],
            )
        })?;
        Ok(())
    }
}

fn past_query(row: &Row<'_>) -> rusqlite::Result<Option<PastQuery>> {
    let Some(queried_at) = timestamp(row.get("queried_at")?) else {
        return Ok(None);
    };
    Ok(Some(PastQuery {
        queried_at,
        newest_capture: timestamp(row.get("newest_capture")?),
        always_empty: row.get("always_empty")?,
        bad_rows: row.get::<_, i64>("bad_rows")?.cast_unsigned(),
    }))
}
