//! PDFs are read in a child process with a limit of time and of memory: their format is a program, and no reader of it is
//! safe against all of them.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::extract::{self, EXTRACTOR_VERSION, Options, PageInput};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF.
pub const PDF_COMMAND: &str = "read-pdf";
/// Longest a PDF may take; ordinary policies take well under a second.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// Address space of the child.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// Largest answer taken from the child.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// Reads PDFs by starting this program anew for each.
#[derive(Debug, Clone)]
pub struct PdfReader {
    program: PathBuf,
}

/// What the child prints: the words, or why there are none.
#[derive(Serialize, Deserialize)]
enum Answer {
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

impl PdfReader {
    /// By the program that runs now.
    ///
    /// # Errors
    /// When the system does not tell where it is.
    pub fn of_this_program() -> io::Result<Self> {
        std::env::current_exe().map(Self::new)
    }

    /// By the `policytrail` at this path.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// The words of a PDF; blocks for 20 seconds at the most.
    ///
    /// # Errors
    /// [`DropReason::UnreadablePdf`] when it has none, [`DropReason::BeyondLimits`] when it takes too long.
    pub fn read_blocking(&self, page: &PageInput<'_>) -> Result<Document, Dropped> {
        let failed = |e: io::Error| {
            Dropped::new(
                DropReason::UnreadablePdf,
                format!("the PDF reader failed: {e}"),
            )
        };
        let mut child = Command::new(&self.program)
            .arg(PDF_COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let answer = exchange(&mut child, page.bytes.to_vec());
        // It has answered, or it will not: either way it must not stay.
        let _ = child.kill();
        let _ = child.wait();
        let answer = answer.ok_or_else(|| {
            Dropped::new(
                DropReason::BeyondLimits,
                format!("the PDF took longer than {} seconds", TIME_LIMIT.as_secs()),
            )
        })?;
        understand(&answer)
    }
}

/// Sends the bytes and waits for the whole answer; `None` when the time is up.
fn exchange(child: &mut Child, bytes: Vec<u8>) -> Option<Vec<u8>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    thread::spawn(move || {
        // A child that stops reading has its reasons; its answer tells.
        let _ = stdin.write_all(&bytes);
    });
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = Vec::new();
        let _ = stdout.take(MAX_ANSWER_BYTES).read_to_end(&mut answer);
        let _ = sender.send(answer);
    });
    receiver.recv_timeout(TIME_LIMIT).ok()
}

fn understand(answer: &[u8]) -> Result<Document, Dropped> {
    let unreadable = |detail: &str| Dropped::new(DropReason::UnreadablePdf, detail);
    match serde_json::from_slice(answer) {
        Ok(Answer::Document {
            title,
            language,
            text,
            markdown,
            word_count,
        }) => {
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
        Ok(Answer::Dropped { reason, detail }) => Err(Dropped::new(
            DropReason::from_code(&reason).unwrap_or(DropReason::UnreadablePdf),
            detail,
        )),
        Err(_) => Err(unreadable("the PDF reader gave up")),
    }
}

/// The child's side: reads a PDF from `input`, writes the answer to `output`.
///
/// # Errors
/// When reading or writing fails.
pub fn answer(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    #[cfg(unix)]
    rlimit::setrlimit(rlimit::Resource::AS, MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES)?;
    let mut bytes = Vec::new();
    input.take(MAX_ANSWER_BYTES).read_to_end(&mut bytes)?;
    let page = PageInput {
        bytes: &bytes,
        content_type: Some("application/pdf"),
        url: None,
    };
    let answer = match extract::extract(&page, &Options::default()) {
        Ok(d) => Answer::Document {
            title: d.title,
            language: d.language,
            text: d.text,
            markdown: d.markdown,
            word_count: d.word_count,
        },
        Err(d) => Answer::Dropped {
            reason: d.reason.code().to_owned(),
            detail: d.detail,
        },
    };
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}
