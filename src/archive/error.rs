//! What can go wrong between an archive and this program, named by meaning.

use crate::model::{DropReason, Dropped, Timestamp};

/// Why an archive gave no answer. [`ArchiveError::as_drop`] tells what is final for one capture from what is not.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The archive excludes the site or URL: final.
    #[error("{archive} excludes `{what}` ({detail})")]
    Excluded {
        /// Name of the archive.
        archive: String,
        /// Site or URL asked for.
        what: String,
        /// The archive's own words, shortened.
        detail: String,
    },
    /// The archive has never captured the URL: final.
    #[error("`{url}` is not in the archive")]
    NotArchived {
        /// URL asked for.
        url: String,
    },
    /// The nearest capture lies outside the wanted window: final for this window.
    #[error("the archive's nearest capture of `{url}` is of {timestamp}, outside the wanted time")]
    Displaced {
        /// URL of the nearest capture.
        url: String,
        /// Its time.
        timestamp: Timestamp,
    },
    /// Archived redirects form a loop or are more than ten: final.
    #[error("archived redirects from `{url}` never end")]
    RedirectLoop {
        /// URL at the start.
        url: String,
    },
    /// The body passed the limit and was cut off: final.
    #[error("`{url}` is larger than {limit_bytes} bytes")]
    TooLarge {
        /// URL asked for.
        url: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// An empty body where the index names a digest of something, twice: final.
    #[error("the archive has lost the payload of `{url}`")]
    LostPayload {
        /// URL asked for.
        url: String,
    },
    /// The stored record is truncated, wrongly compressed or no HTTP response: final.
    #[error("the archived record of `{url}` is damaged: {detail}")]
    Damaged {
        /// URL asked for.
        url: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The archive did not answer as it should, and all retries are spent: ask again another day.
    #[error("no answer from {archive} for `{what}`: {detail}")]
    Unavailable {
        /// Name of the archive.
        archive: String,
        /// What was asked for.
        what: String,
        /// The last thing seen.
        detail: String,
    },
    /// The archive refuses this client for now: the run must end and may go on at `until`.
    #[error("{archive} refuses requests ({detail}); go on after {until} UTC with the same command")]
    Refused {
        /// Name of the archive.
        archive: String,
        /// When requests are allowed again.
        until: Timestamp,
        /// What the archive did.
        detail: String,
    },
    /// Nothing answers at the archive's address: the run must end.
    #[error(
        "cannot reach {archive}: {detail}; check the address given with --archive and the network"
    )]
    Unreachable {
        /// Name of the archive.
        archive: String,
        /// What the system said.
        detail: String,
    },
    /// A file of a local archive cannot be used.
    #[error("cannot read archive `{path}`: {detail}")]
    File {
        /// The file.
        path: String,
        /// What is wrong and where.
        detail: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl ArchiveError {
    /// The drop to record when this answer is final for one capture; `None` when it may be asked again.
    #[must_use]
    pub fn as_drop(&self) -> Option<Dropped> {
        let reason = match self {
            Self::Excluded { .. } => DropReason::Excluded,
            Self::NotArchived { .. } => DropReason::NotArchived,
            Self::Displaced { .. } => DropReason::Displaced,
            Self::RedirectLoop { .. } => DropReason::RedirectLoop,
            Self::TooLarge { .. } => DropReason::TooLarge,
            Self::LostPayload { .. } => DropReason::LostPayload,
            Self::Damaged { .. } => DropReason::DamagedRecord,
            Self::Unavailable { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::File { .. }
            | Self::Interrupted => {
                return None;
            }
        };
        Some(Dropped::new(reason, self.to_string()))
    }

    /// True when no further request makes sense in this run.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::Unreachable { .. } | Self::File { .. } | Self::Interrupted
        )
    }
}
