//! A capture that is requested: its time and its URL.

use crate::archive::error::ArchiveError;
use crate::archive::http::error_text::clean;
use crate::model::{EMPTY_PAYLOAD_DIGEST, PayloadDigest, Timestamp};

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

/// What is known of a payload before it is requested.
#[derive(Debug, Clone, Copy)]
pub(super) enum ExpectedPayload<'a> {
    /// The index has this digest of it.
    Digest(&'a PayloadDigest),
    /// Nothing. An empty body is requested once more.
    Unknown,
    /// The index has the digest of the empty payload, or the body was empty before.
    MayBeEmpty,
}

impl<'a> ExpectedPayload<'a> {
    /// By the digest of the index row.
    pub(super) fn of(digest: Option<&'a PayloadDigest>) -> Self {
        match digest {
            None => Self::Unknown,
            Some(digest) if digest.as_str() == EMPTY_PAYLOAD_DIGEST => Self::MayBeEmpty,
            Some(digest) => Self::Digest(digest),
        }
    }

    /// True if the bytes are what the index promises.
    pub(super) fn is_met_by(self, bytes: &[u8]) -> bool {
        matches!(self, Self::Digest(digest) if *digest == PayloadDigest::of(bytes))
    }
}
