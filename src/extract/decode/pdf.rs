//! Blocks of a PDF, read with the crate `pdf-extract` (feature `pdf`). The crate panics on some damaged files, and the
//! panic is caught here.
//!
//! The crate can also run for minutes or take gigabytes of memory. Callers that handle PDFs of unknown origin must call
//! this in a process with limits.

#[cfg(feature = "pdf")]
use std::panic::{AssertUnwindSafe, catch_unwind};

#[cfg(feature = "pdf")]
use super::pdf_glyphs::GlyphReader;
#[cfg(feature = "pdf")]
use super::pdf_lines::PdfPage;
#[cfg(feature = "pdf")]
use super::pdf_margins::remove_margins;
#[cfg(feature = "pdf")]
use super::pdf_paragraphs::blocks_of_pages;
use crate::extract::blocks::Block;
#[cfg(feature = "pdf")]
use crate::model::printable;
use crate::model::{DropReason, Dropped};

/// Largest PDF that is read. A larger one is not a policy.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// True if this build reads PDFs: it has the feature `pdf`.
pub const CAN_READ_PDFS: bool = cfg!(feature = "pdf");
/// Message of a build that does not read PDFs.
pub(crate) const CANNOT_READ_PDFS: &str =
    "this build of policytrail cannot read PDFs; build it with the feature `pdf`";

/// True for bytes that begin like a PDF. Some servers put a few bytes before it.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes
        .get(..1024.min(bytes.len()))
        .is_some_and(|head| head.windows(5).any(|w| w == b"%PDF-"))
        && !bytes.trim_ascii_start().starts_with(b"<")
}

/// The text of a PDF as blocks.
pub(in crate::extract) fn pdf_blocks(bytes: &[u8]) -> Result<Vec<Block>, Dropped> {
    if bytes.len() > MAX_BYTES {
        return Err(unreadable("the PDF is larger than 16 MB"));
    }
    let blocks = read_blocks(bytes)?;
    if blocks.is_empty() {
        return Err(unreadable(
            "the PDF has no text, perhaps only scanned pages",
        ));
    }
    Ok(blocks)
}

fn unreadable(detail: &str) -> Dropped {
    Dropped::new(DropReason::UnreadablePdf, detail)
}

#[cfg(feature = "pdf")]
fn read_blocks(bytes: &[u8]) -> Result<Vec<Block>, Dropped> {
    let mut pages = catch_unwind(AssertUnwindSafe(|| pages_of(bytes)))
        .map_err(|_| unreadable("the PDF is damaged in a way that stops its reader"))?
        .map_err(|error| {
            let words = printable(&error.to_string(), 120);
            unreadable(&format!("the PDF cannot be read: {words}"))
        })?;
    remove_margins(&mut pages);
    Ok(blocks_of_pages(&pages))
}

/// Fails, because this build lacks the feature `pdf`. A crawl never calls it: it leaves the PDF for a later run.
#[cfg(not(feature = "pdf"))]
fn read_blocks(_bytes: &[u8]) -> Result<Vec<Block>, Dropped> {
    Err(unreadable(CANNOT_READ_PDFS))
}

/// The lines of all pages.
#[cfg(feature = "pdf")]
fn pages_of(bytes: &[u8]) -> Result<Vec<PdfPage>, pdf_extract::OutputError> {
    let mut document = pdf_extract::Document::load_mem(bytes)?;
    if document.is_encrypted() {
        document.decrypt("")?;
    }
    let mut reader = GlyphReader::default();
    pdf_extract::output_doc(&document, &mut reader)?;
    Ok(reader.into_pages())
}

#[cfg(test)]
#[cfg(not(feature = "pdf"))]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_pdf_says_so() {
        let dropped = pdf_blocks(b"%PDF-1.4").unwrap_err();
        assert_eq!(dropped.detail, CANNOT_READ_PDFS);
    }
}
