//! The written forms of a document: Markdown, plain text, wrapped text.

mod emphasis;
mod escape;
mod inline;
mod inline_context;
mod markdown;
mod markdown_check;
mod text;
mod wrapped_text;

pub(in crate::extract) use markdown::write_markdown;
pub use markdown_check::markdown_fault;
pub(in crate::extract) use text::document_text;
pub use wrapped_text::wrapped_text;
