//! Archives kept as files: WARC files (ISO 28500), plain or compressed, with CDXJ or CDX indexes next to them.
//!
//! A folder or a single file is opened. Rows come from the indexes; files that no index names are read from end to end.
//! Rows stay in memory (about 400 bytes each), payloads do not: a capture is read at the location in its row. Replay
//! follows the rules of a Memento server: it finds the capture nearest in time and follows archived redirects.
//!
//! ```text
//! archive ─┬▶ folder ──┬▶ listing        the files of a directory
//!          │           ├▶ index          rows of the index files, completed by `probe`
//!          │           └▶ scan           rows of WARC files without an index
//!          └▶ memento ─▶ replay          the record of a row, read from its file; `origin` finds that of a revisit
//! ```
//! All of them share `catalogue` (the rows in memory), `members` and `block` (the bytes of a file without compression, and
//! those of one record), `record` and `http_message` (heads of records and responses) and `lines`. `skipped` counts what
//! was left out. [`writer`] writes WARC files.

mod archive;
mod block;
mod catalogue;
mod cdx_columns;
mod chunked;
mod collection;
mod folder;
mod head_reader;
mod http_message;
mod index;
mod lines;
mod listing;
mod members;
mod memento;
mod origin;
mod peek;
mod probe;
mod raw_record;
mod record;
mod record_facts;
mod record_row;
mod replay;
mod requests;
mod scan;
mod skipped;
mod stored_record;
#[cfg(test)]
mod tests;
pub mod writer;

pub use archive::WarcArchive;
pub use record_facts::{RecordFacts, digest_of_same_kind, record_facts};
pub use skipped::{SkipReason, Skipped};
