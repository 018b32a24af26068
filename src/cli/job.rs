//! A job: a command that queries an archive, with its validated settings, before it starts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::archives;
use super::failure::{Exit, Failure, FailureCollector};
use super::interrupt::interruptible;
use super::job_options::{CrawlOptions, SiteOptions, site_rows};
use super::logging::LogFormat;
use super::output_files::{UsedFile, check_outputs};
use crate::archive::clock::{Clock, ShiftedClock, SystemClock};
use crate::config::{ArchiveLocation, ArchiveSettings, ConfigError, Settings, SiteRow};
use crate::discover::Vocabulary;
use crate::model::{ChangeId, Timestamp};
use crate::store::{Store, StoreError};

/// Fails if a file that the job writes is one that it reads or keeps.
fn check_files(settings: &Settings, options: &CrawlOptions) -> Result<(), Failure> {
    let named = |name, path: Option<&Path>| path.map(|path| UsedFile::new(name, path));
    let run = &settings.run;
    let outputs = [
        named("--log-requests", options.log_requests()),
        named("--feed", run.feed.as_deref()),
        named("--metrics", run.metrics.as_deref()),
        named("--summary", run.summary.as_deref()),
    ];
    let config = options.common().config_file();
    let archive = match &settings.archive.location {
        ArchiveLocation::Path(path) => Some(path.as_path()),
        ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => None,
    };
    let inputs = [
        named("the list of sites", settings.sites_file.as_deref()),
        named("the settings", config.as_deref()),
        named("the vocabulary", settings.discover.vocabulary.as_deref()),
        named("the archive", archive),
    ];
    let mut read: Vec<UsedFile> = inputs.into_iter().flatten().collect();
    read.extend(UsedFile::database(&settings.database));
    let written: Vec<UsedFile> = outputs.into_iter().flatten().collect();
    check_outputs(&written, &read)
}

/// A job that can start.
pub(super) struct Job {
    pub(super) settings: Settings,
    pub(super) rows: Vec<SiteRow>,
    vocabulary: Option<Vocabulary>,
    command: &'static str,
    log_requests: Option<PathBuf>,
    is_verbose: bool,
    log_format: LogFormat,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
}

impl Job {
    /// Validates everything that can be validated without a request, and reports all failures together.
    pub(super) fn new(
        command: &'static str,
        sites: &SiteOptions,
        options: &CrawlOptions,
        more_flags: &[(&str, Option<String>, &str)],
    ) -> Result<Self, Failure> {
        let job = |archive| Self::checked(command, (sites, options), more_flags, archive);
        job(archives::check_archive)
    }

    /// A job that sends no request, so its archive is not checked.
    pub(super) fn offline(
        command: &'static str,
        sites: &SiteOptions,
        options: &CrawlOptions,
    ) -> Result<Self, Failure> {
        Self::checked(command, (sites, options), &[], |_, _| Ok(()))
    }

    fn checked(
        command: &'static str,
        (sites, options): (&SiteOptions, &CrawlOptions),
        more_flags: &[(&str, Option<String>, &str)],
        check_archive: fn(&ArchiveSettings, Option<&ConfigError>) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let (settings, checked) = options.settings(sites, more_flags);
        let mut failures = FailureCollector::default();
        let archive = check_archive(&settings.archive, checked.as_ref().err());
        let rows = site_rows(sites, &settings, checked.as_ref().err());
        let is_valid = failures.record(checked).is_some();
        failures.record(archive);
        let rows = failures.record(rows);
        let vocabulary = failures.record(archives::vocabulary(&settings.discover));
        // Files of faulty settings are not those that the user meant.
        let files = if is_valid {
            check_files(&settings, options)
        } else {
            Ok(())
        };
        let outputs = failures.record(files);
        let checked = rows.zip(vocabulary).zip(outputs);
        let ((rows, vocabulary), ()) = failures.into_result(checked)?;
        Ok(Self {
            settings,
            rows,
            vocabulary,
            command,
            log_requests: options.log_requests().map(Path::to_path_buf),
            is_verbose: options.is_verbose(),
            log_format: LogFormat::Text,
            clock: Arc::new(SystemClock),
            stop: CancellationToken::new(),
        })
    }

    /// The same job with another format of log lines.
    pub(super) fn with_log_format(self, log_format: LogFormat) -> Self {
        Self { log_format, ..self }
    }

    /// The same job at another time. Captures after that time are hidden.
    pub(super) fn at(mut self, now: Timestamp) -> Self {
        self.clock = Arc::new(ShiftedClock::starting_at(now));
        self.settings.crawl.now = Some(now);
        self
    }

    /// The clock of this job.
    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The time on that clock.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Name of the command.
    pub(super) fn command(&self) -> &'static str {
        self.command
    }

    /// The vocabulary of the settings, or the built-in one.
    pub(super) fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary
            .as_ref()
            .unwrap_or_else(|| Vocabulary::built_in())
    }

    /// The file for the log of requests.
    pub(super) fn log_requests(&self) -> Option<&Path> {
        self.log_requests.as_deref()
    }

    /// True if every step is logged.
    pub(super) fn is_verbose(&self) -> bool {
        self.is_verbose
    }

    /// Format of log lines.
    pub(super) fn log_format(&self) -> LogFormat {
        self.log_format
    }

    /// The newest change in the database; `None` if there is no database yet.
    pub(super) fn newest_change(&self) -> Result<Option<ChangeId>, Failure> {
        match Store::open(&self.settings.database) {
            Err(StoreError::Missing { .. } | StoreError::Empty { .. }) => Ok(None),
            store => Ok(store?.newest_change()?),
        }
    }

    /// The token that is cancelled when the user interrupts the job.
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

    /// Runs a command with this job. Ctrl-C and SIGTERM stop it until its last line is printed.
    pub(super) fn interruptible(
        self,
        command: impl FnOnce(&Self) -> Result<Exit, Failure> + Send + 'static,
    ) -> Result<Exit, Failure> {
        interruptible(move |stop| command(&Self { stop, ..self }))
    }
}
