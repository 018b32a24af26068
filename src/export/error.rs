//! Why an export failed.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A file cannot be written.
    #[error("cannot write `{}`: {cause}; check the directory given with --out and the free space on its disk", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// The system's error.
        cause: io::Error,
    },
    /// Another export is writing to the directory.
    #[error("another export is writing to `{}`; wait until it ends, or give another directory with --out", folder.display())]
    Busy {
        /// The directory.
        folder: PathBuf,
    },
    /// The export would replace something that no export wrote.
    #[error("`{}` was not written by an export and would be replaced; move it, or give another directory with --out", path.display())]
    Foreign {
        /// What would be replaced.
        path: PathBuf,
    },
    /// This build cannot write Parquet.
    #[error(
        "this build of policytrail cannot write Parquet; build it with the feature `parquet`, or choose another format"
    )]
    NoParquet,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ExportError {
    /// A file or directory that cannot be written.
    pub(super) fn write(path: &Path, cause: io::Error) -> Self {
        Self::Write {
            path: path.into(),
            cause,
        }
    }
}
