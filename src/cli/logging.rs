//! Logs on stderr, and a progress bar where a person watches.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt as _;
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::fmt::{FormatFields, MakeWriter};

use super::terminal::harmless_line;
use crate::crawl::Progress;

/// How often the bar is drawn anew.
const REDRAW: Duration = Duration::from_millis(200);

/// Form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// For people
    Text,
    /// For machines: a JSON object a line
    Json,
}

impl LogFormat {
    /// For people where one watches, else for machines.
    pub(super) fn of_this_terminal() -> Self {
        if io::stderr().is_terminal() {
            Self::Text
        } else {
            Self::Json
        }
    }
}

/// A bar on a terminal; nothing elsewhere, where the log tells the progress.
#[derive(Debug, Clone)]
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// Starts logging, and the bar if stderr is a terminal. Logs more with `verbose`.
    pub(super) fn start(verbose: bool, format: LogFormat) -> Self {
        let watched = io::stderr().is_terminal();
        let bar = watched.then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:24} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style);
            bar
        });
        let level = match (verbose, watched) {
            (true, _) => "policytrail=debug",
            (false, true) => "policytrail=warn",
            (false, false) => "policytrail=info",
        };
        let filter =
            EnvFilter::try_from_env("POLICYTRAIL_LOG").unwrap_or_else(|_| EnvFilter::new(level));
        let writer = AboveBar(bar.clone());
        // A second start in one process (tests) keeps the first logger.
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            .with_ansi(watched)
            .with_target(false);
        let _ = match format {
            LogFormat::Text => log.fmt_fields(harmless_fields()).try_init(),
            LogFormat::Json => log.json().flatten_event(true).try_init(),
        };
        Self(bar)
    }

    /// Draws the progress until the future that this runs beside is dropped.
    pub(super) async fn follow(
        &self,
        progress: Arc<Progress>,
        playback_per_second: Option<f64>,
    ) -> Infallible {
        loop {
            if let Some(bar) = &self.0 {
                let now = progress.snapshot();
                bar.set_length(now.sites_total);
                bar.set_position(now.sites_done);
                #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
                let left = playback_per_second
                    .map(|rate| {
                        format!(
                            ", about {} left",
                            HumanDuration(Duration::from_secs_f64(now.requests_left as f64 / rate))
                        )
                    })
                    .unwrap_or_default();
                bar.set_message(format!(
                    "{}/{} sites, {} captures, {} requests to go{left}",
                    now.sites_done, now.sites_total, now.captures_looked_at, now.requests_left
                ));
            }
            tokio::time::sleep(REDRAW).await;
        }
    }

    /// Draws how many of the policies are done.
    pub(super) fn policies(&self, done: u64, total: u64) {
        if let Some(bar) = &self.0 {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(format!("{done}/{total} policies"));
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Writes the fields of a log line so that what strangers wrote into them commands no terminal and begins no other line.
/// (Not the whole line: its colours are control characters too. JSON escapes them by itself.)
fn harmless_fields() -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    debug_fn(|writer, field, value| {
        let value = harmless_line(&format!("{value:?}"));
        match field.name() {
            "message" => write!(writer, "{value}"),
            name => write!(writer, "{name}={value}"),
        }
    })
    .delimited(" ")
}

/// Log lines go above the bar.
#[derive(Debug, Clone)]
struct AboveBar(Option<ProgressBar>);

impl Write for AboveBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Some(bar) => bar.suspend(|| io::stderr().write(bytes)),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl<'a> MakeWriter<'a> for AboveBar {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Mutex, PoisonError};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            lines.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_archived_address_in_a_log_line_commands_no_terminal() {
        let address = "http://a.com/privacy?\u{1b}[31m\u{9b}2J\nWARN forged\u{202e}";
        for ansi in [false, true] {
            let lines = Lines::default();
            let written = lines.clone();
            let log = tracing_subscriber::fmt()
                .fmt_fields(harmless_fields())
                .with_writer(move || written.clone())
                .with_ansi(ansi)
                .with_target(false)
                .without_time()
                .finish();
            tracing::subscriber::with_default(log, || {
                tracing::warn!(policy = %address, pages = 7, "no answer: {address}");
            });
            let line = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
            assert_eq!(line.lines().count(), 1, "{line:?}");
            assert!(!line.contains(['\u{9b}', '\u{202e}']), "{line:?}");
            assert!(
                !line.contains("\u{1b}[31m\u{9b}") && !line.contains("?\u{1b}"),
                "{line:?}"
            );
            assert_eq!(line.contains('\u{1b}'), ansi, "{line:?}");
            assert!(
                line.contains("no answer: http://a.com") && line.contains("pages=7"),
                "{line}"
            );
        }
    }
}
