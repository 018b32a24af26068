//! Errors that end a crawl.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use crate::archive::ArchiveError;
use crate::store::StoreError;

/// Reason why a crawl cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlError {
    /// The archive ended it.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The database ended it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The versions of the database came without their pages, and a crawl would lose them.
    #[error("`{}` was imported from JSON Lines, so it holds versions without their pages, and a crawl would lose them; use another database", database.display())]
    Imported {
        /// The database.
        database: PathBuf,
    },
    /// This program failed on one page.
    #[error("internal error while processing `{what}`: {detail}; please report it")]
    Panicked {
        /// The page.
        what: String,
        /// Message of the runtime.
        detail: String,
    },
}

impl CrawlError {
    /// Returns the error to report when several ended one run: the earlier one, unless it is an interruption. An
    /// interruption may only be the consequence of the other error.
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
