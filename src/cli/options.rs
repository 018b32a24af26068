//! Options that several commands share, and how they become settings.

use std::path::PathBuf;

use crate::config::{ConfigError, Layers, Settings};
use crate::model::Timestamp;

/// Format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// For people
    Text,
    /// For machines: JSON, an object a line
    Json,
}

/// Parses a date of the command line as its first second.
pub(super) fn earliest_timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::earliest(text).map_err(|e| e.to_string())
}

/// Parses a date of the command line as its last second.
pub(super) fn latest_timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::latest(text).map_err(|e| e.to_string())
}

/// Where the settings file and the database are.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct CommonOptions {
    /// Settings file (TOML); `config/policytrail.toml` in the source lists every setting with its default
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Database [default: policytrail.db]
    #[arg(long, value_name = "FILE")]
    pub(super) db: Option<PathBuf>,
}

impl CommonOptions {
    /// Merges defaults, file, environment and the flags given as `(key, value, flag)`.
    pub(super) fn settings(
        &self,
        flags: &[(&str, Option<String>, &str)],
    ) -> Result<Settings, ConfigError> {
        let mut layers = Layers::default();
        if let Some(file) = &self.config {
            layers.add_file(file);
        }
        layers.add_environment(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?))),
        );
        if let Some(db) = &self.db {
            layers.add_text("database.path", &db.to_string_lossy(), "--db");
        }
        for (key, value, flag) in flags {
            if let Some(value) = value {
                layers.add_text(key, value, flag);
            }
        }
        Settings::from_layers(&layers)
    }
}
