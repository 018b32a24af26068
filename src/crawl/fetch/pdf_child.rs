//! The child process that reads one PDF, and its answer.

use std::io::{self, Read as _};

use serde::{Deserialize, Serialize};

use crate::extract::{
    self, CAN_READ_PDFS, CANNOT_READ_PDFS, EXTRACTOR_VERSION, Options, PageInput,
};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF: the first argument that [`super::PdfReader`] gives to its program.
pub const PDF_COMMAND: &str = "read-pdf";
/// Processor time that a PDF may take.
#[cfg(unix)]
pub(super) const CPU_LIMIT_SECONDS: u64 = 20;
/// Address space of the child.
#[cfg(all(unix, feature = "pdf"))]
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// Maximum size of a PDF, and of the answer about it.
pub(super) const MAX_ANSWER_BYTES: u64 = 64 << 20;

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

/// Reads a PDF from `input` and writes the answer to `output`. Runs in the child, and limits the memory and the
/// processor time of the whole process.
///
/// # Errors
/// When reading or writing fails.
pub fn run_pdf_child(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    limit_process()?;
    let mut bytes = Vec::new();
    input.take(MAX_ANSWER_BYTES).read_to_end(&mut bytes)?;
    output.write_all(b"\n")?;
    serde_json::to_writer(&mut output, &answer(&bytes))?;
    output.flush()
}

/// Limits the memory and the processor time of this process.
#[cfg(all(unix, feature = "pdf"))]
fn limit_process() -> io::Result<()> {
    let (_, hard) = rlimit::getrlimit(rlimit::Resource::AS)?;
    let limit = MEMORY_LIMIT_BYTES.min(hard);
    rlimit::setrlimit(rlimit::Resource::AS, limit, limit)?;
    // The hard limit stays as it is: beyond it the system kills the process without a reason.
    let (_, hard) = rlimit::getrlimit(rlimit::Resource::CPU)?;
    rlimit::setrlimit(rlimit::Resource::CPU, CPU_LIMIT_SECONDS.min(hard), hard)
}

/// Limits nothing: the system has no such limits, or this build reads no PDFs.
#[cfg(not(all(unix, feature = "pdf")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the limits of other systems can fail"
)]
fn limit_process() -> io::Result<()> {
    Ok(())
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
