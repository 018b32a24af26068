//! The trait that every archive implements.

use std::future::Future;

use super::error::ArchiveError;
use super::query::{CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};

/// Default limit on the size of a body, in bytes. The largest of 866 policy pages has 2.1 MB; PDFs are larger.
pub const DEFAULT_MAX_BODY_BYTES: u64 = 32 << 20;

/// An archive of web pages: an index of captures, and the archived responses themselves.
pub trait Archive: Send + Sync {
    /// Sends every distinct row that matches the query to `sink`, in the order of the index, and returns counts at the
    /// end. Memory does not grow with the number of rows. An `Ok` answer is complete: a refusal or an incomplete answer
    /// is an error. Rows that were sent before an error are still correct.
    ///
    /// # Errors
    /// See [`ArchiveError`].
    fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> impl Future<Output = Result<IndexAnswer, ArchiveError>> + Send;

    /// The archived response nearest to a moment. Follows at most ten archived redirects and detects loops.
    ///
    /// # Errors
    /// See [`ArchiveError`]. An *archived* error (404 of the origin) is an `Ok` memento with that status.
    fn memento(
        &self,
        query: &MementoQuery,
    ) -> impl Future<Output = Result<Memento, ArchiveError>> + Send;

    /// Address of the page that shows a capture to people. `None` for files, unless the user named the archive that they
    /// come from: a link needs an archive that has the page.
    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String>;

    /// Stable name of this archive: its base URL; for files `file-` and a hash of their path. The database stores data
    /// about the archive under this name.
    fn name(&self) -> String;

    /// True when queries cost nothing (files). Then the complete index is read each time.
    fn is_local(&self) -> bool;
}
