//! URLs of a site that its stored evidence names.

use url::Url;

use super::scans::hubs;
use crate::model::{Site, SiteId, UrlKey};
use crate::store::{Store, StoreError};

/// Returns the URLs on the site's own hosts that the query for the whole site includes regardless of their words:
/// candidates, and hubs, because the index shows which of their captures differ. The query has room for some of these
/// URLs: candidates come before hubs, and short URLs before long ones.
pub(crate) fn known_addresses(
    store: &Store,
    site_id: SiteId,
    site: &Site,
) -> Result<Vec<UrlKey>, StoreError> {
    let short_first = |keys: &mut Vec<UrlKey>| {
        keys.sort_unstable_by(|a, b| (a.path().len(), a).cmp(&(b.path().len(), b)));
    };
    let mut known = candidate_addresses(store, site_id, site)?;
    let mut hubs: Vec<UrlKey> = hubs(store, site_id)?
        .into_iter()
        .map(|hub| hub.urlkey)
        .collect();
    short_first(&mut known);
    short_first(&mut hubs);
    known.append(&mut hubs);
    Ok(known)
}

/// Returns the URLs on the site's own hosts that some source named as a policy's.
pub(super) fn candidate_addresses(
    store: &Store,
    site_id: SiteId,
    site: &Site,
) -> Result<Vec<UrlKey>, StoreError> {
    let own = |url: &str| Url::parse(url).is_ok_and(|url| site.owns(&url));
    let rows = store.discoveries(site_id)?;
    Ok(rows
        .into_iter()
        .filter(|r| own(&r.url))
        .map(|r| r.urlkey)
        .collect())
}
