//! Policies of sites, the versions derived for them, the announcement of new versions, and the read side for people.

mod changes;
mod entries;
mod policies;
mod status;
pub(super) mod versions;

pub use changes::{ChangeRow, Noticed};
pub use entries::{Findings, Found, PolicyEntry, Rendition, VersionEntry};
pub use policies::{DiscoveryRow, PolicyKeys, PolicyRow, Tie};
pub use status::{LastRun, PolicySummary, Status};
pub use versions::{Derived, DropRow, Look, VersionRecord};
