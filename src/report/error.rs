//! Errors of reports.

use crate::store::StoreError;

/// The reason why a report cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A version has no text in the database.
    #[error("the text of version {version} is missing; `policytrail verify` checks the database")]
    TextMissing {
        /// Number of the version.
        version: u32,
    },
    /// An answer cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}
