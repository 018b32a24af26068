//! Finds the links of a page that lead to a policy or a hub.

use std::collections::HashMap;

use url::{Host, Url};

use crate::model::{Site, UrlKey};
use crate::page::Page;

use super::super::kind::{LinkKind, PolicyKind};
use super::super::score::PLAUSIBLE_SCORE;
use super::super::vocabulary::Vocabulary;
use super::collect::links_of;
use super::judge::{LinkCandidate, LinkJudge};
use super::owner::PageOwner;
use super::raw_link::RawLink;
use super::unshown::unshown_links_of;

/// Longer addresses carry a session or a whole form; archives do not have them.
const MAX_URL_BYTES: usize = 2_000;

/// The links of a page that plausibly lead to a policy or a hub, most certain first, then in the order of the page; one
/// per address and kind (one page may contain two policies, distinguished by fragments). Pure.
///
/// Scripts, `<noscript>` and `<noframes>` are read only if the elements of the page have no link to a privacy policy of
/// its owner.
///
/// `site` is the site whose policies are wanted; the page itself may be on another one (a home page that moved).
#[must_use]
pub fn judge_links(page: &Page, vocabulary: &Vocabulary, site: &Site) -> Vec<LinkCandidate> {
    let judge = LinkJudge {
        vocabulary,
        owner: PageOwner::of(page, site),
    };
    let mut found = FoundLinks::default();
    found.add(&judge, page, links_of(page));
    if !found.has_own_privacy_policy() {
        found.add(&judge, page, unshown_links_of(page));
    }
    found
        .links
        .sort_by_key(|link| std::cmp::Reverse(link.score));
    found.links
}

/// The best link for each address and kind.
#[derive(Default)]
struct FoundLinks {
    links: Vec<LinkCandidate>,
    /// Indexes in `links`.
    places: HashMap<(UrlKey, LinkKind), usize>,
}

impl FoundLinks {
    fn add(&mut self, judge: &LinkJudge<'_>, page: &Page, links: Vec<RawLink>) {
        for raw in links {
            let url = page.resolve(&raw.href);
            let Some(url) = url.filter(|url| may_be_archived(url, page)) else {
                continue;
            };
            let Ok(key) = UrlKey::of_url(&url) else {
                continue;
            };
            if judge.owner.is_same_page(&key) {
                continue;
            }
            let candidate = judge.judge(&raw, &url, &key);
            if let Some(candidate) = candidate.filter(|link| link.score >= PLAUSIBLE_SCORE) {
                self.keep_best(key, candidate);
            }
        }
    }

    fn keep_best(&mut self, key: UrlKey, candidate: LinkCandidate) {
        let place = (key, candidate.kind);
        match self
            .places
            .get(&place)
            .and_then(|at| self.links.get_mut(*at))
        {
            Some(known) if known.score >= candidate.score => {}
            Some(known) => *known = candidate,
            None => {
                self.places.insert(place, self.links.len());
                self.links.push(candidate);
            }
        }
    }

    fn has_own_privacy_policy(&self) -> bool {
        let is_privacy = |link: &LinkCandidate| link.kind == LinkKind::Policy(PolicyKind::Privacy);
        self.links
            .iter()
            .any(|link| is_privacy(link) && !link.cross_domain)
    }
}

/// True for addresses of pages on the public web; false for mail addresses, anchors on the same page, and views that only
/// scripts show.
fn may_be_archived(url: &Url, page: &Page) -> bool {
    let fragment_is_view = url.fragment().is_some_and(|f| f.starts_with(['/', '!']));
    matches!(url.scheme(), "http" | "https")
        && url.as_str().len() <= MAX_URL_BYTES
        && !fragment_is_view
        && has_public_host(url, page)
}

/// True for hosts with a name under a known top-level domain. Others (`localhost`, `intranet`, IP addresses) are machines
/// of whoever made the page. A page on a public IP address may link to its own host.
fn has_public_host(url: &Url, page: &Page) -> bool {
    let is_host_of_page = || {
        page.url
            .as_ref()
            .is_some_and(|page| page.host() == url.host())
    };
    match url.host() {
        Some(Host::Domain(_)) => Site::of_url(url).is_ok(),
        Some(Host::Ipv4(address)) => {
            let is_inner = address.is_loopback()
                || address.is_private()
                || address.is_link_local()
                || address.is_unspecified();
            !is_inner && is_host_of_page()
        }
        Some(Host::Ipv6(address)) => {
            let is_inner = address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
                || address.to_ipv4_mapped().is_some();
            !is_inner && is_host_of_page()
        }
        None => false,
    }
}

#[cfg(test)]
mod tests;
