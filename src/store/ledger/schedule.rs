//! When each site was last looked at, for the job that looks again.

use rusqlite::params;

use crate::model::{Site, Timestamp};
use crate::store::database::sql::timestamp;
use crate::store::database::{Store, StoreError};

/// What a schedule needs to know of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTurn {
    /// The site.
    pub site: String,
    /// End of the last complete look; `None` before the first.
    pub looked_at: Option<Timestamp>,
    /// A look has not come to its end.
    pub unfinished: bool,
    /// Last time that a run worked on it.
    pub worked_on_at: Option<Timestamp>,
    /// First sight of its newest version; `None` without versions.
    pub newest_version: Option<Timestamp>,
}

impl SiteTurn {
    /// A site that was never looked at.
    #[must_use]
    pub fn new(site: &str) -> Self {
        Self {
            site: site.to_owned(),
            looked_at: None,
            unfinished: false,
            worked_on_at: None,
            newest_version: None,
        }
    }
}

const TURNS: &str = "
    SELECT s.site, s.looked_at, s.unfinished_since IS NOT NULL, s.worked_on_at,
           CASE WHEN s.drop_reason IS NULL THEN max(p.changed_at) END
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
                    site: r.get(0)?,
                    looked_at: timestamp(r.get(1)?),
                    unfinished: r.get(2)?,
                    worked_on_at: timestamp(r.get(3)?),
                    newest_version: timestamp(r.get(4)?),
                })
            })?;
            rows.collect()
        })
    }

    /// Notes that a run works on a site.
    ///
    /// # Errors
    /// When the database fails.
    pub fn begin_turn(&self, site: &Site, now: Timestamp) -> Result<(), StoreError> {
        self.write(|t| {
            t.prepare_cached("UPDATE sites SET worked_on_at = ?2 WHERE site = ?1")?
                .execute(params![site.as_str(), now.to_string()])
        })?;
        Ok(())
    }
}
