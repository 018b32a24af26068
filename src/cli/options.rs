//! Options that several commands share, and how they become settings.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::terminal::{ColorMode, note};
use crate::config::{ConfigError, Layers, Settings};
use crate::model::{Timestamp, language_code};

/// Headings of the groups of options in the help texts.
pub(super) mod heading {
    pub(in super::super) const SITES: &str = "Sites";
    pub(in super::super) const ARCHIVE: &str = "Archive";
    pub(in super::super) const SAMPLING: &str = "Sampling";
    pub(in super::super) const SCHEDULE: &str = "Schedule";
    pub(in super::super) const SELECTION: &str = "Selection";
    pub(in super::super) const INPUT: &str = "Input";
    pub(in super::super) const OUTPUT: &str = "Output";
    pub(in super::super) const DATABASE: &str = "Database and settings";
    pub(in super::super) const CITATION: &str = "Citation";
    pub(in super::super) const LOGGING: &str = "Logging";
}

/// Format of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum OutputFormat {
    /// Plain text for people
    Text,
    /// JSON, one object per line
    Json,
}

/// The formats of a command, of which one is text and one JSON.
pub(super) trait AnswerFormat: clap::ValueEnum + Send + Sync + 'static {
    /// Text, the default.
    const TEXT: Self;
    /// JSON, for which `--json` stands.
    const JSON: Self;
}

impl AnswerFormat for OutputFormat {
    const TEXT: Self = Self::Text;
    const JSON: Self = Self::Json;
}

/// `--format` and `--json` of the commands that answer in several formats.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct FormatOption<F: AnswerFormat = OutputFormat> {
    /// Output format [default: text]
    #[arg(long, value_enum, help_heading = heading::OUTPUT)]
    format: Option<F>,

    /// Short for --format json
    #[arg(long, conflicts_with = "format", help_heading = heading::OUTPUT)]
    json: bool,
}

impl<F: AnswerFormat> FormatOption<F> {
    /// The chosen format.
    pub(super) fn chosen(&self) -> F {
        self.named().unwrap_or(F::TEXT)
    }

    /// The format that an option names.
    pub(super) fn named(&self) -> Option<F> {
        if self.json {
            Some(F::JSON)
        } else {
            self.format.clone()
        }
    }
}

/// `--color` of the commands that print for a terminal.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct ColorOption {
    /// When to use colors
    #[arg(long, value_enum, default_value = "auto", value_name = "WHEN", help_heading = heading::OUTPUT)]
    pub(super) color: ColorMode,
}

/// `--policy` of the commands that read the history of one site.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PolicyOption {
    /// Policy to use if the site has several: its number in `policytrail log`, or its URL
    #[arg(long, value_name = "N|URL", help_heading = heading::SELECTION)]
    pub(super) policy: Option<String>,
}

/// `--now` of the commands that compute a schedule.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct NowOption {
    /// Use this time in place of the current time, to test a schedule: 2026-12-31 or up to 14 digits; later captures are hidden
    #[arg(long, value_name = "DATE", value_parser = earliest_timestamp, help_heading = heading::SCHEDULE)]
    pub(super) now: Option<Timestamp>,
}

/// Parses a date of the command line as its first second.
pub(super) fn earliest_timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::earliest(text).map_err(|e| e.to_string())
}

/// Parses a date of the command line as its last second.
pub(super) fn latest_timestamp(text: &str) -> Result<Timestamp, String> {
    Timestamp::latest(text).map_err(|e| e.to_string())
}

/// Parses a number of 1 or more.
pub(super) fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    match text.parse::<usize>() {
        Ok(number) => NonZeroUsize::new(number).ok_or_else(|| "it must be at least 1".to_owned()),
        Err(_) => Err("give a whole number of at least 1".to_owned()),
    }
}

/// Parses a language of the command line.
pub(super) fn language(text: &str) -> Result<String, String> {
    language_code(text).ok_or_else(|| {
        "give a code of ISO 639-1 with two letters, such as en, or und for unknown".to_owned()
    })
}

/// The settings file that is read without `--config`.
const CONFIG_FILE: &str = "policytrail.toml";

/// Where the settings file and the database are.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct CommonOptions {
    /// Settings file (TOML); `config/policytrail.toml` in the source code lists all settings and their defaults
    /// [default: policytrail.toml in this directory, if there is one]
    #[arg(long, value_name = "FILE", help_heading = heading::DATABASE)]
    pub(super) config: Option<PathBuf>,

    /// Database file [default: policytrail.db]
    #[arg(long, value_name = "FILE", help_heading = heading::DATABASE)]
    pub(super) db: Option<PathBuf>,
}

impl CommonOptions {
    /// The settings file: the given one, or the one in the present directory.
    pub(super) fn config_file(&self) -> Option<PathBuf> {
        let in_directory = || Some(PathBuf::from(CONFIG_FILE)).filter(|file| file.is_file());
        self.config.clone().or_else(in_directory)
    }

    /// Merges defaults, file, environment and the flags given as `(key, value, flag)`.
    pub(super) fn settings(
        &self,
        flags: &[(&str, Option<String>, &str)],
    ) -> Result<Settings, ConfigError> {
        Settings::from_layers(&self.layers(flags))
    }

    /// The layers of settings, merged and not yet validated.
    pub(super) fn layers(&self, flags: &[(&str, Option<String>, &str)]) -> Layers {
        let mut layers = Layers::default();
        if let Some(file) = self.config_file() {
            if self.config.is_none() {
                note(format_args!("settings: `{CONFIG_FILE}` in this directory"));
            }
            layers.add_file(&file);
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
        layers
    }
}
