//! Progress of crawls: archives, runs, sites, index queries, scanned pages, and the histories that have to be derived again.

mod archives;
mod page_scans;
pub(super) mod pending;
mod progress;
mod runs;
mod schedule;

pub use archives::ArchiveFreeze;
pub use page_scans::HubPageScan;
pub use progress::{IndexQueryKey, PastQuery, SiteState};
pub use runs::RunOutcome;
pub use schedule::SiteTurn;
