//! Stored scans of home pages and hub pages.

use std::collections::BTreeMap;

use crate::discover::{self, Hub, PageScan};
use crate::model::SiteId;
use crate::store::{Store, StoreError};

/// Reads a scan in its stored form; `None` when it is not readable (another program changed the file).
pub(crate) fn parse_scan(json: &str) -> Option<PageScan> {
    PageScan::from_json(json)
}

/// Returns the stored form of a scan.
pub(super) fn scan_json(scan: &PageScan) -> String {
    scan.to_json()
}

/// Returns the stored scans of a site's home pages. Unreadable ones are left out.
pub(crate) fn home_page_scans(store: &Store, site_id: SiteId) -> Result<Vec<PageScan>, StoreError> {
    let stored = store.home_looks(site_id)?;
    Ok(stored.iter().filter_map(|scan| parse_scan(scan)).collect())
}

/// Returns the hubs of a site, each with all its stored scans.
pub(super) fn hubs(store: &Store, site_id: SiteId) -> Result<Vec<Hub>, StoreError> {
    let mut stored: BTreeMap<String, Vec<PageScan>> = BTreeMap::new();
    for (urlkey, scan) in store.hub_looks(site_id)? {
        stored.entry(urlkey).or_default().extend(parse_scan(&scan));
    }
    let mut hubs = discover::hubs(&home_page_scans(store, site_id)?);
    for hub in &mut hubs {
        hub.scans
            .extend(stored.remove(hub.urlkey.as_str()).unwrap_or_default());
    }
    Ok(hubs)
}
