//! Queries to the index of an archive.
//!
//! ```text
//! search ─▶ walk ─▶ client ─▶ page
//!                     ├─────▶ bounds
//!                     └─────▶ parameters
//! ```
//! `search` divides a query that times out, `walk` follows the resume keys of one part, `client` sends one request,
//! `page` reads rows as they stream, `bounds` limits an answer, `parameters` writes the query string.

mod bounds;
mod client;
mod page;
mod parameters;
mod search;
mod walk;

pub(super) use client::IndexClient;
pub(super) use search::CaptureSearch;
