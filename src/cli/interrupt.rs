//! Ctrl-C, SIGTERM and SIGHUP (the terminal was closed): the first one stops cleanly, the second one quits.
//!
//! A process that listens to a signal once has lost the signal's default effect for good. So one listener serves the whole
//! command, including the work after a crawl: the calls of `--on-change`, the summary, the removal of old results.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio_util::sync::CancellationToken;

use super::failure::{Exit, Failure};

/// Stack of the command's thread: as large as that of a main thread.
const STACK_BYTES: usize = 8 << 20;

/// How the command ended.
enum Event {
    /// It returned this result, or a panic ended it.
    Ended(thread::Result<Result<Exit, Failure>>),
    /// The user interrupted it a second time.
    SecondInterrupt,
}

/// Runs a command. The first Ctrl-C, SIGTERM or SIGHUP cancels its token. The second ends the process without waiting for the
/// command; the database is consistent at any moment.
pub(super) fn interruptible(
    command: impl FnOnce(CancellationToken) -> Result<Exit, Failure> + Send + 'static,
) -> Result<Exit, Failure> {
    let (events, event) = channel();
    let stop = CancellationToken::new();
    listen(stop.clone(), events.clone()).map_err(Failure::of_system("cannot await signals"))?;
    thread::Builder::new()
        .name("command".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| command(stop)));
            // After a second interrupt there is no receiver.
            let _ = events.send(Event::Ended(ended));
        })
        .map_err(Failure::of_system("cannot start a thread"))?;
    match event.recv() {
        Ok(Event::Ended(Ok(result))) => result,
        Ok(Event::Ended(Err(panic))) => resume_unwind(panic),
        Ok(Event::SecondInterrupt) | Err(_) => Ok(Exit::Interrupted),
    }
}

/// Listens to these signals until the process ends.
fn listen(stop: CancellationToken, events: Sender<Event>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut interrupts = {
        let _inside = runtime.enter();
        Interrupts::new()?
    };
    let listener = thread::Builder::new().name("interrupts".to_owned());
    listener.spawn(move || {
        runtime.block_on(async {
            interrupts.next().await;
            stop.cancel();
            tracing::warn!("interrupted; waiting for the requests in progress. Interrupt again to quit immediately");
            interrupts.next().await;
            // After the end of the command there is no receiver.
            let _ = events.send(Event::SecondInterrupt);
        });
    })?;
    Ok(())
}

/// Ctrl-C, SIGTERM and SIGHUP. None is missed between two waits.
#[cfg(unix)]
struct Interrupts {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(windows)]
struct Interrupts(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Interrupts {
    fn new() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
