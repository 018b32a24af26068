//! A capture as the sampler sees it.

use crate::model::{TextHash, Timestamp};

/// What is known of the text of one capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadState {
    /// Not fetched yet.
    Unread,
    /// It showed this text.
    Text(TextHash),
    /// It was fetched and has no text: an error, a log-in page, a parked domain. Similar captures have no text either.
    NoText,
    /// It was requested and not received (lost, damaged, displaced). This says nothing about similar captures.
    Lost,
}

impl ReadState {
    /// True for a capture that was requested without result; it is not requested again.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::NoText | Self::Lost)
    }
}

/// One capture of a policy, with what the sampler needs to know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleCapture {
    /// When it was captured.
    pub timestamp: Timestamp,
    /// Digest of its payload, if it identifies one: each digest is fetched once.
    pub payload: Option<String>,
    /// Size of its archived record in bytes, if the index has it and the record contains the page. A jump shows where a
    /// change may be; a stretch without a jump can wait.
    pub length: Option<u64>,
    /// Number of words of its text, if known. Under a [`Budget`](super::Budget), changes between texts of the most
    /// different lengths come first. It has no other use.
    pub words: Option<u32>,
    /// What is known of its text.
    pub state: ReadState,
}

impl SampleCapture {
    /// True for a capture that can be fetched.
    pub(super) fn is_unread(&self) -> bool {
        self.state == ReadState::Unread
    }
}
