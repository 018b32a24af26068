//! Options that several commands share, as typed, and how they become settings.

use std::path::PathBuf;

use crate::config::{ConfigError, Layers, Settings};
use crate::model::Timestamp;

/// Form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For machines: JSON, an object a line
    Json,
}

/// A date on the command line.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::earliest(text).map_err(|e| e.to_string())
}

/// A date on the command line that means its last second.
pub(super) fn last_moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::latest(text).map_err(|e| e.to_string())
}

/// Where the settings and the database are.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Common {
    /// Settings file (TOML); `config/policytrail.toml` in the source lists every setting with its default
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Database [default: policytrail.db]
    #[arg(long, value_name = "FILE")]
    pub(super) db: Option<PathBuf>,
}

impl Common {
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
