//! Sends requests to the index. Reads a page of rows to its end, an answer without rows, and the proof that there are
//! no captures.

use futures_util::StreamExt as _;
use serde_json::Value;

use super::bounds::answer_exceeded_by;
use super::page::{IndexPageReader, PageCounts, PageError};
use super::parameters::{QueryPart, RowFilter, scope_name};
use crate::archive::encoding::StreamDecoder;
use crate::archive::error::ArchiveError;
use crate::archive::http::address::Addresses;
use crate::archive::http::answer_meaning::{
    AnswerFacts, AnswerMeaning, RedirectTarget, TransportFailure, is_refusal, meaning_of,
};
use crate::archive::http::body::{read_start, read_start_or_failure};
use crate::archive::http::error_marker::ErrorMarker;
use crate::archive::http::error_text::clean;
use crate::archive::http::failed_attempt::FailedAttempt;
use crate::archive::http::scheduler::{RequestScheduler, SentRequest};
use crate::archive::http::settings::Dialect;
use crate::archive::http::transport::ArchiveResponse;
use crate::archive::http::usage::{Endpoint, RequestOutcome};
use crate::archive::query::Scope;

/// Sends requests to one index.
#[derive(Clone, Copy)]
pub(in crate::archive::http) struct IndexClient<'a> {
    pub(in crate::archive::http) scheduler: &'a RequestScheduler,
    pub(in crate::archive::http) addresses: &'a Addresses,
    pub(in crate::archive::http) dialect: Dialect,
}

/// How a page ended.
pub(super) enum PageResult {
    Whole(PageCounts),
    NoCaptures,
    /// Worth another attempt. The counts are those of the rows that were received.
    Failed(FailedAttempt, PageCounts),
    Excluded(String),
}

