//! Which captured redirects to follow: where a policy went is told by few of them.

use std::collections::BTreeMap;

use super::histories::{Worth, worth};
use crate::discover::same_page;
use crate::model::UrlKey;
use crate::store::StoredCapture;

/// Redirects of one address that are asked for. Both ends of four moves are seen from so many; an address that sends
/// its visitors to ever new places (tokens, sessions in the path) tells no more of the policy by the ninth.
const MOST_ASKED: usize = 8;

/// Of the redirects of one address the first and the last; then, as with texts, one between two that lead to different
/// pages: a move is seen from both its ends.
pub(super) fn redirects_to_ask(stored: &[StoredCapture]) -> Vec<&StoredCapture> {
    let mut by_address: BTreeMap<&str, Vec<&StoredCapture>> = BTreeMap::new();
    for s in stored.iter().filter(|s| s.capture.is_redirect()) {
        by_address
            .entry(s.capture.urlkey.as_str())
            .or_default()
            .push(s);
    }
    by_address
        .values()
        .flat_map(|redirects| of_address(redirects))
        .collect()
}

fn of_address<'s>(redirects: &[&'s StoredCapture]) -> Vec<&'s StoredCapture> {
    let is_open = |s: &StoredCapture| s.asked.is_none() && worth(s) == Worth::Redirect;
    let asked = redirects.iter().filter(|s| s.asked.is_some()).count();
    let ends = [redirects.first(), redirects.last()].into_iter().flatten();
    let mut open: Vec<&StoredCapture> = ends.copied().filter(|s| is_open(s)).collect();
    open.dedup_by_key(|s| s.capture_id);
    if open.is_empty() {
        let targets: Vec<(usize, UrlKey)> = redirects
            .iter()
            .enumerate()
            .filter_map(|(place, s)| Some((place, leads_to(s)?)))
            .collect();
        for pair in targets.windows(2) {
            if let [(left, one), (right, other)] = pair
                && !same_page(one, other)
            {
                let between = redirects.get(left + 1..*right).unwrap_or_default();
                let unasked: Vec<&&StoredCapture> = between.iter().filter(|s| is_open(s)).collect();
                open.extend(unasked.get(unasked.len() / 2).map(|s| **s));
            }
        }
    }
    open.truncate(MOST_ASKED.saturating_sub(asked));
    open
}

/// Where a redirect led that was asked for.
fn leads_to(stored: &StoredCapture) -> Option<UrlKey> {
    let hops: Vec<serde_json::Value> =
        serde_json::from_str(&stored.asked.as_ref()?.redirects).ok()?;
    UrlKey::of(hops.first()?["to"].as_str()?).ok()
}
