//! Errors that end a crawl.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::archive::ArchiveError;
use crate::store::StoreError;

/// Reason why a crawl cannot continue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlError {
    /// An error of the archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An error of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The versions in the database were imported without their pages, and a crawl would lose them.
    #[error("`{}` was imported from JSON Lines, so it holds versions without their pages, and a crawl would lose them; use another database", database.display())]
    Imported {
        /// The database.
        database: PathBuf,
    },
    /// This program panicked on one page.
    #[error("internal error while processing `{what}`: {detail}; please report it")]
    Panicked {
        /// The page.
        what: String,
        /// Message of the runtime.
        detail: String,
    },
}

impl CrawlError {
    /// Returns the error to report if several ended one run: the earlier one, unless it is an interruption. An
    /// interruption may only be a consequence of the other error.
    pub(super) fn after(self, earlier: Option<Self>) -> Self {
        match earlier {
            None | Some(Self::Archive(ArchiveError::Interrupted)) => self,
            Some(earlier) => earlier,
        }
    }
}

/// Fails with [`ArchiveError::Interrupted`] when the token is cancelled.
pub(super) fn check_stop(stop: &CancellationToken) -> Result<(), CrawlError> {
    if stop.is_cancelled() {
        Err(ArchiveError::Interrupted.into())
    } else {
        Ok(())
    }
}
