//! PDFs are read in a child process with a limit of time and of memory: their format is a program, and no reader of it is
//! safe against all of them. What a PDF may take is counted in processor time: whatever else a machine has to do, the same
//! PDF is read or is not.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::extract::{self, EXTRACTOR_VERSION, Options, PageInput};
use crate::model::{Document, DropReason, Dropped};

/// Name of the hidden command that reads one PDF.
pub const PDF_COMMAND: &str = "read-pdf";
/// Processor time that a PDF may take.
#[cfg(unix)]
const CPU_LIMIT_SECONDS: u64 = 20;
/// Longest that an answer is waited for: a machine that gives a child no such part of its time says nothing of the PDF.
const WAIT_LIMIT: Duration = Duration::from_mins(5);
/// Children at a time: each may take much memory.
const MOST_CHILDREN: usize = 2;
/// Address space of the child.
#[cfg(unix)]
const MEMORY_LIMIT_BYTES: u64 = 2 << 30;
/// SIGHUP, SIGINT, SIGKILL, SIGTERM: a terminal, a person or the system ends the child.
#[cfg(unix)]
const STOPPED_BY_OTHERS: [i32; 4] = [1, 2, 9, 15];
/// SIGXCPU: the limit of processor time ends the child.
#[cfg(unix)]
const OUT_OF_TIME: i32 = 24;
/// Largest answer taken from the child.
const MAX_ANSWER_BYTES: u64 = 64 << 20;

/// Reads PDFs by starting this program anew for each, two at a time.
#[derive(Debug, Clone)]
pub struct PdfReader {
    program: PathBuf,
    wait_limit: Duration,
    children: Arc<Children>,
}

/// The children that run now.
#[derive(Debug, Default)]
struct Children {
    count: Mutex<usize>,
    ended: Condvar,
}

/// One of the children; the next may start when it is dropped.
struct Turn<'a>(&'a Children);

impl Children {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until fewer than [`MOST_CHILDREN`] run.
    fn turn(&self) -> Turn<'_> {
        let mut count = self.count();
        while *count >= MOST_CHILDREN {
            count = self
                .ended
                .wait(count)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
        Turn(self)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.ended.notify_one();
    }
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
        Self {
            program,
            wait_limit: WAIT_LIMIT,
            children: Arc::default(),
        }
    }

    /// The words of a PDF, or why it has none ([`DropReason::UnreadablePdf`], [`DropReason::BeyondLimits`] when it takes
    /// more than 20 seconds of processor time); blocks until it is its turn, and then for five minutes at the most.
    ///
    /// # Errors
    /// When the child does not start, is stopped by others or does not come to an end: that says nothing about the PDF.
    pub fn read_blocking(&self, page: &PageInput<'_>) -> io::Result<Result<Document, Dropped>> {
        let _turn = self.children.turn();
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
        let answer = exchange(&mut child, page.bytes.to_vec(), self.wait_limit);
        if answer.is_none() {
            child.kill()?;
        }
        let status = child.wait()?;
        let Some(answer) = answer else {
            return Err(io::Error::other(format!(
                "the PDF reader came to no end in {} seconds",
                self.wait_limit.as_secs()
            )));
        };
        match understand(&answer) {
            Some(read) => Ok(read),
            #[cfg(unix)]
            None if signal(status) == Some(OUT_OF_TIME) => Ok(Err(Dropped::new(
                DropReason::BeyondLimits,
                format!("the PDF took more than {CPU_LIMIT_SECONDS} seconds of processor time"),
            ))),
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

/// The signal that ended a child.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// True when the child ended itself over the PDF: by a panic, or by the abort that a full memory or stack brings.
fn gave_up(status: ExitStatus) -> bool {
    /// What Rust's panics end a process with.
    const PANIC: i32 = 101;
    #[cfg(unix)]
    if let Some(signal) = signal(status) {
        return STOPPED_BY_OTHERS.iter().all(|other| *other != signal);
    }
    status.code() == Some(PANIC)
}

/// Sends the bytes and waits for the whole answer; `None` when the time is up.
fn exchange(child: &mut Child, bytes: Vec<u8>, wait_limit: Duration) -> Option<Vec<u8>> {
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
    receiver.recv_timeout(wait_limit).ok()
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
pub fn run_pdf_child(input: impl io::Read, mut output: impl io::Write) -> io::Result<()> {
    #[cfg(unix)]
    {
        let (_, hard) = rlimit::getrlimit(rlimit::Resource::AS)?;
        let limit = MEMORY_LIMIT_BYTES.min(hard);
        rlimit::setrlimit(rlimit::Resource::AS, limit, limit)?;
        // The hard limit stays: beyond that the system kills, and tells nobody why.
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
        read_within(script, WAIT_LIMIT)
    }

    #[cfg(unix)]
    fn read_within(script: &str, wait_limit: Duration) -> io::Result<Result<Document, Dropped>> {
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
        let reader = PdfReader {
            wait_limit,
            ..PdfReader::new(program)
        };
        reader.read_blocking(&PAGE)
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
    fn a_pdf_that_takes_too_much_processor_time_is_beyond_limits() {
        let dropped = read_by("kill -XCPU $$").unwrap().unwrap_err();
        assert_eq!(dropped.reason, DropReason::BeyondLimits);
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_gets_no_time_says_nothing_of_the_pdf() {
        let error = read_within("exec sleep 600", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("came to no end"), "{error}");
    }

    #[test]
    fn two_children_run_at_a_time_and_the_next_waits_for_the_end_of_one() {
        let children = Children::default();
        let (first, _second) = (children.turn(), children.turn());
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _third = children.turn();
                sender.send(*children.count()).unwrap();
            });
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
            drop(first);
            assert_eq!(receiver.recv().unwrap(), MOST_CHILDREN);
        });
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
