//! Why a capture gave no version. Nothing is dropped without one of these.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reason codes of dropped pages, as they stand in the database and in exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// The archive excludes the URL at its owner's wish or by robots.txt.
    Excluded,
    /// The archive says that it has no capture of the URL, though its index named one.
    NotArchived,
    /// The archive answered with a capture outside the wanted window only.
    Displaced,
    /// Archived redirects that come back to themselves, or more than ten of them.
    RedirectLoop,
    /// The body passed the size limit.
    TooLarge,
    /// The archive lost the payload: an empty body where the index has a digest of something.
    LostPayload,
    /// The stored record is damaged: truncated, bad compression, unreadable WARC.
    DamagedRecord,
    /// The archived response is an error (4xx or 5xx of the origin).
    ArchivedError,
    /// The payload is no page: an image, a script, an archive file.
    NotAPage,
    /// An error page served with status 200.
    #[serde(rename = "soft_404")]
    Soft404,
    /// A registrar's or advertiser's page on a domain for sale.
    Parked,
    /// A page that asks to log in.
    LoginWall,
    /// A shell without text (scripts fill it in, frames, or nothing at all).
    EmptyShell,
    /// A page about something else than a policy.
    NotAPolicy,
    /// A PDF that yields no text.
    UnreadablePdf,
    /// The page is too deep, too slow or otherwise beyond the extractor's limits.
    BeyondLimits,
}

impl DropReason {
    /// All reasons, in the order of the documentation.
    pub const ALL: [Self; 16] = [
        Self::Excluded,
        Self::NotArchived,
        Self::Displaced,
        Self::RedirectLoop,
        Self::TooLarge,
        Self::LostPayload,
        Self::DamagedRecord,
        Self::ArchivedError,
        Self::NotAPage,
        Self::Soft404,
        Self::Parked,
        Self::LoginWall,
        Self::EmptyShell,
        Self::NotAPolicy,
        Self::UnreadablePdf,
        Self::BeyondLimits,
    ];

    /// The code, as stored and exported.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Excluded => "excluded",
            Self::NotArchived => "not_archived",
            Self::Displaced => "displaced",
            Self::RedirectLoop => "redirect_loop",
            Self::TooLarge => "too_large",
            Self::LostPayload => "lost_payload",
            Self::DamagedRecord => "damaged_record",
            Self::ArchivedError => "archived_error",
            Self::NotAPage => "not_a_page",
            Self::Soft404 => "soft_404",
            Self::Parked => "parked",
            Self::LoginWall => "login_wall",
            Self::EmptyShell => "empty_shell",
            Self::NotAPolicy => "not_a_policy",
            Self::UnreadablePdf => "unreadable_pdf",
            Self::BeyondLimits => "beyond_limits",
        }
    }

    /// The reason with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A page that became no document: the reason and what was seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Dropped {
    /// Why.
    pub reason: DropReason,
    /// What was seen, in a few words for people.
    pub detail: String,
}

impl Dropped {
    /// A drop with its evidence.
    #[must_use]
    pub fn new(reason: DropReason, detail: impl Into<String>) -> Self {
        Self {
            reason,
            detail: detail.into(),
        }
    }
}
