//! Reasons why a capture gives no version. Nothing is dropped without a reason.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The reasons why pages are dropped. Their codes are stored in the database and written to exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// The archive excludes the URL because of robots.txt or at the request of the site's owner.
    Excluded,
    /// The archive reports no capture of the URL, although its index lists one.
    NotArchived,
    /// The archive returned only a capture outside the requested time.
    Displaced,
    /// The archived redirects form a loop, or there are more than ten of them.
    RedirectLoop,
    /// The body is larger than the limit.
    TooLarge,
    /// The archive has lost the payload: the body is empty, but the index has the digest of a non-empty one.
    LostPayload,
    /// The archived record is damaged: truncated, compressed wrongly, or not readable as WARC.
    DamagedRecord,
    /// The archived response is an error (status 4xx or 5xx of the original server).
    ArchivedError,
    /// The payload is not a page, but for example an image, a script or an archive file.
    NotAPage,
    /// The page is an error page that was served with status 200.
    #[serde(rename = "soft_404")]
    Soft404,
    /// The page belongs to a registrar or advertiser; the domain is parked or for sale.
    Parked,
    /// The page requires a login.
    LoginWall,
    /// The page has no text of its own: scripts or frames load it, or it is empty.
    EmptyShell,
    /// The page is not a policy.
    NotAPolicy,
    /// No text could be extracted from the PDF.
    UnreadablePdf,
    /// The page exceeds a limit of the extractor, such as its nesting depth or time.
    BeyondLimits,
    /// A reviewer decided that the text is not a version of the policy (`policytrail exclude`).
    ExcludedByReview,
}

impl DropReason {
    /// All reasons, in the order of the documentation.
    pub const ALL: [Self; 17] = [
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
        Self::ExcludedByReview,
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
            Self::ExcludedByReview => "excluded_by_review",
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

/// A page that gave no document: the reason and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Dropped {
    /// The reason.
    pub reason: DropReason,
    /// What was found, in a few words for people.
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
