//! Web archives over HTTP: the Wayback Machine's protocol and pywb's, with pace, freeze and retry inside.
//!
//! ```text
//! captures ─▶ index ────▶ rows          one page as it streams, new rows told from repeated ones
//! memento ──▶ playback                  Memento-Datetime first, jumps and redirects inside the window
//!               └──▶ courier ──▶ transport    in line, at the pace, past the freeze, over four connections
//!                      ├── connections  four at most, each rested before it is used again
//!                      ├── pace         even permits by governor on tokio's clock
//!                      ├── freeze       the refusal's deadline, in a ledger that outlives the process
//!                      ├── patience     after trouble: pause and try again, freeze, or give up
//!                      ├── verdict      what every status and failure means: one function
//!                      └── usage        what was asked, how it ended
//! ```
//!
//! Facts about the protocols, with their evidence, stand at the branch that needs them; numbers of politeness in
//! [`HttpSettings::default`].

mod address;
mod connections;
mod courier;
mod exchange;
mod freeze;
mod index;
mod index_answer;
mod pace;
mod patience;
mod playback;
mod question;
mod rows;
mod settings;
mod transport;
mod usage;
mod verdict;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub use freeze::{Freeze, FreezeLedger, MemoryLedger};
pub use settings::{DEFAULT_BASE_URL, Dialect, HttpSettings, RequestLog};
pub use usage::{Endpoint, EndpointUsage, Outcome, RequestRecord, Usage};

use super::clock::Clock;
use super::{Archive, ArchiveError, CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};
use address::Addresses;
use courier::Courier;
use index::Index;
use playback::Playback;
use transport::{Transport, Wire};

/// An archive asked over HTTP. One per archive and process: pace and connections are its own.
pub struct HttpArchive {
    courier: Courier,
    addresses: Addresses,
    dialect: Dialect,
    page_rows: u32,
    max_body_bytes: usize,
    clock: Arc<dyn Clock>,
}

impl HttpArchive {
    /// A client with its own pool of connections. Nothing is asked yet. `stop`, once cancelled, ends every wait.
    ///
    /// # Errors
    /// [`ArchiveError::Unreachable`] when the settings are not valid or the system has no TLS to offer.
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
        let wire = Wire::new(&settings).map_err(fail)?;
        Self::over(Box::new(wire), settings, ledger, clock, stop)
    }

    fn over(
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
        let archive = addresses.base().to_owned();
        let courier = Courier::new(
            settings,
            archive,
            transport,
            ledger,
            Arc::clone(&clock),
            stop,
        );
        Ok(Self {
            courier,
            addresses,
            dialect,
            page_rows,
            max_body_bytes,
            clock,
        })
    }

    /// What was asked so far.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.courier.usage()
    }
}

impl Archive for HttpArchive {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let index = Index {
            courier: &self.courier,
            addresses: &self.addresses,
            dialect: self.dialect,
            page_rows: self.page_rows,
            now: self.clock.now(),
        };
        index.captures(query, sink).await
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let playback = Playback {
            courier: &self.courier,
            addresses: &self.addresses,
            dialect: self.dialect,
            max_body_bytes: self.max_body_bytes,
        };
        playback.memento(query).await
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> String {
        self.addresses.view(timestamp, original)
    }

    fn name(&self) -> String {
        self.addresses.base().to_owned()
    }

    fn is_local(&self) -> bool {
        false
    }
}
