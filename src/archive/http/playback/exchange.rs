//! One playback exchange: what the head means, the body, and which capture it shows.

use super::capture_address::{CaptureAddress, ExpectedPayload};
use super::link_header::original_link;
use super::page_body::{PageBodyError, read_body};
use crate::archive::error::ArchiveError;
use crate::archive::http::address::{Addresses, LocationTarget};
use crate::archive::http::answer_meaning::{
    AnswerFacts, AnswerMeaning, TransportFailure, is_refusal, meaning_of,
};
use crate::archive::http::body::read_start;
use crate::archive::http::error_marker::ErrorMarker;
use crate::archive::http::error_text::clean;
use crate::archive::http::failed_attempt::FailedAttempt;
use crate::archive::http::scheduler::{RequestScheduler, SentRequest};
use crate::archive::http::settings::Dialect;
use crate::archive::http::transport::ArchiveResponse;
use crate::archive::http::usage::{Endpoint, RequestOutcome};
use crate::archive::partial::partial_range;
use crate::archive::query::{Memento, Redirect};
use crate::archive::refresh::refresh_target;
use crate::model::{Timestamp, UrlKey};

/// Longest `Content-Type` kept.
const MAX_CONTENT_TYPE_CHARS: usize = 500;

/// Sends playback requests and reads their answers.
#[derive(Clone, Copy)]
pub(in crate::archive::http) struct PlaybackClient<'a> {
    pub(in crate::archive::http) scheduler: &'a RequestScheduler,
    pub(in crate::archive::http) addresses: &'a Addresses,
    pub(in crate::archive::http) dialect: Dialect,
    pub(in crate::archive::http) max_body_bytes: usize,
}

/// Result of one answered request.
pub(super) enum PlaybackStep {
    Page(Memento),
    Redirect(Redirect, CaptureAddress),
    Jump(CaptureAddress),
}

/// How one exchange ended.
pub(super) enum ExchangeResult {
    Step(PlaybackStep, RequestOutcome),
    /// Final.
    Final(ArchiveError, RequestOutcome),
    /// Final if it happens a second time.
    Doubtful(ArchiveError),
    /// Failed, with the number of bytes of the body that were received, if the body had begun.
    Failed(FailedAttempt, Option<usize>),
}

/// Head of an answer, and what it means.
struct ReadHead {
    response: ArchiveResponse,
    meaning: AnswerMeaning,
    target: LocationTarget,
    /// Error header of the old Wayback server; empty when there is none.
    runtime_error: String,
}

