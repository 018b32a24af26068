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

/// Maximum number of captures of one site that are fetched at once. The archive's own limit of connections applies to
/// all sites together.
const FETCHES_AT_ONCE: usize = 4;

/// The captures of a site that this crawl tried to fetch without storing an answer.
#[derive(Debug, Default)]
pub(crate) struct FetchRecord {
    /// Captures without an answer. They are not requested again in this crawl.
    pub(crate) unanswered: HashSet<CaptureId>,
    /// Captures that another site's crawl had stored when this one wanted them. Each is skipped only once, so every
    /// crawl terminates.
    pub(crate) stored_by_others: HashSet<CaptureId>,
}

/// The result of a batch.
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

/// Fetches captures. After an error that ends the run, the fetches in progress are finished and stored, and no new ones
/// begin.
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

/// Claims a capture and fetches it, unless another site's crawl has stored its page. `order` keeps the requests of a
/// batch in the order of the captures: the database is read on other threads, whose answers may arrive in any order.
async fn fetch_claimed<A: Archive>(
    fetcher: &Fetcher<'_, A>,
    s: &StoredCapture,
    record: &FetchRecord,
    order: &Mutex<()>,
) -> Result<FetchOutcome, CrawlError> {
    let claim = fetcher.in_flight.claim(s.capture_id, &s.capture).await;
    let turn = order.lock().await;
    let reserved = fetcher.memory.body().await;
    let is_first = !record.stored_by_others.contains(&s.capture_id);
    let outcome = if fetcher.stop.is_cancelled() {
        Err(ArchiveError::Interrupted.into())
    } else {
        match is_fetched(fetcher, s.capture_id).await {
            Ok(true) if is_first => Ok(FetchOutcome::StoredByOther),
            Ok(_) => {
                drop(turn);
                fetch_capture(fetcher, s.capture_id, &s.capture, reserved).await
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
    let call = move |store: &Store| store.has_fetch_result(capture_id);
    store_call(fetcher.store, call).await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex as SyncMutex, PoisonError};

    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::archive::clock::SystemClock;
    use crate::archive::{CaptureQuery, IndexAnswer, Memento, MementoQuery, MemoryBudget};
    use crate::crawl::fetch::in_flight::InFlight;
    use crate::crawl::progress::Progress;
    use crate::model::{Capture, Timestamp, UrlKey};

    /// An archive without answers that records its requests; it stops the crawl at the request with this number.
    struct Silent {
        requests: SyncMutex<Vec<Timestamp>>,
        stops_at: usize,
        stop: CancellationToken,
    }

    impl Silent {
        fn requests(&self) -> Vec<Timestamp> {
            let requests = self.requests.lock();
            requests.unwrap_or_else(PoisonError::into_inner).clone()
        }
    }

    impl Archive for Silent {
        async fn captures(
            &self,
            _: &CaptureQuery,
            _: &mut (dyn FnMut(Capture) + Send),
        ) -> Result<IndexAnswer, ArchiveError> {
            Ok(IndexAnswer::default())
        }

        async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
            self.requests.lock().unwrap().push(query.timestamp);
            if self.requests().len() == self.stops_at {
                self.stop.cancel();
            }
            tokio::task::yield_now().await;
            Err(ArchiveError::Unavailable {
                archive: self.name(),
                what: query.original.clone(),
                detail: "silence".to_owned(),
            })
        }

        fn memento_url(&self, _: Timestamp, original: &str) -> Option<String> {
            Some(original.to_owned())
        }

        fn name(&self) -> String {
            "silent".to_owned()
        }

        fn is_local(&self) -> bool {
            true
        }
    }

    fn captures() -> Vec<StoredCapture> {
        let original = "http://example.com/privacy";
        let capture = |n: i64| Capture {
            urlkey: UrlKey::of(original).unwrap(),
            timestamp: Timestamp::from_unix_seconds(1_300_000_000 + 86_400 * n),
            original: original.to_owned(),
            mimetype: "text/html".to_owned(),
            statuscode: Some(200),
            digest: None,
            length: None,
        };
        let stored = |n: i64| StoredCapture {
            capture_id: serde_json::from_value(n.into()).unwrap(),
            archive_id: serde_json::from_value(1.into()).unwrap(),
            capture: capture(n),
            fetched_capture_id: None,
            fetched_at: None,
            text_hash: None,
            body_hash: None,
            word_count: None,
            extraction_dropped: None,
            canonical: None,
            excluded: None,
            attempt: None,
        };
        (1..=20).map(stored).collect()
    }

    /// Fetches 20 captures. Returns the timestamps of the requests, the number of captures without an answer, and the
    /// error.
    async fn fetch_all(stops_at: usize) -> (Vec<Timestamp>, usize, Option<CrawlError>) {
        let stop = CancellationToken::new();
        let archive = Silent {
            requests: SyncMutex::default(),
            stops_at,
            stop: stop.clone(),
        };
        let store = Arc::new(Store::open_in_memory().unwrap());
        let fetcher = Fetcher {
            archive: &archive,
            store: &store,
            clock: &SystemClock,
            pdf: None,
            memory: &MemoryBudget::default(),
            progress: &Progress::default(),
            in_flight: &InFlight::default(),
            stop: &stop,
        };
        let captures = captures();
        let wanted: Vec<&StoredCapture> = captures.iter().collect();
        let batch = fetch_batch(&fetcher, &wanted, &FetchRecord::default()).await;
        (archive.requests(), batch.unanswered.len(), batch.ended_by)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_requests_of_a_batch_keep_the_order_of_the_captures() {
        let times: Vec<Timestamp> = captures().iter().map(|s| s.capture.timestamp).collect();
        let (requests, unanswered, ended_by) = fetch_all(usize::MAX).await;
        assert_eq!(requests, times);
        assert_eq!(unanswered, 20);
        assert!(ended_by.is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_request_follows_the_one_that_stopped_the_crawl() {
        let (requests, unanswered, ended_by) = fetch_all(3).await;
        assert_eq!((requests.len(), unanswered), (3, 3));
        assert!(matches!(
            ended_by,
            Some(CrawlError::Archive(ArchiveError::Interrupted))
        ));
    }
}
