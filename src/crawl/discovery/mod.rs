//! Discovery of a site's policies: from URLs that the user named, archived home pages, the archive's index and hub
//! pages; then candidates are joined to policies.

mod by_path;
mod candidates;
mod evidence;
mod home_pages;
mod hub_captures;
mod hub_pages;
mod join;
mod known_addresses;
mod ranking;
mod scans;
mod search;
mod sources;

pub use candidates::{SiteCandidate, site_candidates};
pub(super) use home_pages::home_page_span;
pub(super) use join::{FollowedPolicy, PolicyJoin, page_evidence, refreshing_urls};
pub(super) use known_addresses::known_addresses;
pub(super) use scans::home_page_scans;
pub(super) use search::SiteSearch;
pub(super) use sources::{Sources, find_candidates};
