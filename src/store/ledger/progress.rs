//! Progress of crawls: sites and index queries.

use rusqlite::{OptionalExtension as _, Row, params};

use crate::model::{ArchiveId, Dropped, Site, SiteId, Timestamp};
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

impl Store {
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

    /// Records in words which captures of a site's policies a crawl fetches.
    ///
    /// # Errors
    /// When the database fails.
    pub fn set_sampling(&self, site_id: SiteId, sampling: &str) -> Result<(), StoreError> {
        self.write(|t| {
            t.execute(
                "UPDATE sites SET sampling = ?2 WHERE site_id = ?1",
                params![site_id, sampling],
            )
        })?;
        Ok(())
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
