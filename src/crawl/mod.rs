//! The crawl: the only module that combines the steps. It works site by site, in stages:
//!
//! ```text
//! schedule ─▶ backfill ─▶ discovery ─▶ index   which queries, from when on
//!  which sites    │       URLs, policies
//!                 ├─────▶ fetch                one capture: request, extract, store
//!                 └─────▶ derive               versions and drops
//! ```
//!
//! A [`Crawl`] is built from an archive and a database. Each stage borrows what it needs from the session of the crawl.
//! Every answer is stored before the next request that depends on it, and a stored answer is never requested again. So
//! the same command ends with the same database, no matter how often it is interrupted and repeated. The database,
//! parsing, sampling and derivation run on blocking threads.

mod backfill;
mod blocking;
mod builder;
mod derive;
mod discovery;
mod error;
mod failures;
mod fetch;
mod freeze_ledger;
mod index;
mod progress;
mod schedule;
mod session;
mod site;

pub use backfill::{Outcome, SitePlan, Until, plan};
pub use builder::{Crawl, CrawlBuilder};
pub use derive::{
    ExcludedCapture, ReextractedPolicy, Reextraction, VerifyReport, decide, derive_outdated,
    drop_old_extractions, excluded_captures, verify,
};
pub use discovery::{SiteCandidate, site_candidates};
pub use error::CrawlError;
pub use fetch::{PDF_COMMAND, PdfReader, run_pdf_child};
pub use freeze_ledger::StoredFreeze;
pub use progress::{Progress, ProgressSnapshot};
pub use schedule::{ScheduledRun, due_at, is_due};
