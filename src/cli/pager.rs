//! The pager: on a terminal, long answers go through `$PAGER`, else `less -FRX`, as git does.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::thread;

use super::terminal::stdout_is_terminal;

/// Pager without `PAGER`.
const DEFAULT_PAGER: &str = "less";
/// Options of less without `LESS`: quit if one screen is enough, show colours, leave the text on the screen.
const LESS_OPTIONS: &str = "FRX";
/// Characters for which a command needs a shell; the same as in git's `run-command.c`.
const SHELL_CHARACTERS: &str = "|&;<>()$`\\\"' \t\n*?[#~=%";

/// True if stderr was a terminal before the pager took its place.
#[cfg(unix)]
static STDERR_IS_TERMINAL: LazyLock<bool> = LazyLock::new(|| io::stderr().is_terminal());

/// A running pager that shows what the program writes to stdout. When it is dropped, stdout ends, and the program waits
/// until the reader quits the pager.
#[derive(Debug)]
pub(super) struct Pager(Child);

impl Pager {
    /// Starts the pager. There is none if stdout is no terminal, or if the pager is `cat`, empty or cannot be started.
    pub(super) fn start() -> Option<Self> {
        if cfg!(not(unix)) || !stdout_is_terminal() {
            return None;
        }
        let pager = env::var("PAGER").unwrap_or_else(|_| DEFAULT_PAGER.to_owned());
        let pager = pager.trim();
        if pager.is_empty() || pager == "cat" {
            return None;
        }
        let mut command = if pager.contains(|c| SHELL_CHARACTERS.contains(c)) {
            let mut shell = Command::new("sh");
            shell.args(["-c", pager]);
            shell
        } else {
            Command::new(pager)
        };
        for (name, value) in [("LESS", LESS_OPTIONS), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                command.env(name, value);
            }
        }
        let mut child = command.stdin(Stdio::piped()).spawn().ok()?;
        let input = child.stdin.take()?;
        lead_output_to(input).ok()?;
        end_output_on_interrupt();
        Some(Self(child))
    }
}

impl Drop for Pager {
    fn drop(&mut self) {
        // Nobody reads on if the reader has quit the pager.
        let _ = io::stdout().flush();
        end_output();
        let _ = self.0.wait();
    }
}

/// Ends the output: later writes fail like writes to a closed pipe.
fn end_output() {
    if let Ok((reader, writer)) = io::pipe() {
        drop(reader);
        // If this fails, the pager waits for the end of the program.
        let _ = lead_output_to(writer);
    }
}

/// Leads stdout to a pipe, and stderr with it if it is a terminal: notes then stand in the pager too, in their order.
#[cfg(unix)]
fn lead_output_to(pipe: impl std::os::fd::AsFd) -> io::Result<()> {
    rustix::stdio::dup2_stdout(&pipe)?;
    if *STDERR_IS_TERMINAL {
        rustix::stdio::dup2_stderr(&pipe)?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn lead_output_to<P>(_pipe: P) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes Ctrl-C end the output in place of the program. The pager obeys Ctrl-C itself and goes on; if the program ended, the
/// shell and the pager would both read the keyboard.
fn end_output_on_interrupt() {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        return;
    };
    // Without this thread, Ctrl-C ends the program at once.
    let _ = thread::Builder::new()
        .name("interrupts".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    end_output();
                }
            });
        });
}
