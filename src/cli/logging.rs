//! Logs on stderr, above a progress bar if there is one.

use std::io::{self, IsTerminal as _, Write};

use indicatif::ProgressBar;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::terminal::is_quiet;
use crate::report::{escape_json, safe_text};

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// Plain text for people
    Text,
    /// JSON, one object per line
    Json,
}

impl LogFormat {
    /// Text on a terminal, JSON elsewhere.
    pub(super) fn of_this_terminal() -> Self {
        if io::stderr().is_terminal() {
            Self::Text
        } else {
            Self::Json
        }
    }
}

/// Starts logging. Log lines are written above `bar`; `is_verbose` logs every step.
pub(super) fn start_logging(is_verbose: bool, format: LogFormat, bar: Option<ProgressBar>) {
    let level = match (is_verbose, bar.is_some()) {
        _ if is_quiet() => "policytrail=error",
        (true, _) => "policytrail=debug",
        (false, true) => "policytrail=warn",
        (false, false) => "policytrail=info",
    };
    let filter =
        EnvFilter::try_from_env("POLICYTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(LogWriter { bar, format })
        // The logger does not escape field values. It writes no colours itself, so every escape sequence is unsafe.
        .with_ansi(false)
        // Otherwise the logger reports a failed write on stderr with a macro that panics if stderr is closed.
        .log_internal_errors(false)
        .with_target(false);
    // A second start in one process (tests) keeps the first logger.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
}

/// Makes log lines safe and writes them above the bar.
#[derive(Debug, Clone)]
struct LogWriter {
    bar: Option<ProgressBar>,
    format: LogFormat,
}

impl Write for LogWriter {
    /// Writes one event. If stderr is closed or its disk is full, nobody can read the event; the work goes on.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let event = String::from_utf8_lossy(bytes);
        let event = event.trim_end_matches('\n');
        let mut line = match self.format {
            LogFormat::Text => safe_text(&event.replace('\n', "\u{FFFD}")),
            LogFormat::Json => escape_json(event.to_owned()),
        };
        line.push('\n');
        let _ = match &self.bar {
            Some(bar) => bar.suspend(|| io::stderr().write_all(line.as_bytes())),
            None => io::stderr().write_all(line.as_bytes()),
        };
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
