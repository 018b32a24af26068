//! One SQLite file with everything: requests, captures, texts, and the histories derived from them.
//!
//! The schema is in `src/store/migrations/`, one file per change, never edited after a release. Its comments are part of
//! the database (`sqlite3 policytrail.db .schema`). The database uses WAL, STRICT tables and foreign keys; every writing
//! transaction is `BEGIN IMMEDIATE`. All data of one capture is written in one transaction, so a kill loses at most what
//! was in flight. `versions`, `observations` and `drops` are derived from the other tables and rewritten per policy.
//!
//! Folders, each importing only from those before it: `database` (file, schema, transactions), `ledger` (progress of
//! crawls), `documents` (texts), `captures` (index rows, fetched pages, payloads), `histories` (policies and their
//! versions); then, side by side, `search` (phrases, changes and similar texts in all histories), [`tables`] (rows for
//! exports), `import` and `maintenance`.

mod captures;
mod database;
mod documents;
mod histories;
mod import;
mod ledger;
mod maintenance;
mod search;
pub mod tables;

pub use captures::{
    AnsweredQuery, FetchAttempt, Fetched, PendingExtraction, ReceivedCapture, StoredCapture,
    StoredRecord,
};
pub use database::{CrawlLock, Store, StoreError};
pub use histories::{
    AddressEvidence, AlertCounts, Announce, AnnouncementRule, CaptureEvidence, ChangeRow, Decision,
    Derived, DiscoveryRow, DropRow, Gap, LastRun, MAX_ANNOUNCEMENT_ATTEMPTS, NewestPage,
    ObservationRow, OutdatedHistory, PolicyDiscovery, PolicyEntry, PolicyKeys, PolicyRow,
    PolicySummary, Rendition, Review, ReviewEntry, RunEntry, Status, VersionEntry, VersionRecord,
};
pub use import::{
    CaptureLine, DiscoveryLine, ImportError, MissingPage, PolicyLine, PresentTables, ReviewLine,
    SiteLine, TextChecks, VersionLine,
};
pub use ledger::{
    ArchiveFreeze, HubPageScan, IndexQueryKey, PastQuery, RunOutcome, SiteState, SiteTurn,
};
pub use maintenance::{
    CheckedPayload, CheckedRendition, Difference, DroppedOld, PolicyAddress, StoredHistory,
};

pub use search::{
    ChangeSearch, FoundChange, FoundPhrase, InvalidQuery, NearPolicy, Phrase, PhraseEvent,
    PhraseSearch, QueryMode, SearchQuery, SearchScope,
};

#[cfg(test)]
mod tests;
