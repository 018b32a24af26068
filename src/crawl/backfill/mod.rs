//! Backfill: crawls sites from their names to their versions, several at once.

mod follow;
mod join;
mod outcome;
mod plan;
mod redirects;
mod replay;
mod site;
mod sites;
mod until;

pub use outcome::Outcome;
pub use plan::{SitePlan, plan};
pub(super) use sites::crawl_sites;
pub use until::Until;
