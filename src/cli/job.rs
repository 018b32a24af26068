//! What the commands that ask an archive share: a run, from settings to outcome.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::archives::{self, Usage};
use super::failure::{Exit, Failure, Faults};
use super::interrupt::interruptible;
use super::job_options::{CrawlOptions, SiteOptions, site_rows};
use super::logging::{Bar, LogFormat};
use crate::archive::clock::{Clock, ShiftedClock, SystemClock};
use crate::archive::http::{HttpArchive, RequestLog};
use crate::archive::warc::WarcArchive;
use crate::archive::{Allowance, Archive};
use crate::config::{ArchiveLocation, RunBudget, Settings, SiteRow};
use crate::crawl::{self, Outcome, PdfReader, Progress, Session, StoredFreeze, Until};
use crate::discover::Vocabulary;
use crate::model::Timestamp;
use crate::store::{CrawlLock, RunOutcome, Store, StoreError};

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
        let settings = options.settings(sites, more_flags)?;
        let mut faults = Faults::default();
        let rows = faults.note(site_rows(sites, &settings));
        let vocabulary = faults.note(archives::vocabulary(&settings.discover));
        let (rows, vocabulary) = faults.or(rows.zip(vocabulary))?;
        Ok(Self {
            settings,
            rows,
            vocabulary,
            command,
            log_requests: options.log_requests().map(Path::to_path_buf),
            verbose: options.is_verbose(),
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
        match Store::open(&self.settings.database) {
            Err(StoreError::Missing { .. } | StoreError::Empty { .. }) => Ok(0),
            store => Ok(store?.newest_change()?),
        }
    }

    /// Cancelled once the user asked to stop.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// The names of the sites, sorted, each once.
    pub(super) fn site_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.rows.iter().map(|r| r.site.to_string()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// Does what a command does with its job; Ctrl-C and SIGTERM stop it until the last line is printed.
    pub(super) fn interruptible(
        self,
        command: impl FnOnce(&Self) -> Result<Exit, Failure> + Send + 'static,
    ) -> Result<Exit, Failure> {
        interruptible(move |stop| command(&Self { stop, ..self }))
    }

    /// Looks at the sites.
    pub(super) fn run(&self, work: Work) -> Result<Finished, Failure> {
        let runtime = tokio::runtime::Runtime::new()?;
        let result = runtime.block_on(self.work(work));
        // Extraction that an interrupt cut off from its page may still go on; it is not waited for.
        runtime.shutdown_background();
        result
    }

    async fn work(&self, work: Work) -> Result<Finished, Failure> {
        let (allowance, spent) = self.budget(work);
        match &self.settings.archive.location {
            ArchiveLocation::Path(path) => {
                if self.log_requests.is_some() {
                    return Err(Failure::usage(anyhow::anyhow!(
                        "no requests are made of an archive of files: leave out --log-requests"
                    )));
                }
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
                // Whatever time the job pretends, a freeze is over when it is over.
                let clock = Arc::new(SystemClock);
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
        let session = Session {
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
            in_flight: Arc::default(),
            stop: stop.clone(),
            announce_changes: matches!(work, Work::Turns) && self.settings.run.on_change.is_some(),
        };
        let looking = async {
            match work {
                Work::Look(until) => {
                    let outcome = crawl::crawl_sites(&session, &self.rows, until).await;
                    Ok((self.site_names().len(), outcome))
                }
                Work::Turns => {
                    let turns =
                        crawl::run_due_sites(&session, &self.rows, &self.settings.run).await?;
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
