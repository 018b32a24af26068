//! `policytrail backfill`: domains in, versioned policies in SQLite.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::archives::{self, Usage};
use super::failure::{Exit, Failure};
use super::logging::Bar;
use super::options::Common;
use super::status::summary_table;
use crate::archive::Archive;
use crate::archive::clock::{Clock, SystemClock};
use crate::archive::http::{HttpArchive, RequestLog};
use crate::archive::warc::WarcArchive;
use crate::config::{ArchiveLocation, Settings, SiteRow, read_site_list};
use crate::crawl::{self, Context, Outcome, PdfReader, Progress, StoredFreeze};
use crate::discover::Vocabulary;
use crate::model::Site;
use crate::store::{CrawlLock, RunOutcome, Store};

/// Find the policies of sites, fetch their archived pages, keep every version
///
/// Safe to interrupt and to repeat: what is stored is not asked for again.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Domains, such as example.com
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// Site list: CSV with a header, `site[,policy_url][,rank][,…]`
    #[arg(long = "sites", value_name = "FILE")]
    sites_file: Option<String>,

    /// Address of a policy that is known; used beside what is discovered
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,

    /// `wayback`, a base URL that speaks its protocol, `pywb+URL`, or a WARC file or folder [default: wayback]
    #[arg(long, value_name = "WHERE")]
    archive: Option<String>,

    /// First capture to look at: 2005, 2005-07, 2005-07-31 or up to 14 digits
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Last capture to look at
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// Which captures to look at: every-change, interval or all [default: every-change]
    #[arg(long, value_name = "HOW")]
    sample: Option<String>,

    /// Index queries a minute [default: 24; at most 30 at web.archive.org]
    #[arg(long, value_name = "N")]
    cdx_per_minute: Option<String>,

    /// Archived pages a second [default: 4; at most 8 at web.archive.org]
    #[arg(long, value_name = "N")]
    playback_per_second: Option<String>,

    /// Your e-mail address or URL, sent to the archive in the User-Agent
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,

    /// Write one JSON line for each request to this file
    #[arg(long, value_name = "FILE")]
    log_requests: Option<PathBuf>,

    /// Log every step
    #[arg(long, short)]
    verbose: bool,

    #[command(flatten)]
    common: Common,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[
        ("sites.file", arguments.sites_file.clone(), "--sites"),
        ("archive.location", arguments.archive.clone(), "--archive"),
        (
            "archive.cdx_per_minute",
            arguments.cdx_per_minute.clone(),
            "--cdx-per-minute",
        ),
        (
            "archive.playback_per_second",
            arguments.playback_per_second.clone(),
            "--playback-per-second",
        ),
        ("archive.contact", arguments.contact.clone(), "--contact"),
        ("crawl.from", arguments.from.clone(), "--from"),
        ("crawl.to", arguments.to.clone(), "--to"),
        ("crawl.sample", arguments.sample.clone(), "--sample"),
    ])?;
    let rows = site_rows(arguments, &settings)?;
    let loaded = archives::vocabulary(&settings.discover)?;
    let vocabulary = loaded.as_ref().unwrap_or_else(|| Vocabulary::built_in());
    let runtime = tokio::runtime::Runtime::new()?;
    let result = runtime.block_on(async {
        let job = Job {
            settings: &settings,
            rows: &rows,
            vocabulary,
            stop: CancellationToken::new(),
            verbose: arguments.verbose,
        };
        let crawl = job.run(arguments.log_requests.as_ref());
        tokio::select! {
            result = crawl => result,
            () = second_interrupt(&job.stop) => Ok(Exit::Interrupted),
        }
    });
    // After a second Ctrl-C work may still block; it is not waited for.
    runtime.shutdown_background();
    result
}

/// All sites named, with every fault of the arguments and the list told together.
fn site_rows(arguments: &Arguments, settings: &Settings) -> Result<Vec<SiteRow>, Failure> {
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for text in &arguments.sites {
        match Site::parse(text) {
            Ok(site) => rows.push(SiteRow::of(site)),
            Err(error) => faults.push(error.to_string()),
        }
    }
    for text in &arguments.urls {
        match SiteRow::of_policy_url(text) {
            Ok(row) => rows.push(row),
            Err(error) => faults.push(format!("--url: {error}")),
        }
    }
    // Sites on the command line are asked for instead of those of the settings file, not instead of --sites.
    let named = !rows.is_empty() || !faults.is_empty();
    if let Some(file) = &settings.sites_file
        && (arguments.sites_file.is_some() || !named)
    {
        match read_site_list(file) {
            Ok(listed) => rows.extend(listed),
            Err(error) => faults.extend(error.lines),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(faults.join("\n"))));
    }
    if rows.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "no site to look at: name domains, or a list with --sites FILE"
        )));
    }
    Ok(rows)
}

struct Job<'a> {
    settings: &'a Settings,
    rows: &'a [SiteRow],
    vocabulary: &'a Vocabulary,
    stop: CancellationToken,
    verbose: bool,
}

