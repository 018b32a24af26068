//! What the links of home pages show about addresses: which are linked side by side, and which replaced which.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Timestamp, UrlKey};

use super::super::kind::PolicyKind;
use super::evidence::{HomePageLinks, Tie, TieKind};
use super::graph::{AddressGraph, Pairs};

/// Maximum number of policy links of one home page that are used.
const MAX_LINKS: usize = 20;

/// The policy links of home pages, by their times.
pub(super) type HomePages<'a> = BTreeMap<Timestamp, Vec<&'a HomePageLinks>>;

/// Adds the addresses that home pages link to; returns the pairs that are linked on one home page.
pub(super) fn add_side_by_side(graph: &mut AddressGraph, homes: &HomePages<'_>) -> Pairs {
    let mut pairs = Pairs::new();
    for home in homes.values().flatten() {
        let mut keys: Vec<UrlKey> = Vec::new();
        for (url, kind) in home.links.iter().take(MAX_LINKS) {
            keys.extend(graph.add(url, Some((*kind, 1))));
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

/// The top links of one kind over time.
#[derive(Default)]
struct TopLinks {
    /// First and last time of each address.
    spans: BTreeMap<UrlKey, (Timestamp, Timestamp)>,
    /// Addresses of each time.
    by_time: Vec<BTreeSet<UrlKey>>,
}

impl TopLinks {
    fn of(graph: &AddressGraph, homes: &HomePages<'_>, kind: PolicyKind) -> Self {
        let mut tops = Self::default();
        for (timestamp, pages) in homes {
            let top = |home: &&HomePageLinks| {
                let (url, _) = home.links.iter().find(|(_, k)| *k == kind)?;
                UrlKey::of(url).ok().filter(|key| graph.contains(key))
            };
            let keys: BTreeSet<UrlKey> = pages.iter().filter_map(top).collect();
            for key in &keys {
                tops.spans
                    .entry(key.clone())
                    .or_insert((*timestamp, *timestamp))
                    .1 = *timestamp;
            }
            if !keys.is_empty() {
                tops.by_time.push(keys);
            }
        }
        tops
    }

    /// True when the one address was last linked before the other was first linked.
    fn are_ordered(&self, old: &UrlKey, new: &UrlKey) -> bool {
        self.spans
            .get(old)
            .zip(self.spans.get(new))
            .is_some_and(|(o, n)| o.1 < n.0)
    }
}

/// Adds ties for moves: the top link of a kind was A up to some day and B from a later one on, never both on one page.
pub(super) fn add_successions(
    graph: &AddressGraph,
    homes: &HomePages<'_>,
    side_by_side: &Pairs,
    ties: &mut BTreeMap<Tie, u64>,
) {
    for kind in PolicyKind::ALL {
        let tops = TopLinks::of(graph, homes, kind);
        for pair in tops.by_time.windows(2) {
            let [before, after] = pair else { continue };
            for old in before {
                for new in after.iter().filter(|new| tops.are_ordered(old, new)) {
                    let tie = Tie::new(TieKind::Succession, old.clone(), new.clone());
                    if !side_by_side.contains(&tie.pair()) {
                        *ties.entry(tie).or_default() += 1;
                    }
                }
            }
        }
    }
}
