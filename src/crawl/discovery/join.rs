//! Joins candidates to policies with all stored evidence. Runs again after every round of fetches, because fetched
//! pages name further URLs.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::candidates_of_rows;
use super::ranking::policies_to_follow;
use super::scans::{home_page_scans, hubs};
use crate::crawl::site::CrawledSite;
use crate::discover::{self, Candidate, JoinEvidence, Policy};
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{PolicyId, Redirect, Source, UrlKey};
use crate::store::{AddressEvidence, DiscoveryRow, NewestPage, PolicyRow, Store, StoreError};

/// A policy that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowedPolicy {
    /// Its row.
    pub(crate) policy_id: PolicyId,
    /// Its URLs, by key.
    pub(crate) urls: Vec<(UrlKey, String)>,
}

/// Joins the evidence of one site to policies and stores them.
#[derive(Debug)]
pub(crate) struct PolicyJoin {
    /// The site.
    pub(crate) site: CrawledSite,
    /// Maximum number of policies that are followed, in addition to those that have a history.
    pub(crate) most: usize,
    /// Redirects and canonical links of fetched pages.
    pub(crate) page_evidence: Vec<JoinEvidence>,
    /// URLs that led elsewhere by a `Refresh` header.
    pub(crate) refreshing: BTreeSet<UrlKey>,
}

impl PolicyJoin {
    /// Joins all stored evidence, stores the policies and returns those to follow.
    pub(crate) fn run(self, store: &Store) -> Result<Vec<FollowedPolicy>, StoreError> {
        let site_id = self.site.site_id;
        let discoveries = store.discoveries(site_id)?;
        let candidates = candidates_of_rows(&discoveries, &self.site.site);
        let mut scans = home_page_scans(store, site_id)?;
        scans.extend(hubs(store, site_id)?.into_iter().flat_map(|hub| hub.scans));
        let mut evidence = self.page_evidence;
        evidence.extend(discover::home_page_links(&scans));
        let joined = discover::join(&candidates, &evidence, &self.site.site);
        let found = discoveries_of_pages(&joined, &candidates, &evidence);
        store.add_discoveries(site_id, &found)?;
        let followed = store.addresses_with_versions(site_id)?;
        let mut rows = policies_to_follow(joined, &candidates, &followed, self.most);
        name_policies(store, &self.site.policy_urls, &self.refreshing, &mut rows)?;
        let ids = store.set_policies(site_id, &rows)?;
        Ok(ids
            .into_iter()
            .zip(rows)
            .map(|(policy_id, row)| FollowedPolicy {
                policy_id,
                urls: row.urls,
            })
            .collect())
    }
}

/// Returns the URLs that led elsewhere by a `Refresh` header. Each is a page of its own, without a text.
pub(crate) fn refreshing_urls(pages: &[AddressEvidence]) -> BTreeSet<UrlKey> {
    let redirects = pages.iter().flat_map(|page| &page.redirects);
    redirects
        .filter(|redirect| (200..300).contains(&redirect.status))
        .filter_map(|redirect| UrlKey::of(&redirect.from).ok())
        .collect()
}

/// Returns what fetched pages say about URLs: their redirects and canonical links.
pub(crate) fn page_evidence(mut pages: Vec<AddressEvidence>) -> Vec<JoinEvidence> {
    // Hundreds of captures may say the same.
    pages.dedup_by(|a, b| {
        (&a.came_from, &a.redirects, &a.canonical) == (&b.came_from, &b.redirects, &b.canonical)
    });
    let mut evidence = Vec::new();
    for page in pages {
        if let Some(to) = page.canonical {
            evidence.push(JoinEvidence::Canonical {
                from: page.came_from.clone(),
                to,
            });
        }
        evidence.extend(
            page.redirects
                .into_iter()
                .map(|Redirect { from, to, .. }| JoinEvidence::Redirect { from, to }),
        );
    }
    evidence
}

/// Returns rows for the joined URLs that are not candidates: a redirect or a canonical link led to them.
fn discoveries_of_pages(
    joined: &[Policy],
    candidates: &[Candidate],
    evidence: &[JoinEvidence],
) -> Vec<DiscoveryRow> {
    let known: BTreeSet<&UrlKey> = candidates.iter().map(|c| &c.urlkey).collect();
    let mut rows = Vec::new();
    for policy in joined {
        for url in &policy.urls {
            let Ok(urlkey) = UrlKey::of(url) else {
                continue;
            };
            if known.contains(&urlkey) {
                continue;
            }
            let named_by = |to: &str| UrlKey::of(to).is_ok_and(|key| key == urlkey);
            let is_redirect = evidence
                .iter()
                .any(|e| matches!(e, JoinEvidence::Redirect { to, .. } if named_by(to)));
            let source = if is_redirect {
                Source::Redirect
            } else {
                Source::Canonical
            };
            rows.push(DiscoveryRow {
                urlkey,
                url: url.clone(),
                kind: policy.kind,
                source,
                score: i64::from(discover::PLAUSIBLE_SCORE),
                home_timestamp: String::new(),
                home_original: String::new(),
                link_text: String::new(),
                reasons: policy.reasons.clone(),
            });
        }
    }
    rows
}

/// Names each policy by one of its URLs: the one that the user named, unless it is a page that only leads to another;
/// otherwise the one that showed a page last.
fn name_policies(
    store: &Store,
    policy_urls: &[String],
    refreshing: &BTreeSet<UrlKey>,
    rows: &mut [PolicyRow],
) -> Result<(), StoreError> {
    let given: BTreeMap<UrlKey, &String> = policy_urls
        .iter()
        .filter_map(|url| Some((UrlKey::of(url).ok()?, url)))
        .filter(|(key, _)| !refreshing.contains(key))
        .collect();
    for row in rows {
        if let Some(url) = row.urls.iter().find_map(|(key, _)| given.get(key)) {
            row.policy_url = (*url).clone();
            continue;
        }
        let mut newest: Option<NewestPage> = None;
        for (key, url) in &row.urls {
            let page = store.newest_page(key, EXTRACTOR_VERSION)?;
            if let Some(page) = page
                && newest.as_ref().is_none_or(|n| n.timestamp < page.timestamp)
            {
                newest = Some(page);
            } else if newest.is_none() && row.policy_url.is_empty() {
                row.policy_url.clone_from(url);
            }
        }
        if let Some(newest) = newest {
            row.policy_url = newest.original;
        }
    }
    Ok(())
}
