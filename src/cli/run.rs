//! `policytrail run`: the scheduled job. It crawls the sites that are due within a budget, and reports every new version.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use super::atomic_file::{check_writable, replace_file};
use super::failure::{Exit, Failure};
use super::finished_job::FinishedJob;
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::logging::LogFormat;
use super::metrics::metrics_text;
use super::on_change::{NotificationResult, notify};
use super::options::{NowOption, heading};
use super::run_summary::{run_report, run_text};
use crate::export::{FeedEntry, atom_feed};
use crate::model::Timestamp;
use crate::report::{RunReport, change_summary, safe_json};
use crate::store::Store;

/// Most versions in the feed.
const FEED_ENTRIES: u32 = 100;

/// Crawl the sites that are due and report new versions (for cron or a timer)
///
/// The sites come from the command line, a list or the settings. A site is due after a fraction of the age of its
/// policy, which section [run] of the settings defines; an unfinished site is due at once. The sites that have waited
/// longest are crawled first. Only one crawl at a time can use a database.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail run --config policytrail.toml --budget 2h\n  policytrail run --sites sites.csv --contact you@example.org --feed changes.xml"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,

    /// Stop after this time or number of requests: 2h, 90m or 5000-requests; the next run continues
    #[arg(long, value_name = "LIMIT", help_heading = heading::SCHEDULE)]
    budget: Option<String>,

    /// Run this shell command once for each new version, with a JSON object on its standard input
    #[arg(long, value_name = "COMMAND", help_heading = heading::OUTPUT)]
    on_change: Option<String>,

    /// Write an Atom feed of the newest versions to this file
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    feed: Option<PathBuf>,

    /// Write metrics for monitoring to this file, in the `OpenMetrics` text format
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    metrics: Option<PathBuf>,

    /// Also write the summary of the run, a JSON object, to this file
    #[arg(long, value_name = "FILE", help_heading = heading::OUTPUT)]
    summary: Option<PathBuf>,

    /// Format of log lines [default: text on a terminal, otherwise json]
    #[arg(long, value_enum, value_name = "FORMAT", help_heading = heading::LOGGING)]
    log_format: Option<LogFormat>,

    #[command(flatten)]
    schedule: NowOption,

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
    if let Some(now) = arguments.schedule.now {
        job = job.at(now);
    }
    let settings = &job.settings.run;
    for file in [&settings.feed, &settings.metrics, &settings.summary]
        .into_iter()
        .flatten()
    {
        check_writable(file)?;
    }
    job.interruptible(scheduled_run)
}

/// Crawls, notifies, and writes feed, metrics and summary.
fn scheduled_run(job: &Job) -> Result<Exit, Failure> {
    let settings = &job.settings.run;
    let newest_before = job.newest_change()?;
    let finished = run_job(job, JobTask::Scheduled)?;
    let notifications = match &settings.on_change {
        Some(command) => notify(&finished.store, command, job),
        None => NotificationResult::default(),
    };
    let interrupted = notifications.interrupted;
    let mut report = run_report(job, &finished, newest_before, notifications)?;
    if let Some(file) = &settings.feed {
        record_failure(&mut report, write_feed(file, &finished.store, job.now()));
    }
    if let Some(file) = &settings.metrics {
        let text = metrics_text(&report);
        let written = text.and_then(|text| replace_file(file, text.as_bytes()));
        record_failure(&mut report, written);
    }
    if let Some(file) = &settings.summary {
        let line = json_line(&report)?;
        record_failure(&mut report, replace_file(file, line.as_bytes()));
    }
    if report.outcome != finished.outcome.outcome {
        let stored = finished
            .store
            .set_run_outcome(finished.run_id, report.outcome);
        record_failure(&mut report, stored.map_err(Failure::from));
    }
    print(&report)?;
    end(finished, &report.late_failures, interrupted)
}

/// Adds a step that failed to the summary, which is written all the same.
fn record_failure(report: &mut RunReport, step: Result<(), Failure>) {
    report.add_late_failures(step.err().map(|failure| failure.line()));
}

fn write_feed(file: &Path, store: &Store, now: Timestamp) -> Result<(), Failure> {
    let mut entries = Vec::new();
    for change in store.newest_changes(FEED_ENTRIES)? {
        let what = change_summary(store, &change)?;
        entries.push(FeedEntry::of_new_version(&what, &change));
    }
    let title = "New versions of privacy policies";
    let feed = atom_feed(title, &entries, &file.to_string_lossy(), now)?;
    replace_file(file, feed.as_bytes())
}

fn json_line(report: &RunReport) -> Result<String, Failure> {
    Ok(safe_json(&report.answer())? + "\n")
}

fn print(report: &RunReport) -> Result<(), Failure> {
    let text = if io::stdout().is_terminal() {
        run_text(report)
    } else {
        json_line(report)?
    };
    match io::stdout().lock().write_all(text.as_bytes()) {
        // A closed pipe does not change how the run ended.
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

fn end(
    finished: FinishedJob,
    late_failures: &[String],
    interrupted: bool,
) -> Result<Exit, Failure> {
    for failure in late_failures {
        tracing::error!("{failure}");
    }
    let exit = finished.exit()?;
    if interrupted {
        tracing::warn!(
            "interrupted before --on-change ran for every new version; the next run continues with the rest"
        );
        return Ok(Exit::Interrupted);
    }
    Ok(match exit {
        Exit::Done if !late_failures.is_empty() => Exit::DoneWithFailures,
        exit => exit,
    })
}
