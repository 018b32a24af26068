//! Web archives behind one trait: the captures of a query, the memento of a capture.
//!
//! Pace, retry, the freeze after a refusal and the decoding of bodies live inside; no other room sleeps or retries.
//! [`http`] speaks to CDX servers (the Wayback Machine, pywb), [`warc`] reads files. The same code runs above both.

mod allowance;
pub mod cdx;
pub mod clock;
pub mod encoding;
mod error;
pub mod http;
mod query;
pub mod warc;

use std::future::Future;

pub use allowance::Allowance;
pub use error::ArchiveError;
pub use query::{CaptureQuery, IndexAnswer, KeyFilter, Memento, MementoQuery, Redirect, Scope};

use crate::model::{Capture, Timestamp};

/// An archive of web pages: an index of captures and the archived responses themselves.
pub trait Archive: Send + Sync {
    /// Sends every distinct row that answers the query to `sink`, in the order of the index, and says at the end what
    /// was counted. Memory is constant in the number of rows. An `Ok` answer is complete: refused is not empty, and
    /// half an answer is an error (the rows already sent are true all the same).
    ///
    /// # Errors
    /// See [`ArchiveError`].
    fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> impl Future<Output = Result<IndexAnswer, ArchiveError>> + Send;

    /// The archived response nearest to a moment, archived redirects followed (ten at the most, loops found).
    ///
    /// # Errors
    /// See [`ArchiveError`]; an *archived* error (404 of the origin) is an `Ok` memento with that status.
    fn memento(
        &self,
        query: &MementoQuery,
    ) -> impl Future<Output = Result<Memento, ArchiveError>> + Send;

    /// The address under which people can look at a capture; for files a made-up but stable one at the Wayback Machine.
    fn memento_url(&self, timestamp: Timestamp, original: &str) -> String;

    /// A stable name of this archive, under which the database keeps what concerns it (its base URL, or `file`).
    fn name(&self) -> String;

    /// True when asking costs nobody anything (files): the index is then asked in full each time.
    fn is_local(&self) -> bool;
}
