//! A crawl for users of the library: built from an archive and a database, with defaults for everything else.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::backfill::{Outcome, SitePlan, Until, crawl_sites, plan};
use super::blocking::run_blocking;
use super::error::CrawlError;
use super::fetch::PdfReader;
use super::progress::Progress;
use super::schedule::{ScheduledRun, run_due_sites};
use super::session::Session;
use crate::archive::clock::{Clock, SystemClock};
use crate::archive::{Archive, MemoryBudget};
use crate::config::{CrawlSettings, DiscoverSettings, RunSettings, SiteRow};
use crate::discover::Vocabulary;
use crate::model::{ArchiveId, Timestamp};
use crate::store::{Announce, Store};

/// A crawl of one archive into one database ([an example](crate#crawl-a-folder-of-warc-files)).
pub struct Crawl<'a, A> {
    session: Session<'a, A>,
}

/// The parts of a [`Crawl`]. Each setter replaces a default.
pub struct CrawlBuilder<'a, A> {
    archive: &'a A,
    store: Arc<Store>,
    settings: CrawlSettings,
    discover: DiscoverSettings,
    vocabulary: &'a Vocabulary,
    pdf_reader: Option<PdfReader>,
    memory: MemoryBudget,
    clock: Arc<dyn Clock>,
    progress: Arc<Progress>,
    stop: CancellationToken,
    announce: Announce,
}

impl<'a, A: Archive> Crawl<'a, A> {
    /// Begins a crawl of this archive into this database, a [`Store`] or an `Arc<Store>`.
    ///
    /// Only one crawl at a time may write to a database: hold a [`crate::store::CrawlLock`] where other processes could
    /// start one.
    pub fn builder(archive: &'a A, store: impl Into<Arc<Store>>) -> CrawlBuilder<'a, A> {
        CrawlBuilder {
            archive,
            store: store.into(),
            settings: CrawlSettings::default(),
            discover: DiscoverSettings::default(),
            vocabulary: Vocabulary::built_in(),
            pdf_reader: None,
            memory: MemoryBudget::default(),
            clock: Arc::new(SystemClock),
            progress: Arc::default(),
            stop: CancellationToken::new(),
            announce: Announce::Nothing,
        }
    }

    /// Crawls sites until all are done, the archive refuses requests, or the crawl is stopped. Needs a Tokio runtime.
    ///
    /// Several rows may name one site (with several known policies). They share one crawl. A repeated call continues
    /// where an earlier one ended.
    pub async fn crawl_sites(&self, rows: &[SiteRow], until: Until) -> Outcome {
        crawl_sites(&self.session, rows, until).await
    }

    /// Crawls the sites that are due, those that waited longest first. Each turn has a limit of pages; a site that
    /// needs more gets another turn after all other sites had theirs. A site with an unanswered request is left for the
    /// next run.
    ///
    /// # Errors
    /// When the database fails before the first site.
    pub async fn run_due_sites(
        &self,
        rows: &[SiteRow],
        settings: &RunSettings,
    ) -> Result<ScheduledRun, CrawlError> {
        run_due_sites(&self.session, rows, settings).await
    }

    /// Estimates the requests that a backfill of these sites would still send, from what the database knows. Sends no
    /// request. The result is sorted by site. Crawl the sites with [`Until::Index`] first, so that the estimate
    /// includes their captures.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn plan(&self, rows: &[SiteRow]) -> Result<Vec<SitePlan>, CrawlError> {
        let session = &self.session;
        let (store, now) = (Arc::clone(&session.store), session.clock.now());
        let (settings, discover) = (session.crawl.clone(), session.discover.clone());
        let rows = rows.to_vec();
        run_blocking(move || plan(&store, &settings, &discover, &rows, now)).await?
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.session.store
    }

    /// The row of the archive in the database.
    #[must_use]
    pub fn archive_id(&self) -> ArchiveId {
        self.session.archive_id
    }

    /// Returns the counters that the crawl updates.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.session.progress
    }
}

impl<'a, A: Archive> CrawlBuilder<'a, A> {
    /// Sets which captures are fetched. Default: those of `config/policytrail.toml`.
    #[must_use]
    pub fn settings(self, settings: CrawlSettings) -> Self {
        Self { settings, ..self }
    }

    /// Sets how policies are discovered. Default: by path and by link. The file of [`DiscoverSettings::vocabulary`] is
    /// not read: read it with [`Vocabulary::from_toml`] and set it with [`CrawlBuilder::vocabulary`].
    #[must_use]
    pub fn discover(self, discover: DiscoverSettings) -> Self {
        Self { discover, ..self }
    }

    /// Sets the words by which policies are recognised. Default: [`Vocabulary::built_in`].
    #[must_use]
    pub fn vocabulary(self, vocabulary: &'a Vocabulary) -> Self {
        Self { vocabulary, ..self }
    }

    /// Sets the reader of PDFs. Default: none. Without a reader, a PDF is stored and listed in [`Outcome::failures`]; a
    /// later crawl with a reader extracts it.
    #[must_use]
    pub fn pdf_reader(self, pdf_reader: PdfReader) -> Self {
        Self {
            pdf_reader: Some(pdf_reader),
            ..self
        }
    }

    /// Sets the memory that pages in flight may take. Default: 512 MB, for bodies of at most 32 MB.
    #[must_use]
    pub fn memory(self, memory: MemoryBudget) -> Self {
        Self { memory, ..self }
    }

    /// Sets the clock. Default: the system clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Sets the counters that the crawl updates. Default: new ones ([`Crawl::progress`]).
    #[must_use]
    pub fn progress(self, progress: Arc<Progress>) -> Self {
        Self { progress, ..self }
    }

    /// Sets the token that stops the crawl when it is cancelled: requests in flight are finished and stored, and no new
    /// ones begin. Default: a token that is never cancelled.
    #[must_use]
    pub fn stop(self, stop: CancellationToken) -> Self {
        Self { stop, ..self }
    }

    /// Sets which new versions are recorded as changes to announce ([`Store::unannounced`]). Default: none.
    #[must_use]
    pub fn announce(self, announce: Announce) -> Self {
        Self { announce, ..self }
    }

    /// Registers the archive in the database and returns the crawl. Blocks while the database is busy.
    ///
    /// # Errors
    /// When the database fails, and [`CrawlError::Imported`] if its versions were imported without their pages.
    pub fn build(self) -> Result<Crawl<'a, A>, CrawlError> {
        if self.store.is_imported()? {
            return Err(CrawlError::Imported {
                database: self.store.path().to_owned(),
            });
        }
        let prefix = memento_url_prefix(self.archive);
        let archive_id = self
            .store
            .archive(&self.archive.name(), prefix.as_deref())?;
        Ok(Crawl {
            session: Session {
                archive: self.archive,
                archive_id,
                store: self.store,
                clock: self.clock,
                crawl: self.settings,
                discover: self.discover,
                vocabulary: self.vocabulary,
                pdf: self.pdf_reader,
                memory: self.memory,
                progress: self.progress,
                in_flight: Arc::default(),
                stop: self.stop,
                announce: self.announce,
            },
        })
    }
}

/// Returns the part of an archive's memento URLs before `<timestamp>/<url>`; `None` if it has none.
fn memento_url_prefix<A: Archive>(archive: &A) -> Option<String> {
    let stamp = Timestamp::from_unix_seconds(0);
    let address = archive.memento_url(stamp, "")?;
    let prefix = address.strip_suffix(&format!("{stamp}/"));
    Some(prefix.unwrap_or(&address).to_owned())
}
