//! Ctrl-C and SIGTERM: once to stop cleanly, twice to quit.
//!
//! Whoever once listens to a signal has taken its default effect away for the life of the process. So one listener serves
//! a whole command, what comes after a crawl too: the calls of `--on-change`, the summary, the removal of old results.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio_util::sync::CancellationToken;

use super::failure::{Exit, Failure};

/// As much as a main thread has.
const STACK_BYTES: usize = 8 << 20;

enum Event {
    /// With what the command gave, or the panic that ended it.
    Ended(thread::Result<Result<Exit, Failure>>),
    SecondInterrupt,
}

/// Runs a command that is asked to stop, by its token, at the first Ctrl-C or SIGTERM. At the second it is not waited for:
/// the process ends, and the database is whole at any moment.
pub(super) fn interruptible(
    command: impl FnOnce(CancellationToken) -> Result<Exit, Failure> + Send + 'static,
) -> Result<Exit, Failure> {
    let (events, event) = channel();
    let stop = CancellationToken::new();
    listen(stop.clone(), events.clone())?;
    thread::Builder::new()
        .name("command".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let ended = catch_unwind(AssertUnwindSafe(|| command(stop)));
            // Nobody receives once the second interrupt came.
            let _ = events.send(Event::Ended(ended));
        })?;
    match event.recv() {
        Ok(Event::Ended(Ok(result))) => result,
        Ok(Event::Ended(Err(panic))) => resume_unwind(panic),
        Ok(Event::SecondInterrupt) | Err(_) => Ok(Exit::Interrupted),
    }
}

/// Listens from now to the end of the process.
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
            tracing::warn!("stopping when what is in flight is done; once more to quit at once");
            interrupts.next().await;
            // Nobody receives once the command has ended.
            let _ = events.send(Event::SecondInterrupt);
        });
    })?;
    Ok(())
}

/// Ctrl-C and SIGTERM, none of them missed between two waits.
#[cfg(unix)]
struct Interrupts {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Interrupts {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
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
