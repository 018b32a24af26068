//! `WarcRecord`: a record of a WARC file that a memento was read from.

use std::str::FromStr;

use super::policy_kind::UnknownCode;

/// What a record is for a memento.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordRole {
    /// An archived redirect that was followed.
    Redirect,
    /// The capture that was returned.
    Capture,
    /// The record whose payload a revisit repeats, or a revisit on the way to it.
    Origin,
}

impl RecordRole {
    /// The code in databases and exports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Redirect => "redirect",
            Self::Capture => "capture",
            Self::Origin => "origin",
        }
    }
}

impl FromStr for RecordRole {
    type Err = UnknownCode;

    fn from_str(code: &str) -> Result<Self, UnknownCode> {
        [Self::Redirect, Self::Capture, Self::Origin]
            .into_iter()
            .find(|role| role.code() == code)
            .ok_or(UnknownCode)
    }
}

/// A record of a WARC file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcRecord {
    /// What it is for the memento.
    pub role: RecordRole,
    /// Name of the file, without its directory.
    pub file: String,
    /// Where the record, or the gzip member with it, begins in the file, in bytes.
    pub offset: u64,
    /// Decompressed bytes of that member before the record.
    pub skipped_bytes: u64,
    /// The record without compression, from its version line to the end of its block. `None` if it is too large to be
    /// kept.
    pub bytes: Option<Vec<u8>>,
}
