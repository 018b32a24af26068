//! Import of an earlier export into a new database.
//!
//! An export has no bytes of pages, so a database made from one is for reading and exporting only; its captures count as
//! fetched. Rows may come from strangers: sites, times, keys and hashes are parsed again before they are stored.

mod derived;
mod lines;
mod options;
mod rows;
mod tables;
mod versions;

pub use lines::{CaptureLine, DiscoveryLine, PolicyLine, ReviewLine, SiteLine, VersionLine};
pub use options::{ImportError, PresentTables, TextChecks};
