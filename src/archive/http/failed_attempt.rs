//! A request without a usable answer, with the facts that the retry logic needs.

use std::time::Duration;

use super::answer_meaning::{AnswerFacts, AnswerMeaning, TransportFailure, meaning_of};
use super::usage::Endpoint;

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
    /// An attempt without a complete answer. `answered_before` is true when an earlier request was answered.
    pub(super) fn without_answer(
        endpoint: Endpoint,
        failure: &TransportFailure,
        answered_before: bool,
    ) -> Self {
        let meaning = meaning_of(AnswerFacts::Failure {
            endpoint,
            failure,
            answered_before,
        });
        Self {
            meaning,
            detail: failure.to_string(),
            retry_after: None,
        }
    }

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
