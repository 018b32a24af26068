//! Settings: defaults < file < environment < flags, checked once, all faults reported together. And site lists.
//!
//! `config/policytrail.toml`, which is part of the program, is the one list of settings, their types and defaults.

mod file;
mod layers;
mod run;
mod settings;
mod sites;

pub use file::{read_at_most, read_text_at_most};
pub use layers::{Fault, Layers};
pub use run::{RecheckSettings, RunBudget, RunSettings};
pub use settings::{
    ArchiveLocation, ArchiveSettings, CrawlSettings, DiscoverSettings, Sampling, Settings,
};
pub use sites::{SiteListError, SiteRow, read_site_list};

/// The documented defaults, as `policytrail` prints and reads them.
pub const DEFAULTS: &str = include_str!("../../config/policytrail.toml");

/// What is wrong with the configuration: every fault found, a line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", faults.iter().map(|f| f.0.as_str()).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError {
    /// The faults; never empty.
    pub faults: Vec<Fault>,
}
