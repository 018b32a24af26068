//! Runs a capture query: as a whole, or in parts if the index times out.
//!
//! The Wayback index times out (504) on large ranges. A 504 or time-out is retried once. The second one divides the
//! range into halves, down to 16 parts, none shorter than a day. This loses no row, but the rows of a domain query then
//! arrive part by part, in order of time. A part that still times out is requested for the host alone. That leaves out
//! subdomains, so its rows are sent but the result is an error. After the first page, a 504 makes the pages smaller
//! (see `walk`).

use super::client::IndexClient;
use super::parameters::{QueryPart, RowFilter, scope_name};
use super::walk::{PageWalk, PartResult};
use crate::archive::error::ArchiveError;
use crate::archive::http::error_text::clean;
use crate::archive::http::settings::Dialect;
use crate::archive::query::{CaptureQuery, IndexAnswer, Scope};
use crate::model::{Capture, Timestamp};

/// Maximum number of times that a range is halved: 16 parts.
const MAX_DEPTH: u32 = 4;
/// Length of the shortest part.
const MIN_PART_SECONDS: i64 = 86_400;
/// A moment before any capture of any archive.
const BEFORE_FIRST_CAPTURE: &str = "19900101000000";

/// Runs capture queries against one index.
pub(in crate::archive::http) struct CaptureSearch<'a> {
    pub(in crate::archive::http) client: IndexClient<'a>,
    /// Rows requested at once.
    pub(in crate::archive::http) page_rows: u32,
    pub(in crate::archive::http) now: Timestamp,
}

impl CaptureSearch<'_> {
    pub(in crate::archive::http) async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let dialect = self.client.dialect;
        let filter = RowFilter::new(dialect, &query.filter)
            .map_err(|detail| self.unavailable(query, &detail))?;
        let mut counts = IndexAnswer::default();
        let mut left_out = None;
        let mut parts = vec![QueryPart {
            scope: query.scope.clone(),
            from: query.from,
            to: query.to,
            depth: 0,
        }];
        while let Some(part) = parts.pop() {
            let mut walk = PageWalk::new(self.client, &filter, &part, self.page_rows);
            let expects_none = query.expects_none && dialect == Dialect::Wayback;
            match walk.all_pages(&mut counts, expects_none, sink).await? {
                PartResult::Complete => {}
                PartResult::TooWide(detail) => {
                    if let Some((early, late)) = self.halves(&part) {
                        parts.push(late);
                        parts.push(early);
                    } else if let Scope::Domain(site) = &part.scope {
                        left_out = Some(format!(
                            "{detail}; only {site} itself was queried, so its subdomains are missing"
                        ));
                        parts.push(QueryPart {
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
            archive: self.client.scheduler.archive().to_owned(),
            what: scope_name(&query.scope),
            detail: clean(detail),
        }
    }

    /// The two halves of a part; `None` when it must not be divided further.
    fn halves(&self, part: &QueryPart) -> Option<(QueryPart, QueryPart)> {
        let first = part
            .from
            .or_else(|| BEFORE_FIRST_CAPTURE.parse().ok())?
            .unix_seconds();
        let last = part.to.unwrap_or(self.now).unix_seconds();
        if part.depth >= MAX_DEPTH || last.saturating_sub(first) < 2 * MIN_PART_SECONDS {
            return None;
        }
        let middle = first + (last - first) / 2;
        let depth = part.depth + 1;
        Some((
            QueryPart {
                to: Some(Timestamp::from_unix_seconds(middle)),
                depth,
                ..part.clone()
            },
            QueryPart {
                from: Some(Timestamp::from_unix_seconds(middle + 1)),
                depth,
                ..part.clone()
            },
        ))
    }
}
