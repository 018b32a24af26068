//! Union-find over addresses; addresses that are plainly two policies are kept apart.

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::model::{Site, UrlKey};

use super::super::kind::PolicyKind;
use super::edition::{differ, edition};
use super::evidence::{Policy, Tie, TieKind};

/// Maximum number of addresses. Further ones are left out. No site has so many policies.
const MAX_ADDRESSES: usize = 1_000;
/// Maximum number of ties. Only the strongest are used.
const MAX_TIES: usize = 5_000;

/// Pairs of addresses, each in the order of their keys.
pub(super) type Pairs = BTreeSet<(UrlKey, UrlKey)>;

#[derive(Debug, Default)]
struct Address {
    /// Spellings of the address; the best is shown.
    urls: BTreeSet<String>,
    /// Weight of each kind.
    kinds: BTreeMap<PolicyKind, u64>,
    edition: BTreeSet<String>,
    group: usize,
}

impl Address {
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

/// The addresses of a site, in groups that are one policy each.
#[derive(Debug, Default)]
pub(super) struct AddressGraph {
    addresses: BTreeMap<UrlKey, Address>,
    reasons: BTreeMap<UrlKey, BTreeSet<String>>,
}

impl AddressGraph {
    /// Adds an address; `None` if it is not a web address, or if there are too many.
    pub(super) fn add(&mut self, url: &str, kind: Option<(PolicyKind, u64)>) -> Option<UrlKey> {
        let mut url = Url::parse(url).ok()?;
        url.set_fragment(None);
        let key = UrlKey::of_url(&url).ok()?;
        if !self.contains(&key) && self.addresses.len() >= MAX_ADDRESSES {
            return None;
        }
        let address = self.addresses.entry(key.clone()).or_default();
        address.edition = edition(&url);
        address.urls.insert(url.into());
        if let Some((kind, weight)) = kind {
            *address.kinds.entry(kind).or_default() += weight;
        }
        Some(key)
    }

    pub(super) fn contains(&self, key: &UrlKey) -> bool {
        self.addresses.contains_key(key)
    }

    /// Joins groups along the ties, strongest and most frequent first, except groups that must stay apart.
    pub(super) fn join_groups(&mut self, ties: &BTreeMap<Tie, u64>, side_by_side: &Pairs) {
        for (group, address) in self.addresses.values_mut().enumerate() {
            address.group = group;
        }
        let mut members: BTreeMap<usize, Vec<UrlKey>> = BTreeMap::new();
        for (key, address) in &self.addresses {
            members.entry(address.group).or_default().push(key.clone());
        }
        // A redirect between two addresses makes them one page, even if a home page links to both.
        let redirected: Pairs = ties
            .keys()
            .filter(|tie| tie.kind == TieKind::Redirect)
            .map(Tie::pair)
            .collect();
        let apart: Pairs = side_by_side.difference(&redirected).cloned().collect();
        let mut order: Vec<(&Tie, u64)> = ties.iter().map(|(tie, count)| (tie, *count)).collect();
        order.sort_by_key(|(tie, count)| {
            (tie.kind, std::cmp::Reverse(*count), &tie.one, &tie.other)
        });
        for (tie, count) in order.into_iter().take(MAX_TIES) {
            let groups = self
                .addresses
                .get(&tie.one)
                .zip(self.addresses.get(&tie.other))
                .map(|(a, b)| (a.group, b.group));
            let Some((one, other)) = groups.filter(|(one, other)| one != other) else {
                continue;
            };
            let Some((ours, theirs)) = members.get(&one).zip(members.get(&other)) else {
                continue;
            };
            if self.must_stay_apart(ours, theirs, &apart) {
                continue;
            }
            let moved = members.remove(&other).unwrap_or_default();
            for key in &moved {
                if let Some(address) = self.addresses.get_mut(key) {
                    address.group = one;
                }
            }
            members.entry(one).or_default().extend(moved);
            self.add_reason(tie, count);
        }
    }

    fn add_reason(&mut self, tie: &Tie, count: u64) {
        let what = tie.kind.description();
        let reason = format!("{} and {}: {what} ({count})", tie.one, tie.other);
        self.reasons
            .entry(tie.one.clone())
            .or_default()
            .insert(reason);
    }

    /// True when two groups must stay apart: some address of the one has another kind or edition than one of the other, or
    /// a home page links to both.
    fn must_stay_apart(&self, ours: &[UrlKey], theirs: &[UrlKey], apart: &Pairs) -> bool {
        ours.iter().any(|one| {
            theirs.iter().any(|other| {
                let Some((a, b)) = self.addresses.get(one).zip(self.addresses.get(other)) else {
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
                apart.contains(&pair)
            })
        })
    }

    /// Groups with a kind. An address that only evidence names, and that no tie connects to a policy, is not a policy.
    pub(super) fn policies(&self, site: &Site) -> Vec<Policy> {
        let mut groups: BTreeMap<usize, Vec<(&UrlKey, &Address)>> = BTreeMap::new();
        for (key, address) in &self.addresses {
            groups
                .entry(address.group)
                .or_default()
                .push((key, address));
        }
        let mut policies: Vec<Policy> = groups
            .into_values()
            .filter_map(|members| {
                let kind = members.iter().find_map(|(_, address)| address.kind())?;
                let urls: Vec<String> = members
                    .iter()
                    .filter_map(|(_, address)| address.url().cloned())
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
