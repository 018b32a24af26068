//! Settings ready to use: typed and in range.

use std::path::PathBuf;

use super::archive::{ArchiveSettings, archive_settings};
use super::crawl::{CrawlSettings, crawl_settings};
use super::error::ConfigError;
use super::layers::Layers;
use super::run::{RunSettings, run_settings};
use super::validator::Validator;
use crate::model::Site;

/// Everything that a command needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The SQLite file.
    pub database: PathBuf,
    /// The archive.
    pub archive: ArchiveSettings,
    /// Sites named in the settings themselves.
    pub sites: Vec<Site>,
    /// The site list, if any.
    pub sites_file: Option<PathBuf>,
    /// Which captures are fetched.
    pub crawl: CrawlSettings,
    /// How policies are found.
    pub discover: DiscoverSettings,
    /// The scheduled job.
    pub run: RunSettings,
}

/// How policies are found.
#[derive(Debug, Clone)]
pub struct DiscoverSettings {
    /// By words in the URLs of the archive's index.
    pub by_path: bool,
    /// By links on archived home pages.
    pub by_link: bool,
    /// A vocabulary file that replaces the built-in one.
    pub vocabulary: Option<PathBuf>,
}

impl Default for DiscoverSettings {
    /// The built-in defaults: the section `[discover]` of `config/policytrail.toml`.
    fn default() -> Self {
        let layers = Layers::default();
        discover_settings(&Validator::new(&layers), &layers)
    }
}

fn discover_settings(validator: &Validator<'_>, layers: &Layers) -> DiscoverSettings {
    DiscoverSettings {
        by_path: layers.truth("discover.by_path"),
        by_link: layers.truth("discover.by_link"),
        vocabulary: validator.path("discover.vocabulary"),
    }
}

impl Settings {
    /// Validates merged layers.
    ///
    /// # Errors
    /// With every fault of every layer.
    pub fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        let (settings, checked) = Self::with_faults(layers);
        checked.map(|()| settings)
    }

    /// Validates merged layers, and returns every fault beside the settings. A faulty value is replaced by a valid one, so
    /// that what depends on the other settings can be checked too.
    ///
    /// # Errors
    /// With every fault of every layer.
    pub fn with_faults(layers: &Layers) -> (Self, Result<(), ConfigError>) {
        let mut validator = Validator::new(layers);
        let settings = Self {
            database: validator.path("database.path").unwrap_or_else(|| {
                validator.fault("database.path", "must not be empty");
                PathBuf::new()
            }),
            archive: archive_settings(&mut validator),
            sites: validator.sites("sites.names"),
            sites_file: validator.path("sites.file"),
            crawl: crawl_settings(&mut validator),
            discover: discover_settings(&validator, layers),
            run: run_settings(&mut validator),
        };
        let faults = validator.into_faults();
        let checked = if faults.is_empty() {
            Ok(())
        } else {
            Err(ConfigError { faults })
        };
        (settings, checked)
    }
}

#[cfg(test)]
mod tests;
