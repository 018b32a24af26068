//! A capture that is requested: its time and its URL.

use crate::archive::error::ArchiveError;
use crate::archive::http::error_text::clean;
use crate::model::Timestamp;

/// The capture that a playback request names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct CaptureAddress {
    pub(super) timestamp: Timestamp,
    pub(super) original: String,
}

impl CaptureAddress {
    /// The error for a capture that is damaged.
    pub(super) fn damaged(&self, detail: &str) -> ArchiveError {
        ArchiveError::Damaged {
            url: self.original.clone(),
            detail: clean(detail),
        }
    }
}
