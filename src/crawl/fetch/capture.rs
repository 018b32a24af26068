//! Fetches one capture: requests its memento, extracts its text, and stores everything in one transaction.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::extraction::extract_memento;
use super::in_flight::InFlight;
use super::parse_limit::{PageWork, run_parse};
use super::pdf_reader::PdfReader;
use crate::archive::clock::Clock;
use crate::archive::{Archive, Memento, MementoQuery, MemoryBudget, ReservedMemory};
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::crawl::progress::Progress;
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{Capture, CaptureId, Dropped};
use crate::store::{Fetched, Store};

/// The data that fetching uses.
pub(crate) struct Fetcher<'a, A> {
    /// The archive.
    pub(crate) archive: &'a A,
    /// The database.
    pub(crate) store: &'a Arc<Store>,
    /// The clock.
    pub(crate) clock: &'a dyn Clock,
    /// Reads PDFs, if one is set.
    pub(crate) pdf: Option<&'a PdfReader>,
    /// The memory that pages in flight may take.
    pub(crate) memory: &'a MemoryBudget,
    /// Counts requests.
    pub(crate) progress: &'a Progress,
    /// Pages that are being fetched.
    pub(crate) in_flight: &'a InFlight,
    /// Cancelled when the crawl must stop.
    pub(crate) stop: &'a CancellationToken,
}

/// The result of fetching a capture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FetchOutcome {
    /// The answer is stored.
    Stored,
    /// No request was needed, because another site's crawl stored the page meanwhile.
    StoredByOther,
    /// There was no answer this time; the next run sends the request again.
    Unanswered(String),
}

/// Fetches a capture and stores the answer. `reserved` is the memory for its body.
pub(super) async fn fetch_capture<A: Archive>(
    fetcher: &Fetcher<'_, A>,
    capture_id: CaptureId,
    capture: &Capture,
    mut reserved: ReservedMemory,
) -> Result<FetchOutcome, CrawlError> {
    let query = MementoQuery::of_capture(capture);
    let answer = fetcher.archive.memento(&query).await;
    fetcher.progress.capture_fetched();
    match answer {
        Ok(memento) => {
            reserved.shrink_to(memento.size());
            store_memento(fetcher, capture_id, capture, (memento, reserved)).await
        }
        Err(error) => match error.as_drop() {
            Some(dropped) => store_drop(fetcher, capture_id, dropped).await,
            None if error.ends_run() => Err(error.into()),
            None => Ok(FetchOutcome::Unanswered(error.to_string())),
        },
    }
}

/// Extracts a memento and stores it.
async fn store_memento<A>(
    fetcher: &Fetcher<'_, A>,
    capture_id: CaptureId,
    capture: &Capture,
    (memento, reserved): (Memento, ReservedMemory),
) -> Result<FetchOutcome, CrawlError> {
    let (store, pdf) = (Arc::clone(fetcher.store), fetcher.pdf.cloned());
    let now = fetcher.clock.now();
    let work = PageWork::of(&memento.body, memento.size());
    let stored = run_parse(fetcher.memory, work, &capture.original, move || {
        let _reserved = reserved;
        let (page, extraction) = extract_memento(memento, pdf.as_ref());
        // A page that this machine cannot extract now is stored too. The next run reads it from the database.
        let (extracted, outcome) = match extraction.transpose() {
            Ok(extracted) => (extracted, FetchOutcome::Stored),
            Err(error) => (None, FetchOutcome::Unanswered(error.to_string())),
        };
        let extracted = extracted.as_ref().map(|e| (EXTRACTOR_VERSION, e));
        store.add_memento(capture_id, &page, extracted, now)?;
        Ok(outcome)
    });
    stored.await?
}

/// Stores the reason why a capture has no page.
async fn store_drop<A>(
    fetcher: &Fetcher<'_, A>,
    capture_id: CaptureId,
    dropped: Dropped,
) -> Result<FetchOutcome, CrawlError> {
    let now = fetcher.clock.now();
    let no_page = Fetched {
        dropped: Some(dropped),
        ..Fetched::default()
    };
    store_call(fetcher.store, move |store: &Store| {
        store.add_memento(capture_id, &no_page, None, now)
    })
    .await?;
    Ok(FetchOutcome::Stored)
}
