//! Detects the format of a payload, and decodes payloads that are not HTML.

mod payload;
mod pdf;
mod plain_text;
mod signatures;

pub(in crate::extract) use payload::{PayloadFormat, detect_format};
pub(crate) use pdf::CANNOT_READ_PDFS;
pub(in crate::extract) use pdf::pdf_blocks;
pub use pdf::{CAN_READ_PDFS, is_pdf};
pub(in crate::extract) use plain_text::plain_text_blocks;
