//! Settings (defaults < file < environment < flags), which are validated once, with all faults reported together. Also
//! site lists.
//!
//! `config/policytrail.toml`, which is part of the program, is the one list of settings, their types and defaults.

mod alerts;
mod archive;
mod bounded_file;
mod crawl;
mod defaults;
mod error;
mod layers;
mod run;
mod settings;
mod sites;
mod validator;

pub use alerts::{AlertFormat, AlertSettings};
pub use archive::{ArchiveLocation, ArchiveSettings};
pub use bounded_file::{read_at_most, read_text_at_most};
pub use crawl::{CrawlSettings, Sampling};
pub use defaults::DEFAULTS;
pub use error::{ConfigError, HiddenSettings, SettingFault};
pub use layers::Layers;
pub use run::{RecheckSettings, RunBudget, RunSettings};
pub use settings::{DiscoverSettings, Settings};
pub use sites::{SiteListError, SiteRow, read_site_list};
