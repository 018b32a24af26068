//! When each site was last crawled, for the scheduled job.

use rusqlite::params;

use crate::model::{Site, Timestamp};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// What a schedule needs to know of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTurn {
    /// The site.
    pub site: String,
    /// End of the last complete crawl; `None` before the first.
    pub crawled_at: Option<Timestamp>,
    /// A crawl is not complete.
    pub unfinished: bool,
    /// Last time that a run took it up, complete or not.
    pub attempted_at: Option<Timestamp>,
    /// First sight of its newest version; `None` without versions.
    pub newest_version: Option<Timestamp>,
}

impl SiteTurn {
    /// A site that was never crawled.
    #[must_use]
    pub fn new(site: &str) -> Self {
        Self {
            site: site.to_owned(),
            crawled_at: None,
            unfinished: false,
            attempted_at: None,
            newest_version: None,
        }
    }
}

const TURNS: &str = "
    SELECT s.site, s.crawled_at, s.unfinished_since IS NOT NULL AS unfinished, s.attempted_at,
           CASE WHEN s.drop_reason IS NULL THEN max(p.changed_at) END AS newest_version
    FROM sites s LEFT JOIN policies p USING (site_id) GROUP BY s.site_id";

impl Store {
    /// Every site of the database, in the order of names.
    ///
    /// # Errors
    /// When the database fails.
    pub fn site_turns(&self) -> Result<Vec<SiteTurn>, StoreError> {
        self.read(|t| {
            let mut statement = t.prepare_cached(&format!("{TURNS} ORDER BY s.site"))?;
            let rows = statement.query_map([], |r| {
                Ok(SiteTurn {
                    site: r.get("site")?,
                    crawled_at: timestamp(r.get("crawled_at")?),
                    unfinished: r.get("unfinished")?,
                    attempted_at: timestamp(r.get("attempted_at")?),
                    newest_version: timestamp(r.get("newest_version")?),
                })
            })?;
            rows.collect()
        })
    }

    /// Records that a run takes up a site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_turn(&self, site: &Site, now: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            t.prepare_cached("UPDATE sites SET attempted_at = ?2 WHERE site = ?1")?
                .execute(params![site.as_str(), now.to_string()])
        })?;
        Ok(())
    }
}
