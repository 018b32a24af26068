//! Derivation: capture statuses, histories, re-extraction, and the check of what was derived. Everything here blocks.

mod capture_status;
mod captures_to_sample;
mod history;
mod reextract;
mod verify;
mod versions;

pub(super) use capture_status::{CaptureStatus, capture_status};
pub(super) use captures_to_sample::{captures_to_sample, strategy};
pub use history::derive_outdated;
pub(super) use history::{derive_pending, derive_policy};
pub(super) use reextract::extract_capture;
pub use reextract::{ReextractedPolicy, Reextraction, drop_old_extractions};
pub use verify::{VerifyReport, verify};
