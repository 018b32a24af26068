//! A fault that checking a database found, as data.

use serde_json::{Value, json};

/// One fault.
#[must_use]
pub fn fault_answer(fault: &str) -> Value {
    json!({ "fault": fault })
}
