//! `Budget`: the number of captures that a policy may still request.

/// Captures that are left for a policy in this run.
///
/// # Examples
/// ```
/// use policytrail::sample::Budget;
/// let mut budget = Budget::of(3);
/// budget.spend(2);
/// assert_eq!(budget.left(), Some(1));
/// budget.spend(2);
/// assert!(budget.is_spent());
/// assert!(!Budget::UNBOUNDED.is_spent());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    left: Option<usize>,
}

impl Budget {
    /// As many captures as the strategy requests.
    pub const UNBOUNDED: Self = Self { left: None };

    /// At most this many captures.
    #[must_use]
    pub const fn of(captures: usize) -> Self {
        Self {
            left: Some(captures),
        }
    }

    /// Captures left; `None` when unbounded.
    #[must_use]
    pub const fn left(self) -> Option<usize> {
        self.left
    }

    /// True when no capture is left.
    #[must_use]
    pub const fn is_spent(self) -> bool {
        matches!(self.left, Some(0))
    }

    /// Subtracts captures; never goes below zero.
    pub const fn spend(&mut self, captures: usize) {
        if let Some(left) = self.left {
            self.left = Some(left.saturating_sub(captures));
        }
    }
}
