//! Reads PDFs in a child process with limits of time and memory, because the format is a programming language and no
//! reader is safe against every file. The time limit is in processor time, so that the result does not depend on the
//! load of the machine.

use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::Duration;

use super::pdf_child::{MAX_ANSWER_BYTES, NO_SANDBOX, PDF_COMMAND, parse_answer};
use super::pdf_exchange::{PdfExchange, exchange};
#[cfg(unix)]
use super::pdf_sandbox::CPU_LIMIT_SECONDS;
use super::pdf_sandbox::MEMORY_LIMIT_BYTES;
use crate::extract::PageInput;
use crate::model::{Document, DropReason, Dropped};

/// Longest wait for an answer. If the machine gives the child too little processor time within it, nothing is known
/// about the PDF.
const WAIT_LIMIT: Duration = Duration::from_mins(5);
/// Number of times that a child is started which the system kills.
const MAX_TRIES: usize = 2;
/// SIGHUP, SIGINT, SIGTERM: a terminal, a person or the system ended the child. SIGSYS: a filter of the system forbids what
/// the child does.
#[cfg(unix)]
const STOPPED_BY_OTHERS: [i32; 4] = [1, 2, 15, 31];
/// SIGKILL: the system ended the child, because the machine or the service had no memory left.
#[cfg(unix)]
const KILLED: i32 = 9;
/// SIGXCPU: the limit of processor time ended the child.
#[cfg(unix)]
const OUT_OF_TIME: i32 = 24;
/// What a Rust program writes before it aborts because it gets no more memory.
const OUT_OF_MEMORY: &str = "memory allocation of ";

/// Reads each PDF in a new process, one at a time, because each may need much memory.
///
/// The process is the program `policytrail`, or your own program that calls [`super::run_pdf_child`] with its standard
/// input and output when its first argument is [`PDF_COMMAND`]. That program needs the feature `pdf`; this one does
/// not.
#[derive(Debug, Clone)]
pub struct PdfReader {
    program: PathBuf,
    wait_limit: Duration,
    /// Locked while a child runs.
    turn: Arc<Mutex<()>>,
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
            turn: Arc::default(),
        }
    }

    /// Extracts the text of a PDF. Drops it with [`DropReason::UnreadablePdf`], or with [`DropReason::BeyondLimits`] if
    /// it takes more than 20 seconds of processor time or 160 MB of memory. Blocks until no other child of this reader and
    /// its clones runs, and then for at most five minutes. A child that the system kills is started once more; if that one
    /// is killed too, the PDF is beyond the limits of this machine.
    ///
    /// # Errors
    /// When the child does not start, is stopped by others, does not end or cannot read PDFs. Such an error says
    /// nothing about the PDF.
    pub fn read_blocking(&self, page: &PageInput<'_>) -> io::Result<Result<Document, Dropped>> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..MAX_TRIES {
            if let Some(read) = self.run_child(page)? {
                return Ok(read);
            }
        }
        Ok(Err(beyond_limits(
            "the system killed the PDF reader twice, probably because too little memory was left"
                .to_owned(),
        )))
    }

    /// Starts a child, and waits for its end. The result is `None` if the system killed the child.
    fn run_child(&self, page: &PageInput<'_>) -> io::Result<Option<Result<Document, Dropped>>> {
        let mut child = Command::new(&self.program)
            .arg(PDF_COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| {
                let program = self.program.display();
                io::Error::new(
                    e.kind(),
                    format!("cannot start the PDF reader `{program} {PDF_COMMAND}`: {e}"),
                )
            })?;
        let Some(exchanged) = exchange(&mut child, page.bytes, self.wait_limit)? else {
            return Err(io::Error::other(format!(
                "the PDF reader did not finish within {} seconds",
                self.wait_limit.as_secs()
            )));
        };
        let status = child.wait()?;
        warn_once_if_unprotected(&exchanged);
        match parse_answer(&exchanged.answer) {
            Some(read) => read.map(Some),
            #[cfg(unix)]
            None if signal(status) == Some(KILLED) => Ok(None),
            None => why_no_answer(&exchanged, status)
                .map(|dropped| Some(Err(dropped)))
                .ok_or_else(|| {
                    io::Error::other(format!("the PDF reader was terminated ({status})"))
                }),
        }
    }
}

