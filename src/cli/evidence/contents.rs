//! What a bundle says: both captures, the change, and what is known about how they were found.

use serde::Serialize;

use super::capture_files::Side;
use crate::model::Timestamp;
use crate::store::{Gap, PolicyDiscovery, PolicyEntry, RunEntry};

/// Everything that a bundle says.
#[derive(Debug, Serialize)]
pub(super) struct Evidence<'a> {
    #[serde(skip)]
    pub(super) policy: &'a PolicyEntry,
    pub(super) window: Option<ChangeWindow>,
    pub(super) sides: Vec<(Side, Option<RunEntry>)>,
    pub(super) gaps: Vec<Gap>,
    pub(super) discoveries: Vec<PolicyDiscovery>,
    pub(super) dated: Option<Timestamp>,
    pub(super) contact: Option<String>,
}

/// When the change happened.
#[derive(Debug, Serialize)]
pub(super) struct ChangeWindow {
    /// Last capture of the old words.
    pub(super) after: Timestamp,
    /// First capture of the new words.
    pub(super) before: Timestamp,
    /// The same in words, and how large the change is.
    pub(super) description: String,
    /// What makes the comparison doubtful.
    pub(super) warnings: Vec<String>,
}
