//! A request without a usable answer, with the facts that the retry logic needs.

use std::time::Duration;

use super::answer_meaning::AnswerMeaning;

/// An attempt without a usable answer. If allowed, the request is sent again.
#[derive(Debug)]
pub(super) struct FailedAttempt {
    /// What the answer, or its absence, means.
    pub(super) meaning: AnswerMeaning,
    /// Description for logs and errors.
    pub(super) detail: String,
    /// Pause that the archive requested.
    pub(super) retry_after: Option<Duration>,
}

impl FailedAttempt {
    /// An attempt whose answer cannot be used and that is worth a retry.
    pub(super) fn retryable(detail: String) -> Self {
        Self {
            meaning: AnswerMeaning::Retry,
            detail,
            retry_after: None,
        }
    }

    /// An attempt whose answer cannot be used and whose retry would not help now.
    pub(super) fn hopeless(detail: String) -> Self {
        Self {
            meaning: AnswerMeaning::Failed,
            detail,
            retry_after: None,
        }
    }
}
