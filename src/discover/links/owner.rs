//! The owner of a page: the site whose policies are wanted, and the site that the page itself is on.

use url::Url;

use crate::model::{Site, UrlKey};
use crate::page::Page;

/// Whose page a link is on.
pub(super) struct PageOwner<'a> {
    /// The site whose policies are wanted.
    pub(super) site: &'a Site,
    /// The site of the page, which may be another one (a home page that moved).
    page_site: Option<Site>,
    page_key: Option<UrlKey>,
}

impl<'a> PageOwner<'a> {
    pub(super) fn of(page: &Page, site: &'a Site) -> Self {
        Self {
            site,
            page_site: page.url.as_ref().and_then(|url| Site::of_url(url).ok()),
            page_key: page.url.as_ref().and_then(|url| UrlKey::of_url(url).ok()),
        }
    }

    /// True for the key of the page itself.
    pub(super) fn is_same_page(&self, key: &UrlKey) -> bool {
        self.page_key.as_ref() == Some(key)
    }

    /// The brands of both sites.
    pub(super) fn brands(&self) -> Vec<String> {
        let sites = [Some(self.site), self.page_site.as_ref()];
        sites.into_iter().flatten().map(brand).collect()
    }

    /// True for addresses of one of the two sites.
    pub(super) fn owns(&self, url: &Url) -> bool {
        self.site.owns(url) || self.page_site.as_ref().is_some_and(|site| site.owns(url))
    }

    /// True for addresses of the same owner, as far as names show it: `example.de` and `example.com` are one brand.
    pub(super) fn owns_or_shares_brand(&self, url: &Url) -> bool {
        self.owns(url)
            || Site::of_url(url).is_ok_and(|other| {
                let brand = brand(&other);
                brand.len() > 2 && self.brands().contains(&brand)
            })
    }
}

/// The first label of a site, without hyphens.
pub(super) fn brand(site: &Site) -> String {
    site.as_str()
        .split('.')
        .next()
        .unwrap_or_default()
        .replace('-', "")
}

/// The brand of an address; empty if it has no site.
pub(super) fn brand_of(url: &Url) -> String {
    Site::of_url(url)
        .map(|site| brand(&site))
        .unwrap_or_default()
}
