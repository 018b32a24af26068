//! Histories of privacy policies from web archives.
//!
//! ```text
//! sites ─▶ discover ─▶ sample ─▶ archive::memento ─▶ extract ─▶ history ─▶ store ─▶ export · report
//!          where are     which        the bytes       the words    which       SQLite    what people use
//!          the policies  captures                                 versions
//!             └────────────── archive::captures (index) ──┘
//! ```
//!
//! The rooms, in the order of this list. A room imports only from rooms above it (`tests/it/architecture.rs` checks that).
//! [`model`] is the vocabulary; [`page`] is how discovery and extraction read archived HTML; [`crawl`] is the only place that
//! joins the steps; [`report`] is what the commands answer as data. `docs/glossary.md` explains every term.

pub mod model;

pub mod config;

pub mod archive;

pub mod page;

pub mod discover;

pub mod sample;

pub mod extract;

pub mod history;

pub mod store;

pub mod crawl;

pub mod export;

pub mod report;

#[cfg(feature = "cli")]
pub mod cli;
