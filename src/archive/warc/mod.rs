//! Archives kept as files: WARC files (ISO 28500), plain or compressed, with CDXJ or CDX indexes next to them.
//!
//! A folder or a single file is opened. Rows come from the indexes; files that no index names are read from end to end.
//! Rows stay in memory (about 400 bytes each), payloads do not: a capture is read at the location in its row. Replay
//! follows the rules of a Memento server: it finds the capture nearest in time and follows archived redirects.
//!
//! ```text
//! archive ─┬▶ folder ──┬▶ index          rows of the index files
//!          │           └▶ scan           rows of WARC files without an index
//!          └▶ memento ─▶ replay          the record of a row, read from its file
//! ```
//! All of them share `catalogue` (the rows in memory), `record` and `http_message` (heads of records and responses) and
//! `lines`. [`writer`] writes WARC files.

mod archive;
mod catalogue;
mod folder;
mod http_message;
mod index;
mod lines;
mod memento;
mod record;
mod replay;
mod scan;
#[cfg(test)]
mod tests;
pub mod writer;

pub use archive::WarcArchive;
