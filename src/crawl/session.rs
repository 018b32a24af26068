//! The data that the stages of a crawl share. A user builds it with [`super::CrawlBuilder`].

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::blocking::store_call;
use super::error::CrawlError;
use super::fetch::in_flight::InFlight;
use super::fetch::pdf_reader::PdfReader;
use super::progress::Progress;
use crate::archive::MemoryBudget;
use crate::archive::clock::Clock;
use crate::config::{CrawlSettings, DiscoverSettings};
use crate::discover::Vocabulary;
use crate::model::ArchiveId;
use crate::store::{Announce, AnnouncementRule, Store, StoreError};

/// The data of a crawl, shared by all sites that are crawled at once.
pub(crate) struct Session<'a, A> {
    /// The archive.
    pub(crate) archive: &'a A,
    /// Its row in the database.
    pub(crate) archive_id: ArchiveId,
    /// The database.
    pub(crate) store: Arc<Store>,
    /// The clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Settings that decide which captures are fetched.
    pub(crate) crawl: CrawlSettings,
    /// Settings that decide how policies are discovered.
    pub(crate) discover: DiscoverSettings,
    /// Words by which policies are recognised.
    pub(crate) vocabulary: &'a Vocabulary,
    /// Reads PDFs, if one is set.
    pub(crate) pdf: Option<PdfReader>,
    /// The memory that pages in flight may take.
    pub(crate) memory: MemoryBudget,
    /// Updated as the work goes on.
    pub(crate) progress: Arc<Progress>,
    /// Pages that are being fetched.
    pub(crate) in_flight: Arc<InFlight>,
    /// Cancelled when the user wants to stop.
    pub(crate) stop: CancellationToken,
    /// Which new versions are announced.
    pub(crate) announce: Announce,
}

impl<A> Session<'_, A> {
    /// Returns the same session with a limit of requests for each site.
    pub(super) fn with_request_limit(&self, requests: u64) -> Self {
        Self {
            archive: self.archive,
            archive_id: self.archive_id,
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            crawl: CrawlSettings {
                max_requests_per_site: Some(requests),
                ..self.crawl.clone()
            },
            discover: self.discover.clone(),
            vocabulary: self.vocabulary,
            pdf: self.pdf.clone(),
            memory: self.memory.clone(),
            progress: Arc::clone(&self.progress),
            in_flight: Arc::clone(&self.in_flight),
            stop: self.stop.clone(),
            announce: self.announce,
        }
    }

    /// Runs a call of the database on a blocking thread.
    pub(super) async fn store_call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, CrawlError> {
        store_call(&self.store, call).await
    }

    /// Returns how newly derived versions are recorded.
    pub(super) fn announcement_rule(&self) -> AnnouncementRule {
        AnnouncementRule {
            noticed_at: self.clock.now(),
            announce: self.announce,
        }
    }
}
