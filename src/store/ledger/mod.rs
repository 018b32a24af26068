//! Progress of crawls: runs, sites, index queries, scanned pages, and the histories that have to be derived again.

pub(super) mod pending;
mod progress;
mod schedule;

pub use progress::{ArchiveFreeze, HubPageScan, IndexQueryKey, PastQuery, RunOutcome, SiteState};
pub use schedule::SiteTurn;
