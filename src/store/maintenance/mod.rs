//! Work on a whole database: checks, backup, and extracting stored pages again.

mod backup;
pub(super) mod faults;
mod reextraction;
mod verify;

pub use reextraction::{Difference, DroppedOld, PolicyAddress};
pub use verify::{CheckedPayload, CheckedRendition, StoredHistory};
