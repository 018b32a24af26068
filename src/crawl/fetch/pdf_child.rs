//! The child process that reads one PDF, and its answer.

use std::io::{self, Read as _};

use serde::{Deserialize, Serialize};

use super::pdf_sandbox::limit_process;
use crate::extract::{
    self, CAN_READ_PDFS, CANNOT_READ_PDFS, EXTRACTOR_VERSION, Options, PageInput,
};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF: the first argument that [`super::PdfReader`] gives to its program.
pub const PDF_COMMAND: &str = "read-pdf";
/// Bytes of a PDF that are read; the extractor drops a PDF of more than 16 MB.
const MAX_PDF_BYTES: u64 = 17 << 20;
/// Maximum size of the answer about a PDF. The largest of 866 policy pages has 2.1 MB.
pub(super) const MAX_ANSWER_BYTES: u64 = 16 << 20;
/// What the child writes first if the system gives it no sandbox.
pub(super) const NO_SANDBOX: &[u8] = b"no sandbox";

/// The answer of the child: the document, or the reason why there is none.
#[derive(Serialize, Deserialize)]
enum PdfAnswer {
    Document {
        title: Option<String>,
        language: String,
        text: String,
        markdown: String,
        word_count: u64,
    },
    Dropped {
        reason: String,
        detail: String,
    },
    /// This build does not read PDFs.
    Unsupported,
}

/// Reads a PDF from `input` and writes the answer to `output`. Runs in the child and limits the whole process as far as the
/// system can (`docs/limits.md`).
///
/// # Errors
/// When reading or writing fails, and when the system refuses a limit.
pub fn run_pdf_child(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    if !limit_process()? {
        output.write_all(NO_SANDBOX)?;
    }
    let mut bytes = Vec::new();
    input.take(MAX_PDF_BYTES).read_to_end(&mut bytes)?;
    output.write_all(b"\n")?;
    serde_json::to_writer(&mut output, &answer(&bytes))?;
    output.flush()
}

/// Extracts the text of a PDF.
fn answer(bytes: &[u8]) -> PdfAnswer {
    if !CAN_READ_PDFS {
        return PdfAnswer::Unsupported;
    }
    let page = PageInput {
        bytes,
        content_type: Some("application/pdf"),
        url: None,
    };
    match extract::extract(&page, &Options::default()) {
        Ok(d) => PdfAnswer::Document {
            title: d.title,
            language: d.language,
            text: d.text,
            markdown: d.markdown,
            word_count: d.word_count,
        },
        Err(d) => PdfAnswer::Dropped {
            reason: d.reason.code().to_owned(),
            detail: d.detail,
        },
    }
}

/// Parses the output of the child; `None` if it holds no answer, and an error when its build reads no PDFs. The answer
/// is the last line: the library that reads PDFs prints remarks before it.
pub(super) fn parse_answer(output: &[u8]) -> Option<io::Result<Result<Document, Dropped>>> {
    let line = output.trim_ascii_end().rsplit(|b| *b == b'\n').next()?;
    let read = match serde_json::from_slice(line).ok()? {
        PdfAnswer::Unsupported => return Some(Err(io::Error::other(CANNOT_READ_PDFS))),
        PdfAnswer::Document {
            title,
            language,
            text,
            markdown,
            word_count,
        } => {
            let text_hash = extract::text_hash(&text);
            let dates = extract::stated_dates(&text, &language);
            Ok(Document {
                effective_date: dates.effective,
                last_updated: dates.last_updated,
                title,
                language,
                text,
                markdown,
                text_hash,
                word_count,
                extractor_version: EXTRACTOR_VERSION,
            })
        }
        PdfAnswer::Dropped { reason, detail } => Err(Dropped::new(
            DropReason::from_code(&reason).unwrap_or(DropReason::UnreadablePdf),
            detail,
        )),
    };
    Some(Ok(read))
}

#[cfg(test)]
#[cfg(not(feature = "pdf"))]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_pdf_gives_no_reason_to_drop_the_pdf() {
        let mut output = Vec::new();
        run_pdf_child(&b"%PDF-1.4"[..], &mut output).unwrap();
        let error = parse_answer(&output).unwrap().unwrap_err();
        assert_eq!(error.to_string(), CANNOT_READ_PDFS);
    }
}
