//! Which captured redirects to follow: where a policy went is told by few of them.

use std::collections::BTreeMap;

use super::halving::ends_then_between;
use super::histories::{Worth, worth};
use crate::discover::same_page;
use crate::model::UrlKey;
use crate::store::StoredCapture;

/// Redirects of one address that are asked for. Both ends of four moves are seen from so many; an address that sends
/// its visitors to ever new places (tokens, sessions in the path) tells no more of the policy by the ninth.
const MOST_ASKED: usize = 8;

/// Of the redirects of one address the first and the last; then one between two that lead to different pages: a move is
/// seen from both its ends.
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
    let asked = redirects.iter().filter(|s| s.asked.is_some()).count();
    let open = ends_then_between(
        redirects.len(),
        &|i| redirects[i].asked.is_none() && worth(redirects[i]) == Worth::Redirect,
        &|i| leads_to(redirects[i]),
        &|one, other| !same_page(one, other),
    );
    open.into_iter()
        .map(|i| redirects[i])
        .take(MOST_ASKED.saturating_sub(asked))
        .collect()
}

/// Where a redirect led that was asked for.
fn leads_to(stored: &StoredCapture) -> Option<UrlKey> {
    let hops: Vec<serde_json::Value> =
        serde_json::from_str(&stored.asked.as_ref()?.redirects).ok()?;
    UrlKey::of(hops.first()?["to"].as_str()?).ok()
}
