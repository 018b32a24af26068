//! Logs on stderr, and a progress bar where a person watches.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _, Write};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::terminal::{escaped_json, harmless};
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
        let writer = AboveBar {
            bar: bar.clone(),
            format,
        };
        // A second start in one process (tests) keeps the first logger.
        let log = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(writer)
            // The logger escapes the values of no field: with its own escapes gone, whatever is left is a stranger's.
            .with_ansi(false)
            .with_target(false);
        let _ = match format {
            LogFormat::Text => log.try_init(),
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
                    now.sites_done, now.sites_total, now.captures_fetched, now.requests_left
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

/// Log lines go above the bar, made harmless.
#[derive(Debug, Clone)]
struct AboveBar {
    bar: Option<ProgressBar>,
    format: LogFormat,
}

impl Write for AboveBar {
    /// Takes one event.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let event = String::from_utf8_lossy(bytes);
        let event = event.trim_end_matches('\n');
        let mut line = match self.format {
            LogFormat::Text => harmless(&event.replace('\n', "\u{FFFD}")),
            LogFormat::Json => escaped_json(event.to_owned()),
        };
        line.push('\n');
        match &self.bar {
            Some(bar) => bar.suspend(|| io::stderr().write_all(line.as_bytes())),
            None => io::stderr().write_all(line.as_bytes()),
        }?;
        Ok(bytes.len())
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
