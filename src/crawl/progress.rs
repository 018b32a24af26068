//! How far a run is, for whoever draws it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters that the crawl moves and others read.
#[derive(Debug, Default)]
pub struct Progress {
    sites_total: AtomicU64,
    sites_begun: AtomicU64,
    sites_done: AtomicU64,
    captures_fetched: AtomicU64,
    requests_left: AtomicU64,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressSnapshot {
    /// Sites of this run.
    pub sites_total: u64,
    /// Sites finished, well or not.
    pub sites_done: u64,
    /// Captures fetched in this run.
    pub captures_fetched: u64,
    /// Captures to be fetched: those known to be wanted, and for each site not begun as many as the finished ones took
    /// on average.
    pub requests_left: u64,
}

impl Progress {
    /// The counters now.
    #[must_use]
    pub fn snapshot(&self) -> ProgressSnapshot {
        let (sites_total, sites_done) = (
            self.sites_total.load(Relaxed),
            self.sites_done.load(Relaxed),
        );
        let captures_fetched = self.captures_fetched.load(Relaxed);
        let not_begun = sites_total.saturating_sub(self.sites_begun.load(Relaxed));
        let average = captures_fetched.checked_div(sites_done).unwrap_or(0);
        let requests_left = self
            .requests_left
            .load(Relaxed)
            .saturating_add(average.saturating_mul(not_begun));
        ProgressSnapshot {
            sites_total,
            sites_done,
            captures_fetched,
            requests_left,
        }
    }

    pub(super) fn begin(&self, sites: usize) {
        self.sites_total
            .fetch_add(u64::try_from(sites).unwrap_or(0), Relaxed);
    }

    pub(super) fn site_begun(&self) {
        self.sites_begun.fetch_add(1, Relaxed);
    }

    pub(super) fn site_done(&self) {
        self.sites_done.fetch_add(1, Relaxed);
    }

    pub(super) fn want(&self, captures: usize) {
        self.requests_left
            .fetch_add(u64::try_from(captures).unwrap_or(0), Relaxed);
    }

    pub(super) fn capture_fetched(&self) {
        self.captures_fetched.fetch_add(1, Relaxed);
    }

    /// One wanted capture is answered, or given up.
    pub(super) fn no_longer_wanted(&self) {
        self.requests_left.fetch_sub(1, Relaxed);
    }
}
