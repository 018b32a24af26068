//! Errors of requests to an archive, distinguished by what they mean for the run.

use crate::model::{DropReason, Dropped, Timestamp};

/// Why an archive gave no answer. [`ArchiveError::as_drop`] separates errors that are final for one capture from others.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The archive excludes the site or URL: final.
    #[error("{archive} excludes `{what}` ({detail})")]
    Excluded {
        /// Name of the archive.
        archive: String,
        /// Requested site or URL.
        what: String,
        /// Text of the archive, shortened.
        detail: String,
    },
    /// The archive has never captured the URL: final.
    #[error("`{url}` is not in the archive")]
    NotArchived {
        /// Requested URL.
        url: String,
    },
    /// The nearest capture is outside the requested window: final for this window.
    #[error(
        "the archive's nearest capture of `{url}` is from {timestamp}, outside the requested time"
    )]
    Displaced {
        /// URL of the nearest capture.
        url: String,
        /// Its time.
        timestamp: Timestamp,
    },
    /// Archived redirects form a loop, or there are more than ten: final.
    #[error("the archived redirects from `{url}` never end")]
    RedirectLoop {
        /// First URL.
        url: String,
    },
    /// The body exceeds the limit and was cut off: final.
    #[error("`{url}` is larger than {limit_bytes} bytes")]
    TooLarge {
        /// Requested URL.
        url: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// The body was empty twice, even though the index has the digest of a payload: final.
    #[error("the archive has lost the payload of `{url}`")]
    LostPayload {
        /// Requested URL.
        url: String,
    },
    /// The stored record is truncated, wrongly compressed, or not an HTTP response: final.
    #[error("the archived record of `{url}` is damaged: {detail}")]
    Damaged {
        /// Requested URL.
        url: String,
        /// What is wrong with the record.
        detail: String,
    },
    /// The archive gave no usable answer, and all retries are spent. A later run may try again.
    #[error("no answer from {archive} for `{what}`: {detail}")]
    Unavailable {
        /// Name of the archive.
        archive: String,
        /// What was requested.
        what: String,
        /// The last failure.
        detail: String,
    },
    /// The archive refuses this client for now: the run must end and may continue at `until`.
    #[error("{archive} refuses requests ({detail}); no request is sent before {until} UTC")]
    Refused {
        /// Name of the archive.
        archive: String,
        /// When requests are allowed again.
        until: Timestamp,
        /// What the archive did.
        detail: String,
    },
    /// No server answers at the address of the archive: the run must end.
    #[error(
        "cannot reach {archive}: {detail}; check the address given with --archive and the network"
    )]
    Unreachable {
        /// Name of the archive.
        archive: String,
        /// The system's error message.
        detail: String,
    },
    /// A file of a local archive cannot be used.
    #[error("cannot read archive `{path}`: {detail}")]
    File {
        /// The file.
        path: String,
        /// What is wrong, and where.
        detail: String,
    },
    /// The user stopped the run.
    #[error("interrupted")]
    Interrupted,
}

impl ArchiveError {
    /// The drop to record when this error is final for one capture; `None` when a later request may succeed.
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

    /// True when this run must not send another request.
    #[must_use]
    pub fn ends_run(&self) -> bool {
        matches!(
            self,
            Self::Refused { .. } | Self::Unreachable { .. } | Self::File { .. } | Self::Interrupted
        )
    }
}
