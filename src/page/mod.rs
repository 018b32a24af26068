//! An archived page as text and as a tree: charset, guards before the parser, one parse, links resolved against its own
//! URL.
//!
//! Pure. Discovery reads home pages and extraction reads policies through this module only, so that both see the same
//! characters and the same limits.
//!
//! ```text
//! dom ─┬▶ charset                       bytes to characters
//!      ├▶ guard ─▶ attribute_limit      tags that would cost the parser more than linear time
//!      └▶ tree_limit                    the parse, with limits on depth and size of the tree
//! ```
//! They share `tags` and `elements` (the syntax that the guards need), `attributes` and `limits`.

mod attribute_limit;
mod attributes;
mod charset;
mod dom;
mod elements;
mod guard;
mod limits;
mod tags;
mod tree_limit;

pub use charset::{Decoded, decode};
pub use dom::{Page, unarchived};
pub use limits::{MAX_DEPTH, MAX_HTML_BYTES, memory_of_parse};
