//! The vocabulary of web archives and of policy histories: plain values, parsed at the edge and trusted after.
//! No I/O, no async; every other room speaks in these words.

mod capture;
mod digest;
mod document;
mod drop_reason;
mod script;
mod site;
mod timestamp;
mod url_key;

pub use capture::{Capture, EMPTY_PAYLOAD_DIGEST, IndexCounts};
pub use digest::{InvalidDigest, PayloadDigest, TextHash};
pub use document::{Document, StatedDate};
pub use drop_reason::{DropReason, Dropped};
pub use script::is_spaceless;
pub use site::{InvalidSite, Site};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use url_key::{InvalidUrl, UrlKey};

/// Id of a site.
pub type SiteId = i64;
/// Id of a policy.
pub type PolicyId = i64;
/// Id of a capture.
pub type CaptureId = i64;
/// Id of an archive.
pub type ArchiveId = i64;
/// Id of a payload.
pub type PayloadId = i64;
/// Id of a rendition.
pub type RenditionId = i64;
