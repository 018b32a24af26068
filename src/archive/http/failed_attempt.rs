//! A request that brought no usable answer, with what the retry logic needs to know about it.

use std::time::Duration;

use super::answer_meaning::AnswerMeaning;

/// Why a request has to be sent again, if that is allowed.
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
}
