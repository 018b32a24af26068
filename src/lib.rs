//! Histories of privacy policies from web archives.
//!
//! ```text
//! sites ─▶ discover ─▶ sample ─▶ archive::memento ─▶ extract ─▶ history ─▶ store ─▶ export
//!          where are     which        the bytes       the words    which       SQLite    dataset
//!          the policies  captures                                 versions
//!             └────────────── archive::captures (CDX) ──┘
//! ```
//!
//! The rooms, in the order of this list; imports go up it only (`tests/it/architecture.rs` holds that). [`model`] is the
//! vocabulary; [`page`] is the one door through which discovery and extraction read archived HTML; [`crawl`] is the only
//! place that joins the steps.

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

pub mod cli;
