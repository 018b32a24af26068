//! What the commands that ask an archive share: their options, and a run from settings to outcome.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::archives::{self, Usage};
use super::failure::{Exit, Failure};
use super::logging::{Bar, LogFormat};
use super::options::Common;
use crate::archive::clock::{Clock, ShiftedClock, SystemClock};
use crate::archive::http::{HttpArchive, RequestLog};
use crate::archive::warc::WarcArchive;
use crate::archive::{Allowance, Archive};
use crate::config::{ArchiveLocation, RunBudget, Settings, SiteRow, read_site_list};
use crate::crawl::{self, Context, Outcome, PdfReader, Progress, StoredFreeze, Until};
use crate::discover::Vocabulary;
use crate::model::{Site, Timestamp};
use crate::store::{CrawlLock, RunOutcome, Store};

/// Which sites.
#[derive(Debug, Default, clap::Args)]
pub(super) struct SiteOptions {
    /// Domains, such as example.com
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// Site list: CSV with a header, `site[,policy_url][,rank][,…]`
    #[arg(long = "sites", value_name = "FILE")]
    sites_file: Option<String>,

    /// Address of a policy that is known; used beside what is discovered
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
}

impl SiteOptions {
    /// The addresses given with `--url`.
    pub(super) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The sites of a list.
    pub(super) fn of_list(list: &Path) -> Self {
        Self {
            sites_file: Some(list.to_string_lossy().into_owned()),
            ..Self::default()
        }
    }
}

impl CrawlOptions {
    /// Every capture of an archive in files.
    pub(super) fn of_archive(archive: &Path, common: Common) -> Self {
        Self {
            archive: Some(archive.to_string_lossy().into_owned()),
            sample: Some("all".to_owned()),
            common,
            ..Self::default()
        }
    }

    /// Where the settings and the database are.
    pub(super) fn common(&self) -> &Common {
        &self.common
    }
}

/// Which archive, which captures, how fast.
#[derive(Debug, Default, clap::Args)]
pub(super) struct CrawlOptions {
    /// `wayback`, a base URL that speaks its protocol, `pywb+URL`, or a WARC file or folder [default: wayback]
    #[arg(long, value_name = "WHERE")]
    archive: Option<String>,

    /// First capture to look at: 2005, 2005-07, 2005-07-31 or up to 14 digits
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Last capture to look at
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// Which captures to look at: every-change, interval, interval=1y, all [default: every-change]
    #[arg(long, value_name = "HOW")]
    sample: Option<String>,

    /// Length of a grid step: 6mo, 1y, 1mo [default: 6mo]
    #[arg(long, value_name = "STEP")]
    grid: Option<String>,

    /// Pin changes down to captures at most so many days apart [default: 1]
    #[arg(long, value_name = "DAYS")]
    resolution: Option<String>,

    /// Archived pages of policies to ask for per site in this run, the largest changes first; 0: no limit [default: 0]
    #[arg(long, value_name = "N")]
    max_requests: Option<String>,

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

/// A run, ready to start.
pub(super) struct Job {
    pub(super) settings: Settings,
    pub(super) rows: Vec<SiteRow>,
    vocabulary: Option<Vocabulary>,
    command: &'static str,
    log_requests: Option<PathBuf>,
    verbose: bool,
    log_format: LogFormat,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

/// What a run does with its sites.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// One look at each.
    Look(Until),
    /// A turn for those that are due, and another, as long as the budget lasts.
    Turns,
}

/// A run at its end.
#[derive(Debug)]
pub(super) struct Finished {
    pub(super) store: Arc<Store>,
    pub(super) outcome: Outcome,
    /// Sites that were due, of a scheduled run; else all.
    pub(super) due: usize,
    /// The budget of the run ended it.
    pub(super) budget_spent: bool,
    pub(super) started_at: Timestamp,
    pub(super) usage: Usage,
}

impl Job {
    /// Checks everything that can be checked before anything is asked, and tells all faults together.
    pub(super) fn new(
        command: &'static str,
        sites: &SiteOptions,
        options: &CrawlOptions,
        more_flags: &[(&str, Option<String>, &str)],
    ) -> Result<Self, Failure> {
        let mut flags = vec![
            ("sites.file", sites.sites_file.clone(), "--sites"),
            ("archive.location", options.archive.clone(), "--archive"),
            (
                "archive.cdx_per_minute",
                options.cdx_per_minute.clone(),
                "--cdx-per-minute",
            ),
            (
                "archive.playback_per_second",
                options.playback_per_second.clone(),
                "--playback-per-second",
            ),
            ("archive.contact", options.contact.clone(), "--contact"),
            ("crawl.from", options.from.clone(), "--from"),
            ("crawl.to", options.to.clone(), "--to"),
            ("crawl.sample", options.sample.clone(), "--sample"),
            ("crawl.grid", options.grid.clone(), "--grid"),
            (
                "crawl.resolution_days",
                options.resolution.clone(),
                "--resolution",
            ),
            (
                "crawl.max_requests_per_site",
                options.max_requests.clone(),
                "--max-requests",
            ),
        ];
        flags.extend_from_slice(more_flags);
        let settings = options.common.settings(&flags)?;
        let rows = site_rows(sites, &settings)?;
        let vocabulary = archives::vocabulary(&settings.discover)?;
        let (log_requests, verbose) = (options.log_requests.clone(), options.verbose);
        Ok(Self {
            settings,
            rows,
            vocabulary,
            command,
            log_requests,
            verbose,
            log_format: LogFormat::Text,
            clock: Arc::new(SystemClock),
            stop: CancellationToken::new(),
        })
    }

