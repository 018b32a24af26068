//! Index queries: the walk along resume keys, the proof that "none" is none, and narrower questions after a 504.
//!
//! Narrowing. The Wayback index times out (504) on large ranges. A 504 or time-out is asked again once; the second makes
//! the range two halves, down to 16 parts, never shorter than a day: that loses nothing, but the parts of a domain query
//! then come one after the other in time. A part that still times out is asked for the host alone; this leaves out
//! subdomains, so its rows are sent but the answer is an error. Past the first page, a 504 makes the pages smaller.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::address::Addresses;
use super::courier::{Call, Courier, clean};
use super::index_answer::{Confirmed, PageEnd};
use super::patience::{Patience, Trouble};
use super::question::{Part, Wanted, name_of};
use super::rows::{PageCounts, Seen};
use super::settings::Dialect;
use super::usage::{Endpoint, Outcome};
use super::verdict::Verdict;
use crate::archive::{ArchiveError, CaptureQuery, IndexAnswer, Scope};
use crate::model::{Capture, Timestamp};

/// Halvings of a range at the most: 16 parts.
const MAX_DEPTH: u32 = 4;
/// No part is shorter.
const SHORTEST_PART_SECONDS: i64 = 86_400;
/// Before any capture of any archive.
const FIRST_CAPTURE: &str = "19900101000000";
/// Pages without one new row that are taken in a row: rows with filters may lie far apart.
const MAX_EMPTY_PAGES: u32 = 20;
/// Smallest page asked for after a 504.
const SMALLEST_PAGE: u32 = 250;
/// Whole pages after which smaller ones are made larger again: each try at a size that times out costs the server a query.
const PAGES_BEFORE_LARGER: u32 = 4;

/// Asks the index.
pub(super) struct Index<'a> {
    pub(super) courier: &'a Courier,
    pub(super) addresses: &'a Addresses,
    pub(super) dialect: Dialect,
    pub(super) page_rows: u32,
    pub(super) now: Timestamp,
}

/// How the walk through one part ended.
enum Walked {
    Complete,
    /// Timed out twice before any row came.
    TooWide(String),
}

/// What one page, retries inside, came to.
enum Turn {
    /// A whole page; the flag says that its first rows had come before.
    Page(PageCounts, bool),
    End(Walked),
}

/// The walk through one part's pages.
struct Walk<'a> {
    index: &'a Index<'a>,
    wanted: &'a Wanted,
    part: &'a Part,
    seen: Seen,
    /// The resume key of the page asked for.
    key: Option<String>,
    limit: u32,
    /// Whole pages since the last time-out.
    whole_pages: u32,
    /// Lines of the page before, when it was full and had no resume key.
    full_lines: Option<u64>,
}

impl Index<'_> {
    pub(super) async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let wanted = Wanted::new(self.dialect, &query.filter)
            .map_err(|detail| self.unavailable(query, &detail))?;
        let mut counts = IndexAnswer::default();
        let mut left_out = None;
        let mut parts = vec![Part {
            scope: query.scope.clone(),
            from: query.from,
            to: query.to,
            depth: 0,
        }];
        while let Some(part) = parts.pop() {
            let mut walk = Walk {
                index: self,
                wanted: &wanted,
                part: &part,
                seen: Seen::default(),
                key: None,
                limit: self.page_rows,
                whole_pages: 0,
                full_lines: None,
            };
            let expects_none = query.expects_none && self.dialect == Dialect::Wayback;
            match walk.all_pages(&mut counts, expects_none, sink).await? {
                Walked::Complete => {}
                Walked::TooWide(detail) => {
                    if let Some((early, late)) = self.halves(&part) {
                        parts.push(late);
                        parts.push(early);
                    } else if let Scope::Domain(site) = &part.scope {
                        left_out = Some(format!(
                            "{detail}; only {site} itself was asked for, its subdomains are missing"
                        ));
                        parts.push(Part {
                            scope: Scope::Host(site.as_str().to_owned()),
                            depth: MAX_DEPTH,
                            ..part
                        });
                    } else {
                        return Err(self.unavailable(query, &detail));
                    }
                }
            }
        }
        left_out.map_or(Ok(counts), |detail| Err(self.unavailable(query, &detail)))
    }

    fn unavailable(&self, query: &CaptureQuery, detail: &str) -> ArchiveError {
        ArchiveError::Unavailable {
            archive: self.courier.archive().to_owned(),
            what: name_of(&query.scope),
            detail: clean(detail),
        }
    }

    fn halves(&self, part: &Part) -> Option<(Part, Part)> {
        let first = part
            .from
            .or_else(|| FIRST_CAPTURE.parse().ok())?
            .unix_seconds();
        let last = part.to.unwrap_or(self.now).unix_seconds();
        if part.depth >= MAX_DEPTH || last.saturating_sub(first) < 2 * SHORTEST_PART_SECONDS {
            return None;
        }
        let middle = first + (last - first) / 2;
        let depth = part.depth + 1;
        Some((
            Part {
                to: Some(Timestamp::from_unix_seconds(middle)),
                depth,
                ..part.clone()
            },
            Part {
                from: Some(Timestamp::from_unix_seconds(middle + 1)),
                depth,
                ..part.clone()
            },
        ))
    }

    pub(super) fn excluded(&self, scope: &Scope, detail: String) -> ArchiveError {
        ArchiveError::Excluded {
            archive: self.courier.archive().to_owned(),
            what: name_of(scope),
            detail,
        }
    }
}

