//! Payloads that are not HTML, and the detection of what a payload is.

mod payload;
mod pdf;
mod plain_text;
mod signatures;

pub(in crate::extract) use payload::{PayloadFormat, detect_format};
pub use pdf::is_pdf;
pub(in crate::extract) use pdf::pdf_blocks;
pub(in crate::extract) use plain_text::plain_text_blocks;
