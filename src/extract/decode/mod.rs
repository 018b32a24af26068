//! Detects the format of a payload, and decodes payloads that are not HTML.

#[cfg(feature = "pdf")]
mod hyphens;
mod payload;
mod pdf;
#[cfg(feature = "pdf")]
mod pdf_glyphs;
#[cfg(feature = "pdf")]
mod pdf_lines;
#[cfg(feature = "pdf")]
mod pdf_margins;
#[cfg(feature = "pdf")]
mod pdf_paragraphs;
#[cfg(test)]
#[cfg(feature = "pdf")]
mod pdf_tests;
mod plain_text;
mod signatures;

pub(in crate::extract) use payload::{PayloadFormat, detect_format};
pub(crate) use pdf::CANNOT_READ_PDFS;
pub(in crate::extract) use pdf::pdf_blocks;
pub use pdf::{CAN_READ_PDFS, is_pdf};
pub(in crate::extract) use plain_text::plain_text_blocks;
