//! Web archives behind one trait: the captures of a query, the memento of a capture.
//!
//! This module implements the pace, the retries, the freeze after a refusal and the decoding of bodies. No other module
//! sleeps or retries. [`http`] uses CDX servers (the Wayback Machine, pywb), [`warc`] reads files. The same code works
//! with both.

mod allowance;
pub mod cdx;
pub mod clock;
pub mod encoding;
mod error;
mod header_text;
pub mod http;
mod interface;
mod memory;
mod partial;
mod query;
mod refresh;
mod up_to;
pub mod warc;

pub use allowance::Allowance;
pub use error::ArchiveError;
pub use interface::{Archive, DEFAULT_MAX_BODY_BYTES};
pub use memory::{DEFAULT_MEMORY_BYTES, LARGEST_PARSE_BYTES, MemoryBudget, ReservedMemory};
pub(crate) use memory::{LEAST_WORK_BYTES, memory_of_storing};
pub use query::{CaptureQuery, IndexAnswer, KeyFilter, Memento, MementoQuery, Redirect, Scope};
pub use up_to::UpTo;