impl PlaybackClient<'_> {
    /// Reads the answer to a request for a capture.
    pub(super) async fn read(
        &self,
        request: &mut SentRequest<'_>,
        result: Result<ArchiveResponse, TransportFailure>,
        capture: &CaptureAddress,
        expected: ExpectedPayload<'_>,
    ) -> ExchangeResult {
        let response = match result {
            Ok(response) => response,
            Err(failure) => {
                let failed = self.scheduler.failed_attempt(Endpoint::Playback, &failure);
                return ExchangeResult::Failed(failed, None);
            }
        };
        let Some(mut head) = self.read_head(request, response, capture).await else {
            return not_archived(capture);
        };
        match head.meaning {
            AnswerMeaning::Archived => self.page(request, head.response, capture, expected).await,
            AnswerMeaning::ArchivedRedirect => {
                read_start(request, &mut head.response).await;
                archived_redirect(&head.response, capture, head.target)
            }
            AnswerMeaning::Jump => jump(capture, head.target),
            AnswerMeaning::NotArchived => not_archived(capture),
            AnswerMeaning::Excluded => self.excluded(&head, capture),
            AnswerMeaning::SelfRedirect => ExchangeResult::Final(
                ArchiveError::RedirectLoop {
                    url: capture.original.clone(),
                },
                RequestOutcome::Redirect,
            ),
            AnswerMeaning::Damaged => ExchangeResult::Final(
                capture.damaged("the archive says that the URL is invalid"),
                RequestOutcome::Failed,
            ),
            _ => self.failed(&head),
        }
    }

    /// Decides what the head of an answer means, with the start of the body of a live one. `None` when the answer shows
    /// a capture of another URL.
    async fn read_head(
        &self,
        request: &mut SentRequest<'_>,
        mut response: ArchiveResponse,
        capture: &CaptureAddress,
    ) -> Option<ReadHead> {
        let location = response
            .header("location")
            .or_else(|| response.header("x-archive-orig-location"))
            .unwrap_or_default();
        let archived = response.headers.contains_key("memento-datetime");
        let target = self.addresses.target(&location, &capture.original);
        let (marker, runtime_error) = if archived {
            (ErrorMarker::Unknown, String::new())
        } else {
            read_error_text(request, &mut response, &target).await
        };
        if archived && self.dialect == Dialect::Pywb && is_of_another_url(&response, capture) {
            return None;
        }
        let meaning = meaning_of(AnswerFacts::Answer {
            endpoint: Endpoint::Playback,
            dialect: self.dialect,
            status: response.status,
            archived,
            location: target.kind(),
            marker,
        });
        Some(ReadHead {
            response,
            meaning,
            target,
            runtime_error,
        })
    }

    fn excluded(&self, head: &ReadHead, capture: &CaptureAddress) -> ExchangeResult {
        let detail = if head.runtime_error.is_empty() {
            format!("HTTP {}", head.response.status)
        } else {
            clean(&head.runtime_error)
        };
        let error = ArchiveError::Excluded {
            archive: self.scheduler.archive().to_owned(),
            what: capture.original.clone(),
            detail,
        };
        ExchangeResult::Final(error, RequestOutcome::Excluded)
    }

    fn failed(&self, head: &ReadHead) -> ExchangeResult {
        let status = head.response.status;
        let what = if (200..400).contains(&status) {
            " without a Memento-Datetime"
        } else {
            ""
        };
        let failed = FailedAttempt {
            meaning: head.meaning,
            detail: clean(&format!("HTTP {status}{what} {}", head.runtime_error)),
            retry_after: self.scheduler.retry_after(&head.response),
        };
        ExchangeResult::Failed(failed, None)
    }

    /// Reads an archived response that is not a redirect.
    async fn page(
        &self,
        request: &mut SentRequest<'_>,
        mut response: ArchiveResponse,
        capture: &CaptureAddress,
        expected: ExpectedPayload<'_>,
    ) -> ExchangeResult {
        let (timestamp, original) = identity(&response, capture);
        let limit = self.max_body_bytes;
        let body = match read_body(request, &mut response, capture, expected, limit).await {
            Ok(body) => body,
            Err(PageBodyError::Final(error)) => {
                return ExchangeResult::Final(error, RequestOutcome::Failed);
            }
            Err(PageBodyError::Doubtful(error)) => return ExchangeResult::Doubtful(error),
            Err(PageBodyError::BrokeOff(failure, bytes)) => {
                let mut failed = self.scheduler.failed_attempt(Endpoint::Playback, &failure);
                failed.detail = format!("{} after {bytes} bytes of the body", failed.detail);
                return ExchangeResult::Failed(failed, Some(bytes));
            }
        };
        let status = response.status;
        let origin = |name: &str| {
            response
                .header(&format!("x-archive-orig-{name}"))
                .or_else(|| response.header(name))
        };
        if let Some(range) = partial_range(status, origin("content-range").as_deref()) {
            let detail = format!("the response of status 206 is only a part of the page, {range}");
            return ExchangeResult::Final(capture.damaged(&detail), RequestOutcome::ArchivedError);
        }
        let refresh = origin("refresh").filter(|_| (200..300).contains(&status));
        if let Some(target) = refresh.and_then(|refresh| refresh_target(&refresh, &body))
            && let target @ (LocationTarget::Capture { .. } | LocationTarget::Original(_)) =
                self.addresses.target(&target, &original)
            && !leads_to(&target, &original)
        {
            return archived_redirect(&response, capture, target);
        }
        if !((200..300).contains(&status) || status >= 400) {
            return ExchangeResult::Final(
                capture.damaged(&format!(
                    "an archived response of status {status} has no page"
                )),
                RequestOutcome::ArchivedError,
            );
        }
        let content_type = response
            .header("content-type")
            .map(|text| text.chars().take(MAX_CONTENT_TYPE_CHARS).collect());
        let outcome = if status < 400 {
            RequestOutcome::Ok
        } else {
            RequestOutcome::ArchivedError
        };
        let memento = Memento {
            timestamp,
            original,
            status,
            content_type,
            body,
            redirects: Vec::new(),
            records: Vec::new(),
        };
        ExchangeResult::Step(PlaybackStep::Page(memento), outcome)
    }
}

