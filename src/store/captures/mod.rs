//! Captures: index rows, fetched pages (mementos) with what the extractor made of them, and their bytes.

mod mementos;
pub(super) mod payloads;
pub(super) mod stored;

pub use mementos::{Fetched, PendingExtraction, ReceivedCapture};
pub use stored::{AnsweredQuery, FetchAttempt, StoredCapture};
