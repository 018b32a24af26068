//! Reads PDFs in a child process with limits of time and memory, because the format is a programming language and no
//! reader is safe against every file. The time limit is in processor time, so that the result does not depend on the
//! load of the machine.

use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use super::pdf_child::CPU_LIMIT_SECONDS;
use super::pdf_child::{MAX_ANSWER_BYTES, PDF_COMMAND, parse_answer};
use crate::extract::PageInput;
use crate::model::{Document, DropReason, Dropped};

/// Longest wait for an answer. If the machine gives the child too little processor time within it, nothing is known
/// about the PDF.
const WAIT_LIMIT: Duration = Duration::from_mins(5);
/// Maximum number of children at once. Each may need much memory.
const MAX_CHILDREN: usize = 2;
/// SIGHUP, SIGINT, SIGKILL, SIGTERM: a terminal, a person or the system ended the child.
#[cfg(unix)]
const STOPPED_BY_OTHERS: [i32; 4] = [1, 2, 9, 15];
/// SIGXCPU: the limit of processor time ended the child.
#[cfg(unix)]
const OUT_OF_TIME: i32 = 24;

/// Reads each PDF in a new process, two at once.
///
/// The process is the program `policytrail`, or your own program that calls [`super::run_pdf_child`] with its standard
/// input and output when its first argument is [`PDF_COMMAND`]. That program needs the feature `pdf`; this one does
/// not.
#[derive(Debug, Clone)]
pub struct PdfReader {
    program: PathBuf,
    wait_limit: Duration,
    children: Arc<Children>,
}

/// The children that are running.
#[derive(Debug, Default)]
struct Children {
    count: Mutex<usize>,
    ended: Condvar,
}

/// Permission to run one child; dropping it lets the next one start.
struct Permit<'a>(&'a Children);

impl Children {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until fewer than [`MAX_CHILDREN`] children run.
    fn permit(&self) -> Permit<'_> {
        let mut count = self.count();
        while *count >= MAX_CHILDREN {
            count = self
                .ended
                .wait(count)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *count += 1;
        Permit(self)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.count() -= 1;
        self.0.ended.notify_one();
    }
}

impl PdfReader {
    /// Returns a reader that starts the running program.
    ///
    /// # Errors
    /// When the system does not report the path of the program.
    pub fn of_this_program() -> io::Result<Self> {
        std::env::current_exe().map(Self::new)
    }

    /// Returns a reader that starts the program at this path.
    #[must_use]
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            wait_limit: WAIT_LIMIT,
            children: Arc::default(),
        }
    }

    /// Extracts the text of a PDF. Drops it with [`DropReason::UnreadablePdf`], or with [`DropReason::BeyondLimits`] if
    /// it takes more than 20 seconds of processor time. Blocks until fewer than two children run, and then for at most
    /// five minutes.
    ///
    /// # Errors
    /// When the child does not start, is stopped by others, does not end or cannot read PDFs. Such an error says
    /// nothing about the PDF.
    pub fn read_blocking(&self, page: &PageInput<'_>) -> io::Result<Result<Document, Dropped>> {
        let _permit = self.children.permit();
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
                "the PDF reader did not finish within {} seconds",
                self.wait_limit.as_secs()
            )));
        };
        match parse_answer(&answer) {
            Some(read) => read,
            #[cfg(unix)]
            None if signal(status) == Some(OUT_OF_TIME) => Ok(Err(Dropped::new(
                DropReason::BeyondLimits,
                format!(
                    "reading the PDF needed more than {CPU_LIMIT_SECONDS} seconds of processor time"
                ),
            ))),
            None if gave_up(status) => Ok(Err(Dropped::new(
                DropReason::UnreadablePdf,
                format!("the PDF reader failed ({status})"),
            ))),
            None => Err(io::Error::other(format!(
                "the PDF reader was terminated ({status})"
            ))),
        }
    }
}

/// Returns the signal that ended a child.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// True if the PDF made the child end: by a panic, or by an abort when memory or stack were full.
fn gave_up(status: ExitStatus) -> bool {
    /// Exit code of a Rust program after a panic.
    const PANIC: i32 = 101;
    #[cfg(unix)]
    if let Some(signal) = signal(status) {
        return STOPPED_BY_OTHERS.iter().all(|other| *other != signal);
    }
    status.code() == Some(PANIC)
}

/// Sends the bytes and waits for the whole answer; `None` after the limit.
fn exchange(child: &mut Child, bytes: Vec<u8>, wait_limit: Duration) -> Option<Vec<u8>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    thread::spawn(move || {
        // If the child stops reading, its answer says why.
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

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: PageInput<'_> = PageInput {
        bytes: b"%PDF-1.4",
        content_type: None,
        url: None,
    };

    /// Reads a PDF with a one-line shell script as the program.
    #[cfg(unix)]
    fn read_by(script: &str) -> io::Result<Result<Document, Dropped>> {
        read_within(script, WAIT_LIMIT)
    }

    #[cfg(unix)]
    fn read_within(script: &str, wait_limit: Duration) -> io::Result<Result<Document, Dropped>> {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A program that any process has open for writing cannot be started, and a fork copies open files.
        static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _guard = ONE_AT_A_TIME.lock().unwrap();
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
    fn a_reader_of_a_build_without_pdfs_says_nothing_of_the_pdf() {
        let error = read_by(r#"printf '"Unsupported"'"#).unwrap_err();
        assert!(error.to_string().contains("feature `pdf`"), "{error}");
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
        assert!(error.to_string().contains("did not finish"), "{error}");
    }

    #[test]
    fn two_children_run_at_a_time_and_the_next_waits_for_the_end_of_one() {
        let children = Children::default();
        let (first, _second) = (children.permit(), children.permit());
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                let _third = children.permit();
                sender.send(*children.count()).unwrap();
            });
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err());
            drop(first);
            assert_eq!(receiver.recv().unwrap(), MAX_CHILDREN);
        });
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_is_stopped_says_nothing_of_the_pdf() {
        for end in ["exit 1", "exit 0", "kill -INT $$", "kill -KILL $$"] {
            assert!(read_by(end).is_err(), "{end}");
        }
        assert!(PdfReader::new("/nonexistent").read_blocking(&PAGE).is_err());
    }
}
