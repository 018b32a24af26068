//! Runs a job: opens its archive and its database, crawls its sites, and stores how the run ended.

use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::archives;
use super::failure::Failure;
use super::finished_job::FinishedJob;
use super::job::Job;
use super::progress_display::ProgressDisplay;
use super::request_log::open_request_log;
use crate::archive::clock::SystemClock;
use crate::archive::http::HttpArchive;
use crate::archive::warc::{Skipped, WarcArchive};
use crate::archive::{Allowance, Archive, MemoryBudget, UpTo};
use crate::config::{ArchiveLocation, RunBudget};
use crate::crawl::{Crawl, Outcome, PdfReader, Progress, StoredFreeze, Until};
use crate::store::{Announce, CrawlLock, RunOutcome, Store};

/// What a job does with its sites.
#[derive(Debug, Clone, Copy)]
pub(super) enum JobTask {
    /// Crawls each site once.
    Crawl(Until),
    /// Crawls the sites that are due in turns, while the budget lasts.
    Scheduled,
}

/// A run that has its database and may start.
struct JobRun<'a> {
    job: &'a Job,
    task: JobTask,
    store: Arc<Store>,
    /// The rate of requests for archived pages, to estimate the remaining time.
    playback_per_second: Option<f64>,
    /// Cancelled if the user interrupts the job or the budget is spent.
    stop: CancellationToken,
    display: ProgressDisplay,
    /// What opening an archive of files left out.
    skipped: Skipped,
    /// Keeps other crawls away from the database.
    _lock: CrawlLock,
}

/// Runs a job to its end.
pub(super) fn run_job(job: &Job, task: JobTask) -> Result<FinishedJob, Failure> {
    let runtime =
        tokio::runtime::Runtime::new().map_err(Failure::of_system("cannot start a thread"))?;
    let result = runtime.block_on(open_and_crawl(job, task));
    // Extraction that an interrupt separated from its page may still run; nothing waits for it.
    runtime.shutdown_background();
    result
}

async fn open_and_crawl(job: &Job, task: JobTask) -> Result<FinishedJob, Failure> {
    let settings = &job.settings.archive;
    // Opening an archive of files has warnings.
    let display = ProgressDisplay::start(job.is_verbose(), job.log_format());
    let (allowance, stop) = budget(job, task);
    match &settings.location {
        ArchiveLocation::Path(path) => {
            if job.log_requests().is_some() {
                return Err(Failure::usage(anyhow::anyhow!(
                    "--log-requests cannot be used with an archive in files, because no requests are made; remove it"
                )));
            }
            let archive = WarcArchive::open(path, settings.max_body_bytes)?
                .with_allowance(allowance)
                .with_memento_prefix(settings.memento_prefix.clone());
            let run = JobRun {
                skipped: archive.skipped().clone(),
                ..JobRun::new(job, task, None, (stop, display))?
            };
            archive.require_captures(path)?;
            run.crawl(&UpTo::new(&archive, job.settings.crawl.now), || Value::Null)
                .await
        }
        ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => {
            let log = job.log_requests().map(open_request_log).transpose()?;
            let mut http = archives::http_settings(settings, log)?;
            http.allowance = allowance;
            let rate = Some(settings.playback_per_second);
            let run = JobRun::new(job, task, rate, (stop, display))?;
            let name = archives::http_archive_name(&http);
            let freeze = Arc::new(StoredFreeze::new(Arc::clone(&run.store), name));
            // The archive ends a freeze by the real time, not by that of the job.
            let clock = Arc::new(SystemClock);
            let archive = HttpArchive::new(http, freeze, clock, run.stop.clone())?;
            let requests = || archives::request_counts(&archive.usage());
            run.crawl(&UpTo::new(&archive, job.settings.crawl.now), requests)
                .await
        }
    }
}

