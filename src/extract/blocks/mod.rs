//! The block tree: the form of a document between the DOM and its written forms.

mod block;
mod span;
mod span_text;
mod struck;
mod table_size;
mod tidy;

pub(in crate::extract) use block::{Block, has_words};
pub(in crate::extract) use span::{Span, Style};
pub(in crate::extract) use span_text::{push_text_of, text_of};
pub(in crate::extract) use struck::{settle_struck, struck_text};
pub(in crate::extract) use table_size::is_filled;
pub(in crate::extract) use tidy::tidy;
