//! Selects the captured redirects to fetch: a few of them show where a policy moved. Pure.

use std::collections::BTreeMap;

use crate::crawl::derive::{CaptureStatus, capture_status};
use crate::discover::same_page;
use crate::model::UrlKey;
use crate::sample::bisect;
use crate::store::StoredCapture;

/// Maximum number of redirects fetched per URL. This number shows both ends of four moves. If a URL always redirects to
/// new places (tokens, sessions in the path), its ninth redirect says nothing more about the policy.
const MAX_PER_ADDRESS: usize = 8;

/// Returns the redirects to fetch now. For each URL, these are the first and the last redirect, then one between two
/// that lead to different pages, so that both ends of a move are found.
pub(super) fn redirects_to_fetch(stored: &[StoredCapture]) -> Vec<&StoredCapture> {
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
    let fetched = redirects.iter().filter(|s| s.attempt.is_some()).count();
    let open = bisect(
        redirects.len(),
        &|i| {
            redirects[i].attempt.is_none()
                && capture_status(redirects[i]) == CaptureStatus::Redirect
        },
        &|i| target(redirects[i]),
        &|one, other| !same_page(one, other),
    );
    open.into_iter()
        .map(|i| redirects[i])
        .take(MAX_PER_ADDRESS.saturating_sub(fetched))
        .collect()
}

/// Returns where a fetched redirect leads.
fn target(stored: &StoredCapture) -> Option<UrlKey> {
    UrlKey::of(&stored.attempt.as_ref()?.redirects.first()?.to).ok()
}
