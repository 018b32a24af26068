//! Scans of archived home pages and hub pages.

use rusqlite::params;

use crate::model::{SiteId, Timestamp, UrlKey};
use crate::store::database::{Store, StoreError};

/// A stored scan of an archived hub page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubPageScan {
    /// Key of the hub page.
    pub urlkey: String,
    /// The scan, as JSON.
    pub scan: String,
}

impl Store {
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
