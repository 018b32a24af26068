//! Guards before the parser. A page that would cost the parser more than linear time first loses tags, but keeps its
//! words.
//!
//! html5ever takes quadratic time in the nesting depth (a 220 kB page of 20,000 nested `<div>` took seconds) and in the
//! number of attributes of one tag, and it repeats every unclosed `<font>` in each paragraph that follows. One linear
//! scan over the tags finds such pages. Every other page passes unchanged. If a page makes the scan and the parser
//! disagree, `attribute_limit` and `tree_limit` still hold the limits.

mod entry;
mod formatting;
mod open_elements;
mod rewrite;
mod scan;

pub(super) use entry::{guarded, guarded_text};
