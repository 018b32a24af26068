//! PDFs are read in a child process with a limit of time and of memory: their format is a program, and no reader of it is
//! safe against all of them.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::extract::{self, EXTRACTOR_VERSION, Options, PageInput};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF.
pub const PDF_COMMAND: &str = "read-pdf";
/// Longest a PDF may take.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// Address space of the child.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// SIGHUP, SIGINT, SIGKILL, SIGTERM: a terminal, a person or the system ends the child.
#[cfg(unix)]
const STOPPED_BY_OTHERS: [i32; 4] = [1, 2, 9, 15];
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

    /// The words of a PDF, or why it has none ([`DropReason::UnreadablePdf`], [`DropReason::BeyondLimits`] when it takes
    /// too long); blocks for 20 seconds at the most.
    ///
    /// # Errors
    /// When the child does not start or is stopped by others: that says nothing about the PDF.
    pub fn read_blocking(&self, page: &PageInput<'_>) -> io::Result<Result<Document, Dropped>> {
        let mut child = Command::new(&self.program)
            .arg(PDF_COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| {
                let program = self.program.display();
                io::Error::new(
                    e.kind(),
                    format!("cannot start the PDF reader `{program} {PDF_COMMAND}`: {e}"),
                )
            })?;
        let answer = exchange(&mut child, page.bytes.to_vec());
        if answer.is_none() {
            child.kill()?;
        }
        let status = child.wait()?;
        let Some(answer) = answer else {
            let detail = format!("the PDF took longer than {} seconds", TIME_LIMIT.as_secs());
            return Ok(Err(Dropped::new(DropReason::BeyondLimits, detail)));
        };
        match understand(&answer) {
            Some(read) => Ok(read),
            None if gave_up(status) => Ok(Err(Dropped::new(
                DropReason::UnreadablePdf,
                format!("the PDF reader gave up ({status})"),
            ))),
            None => Err(io::Error::other(format!(
                "the PDF reader was stopped ({status})"
            ))),
        }
    }
}

/// True when the child ended itself over the PDF: by a panic, or by the abort that a full memory or stack brings.
fn gave_up(status: ExitStatus) -> bool {
    /// What Rust's panics end a process with.
    const PANIC: i32 = 101;
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return STOPPED_BY_OTHERS.iter().all(|other| *other != signal);
    }
    status.code() == Some(PANIC)
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

/// The answer is the last line: the library that reads PDFs prints remarks of its own before it.
fn understand(output: &[u8]) -> Option<Result<Document, Dropped>> {
    let line = output.trim_ascii_end().rsplit(|b| *b == b'\n').next()?;
    Some(match serde_json::from_slice(line).ok()? {
        Answer::Document {
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
        Answer::Dropped { reason, detail } => Err(Dropped::new(
            DropReason::from_code(&reason).unwrap_or(DropReason::UnreadablePdf),
            detail,
        )),
    })
}

/// The child's side: reads a PDF from `input`, writes the answer to `output`.
///
/// # Errors
/// When reading or writing fails.
pub fn answer(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    #[cfg(unix)]
    {
        let (_, hard) = rlimit::getrlimit(rlimit::Resource::AS)?;
        let limit = MEMORY_LIMIT_BYTES.min(hard);
        rlimit::setrlimit(rlimit::Resource::AS, limit, limit)?;
    }
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
    output.write_all(b"\n")?;
    serde_json::to_writer(&mut output, &answer)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: PageInput<'_> = PageInput {
        bytes: b"%PDF-1.4",
        content_type: None,
        url: None,
    };

    /// A reader that is a shell script of one line.
    #[cfg(unix)]
    fn read_by(script: &str) -> io::Result<Result<Document, Dropped>> {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A program that any process holds open for writing does not start, and a fork copies open files.
        static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("reader");
        let mut file = std::fs::OpenOptions::new()
            .create_new(true)
            .write(true)
            .mode(0o755)
            .open(&program)
            .unwrap();
        writeln!(file, "#!/bin/sh\n{script}").unwrap();
        drop(file);
        PdfReader::new(program).read_blocking(&PAGE)
    }

    #[test]
    #[cfg(unix)]
    fn remarks_before_the_answer_are_passed_over() {
        let read = read_by(
            r#"printf 'Unicode mismatch\n{"remark": 1}\n{"Dropped":{"reason":"unreadable_pdf","detail":"x"}}\n'"#,
        );
        assert_eq!(
            read.unwrap(),
            Err(Dropped::new(DropReason::UnreadablePdf, "x"))
        );
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_breaks_down_over_a_pdf_is_the_pdfs_fault() {
        for end in ["exit 101", "kill -ABRT $$", "kill -SEGV $$"] {
            let dropped = read_by(end).unwrap().unwrap_err();
            assert_eq!(dropped.reason, DropReason::UnreadablePdf, "{end}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_is_stopped_says_nothing_of_the_pdf() {
        for end in ["exit 1", "exit 0", "kill -INT $$", "kill -KILL $$"] {
            assert!(read_by(end).is_err(), "{end}");
        }
        assert!(
            PdfReader::new("/nonexistent".into())
                .read_blocking(&PAGE)
                .is_err()
        );
    }
}
