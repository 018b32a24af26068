//! Fetches several captures of one site at once.

use std::collections::HashSet;

use futures_util::StreamExt as _;
use tokio::sync::Mutex;

use super::capture::{FetchOutcome, Fetcher, fetch_capture};
use crate::archive::{Archive, ArchiveError};
use crate::crawl::blocking::store_call;
use crate::crawl::error::CrawlError;
use crate::model::CaptureId;
use crate::store::{Store, StoredCapture};

/// Captures of one site that are fetched at once; the archive's own limit of connections holds over all sites.
const FETCHES_AT_ONCE: usize = 4;

/// Which captures of a site this crawl tried to fetch without storing an answer.
#[derive(Debug, Default)]
pub(crate) struct FetchRecord {
    /// Captures without an answer: they are not requested again in this crawl.
    pub(crate) unanswered: HashSet<CaptureId>,
    /// Captures that another site's crawl had stored when this one wanted them. Each is passed over once only, so that
    /// every crawl terminates.
    pub(crate) stored_by_others: HashSet<CaptureId>,
}

/// What became of a batch.
#[derive(Debug, Default)]
pub(crate) struct Batch<'s> {
    /// Captures with a stored answer.
    pub(crate) stored: Vec<CaptureId>,
    /// Captures that another site's crawl stored meanwhile.
    pub(crate) stored_by_others: Vec<CaptureId>,
    /// Captures without an answer, and why.
    pub(crate) unanswered: Vec<(&'s StoredCapture, String)>,
    /// The error that ended the batch.
    pub(crate) ended_by: Option<CrawlError>,
}

/// Fetches captures. After an error that ends the run, the fetches that have begun are finished and stored, and no other is
/// begun.
pub(crate) async fn fetch_batch<'s, A: Archive>(
    fetcher: &Fetcher<'_, A>,
    wanted: &[&'s StoredCapture],
    record: &FetchRecord,
) -> Batch<'s> {
    fetcher.progress.want(wanted.len());
    let order = Mutex::new(());
    let running = futures_util::stream::iter(wanted.iter().map(|s| {
        let order = &order;
        async move { (*s, fetch_claimed(fetcher, s, record, order).await) }
    }));
    let mut running = running.buffer_unordered(FETCHES_AT_ONCE);
    let mut batch = Batch::default();
    while let Some((s, outcome)) = running.next().await {
        match outcome {
            Ok(FetchOutcome::Stored) => batch.stored.push(s.capture_id),
            Ok(FetchOutcome::StoredByOther) => batch.stored_by_others.push(s.capture_id),
            Ok(FetchOutcome::Unanswered(detail)) => batch.unanswered.push((s, detail)),
            Err(error) => {
                fetcher.stop.cancel();
                batch.ended_by = Some(error.after(batch.ended_by.take()));
            }
        }
    }
    batch
}

/// Claims a capture and fetches it, unless another site's crawl has stored its page. `order` keeps the requests of a batch
/// in the order of the captures: the database is read on other threads, and its answers may overtake each other.
async fn fetch_claimed<A: Archive>(
    fetcher: &Fetcher<'_, A>,
    s: &StoredCapture,
    record: &FetchRecord,
    order: &Mutex<()>,
) -> Result<FetchOutcome, CrawlError> {
    let claim = fetcher.in_flight.claim(s.capture_id, &s.capture).await;
    let turn = order.lock().await;
    let is_first = !record.stored_by_others.contains(&s.capture_id);
    let outcome = if fetcher.stop.is_cancelled() {
        Err(ArchiveError::Interrupted.into())
    } else {
        match is_fetched(fetcher, s.capture_id).await {
            Ok(true) if is_first => Ok(FetchOutcome::StoredByOther),
            Ok(_) => {
                drop(turn);
                fetch_capture(fetcher, s.capture_id, &s.capture).await
            }
            Err(error) => Err(error),
        }
    };
    drop(claim);
    fetcher.progress.no_longer_wanted();
    outcome
}

async fn is_fetched<A>(
    fetcher: &Fetcher<'_, A>,
    capture_id: CaptureId,
) -> Result<bool, CrawlError> {
    let call = move |store: &Store| store.was_looked_at(capture_id);
    store_call(fetcher.store, call).await
}