/// How many requests are allowed, and the token that stops the run when the user interrupts it or the budget is spent.
fn budget(job: &Job, task: JobTask) -> (Allowance, CancellationToken) {
    let stop = job.stop().child_token();
    let budget = match task {
        JobTask::Crawl(_) => RunBudget::Unlimited,
        JobTask::Scheduled => job.settings.run.budget,
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

/// Opens the database of a job, or creates it.
fn open_store(job: &Job) -> Result<Arc<Store>, Failure> {
    let store = Store::open_or_create(&job.settings.database)?;
    if store.is_imported()? {
        return Err(Failure::usage(anyhow::anyhow!(
            "`{}` was imported from JSON Lines, so it holds versions without their pages, and a crawl would lose them; \
             give another database with --db",
            job.settings.database.display()
        )));
    }
    Ok(Arc::new(store))
}

impl<'a> JobRun<'a> {
    /// Opens the database and locks it.
    fn new(
        job: &'a Job,
        task: JobTask,
        playback_per_second: Option<f64>,
        (stop, display): (CancellationToken, ProgressDisplay),
    ) -> Result<Self, Failure> {
        let store = open_store(job)?;
        let lock = CrawlLock::take(store.path())?;
        Ok(Self {
            job,
            task,
            store,
            playback_per_second,
            stop,
            display,
            skipped: Skipped::default(),
            _lock: lock,
        })
    }

    /// Crawls the sites and stores how the run ended. `requests` counts the requests so far.
    async fn crawl<A: Archive>(
        self,
        archive: &A,
        requests: impl Fn() -> Value,
    ) -> Result<FinishedJob, Failure> {
        let progress = Arc::new(Progress::default());
        let crawl = self.crawl_of(archive, Arc::clone(&progress))?;
        let started_at = self.job.now();
        let run_id = self
            .store
            .begin_run(self.job.command(), crawl.archive_id(), started_at)?;
        let result = tokio::select! {
            result = self.crawl_sites(&crawl) => result,
            never = self.display.follow(progress, self.playback_per_second) => match never {},
        };
        self.display.finish();
        let (due, mut outcome) = result?;
        let budget_spent =
            outcome.is_interrupted() && self.stop.is_cancelled() && !self.job.stop().is_cancelled();
        if budget_spent {
            outcome.outcome = RunOutcome::BudgetSpent;
            outcome.ended_by = None;
        }
        if outcome.outcome == RunOutcome::Done && self.skipped.failure_count() > 0 {
            outcome.outcome = RunOutcome::DoneWithFailures;
        }
        let requests = requests();
        let ended_at = self.job.now();
        self.store
            .end_run(run_id, outcome.outcome, &requests.to_string(), ended_at)?;
        Ok(FinishedJob {
            store: self.store,
            run_id,
            outcome,
            due,
            budget_spent,
            started_at,
            requests,
            skipped: self.skipped,
        })
    }

    /// The crawl of this job.
    fn crawl_of<'c, A: Archive>(
        &self,
        archive: &'c A,
        progress: Arc<Progress>,
    ) -> Result<Crawl<'c, A>, Failure>
    where
        'a: 'c,
    {
        let settings = &self.job.settings;
        let is_scheduled = matches!(self.task, JobTask::Scheduled);
        let announce = match (&settings.run.on_change, settings.run.alerts.first_look) {
            (Some(_), true) if is_scheduled => Announce::Everything,
            (Some(_), false) if is_scheduled => Announce::AfterFirstLook,
            _ => Announce::Nothing,
        };
        let pdf = PdfReader::of_this_program()
            .map_err(Failure::of_system("cannot find the PDF reader"))?;
        let crawl = Crawl::builder(archive, Arc::clone(&self.store))
            .settings(settings.crawl.clone())
            .discover(settings.discover.clone())
            .vocabulary(self.job.vocabulary())
            .memory(MemoryBudget::new(
                settings.crawl.memory_bytes,
                settings.archive.max_body_bytes,
            ))
            .pdf_reader(pdf)
            .clock(Arc::clone(self.job.clock()))
            .progress(progress)
            .stop(self.stop.clone())
            .announce(announce);
        Ok(crawl.build()?)
    }

    /// Crawls the sites; returns how many there were, or how many were due.
    async fn crawl_sites<A: Archive>(
        &self,
        crawl: &Crawl<'_, A>,
    ) -> Result<(usize, Outcome), Failure> {
        match self.task {
            JobTask::Crawl(until) => {
                let outcome = crawl.crawl_sites(&self.job.rows, until).await;
                Ok((self.job.site_names().len(), outcome))
            }
            JobTask::Scheduled => {
                let run = &self.job.settings.run;
                let turns = crawl.run_due_sites(&self.job.rows, run).await?;
                Ok((turns.due, turns.outcome))
            }
        }
    }
}
