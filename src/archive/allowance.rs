//! The number of requests that a run may still send.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_util::sync::CancellationToken;

/// The number of requests left, shared by all tasks that send them. When it is used up, a token stops the run: requests
/// in flight finish, and no other is sent.
#[derive(Debug, Clone)]
pub struct Allowance {
    left: Arc<AtomicU64>,
    spent: CancellationToken,
}

impl Allowance {
    /// An allowance of this many requests. The first request beyond it cancels `spent`.
    #[must_use]
    pub fn of(requests: u64, spent: CancellationToken) -> Self {
        Self {
            left: Arc::new(AtomicU64::new(requests)),
            spent,
        }
    }

    /// An allowance without limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::of(u64::MAX, CancellationToken::new())
    }

    /// Takes one request out of the allowance; false when none is left.
    pub(super) fn take(&self) -> bool {
        let taken = self
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| match left {
                u64::MAX => Some(left),
                _ => left.checked_sub(1),
            })
            .is_ok();
        if !taken {
            self.spent.cancel();
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_is_spent_once_and_then_everybody_knows() {
        let spent = CancellationToken::new();
        let allowance = Allowance::of(2, spent.clone());
        let other = allowance.clone();
        assert!(allowance.take() && other.take() && !spent.is_cancelled());
        assert!(!allowance.take() && spent.is_cancelled() && !other.take());
    }
}
