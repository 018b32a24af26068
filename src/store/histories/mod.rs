//! Policies of sites, the versions derived for them, the announcement of new versions, and the read side for people.

mod changes;
pub(super) mod entries;
mod evidence;
mod policies;
mod proofs;
mod reviews;
mod status;
mod status_at;
pub(super) mod versions;

pub use changes::{AlertCounts, Announce, AnnouncementRule, ChangeRow, MAX_ANNOUNCEMENT_ATTEMPTS};
pub use entries::{PolicyEntry, Rendition, VersionEntry};
pub use evidence::{CaptureEvidence, Gap, PolicyDiscovery, RunEntry};
pub use policies::{AddressEvidence, DiscoveryRow, NewestPage, PolicyKeys, PolicyRow};
pub use reviews::{Decision, Review, ReviewEntry};
pub use status::{LastRun, PolicySummary, Status};
pub use versions::{Derived, DropRow, ObservationRow, OutdatedHistory, VersionRecord};
