//! Why an export failed.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A file cannot be written.
    #[error("cannot write `{}`: {cause}; check the folder given with --out and the room on its disk", path.display())]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// The error of the system.
        cause: io::Error,
    },
    /// Another export is writing to the directory.
    #[error("another export writes to `{}`; wait until it ends, or name another folder with --out", folder.display())]
    Busy {
        /// The directory.
        folder: PathBuf,
    },
    /// The export would replace something that no export wrote.
    #[error("`{}` is not of an export and would be replaced; move it, or name another folder with --out", path.display())]
    Foreign {
        /// What would be replaced.
        path: PathBuf,
    },
    /// This build has no Parquet.
    #[error(
        "this build cannot write Parquet; build policytrail with the feature `parquet`, or choose another format"
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
