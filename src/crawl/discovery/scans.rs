//! Stored scans of home pages and hub pages.

use std::collections::BTreeMap;

use crate::discover::{self, Hub, PageScan};
use crate::model::SiteId;
use crate::store::{HubPageScan, Store, StoreError};

/// Returns the stored scans of a site's home pages. Unreadable ones are left out.
pub(crate) fn home_page_scans(store: &Store, site_id: SiteId) -> Result<Vec<PageScan>, StoreError> {
    let stored = store.home_page_scans(site_id)?;
    Ok(stored
        .iter()
        .filter_map(|scan| PageScan::from_json(scan))
        .collect())
}

/// Returns the hubs of a site, each with all its stored scans.
pub(super) fn hubs(store: &Store, site_id: SiteId) -> Result<Vec<Hub>, StoreError> {
    let mut stored: BTreeMap<String, Vec<PageScan>> = BTreeMap::new();
    for HubPageScan { urlkey, scan } in store.hub_page_scans(site_id)? {
        stored
            .entry(urlkey)
            .or_default()
            .extend(PageScan::from_json(&scan));
    }
    let mut hubs = discover::hubs(&home_page_scans(store, site_id)?);
    for hub in &mut hubs {
        hub.scans
            .extend(stored.remove(hub.urlkey.as_str()).unwrap_or_default());
    }
    Ok(hubs)
}
