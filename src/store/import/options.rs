//! What an import is told about the export it reads, and why it fails.

use crate::model::{TextFacts, TextHash};
use crate::store::database::StoreError;

/// Why a row of an export cannot be stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// A value does not fit its column.
    #[error("{0}")]
    Value(String),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Tables of the export that are there besides `versions`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentTables {
    /// `captures`.
    pub captures: bool,
    /// `discoveries`.
    pub discoveries: bool,
}

/// How the texts of a dataset are checked.
#[derive(Debug, Clone, Copy)]
pub struct TextChecks {
    /// The extractor whose hashes and facts these are.
    pub extractor_version: &'static str,
    /// The hash of a text.
    pub text_hash: fn(&str) -> TextHash,
    /// How the facts that a dataset states about a text differ from those that the extractor finds in it.
    pub fact_faults: fn(&str, &TextFacts<'_>) -> Vec<String>,
    /// What is wrong with a Markdown text, given its plain text; `None` if nothing.
    pub markdown_fault: fn(&str, &str) -> Option<String>,
}