/// Warns once if the system has no sandbox for the child.
fn warn_once_if_unprotected(exchanged: &PdfExchange) {
    static WARNED: Once = Once::new();
    if exchanged.answer.starts_with(NO_SANDBOX) {
        WARNED.call_once(|| {
            tracing::warn!(
                "this system has neither seccomp nor Landlock, so the process that reads PDFs could open files and reach the network; only its memory and its processor time are limited"
            );
        });
    }
}

/// Returns the reason why a PDF made its reader end without an answer; `None` if the cause is another.
fn why_no_answer(exchanged: &PdfExchange, status: ExitStatus) -> Option<Dropped> {
    #[cfg(unix)]
    if signal(status) == Some(OUT_OF_TIME) {
        return Some(beyond_limits(format!(
            "reading the PDF needed more than {CPU_LIMIT_SECONDS} seconds of processor time"
        )));
    }
    if exchanged.answer.len() as u64 == MAX_ANSWER_BYTES {
        return Some(beyond_limits(format!(
            "the text of the PDF needs more than {} MB",
            MAX_ANSWER_BYTES >> 20
        )));
    }
    if !gave_up(status) {
        return None;
    }
    if exchanged.last_words.contains(OUT_OF_MEMORY) {
        return Some(beyond_limits(format!(
            "reading the PDF needed more than {} MB of memory",
            MEMORY_LIMIT_BYTES >> 20
        )));
    }
    let detail = format!("the PDF reader failed ({status})");
    Some(Dropped::new(DropReason::UnreadablePdf, detail))
}

fn beyond_limits(detail: String) -> Dropped {
    Dropped::new(DropReason::BeyondLimits, detail)
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

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
    fn a_pdf_that_takes_too_much_memory_is_beyond_limits() {
        let script = "echo 'memory allocation of 99 bytes failed' >&2; kill -ABRT $$";
        let dropped = read_by(script).unwrap().unwrap_err();
        assert_eq!(dropped.reason, DropReason::BeyondLimits);
        assert!(dropped.detail.contains("160 MB of memory"), "{dropped}");
    }

    #[test]
    #[cfg(unix)]
    fn a_pdf_whose_reader_the_system_kills_twice_is_beyond_limits() {
        let dropped = read_by("kill -KILL $$").unwrap().unwrap_err();
        assert_eq!(dropped.reason, DropReason::BeyondLimits);
        assert!(dropped.detail.contains("too little memory"), "{dropped}");
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_the_system_kills_once_is_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark").display().to_string();
        let script = format!(
            r#"[ -e {mark} ] || {{ touch {mark}; kill -KILL $$; }}
            printf '{{"Dropped":{{"reason":"unreadable_pdf","detail":"x"}}}}'"#
        );
        let dropped = read_by(&script).unwrap().unwrap_err();
        assert_eq!(dropped, Dropped::new(DropReason::UnreadablePdf, "x"));
    }

    #[test]
    #[cfg(unix)]
    fn an_answer_without_end_is_beyond_limits() {
        let dropped = read_by("exec yes").unwrap().unwrap_err();
        assert_eq!(dropped.reason, DropReason::BeyondLimits);
        assert!(dropped.detail.contains("16 MB"), "{dropped}");
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_gets_no_time_says_nothing_of_the_pdf() {
        let error = read_within("exec sleep 600", Duration::from_millis(50)).unwrap_err();
        assert!(error.to_string().contains("did not finish"), "{error}");
    }

    #[test]
    #[cfg(unix)]
    fn a_reader_that_is_stopped_says_nothing_of_the_pdf() {
        for end in ["exit 1", "exit 0", "kill -INT $$", "kill -TERM $$"] {
            assert!(read_by(end).is_err(), "{end}");
        }
        // A filter of the system.
        assert!(read_by("kill -SYS $$").is_err());
        assert!(PdfReader::new("/nonexistent").read_blocking(&PAGE).is_err());
    }
}
