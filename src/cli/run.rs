//! `policytrail run`: the scheduled job. Only what is new, as much as the budget allows, and word of every new version.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::failure::{Exit, Failure};
use super::job::{Finished, Job, Work};
use super::job_options::{CrawlOptions, SiteOptions};
use super::logging::LogFormat;
use super::news::what_changed;
use super::on_change::{self, Calls};
use super::replace::{check_writable, replace_file};
use super::run_summary::Summary;
use super::{metrics, options::moment};
use crate::export::atom_feed;
use crate::model::Timestamp;
use crate::store::Store;

/// Versions in the feed, the newest first.
const FEED_ENTRIES: u32 = 100;

/// Look again at the sites that are due: the scheduled job
///
/// Sites come from the settings or a list. Each is looked at again after a part of its policy's age (section [run] of
/// the settings), what was not finished at once; those that waited longest come first. One at a time per database.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,

    /// Stop after 2h, 90m or 5000-requests; what is left waits for the next run
    #[arg(long, value_name = "LIMIT")]
    budget: Option<String>,

    /// Command for the shell, called once for each new version, its JSON on standard input
    #[arg(long, value_name = "COMMAND")]
    on_change: Option<String>,

    /// Write an Atom feed of the newest versions
    #[arg(long, value_name = "FILE")]
    feed: Option<PathBuf>,

    /// Write metrics for monitoring, as `OpenMetrics` text
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    /// Write the summary (a JSON object) to a file as well
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// Form of log lines [default: text on a terminal, else json]
    #[arg(long, value_enum, value_name = "FORM")]
    log_format: Option<LogFormat>,

    /// Pretend that it is this moment, to rehearse a schedule: 2026-12-31 or up to 14 digits
    #[arg(long, value_name = "DATE", value_parser = moment)]
    now: Option<Timestamp>,

    #[command(flatten)]
    crawl: CrawlOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let path = |path: &Option<PathBuf>| path.as_ref().map(|p| p.to_string_lossy().into_owned());
    let flags = [
        ("run.budget", arguments.budget.clone(), "--budget"),
        ("run.on_change", arguments.on_change.clone(), "--on-change"),
        ("run.feed", path(&arguments.feed), "--feed"),
        ("run.metrics", path(&arguments.metrics), "--metrics"),
        ("run.summary", path(&arguments.summary), "--summary"),
    ];
    let log_format = arguments
        .log_format
        .unwrap_or_else(LogFormat::of_this_terminal);
    let mut job =
        Job::new("run", &arguments.sites, &arguments.crawl, &flags)?.with_log_format(log_format);
    if let Some(now) = arguments.now {
        job = job.at(now);
    }
    let settings = &job.settings.run;
    for file in [&settings.feed, &settings.metrics, &settings.summary]
        .into_iter()
        .flatten()
    {
        check_writable(file)?;
    }
    job.interruptible(night)
}

fn night(job: &Job) -> Result<Exit, Failure> {
    let settings = &job.settings.run;
    let newest_before = job.newest_change()?;
    let finished = job.run(Work::Turns)?;
    let calls = match &settings.on_change {
        Some(command) => on_change::tell(&finished.store, command, settings, job),
        None => Calls::default(),
    };
    let interrupted = calls.interrupted;
    let mut summary = Summary::new(job, &finished, newest_before, calls)?;
    if let Some(file) = &settings.feed {
        summary.note(write_feed(file, &finished.store, job.now()));
    }
    if let Some(file) = &settings.metrics {
        let text = metrics::text(&summary);
        summary.note(text.and_then(|text| replace_file(file, text.as_bytes())));
    }
    if let Some(file) = &settings.summary {
        summary.note(replace_file(file, summary.json_line().as_bytes()));
    }
    print(&summary)?;
    end(finished, &summary.troubles, interrupted)
}

fn write_feed(file: &Path, store: &Store, now: Timestamp) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for change in store.newest_changes(FEED_ENTRIES)? {
        entries.push((what_changed(store, &change)?, change));
    }
    let feed = atom_feed(&entries, &file.to_string_lossy(), now)?;
    replace_file(file, feed.as_bytes())
}

fn print(summary: &Summary) -> io::Result<()> {
    let text = if io::stdout().is_terminal() {
        summary.text()
    } else {
        summary.json_line()
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        // A reader that went away changes nothing of how the run ended.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn end(finished: Finished, troubles: &[String], interrupted: bool) -> Result<Exit, Failure> {
    for trouble in troubles {
        tracing::warn!("{trouble}");
    }
    let exit = finished.exit()?;
    if interrupted {
        tracing::warn!("interrupted; the next run tells --on-change of what is left");
        return Ok(Exit::Interrupted);
    }
    Ok(match exit {
        Exit::Done if !troubles.is_empty() => Exit::DoneWithFailures,
        exit => exit,
    })
}
