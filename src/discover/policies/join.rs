//! Joins candidates and evidence into policies.
//!
//! Union-find over evidence. Addresses that are plainly two policies are kept apart: those of two kinds, those for two
//! languages or regions, and those that one home page links to side by side. The groups do not depend on the order of the
//! evidence: pieces are counted, sorted by strength, and used in that order.

use std::collections::BTreeMap;

use crate::model::Site;

use super::super::candidates::Candidate;
use super::evidence::{JoinEvidence, Policy, Tie, TieKind, is_home_page};
use super::graph::AddressGraph;
use super::succession::{HomePages, add_side_by_side, add_successions};

/// Groups candidates, and the other addresses that the evidence names, into policies; sorted by kind and first address.
/// Pure.
#[must_use]
pub fn join(candidates: &[Candidate], evidence: &[JoinEvidence], site: &Site) -> Vec<Policy> {
    // Always in the same order, most certain first, so that the limits always leave out the same pieces.
    let mut candidates: Vec<&Candidate> = candidates.iter().collect();
    candidates.sort_by(|a, b| {
        (b.score, &a.urlkey, &a.url, a.kind).cmp(&(a.score, &b.urlkey, &b.url, b.kind))
    });
    let mut evidence: Vec<&JoinEvidence> = evidence.iter().collect();
    evidence.sort();
    let mut graph = AddressGraph::default();
    for candidate in candidates {
        graph.add(
            &candidate.url,
            Some((candidate.kind, u64::from(candidate.score) + 1)),
        );
    }
    let mut ties: BTreeMap<Tie, u64> = BTreeMap::new();
    let mut homes = HomePages::new();
    for piece in evidence {
        match piece {
            JoinEvidence::Redirect { from, to } => {
                add_tie(&mut graph, &mut ties, TieKind::Redirect, (from, to));
            }
            JoinEvidence::Canonical { from, to } => {
                add_tie(&mut graph, &mut ties, TieKind::Canonical, (from, to));
            }
            JoinEvidence::Home(home) => homes.entry(home.timestamp).or_default().push(home),
        }
    }
    let side_by_side = add_side_by_side(&mut graph, &homes);
    add_successions(&graph, &homes, &side_by_side, &mut ties);
    graph.join_groups(&ties, &side_by_side);
    graph.policies(site)
}

/// Adds two addresses and a tie between them.
fn add_tie(
    graph: &mut AddressGraph,
    ties: &mut BTreeMap<Tie, u64>,
    kind: TieKind,
    (from, to): (&str, &str),
) {
    // A policy that was taken down often redirects to the home page, which is not a policy.
    if is_home_page(from) || is_home_page(to) {
        return;
    }
    if let (Some(from), Some(to)) = (graph.add(from, None), graph.add(to, None))
        && from != to
    {
        *ties.entry(Tie::new(kind, from, to)).or_default() += 1;
    }
}

#[cfg(test)]
mod tests;
