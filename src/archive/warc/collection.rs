//! An opened archive of files.

use std::path::{Path, PathBuf};

use super::catalogue::Catalogue;
use super::lines::shown;
use super::skipped::Skipped;
use crate::archive::ArchiveError;

/// A WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WarcFile {
    /// Base name.
    pub(super) name: String,
    /// Path; `None` when an index names a file that does not exist.
    pub(super) path: Option<PathBuf>,
}

/// The files of an archive, their rows, and what was left out.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) files: Vec<WarcFile>,
    pub(super) catalogue: Catalogue,
    pub(super) skipped: Skipped,
    /// Number of records of all types in the files without an index.
    pub(super) records: u64,
}

/// The error for a file that cannot be used.
pub(super) fn file_error(path: &Path, detail: impl Into<String>) -> ArchiveError {
    ArchiveError::File {
        path: shown(&path.display().to_string()),
        detail: detail.into(),
    }
}
