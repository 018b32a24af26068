//! Finds a site's policies: by path (one index query for the whole domain) and by link (archived home pages).
//!
//! ```text
//! vocabulary ─▶ path  (judges an index key) ──────▶ by_path ──┐
//!            ─▶ links (judges the links of a page) ▶ home_page ┴▶ candidates ─▶ policies (joins addresses)
//! ```
//!
//! All judgements are pure. Only [`by_path()`], [`by_link`] and [`scan_hub`] send requests to an archive. Results are
//! kept with their evidence, so that a person can see why a URL was chosen.

mod by_path;
mod candidates;
mod home_page;
mod kind;
mod links;
mod page_scan;
mod path;
mod policies;
mod same_page;
mod score;
#[cfg(test)]
mod tests;
mod vocabulary;

pub use by_path::{ByPath, PathQuery, by_path, index_filter};
pub use candidates::{Candidate, CandidateEvidence, candidates_of_scans, given_candidate, merge};
pub use home_page::{
    ByLink, HomeCaptures, HomeSpan, Hub, LinkSearch, PageScanner, ScanLimits, by_link,
    by_link_search, hubs, next_home_page, scan_hub,
};
pub use kind::{LinkKind, PolicyKind, Source};
pub use links::{LinkCandidate, judge_links};
pub use page_scan::{LinkedPage, PageScan, ScanOutcome, ScannedLink};
pub use path::{PathVerdict, judge_path};
pub use policies::{HomePageLinks, JoinEvidence, Policy, home_page_links, join};
pub(crate) use same_page::same_page;
pub use score::PLAUSIBLE_SCORE;
pub use vocabulary::{Vocabulary, VocabularyError};