    /// The same job, with logs in this form.
    pub(super) fn with_log_format(self, log_format: LogFormat) -> Self {
        Self { log_format, ..self }
    }

    /// The same job, at another time.
    pub(super) fn at(self, now: Timestamp) -> Self {
        let clock = Arc::new(ShiftedClock::starting_at(now));
        Self { clock, ..self }
    }

    /// The time of day, as this job sees it.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The newest change that the database knows; 0 when there is no database yet.
    pub(super) fn newest_change(&self) -> Result<i64, Failure> {
        if !self.settings.database.exists() {
            return Ok(0);
        }
        Ok(Store::open(&self.settings.database)?.newest_change()?)
    }

    /// True once the user asked to stop.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// The names of the sites, sorted, each once.
    pub(super) fn site_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.rows.iter().map(|r| r.site.to_string()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Looks at the sites. `None` when the user quit without waiting.
    pub(super) fn run(&self, work: Work) -> Result<Option<Finished>, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let result = runtime.block_on(async {
            tokio::select! {
                result = self.work(work) => result.map(Some),
                () = second_interrupt(&self.stop) => Ok(None),
            }
        });
        // After a second Ctrl-C work may still block; it is not waited for.
        runtime.shutdown_background();
        result
    }

    async fn work(&self, work: Work) -> Result<Finished, Failure> {
        let (allowance, spent) = self.budget(work);
        match &self.settings.archive.location {
            ArchiveLocation::Path(path) => {
                let archive = WarcArchive::open(path, self.settings.archive.max_body_bytes)?
                    .with_allowance(allowance);
                let store = self.open_store()?;
                let _lock = CrawlLock::take(store.path())?;
                self.crawl(&archive, store, None, work, spent, || Usage::None)
                    .await
            }
            ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => {
                let log = self.log_requests.as_deref().map(request_log).transpose()?;
                let mut http = archives::http_settings(&self.settings.archive, log)?;
                http.allowance = allowance;
                let store = self.open_store()?;
                let _lock = CrawlLock::take(store.path())?;
                let ledger = Arc::new(StoredFreeze::new(Arc::clone(&store), archives::name(&http)));
                let clock = Arc::clone(&self.clock);
                let archive = HttpArchive::new(http, ledger, clock, spent.clone())?;
                let rate = Some(self.settings.archive.playback_per_second);
                self.crawl(&archive, store, rate, work, spent, || {
                    Usage::Http(archive.usage())
                })
                .await
            }
        }
    }

    /// How many requests may be made, and the token that stops everything when the user does or the budget is spent.
    fn budget(&self, work: Work) -> (Allowance, CancellationToken) {
        let stop = self.stop.child_token();
        let budget = match work {
            Work::Look(_) => RunBudget::Unlimited,
            Work::Turns => self.settings.run.budget,
        };
        let allowance = match budget {
            RunBudget::Unlimited => Allowance::unlimited(),
            RunBudget::Requests(n) => Allowance::of(n, stop.clone()),
            RunBudget::Time(time) => {
                let stop = stop.clone();
                tokio::spawn(async move {
                    if tokio::time::timeout(time, stop.cancelled()).await.is_err() {
                        stop.cancel();
                    }
                });
                Allowance::unlimited()
            }
        };
        (allowance, stop)
    }

