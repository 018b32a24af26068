//! Ledgers that fail.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::freezing::TOO_MANY;
use super::*;

/// A ledger that fails on demand.
#[derive(Default)]
struct BadLedger {
    inner: MemoryLedger,
    fails_to_read: AtomicBool,
    fails_to_write: AtomicBool,
    reads: AtomicUsize,
}

impl FreezeLedger for BadLedger {
    fn read(&self) -> Result<Freeze, String> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if self.fails_to_read.load(Ordering::Relaxed) {
            Err("disk I/O error".to_owned())
        } else {
            self.inner.read()
        }
    }
    fn write(&self, freeze: &Freeze) -> Result<(), String> {
        if self.fails_to_write.load(Ordering::Relaxed) {
            Err("disk full".to_owned())
        } else {
            self.inner.write(freeze)
        }
    }
    fn last_index_request(&self) -> Result<Option<Timestamp>, String> {
        self.inner.last_index_request()
    }
    fn note_index_request(&self, at: Timestamp) -> Result<(), String> {
        self.inner.note_index_request(at)
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_cannot_be_recorded_ends_the_run_for_good() {
    let ledger = Arc::new(BadLedger::default());
    ledger.fails_to_write.store(true, Ordering::Relaxed);
    let scene = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        VirtualClock::new(),
        |_, number| {
            if number == 1 {
                Reply::new(429, &[], TOO_MANY)
            } else {
                Reply::page("<p>words</p>")
            }
        },
    );
    scene.page("http://a.com/0").await.unwrap();
    let error = scene.page("http://a.com/1").await.unwrap_err();
    assert!(
        matches!(&error, ArchiveError::Refused { detail, .. } if detail.contains("disk full")),
        "{error}"
    );
    tokio::time::sleep(Duration::from_hours(2)).await;
    assert!(matches!(
        scene.page("http://a.com/2").await,
        Err(ArchiveError::Refused { .. })
    ));
    assert_eq!(scene.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_while_the_ledger_cannot_be_read_ends_the_run_for_good() {
    let ledger = Arc::new(BadLedger::default());
    let failing = ledger.clone();
    let scene = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        VirtualClock::new(),
        move |_, _| {
            failing.fails_to_read.store(true, Ordering::Relaxed);
            Reply::new(429, &[], TOO_MANY)
        },
    );
    scene.page("http://a.com/0").await.unwrap_err();
    ledger.fails_to_read.store(false, Ordering::Relaxed);
    let error = scene.page("http://a.com/1").await.unwrap_err();
    assert!(matches!(error, ArchiveError::Refused { .. }), "{error}");
    assert_eq!(scene.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_ledger_is_read_before_every_request_and_nothing_goes_when_it_cannot_be() {
    let ledger = Arc::new(BadLedger::default());
    let scene = scene_with(
        HttpSettings::default(),
        ledger.clone(),
        VirtualClock::new(),
        |_, _| Reply::page("<p>words</p>"),
    );
    for i in 1..=3 {
        scene.page("http://a.com/").await.unwrap();
        assert!(ledger.reads.load(Ordering::Relaxed) >= i);
    }
    ledger.fails_to_read.store(true, Ordering::Relaxed);
    let error = scene.page("http://a.com/").await.unwrap_err();
    assert!(
        error.ends_run() && error.to_string().contains("disk I/O error"),
        "{error}"
    );
    assert_eq!(scene.requests().len(), 3);
}
