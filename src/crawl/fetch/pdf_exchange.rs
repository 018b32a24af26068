//! What the parent and the process that reads a PDF send each other: the PDF, the answer, and the last words before an end
//! without an answer.

use std::io::{self, Read, Write as _};
use std::process::Child;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::pdf_child::MAX_ANSWER_BYTES;

/// Bytes at the end of the child's standard error that are kept. A message about missing memory has less than 100.
const LAST_BYTES: usize = 4096;

/// What a child sent.
pub(super) struct PdfExchange {
    /// Its standard output, at most [`MAX_ANSWER_BYTES`] of it.
    pub(super) answer: Vec<u8>,
    /// The end of its standard error.
    pub(super) last_words: String,
}

/// Sends the bytes and waits for the whole answer. Kills the child after the limit; the result is `None` then.
///
/// # Errors
/// When the child cannot be killed.
pub(super) fn exchange(
    child: &mut Child,
    bytes: &[u8],
    wait_limit: Duration,
) -> io::Result<Option<PdfExchange>> {
    let (Some(mut stdin), Some(stdout), Some(stderr)) =
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    else {
        return Err(io::Error::other("the PDF reader has no pipes"));
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            // If the child stops reading, its answer says why.
            let _ = stdin.write_all(bytes);
        });
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || {
            let last_words = thread::spawn(move || last_words(stderr));
            let mut answer = Vec::new();
            let _ = stdout.take(MAX_ANSWER_BYTES).read_to_end(&mut answer);
            let _ = sender.send(PdfExchange {
                answer,
                last_words: last_words.join().unwrap_or_default(),
            });
        });
        let exchanged = receiver.recv_timeout(wait_limit).ok();
        if exchanged.is_none() {
            // The end of the child closes the pipes, and that ends both threads.
            child.kill()?;
            child.wait()?;
        }
        Ok(exchanged)
    })
}

/// Reads to the end, and returns the last bytes as text.
fn last_words(mut from: impl Read) -> String {
    let mut kept = Vec::new();
    let mut piece = [0; LAST_BYTES];
    while let Ok(length) = from.read(&mut piece) {
        if length == 0 {
            break;
        }
        kept.extend_from_slice(&piece[..length]);
        kept.drain(..kept.len().saturating_sub(LAST_BYTES));
    }
    String::from_utf8_lossy(&kept).into_owned()
}
