//! Follows the resume keys of one part of a query, and proves that an empty answer is correct.

use std::collections::{BTreeSet, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use super::bounds::query_exceeded_by;
use super::client::{EmptyCheck, IndexClient, PageResult};
use super::page::{IndexPageReader, PageCounts, SentRows};
use super::parameters::{QueryPart, RowFilter, scope_name};
use crate::archive::error::ArchiveError;
use crate::archive::http::answer_meaning::AnswerMeaning;
use crate::archive::http::failed_attempt::FailedAttempt;
use crate::archive::http::retry::RetryState;
use crate::archive::http::scheduler::SentRequest;
use crate::archive::http::settings::Dialect;
use crate::archive::http::usage::{Endpoint, RequestOutcome};
use crate::archive::query::IndexAnswer;
use crate::model::Capture;

/// Number of consecutive pages without a new row that are accepted. With filters, rows may be far apart.
const MAX_EMPTY_PAGES: u32 = 20;
/// Smallest page requested after a 504.
const MIN_PAGE_ROWS: u32 = 250;
/// Number of complete pages after which smaller pages grow again: each attempt at a size that times out costs the
/// server a query.
const PAGES_BEFORE_LARGER: u32 = 4;

/// Maximum number of times that one page may time out while its rows arrive. Each time takes minutes.
const MAX_SLOW_ANSWERS: u32 = 3;

/// How the walk through one part ended.
pub(super) enum PartResult {
    Complete,
    /// The part timed out twice before any row was received.
    TooWide(String),
}

/// Result of one page after its retries.
enum PageStep {
    /// A complete page, and whether it repeats rows that an earlier attempt already sent.
    Page(PageCounts, bool),
    End(PartResult),
}

/// The failed attempts at one page.
#[derive(Default)]
struct PageAttempts {
    /// New rows before the page.
    admitted: u64,
    /// True once rows of the page were sent.
    is_repeat: bool,
    timeouts: u32,
    /// Time-outs while rows arrived.
    slow_answers: u32,
}

impl PageAttempts {
    /// Counts a failed attempt. True at the second time-out.
    ///
    /// # Errors
    /// If rows arrive too slowly each time.
    fn count(
        &mut self,
        failed: &FailedAttempt,
        page: &PageCounts,
        retry: &RetryState<'_>,
    ) -> Result<bool, ArchiveError> {
        let is_timeout = failed.meaning == AnswerMeaning::Narrow;
        self.is_repeat |= page.lines > 0;
        self.timeouts += u32::from(is_timeout);
        self.slow_answers += u32::from(is_timeout && page.lines > 0);
        if self.slow_answers == MAX_SLOW_ANSWERS {
            let detail = format!("{} while rows arrived", failed.detail);
            return Err(retry.unavailable(&detail));
        }
        Ok(self.timeouts == 2)
    }
}

/// The walk through the pages of one part.
pub(super) struct PageWalk<'a> {
    client: IndexClient<'a>,
    filter: &'a RowFilter,
    part: &'a QueryPart,
    /// Rows per page without time-outs.
    page_rows: u32,
    sent: SentRows,
    /// Resume key of the requested page.
    key: Option<String>,
    /// Rows per page that are requested now.
    limit: u32,
    /// Complete pages since the last time-out.
    whole_pages: u32,
    /// Lines of the previous page, if it was full and had no resume key.
    full_lines: Option<u64>,
    /// Unreadable lines of the last answer to the requested page.
    doubtful: BTreeSet<u64>,
}

impl<'a> PageWalk<'a> {
    pub(super) fn new(
        client: IndexClient<'a>,
        filter: &'a RowFilter,
        part: &'a QueryPart,
        page_rows: u32,
    ) -> Self {
        Self {
            client,
            filter,
            part,
            page_rows,
            sent: SentRows::default(),
            key: None,
            limit: page_rows,
            whole_pages: 0,
            full_lines: None,
            doubtful: BTreeSet::new(),
        }
    }

