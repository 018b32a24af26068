//! The block tree: the form of a document between the DOM and its written forms.

mod block;
mod table_size;
mod tidy;

pub(in crate::extract) use block::{Block, Span, Style, has_words, text_of};
pub(in crate::extract) use table_size::is_filled;
pub(in crate::extract) use tidy::tidy;