impl Walk<'_> {
    /// Asks for all pages.
    async fn all_pages(
        &mut self,
        counts: &mut IndexAnswer,
        expects_none: bool,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<Walked, ArchiveError> {
        let (index, part) = (self.index, self.part);
        let patience = || index.courier.patience(Endpoint::Cdx, name_of(&part.scope));
        if expects_none && self.is_empty_as_expected(&mut patience()).await? {
            return Ok(Walked::Complete);
        }
        let mut empty_pages = 0;
        let (hasher, mut keys) = (RandomState::new(), HashSet::new());
        loop {
            let mut patience = patience();
            let admitted = self.seen.admitted;
            let (page, is_repeat) = match self.page(&mut patience, counts, sink).await? {
                Turn::Page(page, is_repeat) => (page, is_repeat),
                Turn::End(walked) => return Ok(walked),
            };
            counts.rows += page.sent;
            counts.repeated_rows += if is_repeat { 0 } else { page.repeated };
            let Some(next) = page.resume_key else {
                // As many rows as asked for and no key: a server without resume keys may have cut its answer.
                let is_full =
                    page.lines == u64::from(self.limit) && self.full_lines != Some(page.lines);
                if is_full && self.index.dialect == Dialect::Wayback {
                    self.full_lines = Some(page.lines);
                    self.limit = self.limit.saturating_mul(2);
                    continue;
                }
                counts.bad_rows += page.bad;
                return Ok(Walked::Complete);
            };
            counts.bad_rows += page.bad;
            self.full_lines = None;
            empty_pages = if self.seen.admitted > admitted {
                0
            } else {
                empty_pages + 1
            };
            // Keys may go in a circle; of each, eight bytes are remembered.
            if !keys.insert(hasher.hash_one(&next)) || empty_pages > MAX_EMPTY_PAGES {
                return Err(patience.unavailable("its resume key leads nowhere"));
            }
            self.key = Some(next);
            self.whole_pages += 1;
            if self.whole_pages >= PAGES_BEFORE_LARGER && self.limit < self.index.page_rows {
                self.limit = self.limit.saturating_mul(2).min(self.index.page_rows);
                self.whole_pages = 0;
            }
        }
    }

    /// Asks for one page until it comes whole.
    async fn page(
        &mut self,
        patience: &mut Patience<'_>,
        counts: &mut IndexAnswer,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<Turn, ArchiveError> {
        let index = self.index;
        let admitted = self.seen.admitted;
        let mut asked_again = self.full_lines.is_some();
        let mut timeouts = 0;
        let mut silences = 0;
        loop {
            let parameters = self
                .wanted
                .parameters(self.part, self.limit, self.key.as_deref());
            let url = index.addresses.index(&parameters);
            let (mut call, result) = index.courier.send(Endpoint::Cdx, url).await?;
            let wanted = self.wanted;
            let end = index
                .read_page(&mut call, result, &mut self.seen, wanted, sink, asked_again)
                .await;
            match end {
                PageEnd::Whole(page) if page.is_blank() && index.dialect == Dialect::Wayback => {
                    call.finish(Outcome::NotFound);
                    if self.is_proven_empty(patience, &mut silences).await? {
                        return Ok(Turn::End(Walked::Complete));
                    }
                }
                PageEnd::Whole(page) => {
                    call.finish(if page.lines == 0 {
                        Outcome::NotFound
                    } else {
                        Outcome::Ok
                    });
                    return Ok(Turn::Page(page, asked_again));
                }
                PageEnd::NoCaptures => {
                    call.finish(Outcome::NotFound);
                    return Ok(Turn::End(Walked::Complete));
                }
                PageEnd::Excluded(detail) => {
                    call.finish(Outcome::Excluded);
                    return Err(index.excluded(&self.part.scope, detail));
                }
                PageEnd::Trouble(trouble, page) => {
                    counts.rows += page.sent;
                    asked_again |= page.lines > 0;
                    timeouts += u32::from(trouble.verdict == Verdict::Narrow);
                    if timeouts == 2 && self.seen.admitted == 0 {
                        patience.grant_rest(&trouble);
                        drop(call);
                        return Ok(Turn::End(Walked::TooWide(trouble.detail)));
                    }
                    self.pause(patience, call, trouble, admitted).await?;
                }
            }
        }
    }

    /// After trouble: waits until the page may be asked again, for fewer rows when it timed out.
    async fn pause(
        &mut self,
        patience: &mut Patience<'_>,
        call: Call<'_>,
        trouble: Trouble,
        admitted: u64,
    ) -> Result<(), ArchiveError> {
        if self.seen.unsorted && self.seen.admitted > admitted {
            drop(call);
            let why = "the index is not in order, so the page cannot be taken up again";
            return Err(patience.unavailable(&format!("{}; {why}", trouble.detail)));
        }
        if trouble.verdict == Verdict::Narrow && self.seen.admitted > 0 {
            self.whole_pages = 0;
            self.limit = (self.limit / 4).max(SMALLEST_PAGE.min(self.index.page_rows));
        }
        patience.again(call, trouble).await
    }

    /// After an empty page: true when it is the end; false when it has to be asked again.
    async fn is_proven_empty(
        &mut self,
        patience: &mut Patience<'_>,
        silences: &mut u32,
    ) -> Result<bool, ArchiveError> {
        match self
            .index
            .confirm_empty(self.wanted, self.part, self.key.as_deref())
            .await?
        {
            Confirmed::Empty => Ok(true),
            Confirmed::Excluded(detail) => Err(self.index.excluded(&self.part.scope, detail)),
            // A key is often given though nothing is left (recording 051): there, silence four times is an end.
            Confirmed::Silent(call) if self.key.is_some() && *silences > 0 => {
                call.finish(Outcome::NotFound);
                Ok(true)
            }
            Confirmed::Silent(call) => {
                *silences += 1;
                let detail = "an empty answer without proof that there are no captures".to_owned();
                patience.again(call, retry(detail)).await.map(|()| false)
            }
            Confirmed::Rows(call) => {
                let detail = "an empty answer, though the index has something to say".to_owned();
                patience.again(call, retry(detail)).await.map(|()| false)
            }
            Confirmed::No(call, trouble) => patience.again(call, trouble).await.map(|()| false),
        }
    }

    /// Asks for the proof that there is nothing before anything else: one request instead of two where there is nothing.
    async fn is_empty_as_expected(
        &mut self,
        patience: &mut Patience<'_>,
    ) -> Result<bool, ArchiveError> {
        match self
            .index
            .confirm_empty(self.wanted, self.part, None)
            .await?
        {
            Confirmed::Empty => return Ok(true),
            Confirmed::Excluded(detail) => {
                return Err(self.index.excluded(&self.part.scope, detail));
            }
            Confirmed::Rows(call) | Confirmed::Silent(call) => call.finish(Outcome::Ok),
            Confirmed::No(call, trouble) => patience.again(call, trouble).await?,
        }
        Ok(false)
    }
}

/// An answer that is no answer: to be asked for again.
pub(super) fn retry(detail: String) -> Trouble {
    Trouble {
        verdict: Verdict::Retry,
        detail,
        retry_after: None,
    }
}
