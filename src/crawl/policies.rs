//! Which addresses are one policy, by everything that is stored; again after each look, since pages tell of others.

use std::collections::{BTreeMap, BTreeSet};

use super::CrawlError;
use super::find::candidates_of;
use super::site::SiteLook;
use crate::archive::Archive;
use crate::discover::{self, Candidate, JoinEvidence, Policy, Source};
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{Timestamp, UrlKey};
use crate::store::{DiscoveryRow, PolicyRow};

/// A policy that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Followed {
    /// Its row.
    pub(super) policy_id: i64,
    /// Its addresses, by key.
    pub(super) urls: Vec<(UrlKey, String)>,
}

impl<A: Archive> SiteLook<'_, '_, A> {
    /// Joins all evidence into policies and stores them: the best ones, as many as the settings allow.
    pub(super) fn settle_policies(&self) -> Result<Vec<Followed>, CrawlError> {
        let store = &self.context.store;
        let discoveries = store.discoveries(self.site_id)?;
        let candidates = candidates_of(&discoveries, &self.request.site);
        let mut evidence = self.page_evidence()?;
        let mut looks = self.home_looks()?;
        looks.extend(self.hubs()?.into_iter().flat_map(|hub| hub.looks));
        evidence.extend(discover::home_links(&looks));
        let joined = discover::join(&candidates, &evidence, &self.request.site);
        self.store_found_by_pages(&joined, &candidates, &evidence)?;
        let followed = store.addresses_with_versions(self.site_id)?;
        let mut rows = self.best(joined, &candidates, &followed);
        self.name(&mut rows)?;
        let ids = store.set_policies(self.site_id, &rows)?;
        Ok(ids
            .into_iter()
            .zip(rows)
            .map(|(policy_id, row)| Followed {
                policy_id,
                urls: row.urls,
            })
            .collect())
    }

    /// Redirects and canonical links of the pages looked at so far.
    fn page_evidence(&self) -> Result<Vec<JoinEvidence>, CrawlError> {
        let mut ties = self.context.store.ties(self.site_id)?;
        ties.retain(|tie| self.replay.counts(tie.capture_id, tie.fetched_at));
        // Hundreds of captures say the same.
        ties.dedup_by(|a, b| {
            (&a.came_from, &a.redirects, &a.canonical) == (&b.came_from, &b.redirects, &b.canonical)
        });
        let mut evidence = Vec::new();
        for tie in ties {
            if let Some(to) = tie.canonical {
                evidence.push(JoinEvidence::Canonical {
                    from: tie.came_from.clone(),
                    to,
                });
            }
            let hops: Vec<serde_json::Value> =
                serde_json::from_str(&tie.redirects).unwrap_or_default();
            for hop in hops {
                if let (Some(from), Some(to)) = (hop["from"].as_str(), hop["to"].as_str()) {
                    evidence.push(JoinEvidence::Redirect {
                        from: from.to_owned(),
                        to: to.to_owned(),
                    });
                }
            }
        }
        Ok(evidence)
    }

    /// Notes how addresses were found that no candidate names: by a redirect or a canonical link.
    fn store_found_by_pages(
        &self,
        joined: &[Policy],
        candidates: &[Candidate],
        evidence: &[JoinEvidence],
    ) -> Result<(), CrawlError> {
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
                let source = if evidence
                    .iter()
                    .any(|e| matches!(e, JoinEvidence::Redirect { to, .. } if named_by(to)))
                {
                    Source::Redirect
                } else {
                    Source::Canonical
                };
                rows.push(DiscoveryRow {
                    urlkey,
                    url: url.clone(),
                    kind: policy.kind.code().to_owned(),
                    source: source.code().to_owned(),
                    score: i64::from(discover::PLAUSIBLE_SCORE),
                    home_timestamp: String::new(),
                    home_original: String::new(),
                    link_text: String::new(),
                    reasons: policy.reasons.clone(),
                });
            }
        }
        self.context.store.add_discoveries(self.site_id, &rows)?;
        Ok(())
    }

    /// The policies worth following: named by the user first, then by score, as many as the settings allow; and those that
    /// have a history, which would end without a word when a better one is found.
    fn best(
        &self,
        joined: Vec<Policy>,
        candidates: &[Candidate],
        followed: &BTreeSet<UrlKey>,
    ) -> Vec<PolicyRow> {
        let scores: BTreeMap<&UrlKey, (bool, u8)> = candidates
            .iter()
            .map(|c| {
                (
                    &c.urlkey,
                    (
                        c.evidence.iter().any(|e| e.source == Source::Given),
                        c.score,
                    ),
                )
            })
            .collect();
        let mut ranked: Vec<((bool, u8), PolicyRow)> = joined
            .into_iter()
            .map(|policy| {
                let urls: Vec<(UrlKey, String)> = policy
                    .urls
                    .into_iter()
                    .filter_map(|url| Some((UrlKey::of(&url).ok()?, url)))
                    .collect();
                let score = urls
                    .iter()
                    .filter_map(|(key, _)| scores.get(key))
                    .max()
                    .copied()
                    .unwrap_or_default();
                let row = PolicyRow {
                    kind: policy.kind.code().to_owned(),
                    policy_url: String::new(),
                    cross_domain: policy.cross_domain,
                    urls,
                };
                (score, row)
            })
            .filter(|(score, row)| {
                !row.urls.is_empty() && (score.0 || score.1 >= discover::PLAUSIBLE_SCORE)
            })
            .collect();
        // `joined` is sorted, and sorting is stable: the same evidence gives the same policies.
        ranked.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let most = self.context.crawl.policies_per_site;
        let is_followed =
            |row: &PolicyRow| row.urls.iter().any(|(urlkey, _)| followed.contains(urlkey));
        let rows = ranked.into_iter().map(|(_, row)| row).enumerate();
        rows.filter(|(place, row)| *place < most || is_followed(row))
            .map(|(_, row)| row)
            .collect()
    }

    /// Names each policy by one of its addresses: the one the user named, else the one that showed a page last.
    fn name(&self, rows: &mut [PolicyRow]) -> Result<(), CrawlError> {
        let given: BTreeMap<UrlKey, &String> = self
            .request
            .policy_urls
            .iter()
            .filter_map(|url| Some((UrlKey::of(url).ok()?, url)))
            .collect();
        for row in rows {
            if let Some(url) = row.urls.iter().find_map(|(key, _)| given.get(key)) {
                row.policy_url = (*url).clone();
                continue;
            }
            let mut newest: Option<(Timestamp, String)> = None;
            for (key, url) in &row.urls {
                let page = self.context.store.newest_page(key, EXTRACTOR_VERSION)?;
                if let Some((timestamp, original)) = page
                    && newest.as_ref().is_none_or(|(t, _)| *t < timestamp)
                {
                    newest = Some((timestamp, original));
                } else if newest.is_none() && row.policy_url.is_empty() {
                    row.policy_url.clone_from(url);
                }
            }
            if let Some((_, original)) = newest {
                row.policy_url = original;
            }
        }
        Ok(())
    }
}
