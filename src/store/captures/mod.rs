//! Captures: index rows, fetched pages (mementos) with what the extractor made of them, and their bytes.

mod mementos;
pub(super) mod payloads;
mod records;
pub(super) mod stored;

pub use mementos::{Fetched, PendingExtraction, ReceivedCapture};
pub use records::StoredRecord;
pub use stored::{AnsweredQuery, FetchAttempt, StoredCapture};
