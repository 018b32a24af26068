//! The result of checking a database, as data.

use serde::Serialize;
use serde_json::{Value, json};

/// Counts of what was checked, and of the faults that were found.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct VerifyAnswer {
    /// Payloads that were restored and hashed.
    pub payloads: u64,
    /// Payloads that were compared with the archive's digest.
    pub digests: u64,
    /// Renditions that were hashed.
    pub renditions: u64,
    /// Renditions that were compared with their text hash.
    pub texts: u64,
    /// Policies whose history was derived again.
    pub policies: u64,
    /// Policies whose history lacks stored pages.
    pub pending: u64,
    /// Faults.
    pub faults: u64,
}

/// One fault.
#[must_use]
pub fn fault_answer(fault: &str) -> Value {
    json!({ "fault": fault })
}
