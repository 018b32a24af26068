//! Union-find over addresses, with walls between those that are plainly two policies.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::model::{Site, Timestamp, UrlKey};

use super::edition::{differ, edition, is_edition};
use super::join::{HomeLinks, Policy};
use super::kind::PolicyKind;

/// More addresses than this are left out. No site has so many policies.
const MAX_ADDRESSES: usize = 1_000;
/// The strongest ties that are looked at.
const MAX_TIES: usize = 5_000;

/// How strongly two addresses are tied, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Redirect,
    Canonical,
    Succession,
}

/// Two addresses, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tie {
    strength: Strength,
    one: UrlKey,
    other: UrlKey,
}

impl Tie {
    fn new(strength: Strength, a: UrlKey, b: UrlKey) -> Self {
        if a <= b {
            Self {
                strength,
                one: a,
                other: b,
            }
        } else {
            Self {
                strength,
                one: b,
                other: a,
            }
        }
    }
}

#[derive(Debug, Default)]
struct Node {
    /// Spellings of the address; the best is shown.
    urls: BTreeSet<String>,
    /// Weight of each kind.
    kinds: BTreeMap<PolicyKind, u64>,
    edition: BTreeSet<String>,
    group: usize,
}

impl Node {
    fn kind(&self) -> Option<PolicyKind> {
        self.kinds
            .iter()
            .max_by_key(|(kind, weight)| (**weight, std::cmp::Reverse(**kind)))
            .map(|(kind, _)| *kind)
    }

    fn url(&self) -> Option<&String> {
        self.urls
            .iter()
            .min_by_key(|url| (!url.starts_with("https:"), url.len(), url.as_str()))
    }
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    nodes: BTreeMap<UrlKey, Node>,
    reasons: BTreeMap<UrlKey, BTreeSet<String>>,
}

pub(super) type SideBySide = BTreeSet<(UrlKey, UrlKey)>;

impl Graph {
    pub(super) fn add(&mut self, url: &str, kind: Option<(PolicyKind, u64)>) -> Option<UrlKey> {
        let mut url = Url::parse(url).ok()?;
        url.set_fragment(None);
        let key = UrlKey::of_url(&url).ok()?;
        if !self.nodes.contains_key(&key) && self.nodes.len() >= MAX_ADDRESSES {
            return None;
        }
        let node = self.nodes.entry(key.clone()).or_default();
        node.edition = edition(&url);
        node.urls.insert(url.into());
        if let Some((kind, weight)) = kind {
            *node.kinds.entry(kind).or_default() += weight;
        }
        Some(key)
    }

    pub(super) fn tie(
        &mut self,
        strength: Strength,
        from: &str,
        to: &str,
        ties: &mut BTreeMap<Tie, u64>,
    ) {
        // A policy that was taken down often redirects to the home page, which is no policy.
        if leads_home(from) || leads_home(to) {
            return;
        }
        if let (Some(from), Some(to)) = (self.add(from, None), self.add(to, None))
            && from != to
        {
            *ties.entry(Tie::new(strength, from, to)).or_default() += 1;
        }
    }

    /// Pairs of addresses of one kind that were linked on one home page.
    pub(super) fn side_by_side(
        &mut self,
        homes: &BTreeMap<Timestamp, Vec<&HomeLinks>>,
    ) -> SideBySide {
        let mut pairs = SideBySide::new();
        for home in homes.values().flatten() {
            let mut keys: Vec<UrlKey> = Vec::new();
            for (url, kind) in home.links.iter().take(20) {
                keys.extend(self.add(url, Some((*kind, 1))));
            }
            keys.sort();
            keys.dedup();
            for (index, one) in keys.iter().enumerate() {
                pairs.extend(
                    keys.iter()
                        .skip(index + 1)
                        .map(|other| (one.clone(), other.clone())),
                );
            }
        }
        pairs
    }

    /// The top link of a kind was A up to some day and B from a later one on, never both on one page: a move.
    pub(super) fn successions(
        &self,
        homes: &BTreeMap<Timestamp, Vec<&HomeLinks>>,
        side_by_side: &SideBySide,
        ties: &mut BTreeMap<Tie, u64>,
    ) {
        for kind in PolicyKind::ALL {
            let mut spans: BTreeMap<UrlKey, (Timestamp, Timestamp)> = BTreeMap::new();
            let mut tops: Vec<(Timestamp, BTreeSet<UrlKey>)> = Vec::new();
            for (timestamp, pages) in homes {
                let top = |home: &&HomeLinks| {
                    let (url, _) = home.links.iter().find(|(_, k)| *k == kind)?;
                    UrlKey::of(url)
                        .ok()
                        .filter(|key| self.nodes.contains_key(key))
                };
                let keys: BTreeSet<UrlKey> = pages.iter().filter_map(top).collect();
                for key in &keys {
                    spans
                        .entry(key.clone())
                        .or_insert((*timestamp, *timestamp))
                        .1 = *timestamp;
                }
                if !keys.is_empty() {
                    tops.push((*timestamp, keys));
                }
            }
            for pair in tops.windows(2) {
                let [(_, before), (_, after)] = pair else {
                    continue;
                };
                for old in before {
                    for new in after {
                        let ordered = spans
                            .get(old)
                            .zip(spans.get(new))
                            .is_some_and(|(o, n)| o.1 < n.0);
                        let tie = Tie::new(Strength::Succession, old.clone(), new.clone());
                        if ordered && !side_by_side.contains(&(tie.one.clone(), tie.other.clone()))
                        {
                            *ties.entry(tie).or_default() += 1;
                        }
                    }
                }
            }
        }
    }