    fn retry_state(&self) -> RetryState<'a> {
        RetryState::new(
            self.client.scheduler,
            Endpoint::Cdx,
            scope_name(&self.part.scope),
        )
    }

    /// Requests all pages.
    pub(super) async fn all_pages(
        &mut self,
        counts: &mut IndexAnswer,
        expects_none: bool,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<PartResult, ArchiveError> {
        if expects_none && self.is_empty_as_expected().await? {
            return Ok(PartResult::Complete);
        }
        let mut empty_pages = 0;
        let (hasher, mut keys) = (RandomState::new(), HashSet::new());
        loop {
            let mut retry = self.retry_state();
            let admitted = self.sent.admitted;
            let (page, is_repeat) = match self.page(&mut retry, counts, sink).await? {
                PageStep::Page(page, is_repeat) => (page, is_repeat),
                PageStep::End(result) => return Ok(result),
            };
            if let Some(detail) = query_exceeded_by(self.sent.admitted) {
                return Err(retry.unavailable(&detail));
            }
            counts.rows += page.sent;
            counts.repeated_rows += if is_repeat { 0 } else { page.repeated };
            let Some(next) = page.resume_key else {
                if self.raise_limit_if_full(page.lines) {
                    continue;
                }
                counts.bad_rows += page.bad;
                return Ok(PartResult::Complete);
            };
            counts.bad_rows += page.bad;
            self.full_lines = None;
            empty_pages = if self.sent.admitted > admitted {
                0
            } else {
                empty_pages + 1
            };
            // Keys may form a cycle. A hash of eight bytes is remembered for each.
            if !keys.insert(hasher.hash_one(&next)) || empty_pages > MAX_EMPTY_PAGES {
                return Err(retry.unavailable("its resume key is invalid"));
            }
            self.key = Some(next);
            self.grow_pages();
        }
    }

    /// Doubles the limit after a page with as many rows as requested and no key: a server without resume keys may have
    /// cut its answer. Returns whether the page has to be requested again.
    fn raise_limit_if_full(&mut self, lines: u64) -> bool {
        let is_full = lines == u64::from(self.limit) && self.full_lines != Some(lines);
        let raises = is_full && self.client.dialect == Dialect::Wayback;
        if raises {
            self.full_lines = Some(lines);
            self.limit = self.limit.saturating_mul(2);
        }
        raises
    }

    /// Enlarges pages again after a time-out made them smaller.
    fn grow_pages(&mut self) {
        self.whole_pages += 1;
        if self.whole_pages >= PAGES_BEFORE_LARGER && self.limit < self.page_rows {
            self.limit = self.limit.saturating_mul(2).min(self.page_rows);
            self.whole_pages = 0;
        }
    }

    /// Requests one page until it is complete.
    async fn page(
        &mut self,
        retry: &mut RetryState<'_>,
        counts: &mut IndexAnswer,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<PageStep, ArchiveError> {
        let client = self.client;
        let mut attempts = PageAttempts {
            admitted: self.sent.admitted,
            is_repeat: self.full_lines.is_some(),
            ..PageAttempts::default()
        };
        let mut empty_answers = 0;
        self.doubtful.clear();
        self.sent.begin_page();
        loop {
            let (mut request, result) = client
                .send(self.filter, self.part, self.limit, self.key.as_deref())
                .await?;
            let (filter, is_repeat) = (Some(self.filter), attempts.is_repeat);
            let reader =
                IndexPageReader::new(client.dialect, &mut self.sent, filter, sink, is_repeat);
            let result = client.read_page(&mut request, result, reader).await;
            match self.without_doubt(result) {
                PageResult::Whole(page)
                    if page.is_blank() && client.dialect == Dialect::Wayback =>
                {
                    request.finish(RequestOutcome::NotFound);
                    if self.is_proven_empty(retry, &mut empty_answers).await? {
                        return Ok(PageStep::End(PartResult::Complete));
                    }
                }
                PageResult::Whole(page) => {
                    request.finish(if page.lines == 0 {
                        RequestOutcome::NotFound
                    } else {
                        RequestOutcome::Ok
                    });
                    return Ok(PageStep::Page(page, is_repeat));
                }
                PageResult::NoCaptures => {
                    request.finish(RequestOutcome::NotFound);
                    return Ok(PageStep::End(PartResult::Complete));
                }
                PageResult::Excluded(detail) => {
                    request.finish(RequestOutcome::Excluded);
                    return Err(client.excluded(&self.part.scope, detail));
                }
                PageResult::Failed(failed, page) => {
                    counts.rows += page.sent;
                    let is_too_wide = attempts.count(&failed, &page, retry)?;
                    if is_too_wide && self.sent.admitted == 0 {
                        retry.respect_retry_after(&failed);
                        drop(request);
                        return Ok(PageStep::End(PartResult::TooWide(failed.detail)));
                    }
                    self.wait_to_retry(retry, request, failed, attempts.admitted)
                        .await?;
                }
            }
        }
    }

    /// Turns a page with unreadable lines into a failure, unless the last answer had the same: they may be damaged on the
    /// way. Lines that come twice the same are what the index has. A page of an unsorted index cannot be requested again.
    fn without_doubt(&mut self, result: PageResult) -> PageResult {
        match result {
            PageResult::Whole(page)
                if !page.doubtful.is_empty()
                    && page.doubtful != self.doubtful
                    && !self.sent.unsorted =>
            {
                let detail = format!("{} rows cannot be read", page.doubtful.len());
                self.doubtful.clone_from(&page.doubtful);
                PageResult::Failed(FailedAttempt::retryable(detail), page)
            }
            other => other,
        }
    }

    /// Waits until a failed page may be requested again, for fewer rows when it timed out. `admitted` is the number of
    /// rows before the page.
    async fn wait_to_retry(
        &mut self,
        retry: &mut RetryState<'_>,
        request: SentRequest<'_>,
        failed: FailedAttempt,
        admitted: u64,
    ) -> Result<(), ArchiveError> {
        if self.sent.unsorted && self.sent.admitted > admitted {
            drop(request);
            let why = "the index is not sorted, so the query cannot be resumed";
            return Err(retry.unavailable(&format!("{}; {why}", failed.detail)));
        }
        if failed.meaning == AnswerMeaning::Narrow && self.sent.admitted > 0 {
            self.whole_pages = 0;
            self.limit = (self.limit / 4).max(MIN_PAGE_ROWS.min(self.page_rows));
        }
        retry.wait_to_retry(request, failed).await
    }

    /// Checks an empty page: true when it is the end, false when it has to be requested again.
    async fn is_proven_empty(
        &mut self,
        retry: &mut RetryState<'_>,
        empty_answers: &mut u32,
    ) -> Result<bool, ArchiveError> {
        let (request, failed) = match self
            .client
            .confirm_empty(self.filter, self.part, self.key.as_deref())
            .await?
        {
            EmptyCheck::Empty => return Ok(true),
            EmptyCheck::Excluded(detail) => {
                return Err(self.client.excluded(&self.part.scope, detail));
            }
            // The Wayback index often sends a resume key even though no row is left, and then answers the request for
            // the next page with 200 and an empty body. After a key, four empty answers count as the end.
            EmptyCheck::Silent(request) if self.key.is_some() && *empty_answers > 0 => {
                request.finish(RequestOutcome::NotFound);
                return Ok(true);
            }
            EmptyCheck::Silent(request) => {
                *empty_answers += 1;
                let detail = "the answer is empty, but does not confirm that there are no captures";
                (request, FailedAttempt::retryable(detail.to_owned()))
            }
            EmptyCheck::Rows(request) => {
                let detail = "the answer is empty, although the index has captures";
                (request, FailedAttempt::retryable(detail.to_owned()))
            }
            EmptyCheck::Failed(request, failed) => (request, failed),
        };
        retry.wait_to_retry(request, failed).await.map(|()| false)
    }

    /// Requests the proof of an empty answer first. If there are no captures, this takes one request instead of two.
    async fn is_empty_as_expected(&mut self) -> Result<bool, ArchiveError> {
        let mut retry = self.retry_state();
        match self
            .client
            .confirm_empty(self.filter, self.part, None)
            .await?
        {
            EmptyCheck::Empty => return Ok(true),
            EmptyCheck::Excluded(detail) => {
                return Err(self.client.excluded(&self.part.scope, detail));
            }
            EmptyCheck::Rows(request) | EmptyCheck::Silent(request) => {
                request.finish(RequestOutcome::Ok);
            }
            EmptyCheck::Failed(request, failed) => retry.wait_to_retry(request, failed).await?,
        }
        Ok(false)
    }
}
