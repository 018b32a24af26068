//! Text that a page holds in its JSON or in frames instead of its elements.

mod field_names;
mod json;
mod rich_text;
mod search;
mod writer;

pub(in crate::extract) use search::{embedded_blocks, sentence_bytes};
