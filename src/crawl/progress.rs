//! Progress of a run, for a progress bar.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counters that the crawl updates and others read.
#[derive(Debug, Default)]
pub struct Progress {
    sites_total: AtomicU64,
    sites_done: AtomicU64,
    captures_fetched: AtomicU64,
    requests_left: AtomicU64,
}

/// Values of the counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressSnapshot {
    /// Sites of this run.
    pub sites_total: u64,
    /// Sites finished, with or without failures.
    pub sites_done: u64,
    /// Captures fetched in this run.
    pub captures_fetched: u64,
    /// Captures still to fetch, as far as they are known: what a site wants is known when the answers to its earlier
    /// requests are.
    pub requests_left: u64,
}

impl Progress {
    /// Returns the present values.
    #[must_use]
    pub fn snapshot(&self) -> ProgressSnapshot {
        let (sites_total, sites_done) = (
            self.sites_total.load(Relaxed),
            self.sites_done.load(Relaxed),
        );
        ProgressSnapshot {
            sites_total,
            sites_done,
            captures_fetched: self.captures_fetched.load(Relaxed),
            requests_left: self.requests_left.load(Relaxed),
        }
    }

    /// Adds the sites of a run.
    pub(super) fn begin(&self, sites: usize) {
        self.sites_total
            .fetch_add(u64::try_from(sites).unwrap_or(0), Relaxed);
    }

    /// Counts a site whose crawl ended.
    pub(super) fn site_done(&self) {
        self.sites_done.fetch_add(1, Relaxed);
    }

    /// Adds captures that are wanted.
    pub(super) fn want(&self, captures: usize) {
        self.requests_left
            .fetch_add(u64::try_from(captures).unwrap_or(0), Relaxed);
    }

    /// Counts a request for a capture.
    pub(super) fn capture_fetched(&self) {
        self.captures_fetched.fetch_add(1, Relaxed);
    }

    /// Subtracts a wanted capture that was answered or given up.
    pub(super) fn no_longer_wanted(&self) {
        self.requests_left.fetch_sub(1, Relaxed);
    }
}