    pub(super) fn unite(&mut self, ties: &BTreeMap<Tie, u64>, side_by_side: &SideBySide) {
        for (group, node) in self.nodes.values_mut().enumerate() {
            node.group = group;
        }
        // Redirects between two addresses make them one page, even where a home page links to both.
        let redirected: BTreeSet<(UrlKey, UrlKey)> = ties
            .keys()
            .filter(|tie| tie.strength == Strength::Redirect)
            .map(|tie| (tie.one.clone(), tie.other.clone()))
            .collect();
        let mut order: Vec<(&Tie, u64)> = ties.iter().map(|(tie, count)| (tie, *count)).collect();
        order.sort_by_key(|(tie, count)| {
            (
                tie.strength,
                std::cmp::Reverse(*count),
                &tie.one,
                &tie.other,
            )
        });
        let mut members: BTreeMap<usize, Vec<UrlKey>> = BTreeMap::new();
        for (key, node) in &self.nodes {
            members.entry(node.group).or_default().push(key.clone());
        }
        for (tie, count) in order.into_iter().take(MAX_TIES) {
            let groups = self
                .nodes
                .get(&tie.one)
                .zip(self.nodes.get(&tie.other))
                .map(|(a, b)| (a.group, b.group));
            let Some((one, other)) = groups.filter(|(one, other)| one != other) else {
                continue;
            };
            let (ours, theirs) = (members.get(&one), members.get(&other));
            let Some((ours, theirs)) = ours.zip(theirs) else {
                continue;
            };
            if self.walled_off(ours, theirs, side_by_side, &redirected) {
                continue;
            }
            let moved = members.remove(&other).unwrap_or_default();
            for key in &moved {
                if let Some(node) = self.nodes.get_mut(key) {
                    node.group = one;
                }
            }
            members.entry(one).or_default().extend(moved);
            let what = match tie.strength {
                Strength::Redirect => "archived redirects",
                Strength::Canonical => "a canonical link",
                Strength::Succession => "home pages that linked to one and later to the other",
            };
            let reason = format!("{} and {}: {what} ({count})", tie.one, tie.other);
            self.reasons
                .entry(tie.one.clone())
                .or_default()
                .insert(reason);
        }
    }

    /// True when two groups must stay apart.
    fn walled_off(
        &self,
        ours: &[UrlKey],
        theirs: &[UrlKey],
        side_by_side: &SideBySide,
        redirected: &SideBySide,
    ) -> bool {
        ours.iter().any(|one| {
            theirs.iter().any(|other| {
                let Some((a, b)) = self.nodes.get(one).zip(self.nodes.get(other)) else {
                    return true;
                };
                if a.kind().zip(b.kind()).is_some_and(|(a, b)| a != b)
                    || differ(&a.edition, &b.edition)
                {
                    return true;
                }
                let pair = if one <= other {
                    (one.clone(), other.clone())
                } else {
                    (other.clone(), one.clone())
                };
                side_by_side.contains(&pair) && !redirected.contains(&pair)
            })
        })
    }

    /// Groups with a kind; an address that only evidence names and nothing ties to a policy is none.
    pub(super) fn policies(&self, site: &Site) -> Vec<Policy> {
        let mut groups: BTreeMap<usize, Vec<(&UrlKey, &Node)>> = BTreeMap::new();
        for (key, node) in &self.nodes {
            groups.entry(node.group).or_default().push((key, node));
        }
        let mut policies: Vec<Policy> = groups
            .into_values()
            .filter_map(|members| {
                let kind = members.iter().find_map(|(_, node)| node.kind())?;
                let urls: Vec<String> = members
                    .iter()
                    .filter_map(|(_, node)| node.url().cloned())
                    .collect();
                let reasons = members
                    .iter()
                    .filter_map(|(key, _)| self.reasons.get(*key))
                    .flatten()
                    .cloned()
                    .collect();
                let cross_domain = urls
                    .iter()
                    .any(|url| Url::parse(url).is_ok_and(|url| !site.owns(&url)));
                Some(Policy {
                    kind,
                    urls,
                    cross_domain,
                    reasons,
                })
            })
            .collect();
        policies.sort_by(|a, b| (a.kind, &a.urls).cmp(&(b.kind, &b.urls)));
        policies
    }
}

/// True for a home page (of the whole site, or of a language), but not for that of a host made for privacy.
fn leads_home(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let host = url
            .host_str()
            .unwrap_or_default()
            .trim_start_matches("www.");
        let is_whole_site = Site::of_url(&url).map_or(true, |site| site.as_str() == host);
        let path = url.path().trim_matches('/');
        url.query().is_none() && is_whole_site && (path.is_empty() || is_edition(path))
    })
}