/// Result of the second request after an empty answer.
pub(super) enum EmptyCheck<'a> {
    /// `[]`: there are no captures.
    Empty,
    Excluded(String),
    /// Empty again.
    Silent(SentRequest<'a>),
    /// An error, or no answer.
    Failed(SentRequest<'a>, FailedAttempt),
    /// Rows, or any other text.
    Rows(SentRequest<'a>),
}

/// A request and the head of its answer.
type Sent<'a> = (SentRequest<'a>, Result<ArchiveResponse, TransportFailure>);

impl<'a> IndexClient<'a> {
    /// Requests one page.
    pub(super) async fn send(
        &self,
        filter: &RowFilter,
        part: &QueryPart,
        limit: u32,
        key: Option<&str>,
    ) -> Result<Sent<'a>, ArchiveError> {
        let url = self.addresses.index(&filter.parameters(part, limit, key));
        self.scheduler.send(Endpoint::Cdx, url).await
    }

    /// Reads the answer to a request for a page.
    pub(super) async fn read_page(
        &self,
        request: &mut SentRequest<'_>,
        result: Result<ArchiveResponse, TransportFailure>,
        reader: IndexPageReader<'_>,
    ) -> PageResult {
        let response = match result {
            Ok(response) => response,
            Err(failure) => {
                return PageResult::Failed(self.failed(&failure), PageCounts::default());
            }
        };
        if response.status == 200 {
            return self.read_rows(request, response, reader).await;
        }
        let failed = self.read_error(request, response).await;
        match failed.meaning {
            AnswerMeaning::NoCaptures => PageResult::NoCaptures,
            AnswerMeaning::Excluded => PageResult::Excluded(failed.detail),
            _ => PageResult::Failed(failed, PageCounts::default()),
        }
    }

    async fn read_rows(
        &self,
        request: &mut SentRequest<'_>,
        mut response: ArchiveResponse,
        mut reader: IndexPageReader<'_>,
    ) -> PageResult {
        let mut decoder = StreamDecoder::new();
        let mut decoded_bytes = 0;
        let broken = |reader: IndexPageReader<'_>, why: String| {
            let failure = TransportFailure::Broken(why);
            PageResult::Failed(self.failed(&failure), reader.abandon())
        };
        loop {
            let piece = request.within_shared_line(response.body.next()).await;
            let piece = piece.unwrap_or(Some(Err(TransportFailure::Timeout)));
            match piece {
                Some(Ok(piece)) => {
                    request.bytes = request.bytes.saturating_add(piece.len() as u64);
                    let fed = decoder.feed(&piece, &mut |bytes| {
                        decoded_bytes += bytes.len() as u64;
                        reader.feed(bytes);
                    });
                    if let Err(error) = fed {
                        return broken(reader, error.to_string());
                    }
                    if let Some(detail) = answer_exceeded_by(reader.lines(), decoded_bytes) {
                        return PageResult::Failed(
                            FailedAttempt::hopeless(detail),
                            reader.abandon(),
                        );
                    }
                }
                Some(Err(failure)) => {
                    return PageResult::Failed(self.failed(&failure), reader.abandon());
                }
                None => break,
            }
        }
        if let Err(error) = decoder.finish(&mut |bytes| reader.feed(bytes)) {
            return broken(reader, error.to_string());
        }
        let counts = reader.finish();
        if counts.is_cut {
            let failure = TransportFailure::Broken("the answer ends inside a row".to_owned());
            return PageResult::Failed(self.failed(&failure), counts);
        }
        match counts.error.clone() {
            // An answer without a readable row does not prove that there are no captures.
            None if counts.is_unreadable() => {
                let detail = "none of the rows can be read".to_owned();
                PageResult::Failed(FailedAttempt::retryable(detail), counts)
            }
            None => PageResult::Whole(counts),
            Some(PageError::Excluded(detail)) => PageResult::Excluded(detail),
            Some(PageError::Text(text)) => {
                let detail = format!("the answer is an error message: {text}");
                PageResult::Failed(FailedAttempt::retryable(detail), counts)
            }
        }
    }

    fn failed(&self, failure: &TransportFailure) -> FailedAttempt {
        self.scheduler.failed_attempt(Endpoint::Cdx, failure)
    }

    /// Reads an answer without rows, and its text if the text matters.
    async fn read_error(
        &self,
        request: &mut SentRequest<'_>,
        mut response: ArchiveResponse,
    ) -> FailedAttempt {
        let runtime_error = response
            .header("x-archive-wayback-runtime-error")
            .unwrap_or_default();
        let location = response
            .header("location")
            .map_or(RedirectTarget::Nothing, |location| {
                self.addresses
                    .target(&location, "http://invalid.invalid/")
                    .kind()
            });
        let retry_after = self.scheduler.retry_after(&response);
        let body = if is_refusal(response.status, location) {
            Vec::new()
        } else {
            read_start(request, &mut response).await
        };
        let meaning = meaning_of(AnswerFacts::Answer {
            endpoint: Endpoint::Cdx,
            dialect: self.dialect,
            status: response.status,
            archived: false,
            location,
            marker: ErrorMarker::of(&runtime_error, &body),
        });
        let text = if runtime_error.is_empty() {
            String::from_utf8_lossy(body.get(..200).unwrap_or(&body)).into_owned()
        } else {
            runtime_error
        };
        FailedAttempt {
            meaning,
            detail: clean(&format!("HTTP {} {text}", response.status)),
            retry_after,
        }
    }

    /// Repeats a query in JSON after an empty answer: `[]` proves that there are no captures. A refusal is not an empty
    /// answer.
    pub(super) async fn confirm_empty(
        &self,
        filter: &RowFilter,
        part: &QueryPart,
        key: Option<&str>,
    ) -> Result<EmptyCheck<'a>, ArchiveError> {
        let mut parameters = filter.parameters(part, 1, key);
        parameters.retain(|(name, _)| *name != "showResumeKey");
        parameters.push(("output", "json".to_owned()));
        let (mut request, result) = self
            .scheduler
            .send(Endpoint::Cdx, self.addresses.index(&parameters))
            .await?;
        let mut response = match result {
            Ok(response) => response,
            Err(failure) => return Ok(EmptyCheck::Failed(request, self.failed(&failure))),
        };
        if response.status != 200 {
            let failed = self.read_error(&mut request, response).await;
            if failed.meaning != AnswerMeaning::Excluded {
                return Ok(EmptyCheck::Failed(request, failed));
            }
            request.finish(RequestOutcome::Excluded);
            return Ok(EmptyCheck::Excluded(failed.detail));
        }
        let (body, failure) = read_start_or_failure(&mut request, &mut response).await;
        if let Some(failure) = failure {
            return Ok(EmptyCheck::Failed(request, self.failed(&failure)));
        }
        if let Ok(rows) = serde_json::from_slice::<Vec<Value>>(&body) {
            let is_header = |row: &Value| row.get(0).and_then(Value::as_str) == Some("urlkey");
            // Rows are not messages of the archive: a captured address may contain any marker.
            if !rows.iter().all(is_header) {
                return Ok(EmptyCheck::Rows(request));
            }
            request.finish(RequestOutcome::NotFound);
            return Ok(EmptyCheck::Empty);
        }
        if ErrorMarker::of("", &body) == ErrorMarker::Excluded {
            request.finish(RequestOutcome::Excluded);
            return Ok(EmptyCheck::Excluded(clean(&String::from_utf8_lossy(&body))));
        }
        if body.trim_ascii().is_empty() {
            return Ok(EmptyCheck::Silent(request));
        }
        Ok(EmptyCheck::Rows(request))
    }

    /// The error for an excluded scope.
    pub(super) fn excluded(&self, scope: &Scope, detail: String) -> ArchiveError {
        ArchiveError::Excluded {
            archive: self.scheduler.archive().to_owned(),
            what: scope_name(scope),
            detail,
        }
    }
}
