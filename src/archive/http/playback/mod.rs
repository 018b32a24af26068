//! Playback: archived responses.
//!
//! ```text
//! memento ─▶ exchange ─▶ page_body
//!               └──────▶ link_header
//! ```
//! `memento` follows redirects and jumps and retries, `exchange` decides what one answer means, `page_body` reads an
//! archived page, `link_header` finds the original URL of an answer.

mod capture_address;
mod exchange;
mod link_header;
mod memento;
mod page_body;

pub(super) use exchange::PlaybackClient;
pub(super) use memento::MementoReader;
