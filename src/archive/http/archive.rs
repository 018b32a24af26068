//! An archive over HTTP, assembled from the parts of this module.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::address::Addresses;
use super::freeze::FreezeLedger;
use super::freeze_control::FreezeControl;
use super::index::{CaptureSearch, IndexClient};
use super::playback::{MementoReader, PlaybackClient};
use super::scheduler::RequestScheduler;
use super::settings::{Dialect, HttpSettings};
use super::transport::{ReqwestTransport, Transport};
use super::usage::ArchiveUsage;
use crate::archive::clock::Clock;
use crate::archive::error::ArchiveError;
use crate::archive::interface::Archive;
use crate::archive::query::{CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};

/// An archive over HTTP. There must be only one per archive and process, because it owns the pace and the connections.
pub struct HttpArchive {
    scheduler: RequestScheduler,
    addresses: Addresses,
    dialect: Dialect,
    page_rows: u32,
    max_body_bytes: usize,
    clock: Arc<dyn Clock>,
}

impl HttpArchive {
    /// Creates a client with its own pool of connections. No request is sent yet. Cancelling `stop` ends every wait.
    ///
    /// # Errors
    /// [`ArchiveError::Unreachable`] if the settings are not valid or the system offers no TLS.
    pub fn new(
        settings: HttpSettings,
        ledger: Arc<dyn FreezeLedger>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Result<Self, ArchiveError> {
        let fail = |detail| ArchiveError::Unreachable {
            archive: settings.base_url.to_string(),
            detail,
        };
        settings.validate().map_err(fail)?;
        let transport = ReqwestTransport::new(&settings).map_err(fail)?;
        Self::over(Box::new(transport), settings, ledger, clock, stop)
    }

    /// Creates a client over any transport.
    pub(super) fn over(
        transport: Box<dyn Transport>,
        settings: HttpSettings,
        ledger: Arc<dyn FreezeLedger>,
        clock: Arc<dyn Clock>,
        stop: CancellationToken,
    ) -> Result<Self, ArchiveError> {
        let addresses = Addresses::new(&settings).map_err(|detail| ArchiveError::Unreachable {
            archive: settings.base_url.to_string(),
            detail,
        })?;
        let (dialect, page_rows) = (settings.dialect, settings.cdx_page_rows);
        let max_body_bytes = usize::try_from(settings.max_body_bytes).unwrap_or(usize::MAX);
        let freeze = FreezeControl::new(ledger, Arc::clone(&clock), addresses.base().to_owned());
        let scheduler =
            RequestScheduler::new(settings, transport, freeze, Arc::clone(&clock), stop);
        Ok(Self {
            scheduler,
            addresses,
            dialect,
            page_rows,
            max_body_bytes,
            clock,
        })
    }

    /// Requests sent so far.
    #[must_use]
    pub fn usage(&self) -> ArchiveUsage {
        self.scheduler.usage()
    }
}

impl Archive for HttpArchive {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let search = CaptureSearch {
            client: IndexClient {
                scheduler: &self.scheduler,
                addresses: &self.addresses,
                dialect: self.dialect,
            },
            page_rows: self.page_rows,
            now: self.clock.now(),
        };
        search.captures(query, sink).await
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let reader = MementoReader {
            client: PlaybackClient {
                scheduler: &self.scheduler,
                addresses: &self.addresses,
                dialect: self.dialect,
                max_body_bytes: self.max_body_bytes,
            },
        };
        reader.memento(query).await
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        Some(self.addresses.view(timestamp, original))
    }

    fn name(&self) -> String {
        self.addresses.base().to_owned()
    }

    fn is_local(&self) -> bool {
        false
    }
}