    fn open_store(&self) -> Result<Arc<Store>, Failure> {
        let store = Store::open_or_create(&self.settings.database)?;
        if store.is_imported()? {
            return Err(Failure::usage(anyhow::anyhow!(
                "`{}` was imported from JSON Lines: it holds versions without their pages, and a crawl would lose them; \
                 name another database with --db",
                self.settings.database.display()
            )));
        }
        Ok(Arc::new(store))
    }

    async fn crawl<A: Archive>(
        &self,
        archive: &A,
        store: Arc<Store>,
        playback_per_second: Option<f64>,
        work: Work,
        stop: CancellationToken,
        usage: impl Fn() -> Usage,
    ) -> Result<Finished, Failure> {
        let archive_id = store.archive(&archive.name(), &archives::memento_url_prefix(archive))?;
        let bar = Bar::start(self.verbose, self.log_format);
        let progress = Arc::new(Progress::default());
        let started_at = self.clock.now();
        let run_id = store.begin_run(self.command, archive_id, started_at)?;
        let context = Context {
            archive,
            archive_id,
            store: Arc::clone(&store),
            clock: Arc::clone(&self.clock),
            crawl: self.settings.crawl.clone(),
            discover: self.settings.discover.clone(),
            vocabulary: self
                .vocabulary
                .as_ref()
                .unwrap_or_else(|| Vocabulary::built_in()),
            pdf: PdfReader::of_this_program()?,
            progress: Arc::clone(&progress),
            stop: stop.clone(),
            tell_changes: matches!(work, Work::Turns) && self.settings.run.on_change.is_some(),
        };
        let looking = async {
            match work {
                Work::Look(until) => {
                    let outcome = crawl::look(&context, &self.rows, until).await;
                    Ok((self.site_names().len(), outcome))
                }
                Work::Turns => {
                    let turns = crawl::run(&context, &self.rows, &self.settings.run).await?;
                    Ok::<_, Failure>((turns.due, turns.outcome))
                }
            }
        };
        let result = tokio::select! {
            result = looking => result,
            never = bar.follow(progress, playback_per_second) => match never {},
        };
        bar.finish();
        let (due, mut outcome) = result?;
        let budget_spent =
            outcome.is_interrupted() && stop.is_cancelled() && !self.stop.is_cancelled();
        if budget_spent {
            outcome.outcome = RunOutcome::BudgetSpent;
            outcome.ended_by = None;
        }
        let usage = usage();
        store.end_run(
            run_id,
            outcome.outcome,
            &usage.json().to_string(),
            self.clock.now(),
        )?;
        Ok(Finished {
            store,
            outcome,
            due,
            budget_spent,
            started_at,
            usage,
        })
    }
}

impl Finished {
    /// Tells what went wrong on the way, and says how to exit.
    pub(super) fn exit(self) -> Result<Exit, Failure> {
        for failure in &self.outcome.failures {
            tracing::warn!("no answer this time: {failure}");
        }
        if !self.outcome.failures.is_empty() {
            let failures = self.outcome.failures.len();
            tracing::warn!(
                "{failures} requests got no answer; run the same command again to ask for them"
            );
        }
        for open in &self.outcome.left_open {
            tracing::warn!(
                "{open}: the limit of --max-requests is reached; run the same command again to go on"
            );
        }
        if self.outcome.is_interrupted() {
            tracing::warn!("interrupted; run the same command again to go on");
            return Ok(Exit::Interrupted);
        }
        match self.outcome.ended_by {
            Some(error) => Err(error.into()),
            None if self.outcome.failures.is_empty() => Ok(Exit::Done),
            None => Ok(Exit::DoneWithFailures),
        }
    }
}

/// All sites named, with every fault of the arguments and the list told together.
fn site_rows(options: &SiteOptions, settings: &Settings) -> Result<Vec<SiteRow>, Failure> {
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for text in &options.sites {
        match Site::parse(text) {
            Ok(site) => rows.push(SiteRow::of(site)),
            Err(error) => faults.push(error.to_string()),
        }
    }
    for text in &options.urls {
        match SiteRow::of_policy_url(text) {
            Ok(row) => rows.push(row),
            Err(error) => faults.push(format!("--url: {error}")),
        }
    }
    // Sites on the command line are asked for instead of those of the settings file, not instead of --sites.
    let named = !rows.is_empty() || !faults.is_empty();
    if let Some(file) = &settings.sites_file
        && (options.sites_file.is_some() || !named)
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
fn request_log(path: &Path) -> Result<RequestLog, Failure> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|e| {
            let path = path.display();
            Failure::usage(anyhow::anyhow!(
                "cannot write request log `{path}`: {e}; name another file with --log-requests"
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
