//! Where a site's policies are: by path (one index query for the whole domain) and by link (archived home pages).
//!
//! ```text
//! vocabulary ─▶ path  (judges an index key) ──▶ by_path ─┐
//!            ─▶ links ─▶ judge (judges a page) ─▶ home ──┴▶ candidates ─▶ join ─▶ policies
//! ```
//!
//! Everything that judges is pure; only [`by_path`] and [`by_link`] ask an archive. What they find is kept with its
//! evidence, so that a person can see why a URL was taken.

mod by_path;
mod candidates;
mod edition;
mod graph;
mod home;
mod join;
mod judge;
mod kind;
mod links;
mod looks;
#[cfg(test)]
mod memory_archive;
mod path;
#[cfg(test)]
mod real_pages;
mod same_page;
mod search;
mod vocabulary;
mod vocabulary_file;
mod words;

pub use by_path::{ByPath, by_path, index_filter};
pub use candidates::{Candidate, Evidence, candidates_of_looks, given, merge};
pub use home::{ByLink, Hub, by_link, hubs, look_at_hub};
pub use join::{HomeLinks, JoinEvidence, Policy, home_links, join};
pub use judge::{LinkCandidate, judge_links};
pub use kind::{LinkKind, PolicyKind, Source};
pub use looks::{HomeLook, LookOutcome, SeenLink, SidePage};
pub use path::{PathVerdict, judge_path};
pub(crate) use same_page::same_page;
pub use search::{HomeSpan, Limits, next_home_page};
pub use vocabulary::Vocabulary;
pub use vocabulary_file::VocabularyError;

/// Candidates below this score are not worth a request.
pub const PLAUSIBLE_SCORE: u8 = 40;
