//! The retries that one run may spend.

use std::sync::atomic::{AtomicU64, Ordering};

/// Retries that every run may spend, even if it sends few requests.
const FREE_RETRIES: u64 = 100;
/// Requests per further retry: one retry for every two requests that needed none. An archive that fails more often is
/// down, and more requests do not help.
const REQUESTS_PER_RETRY: u64 = 3;

/// Counts the retries of a run and refuses those beyond the budget.
#[derive(Debug, Default)]
pub(super) struct RetryBudget {
    spent: AtomicU64,
}

impl RetryBudget {
    /// Takes one retry, given the requests sent so far; false when the budget is spent.
    pub(super) fn take(&self, requests: u64) -> bool {
        let allowed = FREE_RETRIES.saturating_add(requests / REQUESTS_PER_RETRY);
        self.spent
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |spent| {
                (spent < allowed).then(|| spent + 1)
            })
            .is_ok()
    }

    /// Retries taken so far.
    pub(super) fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }
}
