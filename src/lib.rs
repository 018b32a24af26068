//! Histories of privacy policies from web archives.
//!
//! ```text
//! sites ─▶ discover ─▶ sample ─▶ archive::memento ─▶ extract ─▶ history ─▶ store ─▶ export
//!          where are     which        the bytes       the words    which       SQLite    dataset
//!          the policies  captures                                 versions
//!             └────────────── archive::captures (CDX) ──┘
//! ```
//!
//! Imports go down this list only:

pub mod archive;
pub mod model;
pub mod page;
