//! Blocks of a PDF by the crate `pdf-extract` (feature `pdf`). The crate panics on some damaged files, and the panic is
//! caught here.
//!
//! The crate can also run for minutes or take gigabytes of memory. Callers that handle PDFs of unknown origin must call
//! this in a process with limits.

#[cfg(feature = "pdf")]
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::plain_text::plain_text_blocks;
use crate::extract::blocks::{Block, text_of};
use crate::extract::characters::cleaned;
#[cfg(feature = "pdf")]
use crate::model::printable;
use crate::model::{DropReason, Dropped};

/// Largest PDF that is read. A larger one is not a policy.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// Maximum number of bytes of text that are read from a PDF.
const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;

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
    let text = pdf_text(bytes)?;
    let text = &text[..text.floor_char_boundary(MAX_TEXT_BYTES)];
    let blocks = titled(plain_text_blocks(&joined(text)));
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

/// The text of a PDF.
#[cfg(feature = "pdf")]
fn pdf_text(bytes: &[u8]) -> Result<String, Dropped> {
    catch_unwind(AssertUnwindSafe(|| {
        pdf_extract::extract_text_from_mem(bytes)
    }))
    .map_err(|_| unreadable("the PDF is damaged in a way that stops its reader"))?
    .map_err(|error| {
        let words = printable(&error.to_string(), 120);
        unreadable(&format!("the PDF cannot be read: {words}"))
    })
}

/// Fails, because this build lacks the feature `pdf`. A crawl never calls it: it leaves the PDF for a later run.
#[cfg(not(feature = "pdf"))]
fn pdf_text(_bytes: &[u8]) -> Result<String, Dropped> {
    Err(unreadable(CANNOT_READ_PDFS))
}

/// Turns a short first line that is not a sentence into the title, because a PDF has no mark-up.
fn titled(mut blocks: Vec<Block>) -> Vec<Block> {
    const LONGEST_TITLE: usize = 120;
    if let Some(Block::Paragraph(spans)) = blocks.first_mut() {
        let line = text_of(spans);
        let line = line.trim();
        if line.chars().count() <= LONGEST_TITLE && !line.ends_with(['.', ':', ';', '!', '?', ','])
        {
            blocks[0] = Block::Heading(1, std::mem::take(spans));
        }
    }
    blocks
}

/// Joins the lines of files for which the reader writes an empty line after every line. In these files, one empty line
/// is a line end, and two are the end of a paragraph.
fn joined(text: &str) -> String {
    let text = cleaned(text);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let filled = lines.iter().filter(|l| !l.is_empty()).count();
    let alone = lines
        .windows(3)
        .filter(|w| w[0].is_empty() && !w[1].is_empty() && w[2].is_empty())
        .count();
    let spaced = filled > 8 && alone * 10 > filled * 8;
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in &lines {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        let ended = out.trim_end().ends_with(['.', ':', '!', '?', ';']);
        let gap = match (spaced, empty) {
            _ if out.is_empty() => "",
            (false, 0) => "\n",
            (true, 0 | 1) if !ended => "\n",
            _ => "\n\n",
        };
        out.push_str(gap);
        out.push_str(line);
        empty = 0;
    }
    out
}

#[cfg(test)]
#[cfg(feature = "pdf")]
mod tests {
    use crate::extract::render::document_text;
    use std::fmt::Write as _;

    use super::*;

    /// A one-page PDF with these lines.
    fn pdf(lines: &[&str]) -> Vec<u8> {
        let mut content = String::from("BT /F1 12 Tf 72 720 Td 14 TL\n");
        for line in lines {
            writeln!(content, "({line}) Tj T*").unwrap();
        }
        content.push_str("ET");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        ];
        let mut out = String::from("%PDF-1.4\n");
        let mut offsets = Vec::new();
        for (at, object) in objects.iter().enumerate() {
            offsets.push(out.len());
            writeln!(out, "{} 0 obj\n{object}\nendobj", at + 1).unwrap();
        }
        let start = out.len();
        writeln!(out, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
        for offset in offsets {
            writeln!(out, "{offset:010} 00000 n ").unwrap();
        }
        write!(
            out,
            "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
            objects.len() + 1
        )
        .unwrap();
        out.into_bytes()
    }

    #[test]
    fn a_pdf_gives_its_words() {
        let bytes = pdf(&[
            "Privacy Policy",
            "We collect personal information when you register.",
        ]);
        assert!(is_pdf(&bytes));
        let text = document_text(&pdf_blocks(&bytes).unwrap());
        assert!(
            text.contains("We collect personal information when you register."),
            "{text}"
        );
    }

    #[test]
    fn a_short_first_line_is_the_title() {
        let bytes = pdf(&[
            "Privacy Policy of Example",
            "",
            "We collect personal information when you register.",
        ]);
        assert!(matches!(
            pdf_blocks(&bytes).unwrap().first(),
            Some(Block::Heading(1, _))
        ));
        let bytes = pdf(&[
            "We collect nothing.",
            "",
            "And we share nothing with anybody at all.",
        ]);
        assert!(matches!(
            pdf_blocks(&bytes).unwrap().first(),
            Some(Block::Paragraph(_))
        ));
    }

    #[test]
    fn damaged_pdfs_are_dropped_and_never_panic() {
        let whole = pdf(&["Privacy Policy", "We collect personal information."]);
        let mut cases: Vec<Vec<u8>> = vec![b"%PDF-1.4".to_vec(), b"%PDF-1.7\n\0\0\xff".to_vec()];
        for cut in (20..whole.len()).step_by(97) {
            cases.push(whole[..cut].to_vec());
        }
        for case in cases {
            if let Err(dropped) = pdf_blocks(&case) {
                assert_eq!(dropped.reason, DropReason::UnreadablePdf);
            }
        }
    }
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
