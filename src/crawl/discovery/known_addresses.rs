//! URLs of a site that its stored evidence names.

use url::Url;

use super::scans::hubs;
use crate::model::{Site, SiteId, UrlKey};
use crate::store::{Store, StoreError};

/// Returns the URLs on the site's own hosts that the query for the whole site includes regardless of their words: the home
/// page, because the index shows when it was captured; candidates, and hubs, because the index shows which of their captures differ. The query has room for some of these
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
    if let Some(home) = home_key(site) {
        known.insert(0, home);
    }
    Ok(known)
}

/// Returns the key of a site's home page.
pub(super) fn home_key(site: &Site) -> Option<UrlKey> {
    UrlKey::of(&format!("http://{site}/")).ok()
}

/// Returns the keys of the URLs on the site's own hosts that some source named as a policy's, in every spelling that an
/// archive may have.
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
        .flat_map(|r| UrlKey::spellings(&r.url))
        .collect())
}
