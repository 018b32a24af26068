//! The progress bar on a terminal.

use std::convert::Infallible;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::logging::{LogFormat, start_logging};
use super::terminal::is_quiet;
use crate::crawl::{Progress, ProgressSnapshot};

/// Time between two drawings of the bar.
const REDRAW: Duration = Duration::from_millis(200);

/// A progress bar if stderr is a terminal; nothing elsewhere, where the log shows the progress.
#[derive(Debug, Clone)]
pub(super) struct ProgressDisplay(Option<ProgressBar>);

impl ProgressDisplay {
    /// Starts the bar and logging above it.
    pub(super) fn start(is_verbose: bool, format: LogFormat) -> Self {
        let is_shown = io::stderr().is_terminal() && !is_quiet();
        let bar = is_shown.then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:24} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style);
            bar
        });
        start_logging(is_verbose, format, bar.clone());
        Self(bar)
    }

    /// Draws the progress until this future is dropped.
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
                let left = playback_per_second
                    .map(|rate| time_left(now.requests_left, rate))
                    .unwrap_or_default();
                bar.set_message(format!(
                    "{}/{} sites, {} captures, {}{left}",
                    now.sites_done,
                    now.sites_total,
                    now.captures_fetched,
                    requests_left(&now)
                ));
            }
            tokio::time::sleep(REDRAW).await;
        }
    }

    /// Draws how many of some things are done.
    pub(super) fn show_count(&self, done: u64, total: u64, things: &str) {
        if let Some(bar) = &self.0 {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(format!("{done}/{total} {things}"));
        }
    }

    /// Removes the bar.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// How many requests are left. More can become known until every site is done.
fn requests_left(now: &ProgressSnapshot) -> String {
    let least = if now.sites_done < now.sites_total {
        "at least "
    } else {
        ""
    };
    format!("{least}{} requests left", now.requests_left)
}

/// The shortest time for so many requests.
fn time_left(requests: u64, rate: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
    let seconds = Duration::from_secs_f64(requests as f64 / rate);
    format!(", at least {} remaining", HumanDuration(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_a_minimum_until_every_site_is_done() {
        let mut now = ProgressSnapshot {
            sites_total: 3,
            sites_done: 2,
            captures_fetched: 10,
            requests_left: 4,
        };
        assert_eq!(requests_left(&now), "at least 4 requests left");
        now.sites_done = 3;
        now.requests_left = 0;
        assert_eq!(requests_left(&now), "0 requests left");
    }
}