impl Job<'_> {
    async fn run(&self, log_requests: Option<&PathBuf>) -> Result<Exit, Failure> {
        match &self.settings.archive.location {
            ArchiveLocation::Path(path) => {
                let archive = WarcArchive::open(path, self.settings.archive.max_body_bytes)?;
                let store = self.open_store()?;
                let _lock = CrawlLock::take(store.path())?;
                let archive_id = archive_row(&store, &archive)?;
                self.crawl(&archive, archive_id, store, None, || Usage::None)
                    .await
            }
            ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => {
                let log = log_requests.map(|path| request_log(path)).transpose()?;
                let http = archives::http_settings(&self.settings.archive, log)?;
                let store = self.open_store()?;
                let _lock = CrawlLock::take(store.path())?;
                let ledger = Arc::new(StoredFreeze::new(Arc::clone(&store), archives::name(&http)));
                let archive =
                    HttpArchive::new(http, ledger, Arc::new(SystemClock), self.stop.clone())?;
                let archive_id = archive_row(&store, &archive)?;
                let rate = Some(self.settings.archive.playback_per_second);
                self.crawl(&archive, archive_id, store, rate, || {
                    Usage::Http(archive.usage())
                })
                .await
            }
        }
    }

    fn open_store(&self) -> Result<Arc<Store>, Failure> {
        Ok(Arc::new(Store::open_or_create(&self.settings.database)?))
    }

    async fn crawl<A: Archive>(
        &self,
        archive: &A,
        archive_id: i64,
        store: Arc<Store>,
        playback_per_second: Option<f64>,
        usage: impl Fn() -> Usage,
    ) -> Result<Exit, Failure> {
        let bar = Bar::start(self.verbose);
        let progress = Arc::new(Progress::default());
        let run_id = store.begin_run("backfill", archive_id, SystemClock.now())?;
        let context = Context {
            archive,
            archive_id,
            store: Arc::clone(&store),
            clock: Arc::new(SystemClock),
            crawl: self.settings.crawl.clone(),
            discover: self.settings.discover.clone(),
            vocabulary: self.vocabulary,
            pdf: PdfReader::of_this_program()?,
            progress: Arc::clone(&progress),
            stop: self.stop.clone(),
        };
        let outcome = tokio::select! {
            outcome = crawl::backfill(&context, self.rows) => outcome,
            never = bar.follow(progress, playback_per_second) => match never {},
        };
        bar.finish();
        let usage = usage();
        store.end_run(
            run_id,
            outcome.outcome,
            &usage.json().to_string(),
            SystemClock.now(),
        )?;
        self.tell(&store, outcome, &usage)
    }

    /// The table on stdout, what went wrong on stderr, and the exit code.
    fn tell(&self, store: &Store, outcome: Outcome, usage: &Usage) -> Result<Exit, Failure> {
        let mut sites: Vec<String> = self.rows.iter().map(|r| r.site.to_string()).collect();
        sites.sort();
        sites.dedup();
        let policies = store.summaries(&sites)?;
        // A run that ended before anything was found has its error to show, not a table of nothing.
        if outcome.ended_by.is_none() || policies.iter().any(|p| p.policy_url.is_some()) {
            let mut out = io::stdout().lock();
            out.write_all(summary_table(&policies).as_bytes())?;
            out.write_all(usage.text().as_bytes())?;
        }
        for failure in &outcome.failures {
            tracing::warn!("no answer this time: {failure}");
        }
        if !outcome.failures.is_empty() {
            tracing::warn!(
                "{} requests got no answer; run the same command again to ask for them",
                outcome.failures.len()
            );
        }
        match (outcome.ended_by, outcome.outcome) {
            (_, RunOutcome::Interrupted) => {
                tracing::warn!("interrupted; run the same command again to go on");
                Ok(Exit::Interrupted)
            }
            (Some(error), _) => Err(error.into()),
            (None, RunOutcome::DoneWithFailures) => Ok(Exit::DoneWithFailures),
            (None, _) => Ok(Exit::Done),
        }
    }
}

/// The archive's row in the database.
fn archive_row<A: Archive>(store: &Store, archive: &A) -> Result<i64, Failure> {
    Ok(store.archive(&archive.name(), &archives::memento_url_prefix(archive))?)
}

/// Asks to stop at the first Ctrl-C or SIGTERM, and comes back at the second.
async fn second_interrupt(stop: &CancellationToken) {
    interrupt().await;
    stop.cancel();
    tracing::warn!("stopping when the requests in flight are done; once more to quit at once");
    interrupt().await;
}

async fn interrupt() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without signals nothing interrupts.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Writes one JSON line a request; a line that cannot be written is told once.
fn request_log(path: &PathBuf) -> Result<RequestLog, Failure> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|e| {
            Failure::usage(anyhow::anyhow!(
                "cannot write request log `{}`: {e}; name another file with --log-requests",
                path.display()
            ))
        })?;
    let file = Mutex::new(Some(file));
    Ok(Box::new(move |record| {
        let line: Value = json!({
            "time": record.at.to_string(), "endpoint": record.endpoint.name(), "url": record.url, "status": record.status,
            "bytes": record.bytes, "ms": record.ms, "outcome": record.outcome.name(),
        });
        if let Ok(mut slot) = file.lock()
            && let Some(file) = slot.as_mut()
            && let Err(e) = writeln!(file, "{line}")
        {
            tracing::warn!("the request log ends here: {e}");
            *slot = None;
        }
    }))
}
