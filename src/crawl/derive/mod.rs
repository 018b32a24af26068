//! Derivation: capture statuses, histories, re-extraction, and the check of the derived data. Everything here blocks.

mod capture_status;
mod history;
mod reextract;
mod review;
mod sample_captures;
mod verify;
mod versions;

pub(super) use capture_status::{CaptureStatus, capture_status};
pub use history::derive_outdated;
pub(super) use history::{derive_pending, derive_policy};
pub(super) use reextract::extract_page;
pub use reextract::{ReextractedPolicy, Reextraction, drop_old_extractions};
pub use review::{ExcludedCapture, decide, excluded_captures};
pub(super) use sample_captures::{sample_captures, strategy};
pub use verify::{VerifyReport, verify};