/// True when a redirect leads to this URL.
fn leads_to(target: &LocationTarget, url: &str) -> bool {
    match target {
        LocationTarget::Capture { original, .. } | LocationTarget::Original(original) => {
            UrlKey::of(original).ok() == UrlKey::of(url).ok()
        }
        LocationTarget::RateLimitPage | LocationTarget::Nowhere => false,
    }
}

/// Time and URL of the capture in an answer: `Memento-Datetime`, and `Link: <…>; rel="original"`.
fn identity(response: &ArchiveResponse, capture: &CaptureAddress) -> (Timestamp, String) {
    let timestamp = response
        .header("memento-datetime")
        .and_then(|date| Timestamp::from_http_date(date.trim()));
    let original = response
        .header("link")
        .and_then(|links| original_link(&links));
    (
        timestamp.unwrap_or(capture.timestamp),
        original.unwrap_or_else(|| capture.original.clone()),
    )
}

fn not_archived(capture: &CaptureAddress) -> ExchangeResult {
    let url = capture.original.clone();
    ExchangeResult::Final(ArchiveError::NotArchived { url }, RequestOutcome::NotFound)
}

/// True when pywb answers with a capture of another URL.
///
/// For a URL that it does not have, pywb answers with a similar URL from any year: for `/privacy.html?a=1` of 2010 it
/// sent `/privacy.html` of 1999. Unlike the index, playback has no parameter `allowFuzzy=false`.
fn is_of_another_url(response: &ArchiveResponse, capture: &CaptureAddress) -> bool {
    let given = response
        .header("link")
        .and_then(|links| original_link(&links))
        .and_then(|url| UrlKey::of(&url).ok());
    given.is_some_and(|key| UrlKey::of(&capture.original).is_ok_and(|wanted| wanted != key))
}

fn jump(capture: &CaptureAddress, target: LocationTarget) -> ExchangeResult {
    match target {
        LocationTarget::Capture {
            timestamp,
            original,
        } => {
            let next = CaptureAddress {
                timestamp,
                original,
            };
            ExchangeResult::Step(PlaybackStep::Jump(next), RequestOutcome::Redirect)
        }
        _ => ExchangeResult::Final(
            capture.damaged("the archive redirects to something that is not a capture"),
            RequestOutcome::Failed,
        ),
    }
}

fn archived_redirect(
    response: &ArchiveResponse,
    capture: &CaptureAddress,
    target: LocationTarget,
) -> ExchangeResult {
    let (timestamp, from) = identity(response, capture);
    let next = match target {
        LocationTarget::Capture {
            timestamp,
            original,
        } => CaptureAddress {
            timestamp,
            original,
        },
        LocationTarget::Original(original) => CaptureAddress {
            timestamp,
            original,
        },
        LocationTarget::RateLimitPage | LocationTarget::Nowhere => {
            let detail = format!(
                "an archived redirect ({}) has no valid target",
                response.status
            );
            return ExchangeResult::Final(capture.damaged(&detail), RequestOutcome::Failed);
        }
    };
    let redirect = Redirect {
        from,
        timestamp,
        status: response.status,
        to: next.original.clone(),
    };
    ExchangeResult::Step(
        PlaybackStep::Redirect(redirect, next),
        RequestOutcome::Redirect,
    )
}

/// Reads the error text of a live answer: its marker, and the old server's error header. Does not wait for the body of
/// a refusal.
async fn read_error_text(
    request: &mut SentRequest<'_>,
    response: &mut ArchiveResponse,
    target: &LocationTarget,
) -> (ErrorMarker, String) {
    let runtime_error = response
        .header("x-archive-wayback-runtime-error")
        .unwrap_or_default();
    let body = if is_refusal(response.status, target.kind()) {
        Vec::new()
    } else {
        read_start(request, response).await
    };
    (ErrorMarker::of(&runtime_error, &body), runtime_error)
}
