//! An archived page as text and as a tree: charset, guards before the parser, one parse, links against its own URL.
//!
//! Pure. Discovery reads home pages and extraction reads policies through this one door, so that both see the same
//! characters and the same limits.

mod attributes;
mod charset;
mod dom;
mod elements;
mod guard;
mod readings;
mod tags;
mod watched;

pub use charset::{Decoded, decode};
pub use dom::{Page, unarchived};
pub use guard::{MAX_DEPTH, MAX_HTML_BYTES};
