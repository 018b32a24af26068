//! The child process that reads one PDF, and its answer.

use std::io::{self, Read as _};

use serde::{Deserialize, Serialize};

use crate::extract::{self, EXTRACTOR_VERSION, Options, PageInput};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF.
pub const PDF_COMMAND: &str = "read-pdf";
/// Processor time that a PDF may take.
#[cfg(unix)]
pub(super) const CPU_LIMIT_SECONDS: u64 = 20;
/// Address space of the child.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// Largest PDF, and largest answer about it.
pub(super) const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// The answer of the child: the document, or why there is none.
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
}

/// Reads a PDF from `input` and writes the answer to `output`: the child's side.
///
/// # Errors
/// When reading or writing fails.
pub fn run_pdf_child(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    #[cfg(unix)]
    {
        let (_, hard) = rlimit::getrlimit(rlimit::Resource::AS)?;
        let limit = MEMORY_LIMIT_BYTES.min(hard);
        rlimit::setrlimit(rlimit::Resource::AS, limit, limit)?;
        // The hard limit stays as it is: beyond it the system kills the process without a reason.
        let (_, hard) = rlimit::getrlimit(rlimit::Resource::CPU)?;
        rlimit::setrlimit(rlimit::Resource::CPU, CPU_LIMIT_SECONDS.min(hard), hard)?;
    }
    let mut bytes = Vec::new();
    input.take(MAX_ANSWER_BYTES).read_to_end(&mut bytes)?;
    let page = PageInput {
        bytes: &bytes,
        content_type: Some("application/pdf"),
        url: None,
    };
    let answer = match extract::extract(&page, &Options::default()) {
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
    };
    output.write_all(b"\n")?;
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}

/// Parses the output of the child; `None` when it holds no answer. The answer is the last line: the library that reads PDFs
/// prints remarks before it.
pub(super) fn parse_answer(output: &[u8]) -> Option<Result<Document, Dropped>> {
    let line = output.trim_ascii_end().rsplit(|b| *b == b'\n').next()?;
    Some(match serde_json::from_slice(line).ok()? {
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
    })
}
