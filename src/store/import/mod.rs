//! Import of an earlier export into a new database.
//!
//! A database made from tables is for reading and exporting only; its captures count as fetched. The bytes of pages come
//! from a WARC export, where there is one beside the tables. Rows may come from strangers: sites, times, keys and hashes are parsed again before they are stored.

mod derived;
mod lines;
mod options;
mod pages;
mod rows;
mod tables;
mod versions;

pub use lines::{CaptureLine, DiscoveryLine, PolicyLine, ReviewLine, SiteLine, VersionLine};
pub use options::{ImportError, PresentTables, TextChecks};
pub use pages::MissingPage;
