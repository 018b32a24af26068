//! Index answers: a page of rows read to its end, an answer without rows, and the proof that "none" is none.

use futures_util::StreamExt as _;
use serde_json::Value;

use super::courier::{Call, clean};
use super::exchange::{peek, start_of_body};
use super::index::{Index, retry};
use super::patience::Trouble;
use super::question::{Part, Wanted};
use super::rows::{Fault, Page, PageCounts, Seen as SeenRows};
use super::transport::Answer;
use super::usage::{Endpoint, Outcome};
use super::verdict::{Failure, Seen, Toward, Verdict, Words, decide, is_refusal};
use crate::archive::ArchiveError;
use crate::archive::encoding::StreamDecoder;
use crate::model::Capture;

/// How a page ended.
pub(super) enum PageEnd {
    Whole(PageCounts),
    NoCaptures,
    /// Ask again; what came is counted.
    Trouble(Trouble, PageCounts),
    Excluded(String),
}

/// What the second question about an empty answer brought.
pub(super) enum Confirmed<'a> {
    /// `[]`: there are no captures.
    Empty,
    Excluded(String),
    /// Nothing again.
    Silent(Call<'a>),
    /// Rows, an error, or no answer.
    No(Call<'a>, Trouble),
    /// There are rows, or other words.
    Rows(Call<'a>),
}

impl Index<'_> {
    pub(super) async fn read_page(
        &self,
        call: &mut Call<'_>,
        result: Result<Answer, Failure>,
        seen: &mut SeenRows,
        wanted: &Wanted,
        sink: &mut (dyn FnMut(Capture) + Send),
        asked_again: bool,
    ) -> PageEnd {
        let answer = match result {
            Ok(answer) => answer,
            Err(failure) => {
                return PageEnd::Trouble(
                    self.courier.trouble_of(Endpoint::Cdx, &failure),
                    PageCounts::default(),
                );
            }
        };
        if answer.status == 200 {
            let page = Page::new(self.dialect, seen, Some(wanted), sink, asked_again);
            let end = self.read_rows(call, answer, page).await;
            return match end {
                // That nothing can be read is no proof that nothing is there.
                PageEnd::Whole(counts) if counts.is_unreadable() && seen.admitted == 0 => {
                    let detail = "rows of which none can be read".to_owned();
                    PageEnd::Trouble(retry(detail), counts)
                }
                end => end,
            };
        }
        match self.read_refusal(call, answer).await {
            (Verdict::NoCaptures, _) => PageEnd::NoCaptures,
            (Verdict::Excluded, trouble) => PageEnd::Excluded(trouble.detail),
            (_, trouble) => PageEnd::Trouble(trouble, PageCounts::default()),
        }
    }

    async fn read_rows(
        &self,
        call: &mut Call<'_>,
        mut answer: Answer,
        mut page: Page<'_>,
    ) -> PageEnd {
        let mut decoder = StreamDecoder::new();
        loop {
            let piece = call.within(answer.body.next()).await;
            let piece = piece.unwrap_or(Some(Err(Failure::Timeout)));
            match piece {
                Some(Ok(piece)) => {
                    call.bytes = call.bytes.saturating_add(piece.len() as u64);
                    if let Err(error) = decoder.feed(&piece, &mut |bytes| page.feed(bytes)) {
                        return self.broken(page, &Failure::Broken(error.to_string()));
                    }
                }
                Some(Err(failure)) => return self.broken(page, &failure),
                None => break,
            }
        }
        if let Err(error) = decoder.finish(&mut |bytes| page.feed(bytes)) {
            return self.broken(page, &Failure::Broken(error.to_string()));
        }
        if !answer.is_framed() && !page.is_at_line_end() {
            return self.broken(page, &Failure::Broken("it ends inside a row".to_owned()));
        }
        let counts = page.finish();
        match counts.fault.clone() {
            None => PageEnd::Whole(counts),
            Some(Fault::Excluded(detail)) => PageEnd::Excluded(detail),
            Some(Fault::ErrorText(text)) => {
                let detail = format!("an error text in place of rows: {text}");
                PageEnd::Trouble(retry(detail), counts)
            }
        }
    }

    fn broken(&self, page: Page<'_>, failure: &Failure) -> PageEnd {
        PageEnd::Trouble(
            self.courier.trouble_of(Endpoint::Cdx, failure),
            page.abandon(),
        )
    }

    /// Reads an answer that has no rows, as far as its words matter.
    async fn read_refusal(&self, call: &mut Call<'_>, mut answer: Answer) -> (Verdict, Trouble) {
        let runtime_error = answer
            .header("x-archive-wayback-runtime-error")
            .unwrap_or_default();
        let toward = answer
            .header("location")
            .map_or(Toward::Nothing, |location| {
                self.addresses
                    .target(&location, "http://invalid.invalid/")
                    .toward()
            });
        let retry_after = self.courier.retry_after(&answer);
        let body = if is_refusal(answer.status, toward) {
            Vec::new()
        } else {
            peek(call, &mut answer).await
        };
        let words = Words::of(&runtime_error, &body);
        let seen = Seen::Answer {
            endpoint: Endpoint::Cdx,
            dialect: self.dialect,
            status: answer.status,
            archived: false,
            toward,
            words,
        };
        let verdict = decide(seen);
        let said = if runtime_error.is_empty() {
            String::from_utf8_lossy(body.get(..200).unwrap_or(&body)).into_owned()
        } else {
            runtime_error
        };
        (
            verdict,
            Trouble {
                verdict,
                detail: clean(&format!("HTTP {} {said}", answer.status)),
                retry_after,
            },
        )
    }

    /// Asks once more, in JSON: `[]` proves that there are no captures. Refused is not empty.
    pub(super) async fn confirm_empty(
        &self,
        wanted: &Wanted,
        part: &Part,
        key: Option<&str>,
    ) -> Result<Confirmed<'_>, ArchiveError> {
        let mut parameters = wanted.parameters(part, 1, key);
        parameters.retain(|(name, _)| *name != "showResumeKey");
        parameters.push(("output", "json".to_owned()));
        let (mut call, result) = self
            .courier
            .send(Endpoint::Cdx, self.addresses.index(&parameters))
            .await?;
        let mut answer = match result {
            Ok(answer) => answer,
            Err(failure) => {
                return Ok(Confirmed::No(
                    call,
                    self.courier.trouble_of(Endpoint::Cdx, &failure),
                ));
            }
        };
        if answer.status != 200 {
            return Ok(match self.read_refusal(&mut call, answer).await {
                (Verdict::Excluded, trouble) => {
                    call.finish(Outcome::Excluded);
                    Confirmed::Excluded(trouble.detail)
                }
                (_, trouble) => Confirmed::No(call, trouble),
            });
        }
        let (body, broke_off) = start_of_body(&mut call, &mut answer).await;
        if let Some(failure) = broke_off {
            let trouble = self.courier.trouble_of(Endpoint::Cdx, &failure);
            return Ok(Confirmed::No(call, trouble));
        }
        if let Ok(rows) = serde_json::from_slice::<Vec<Value>>(&body) {
            let is_header = |row: &Value| row.get(0).and_then(Value::as_str) == Some("urlkey");
            // Rows are no words of the archive's: an address may hold any.
            if !rows.iter().all(is_header) {
                return Ok(Confirmed::Rows(call));
            }
            call.finish(Outcome::NotFound);
            return Ok(Confirmed::Empty);
        }
        if Words::of("", &body) == Words::Excluded {
            call.finish(Outcome::Excluded);
            return Ok(Confirmed::Excluded(clean(&String::from_utf8_lossy(&body))));
        }
        if body.trim_ascii().is_empty() {
            return Ok(Confirmed::Silent(call));
        }
        Ok(Confirmed::Rows(call))
    }
}
