//! Index queries: the walk along resume keys, the proof that "none" is none, and narrower questions after a 504.
//!
//! Narrowing. The Wayback index times out (504) on large ranges. A 504 or time-out is asked again once; the second makes
//! the range two halves, down to 16 parts, never shorter than a day: that loses nothing, but the parts of a domain query
//! then come one after the other in time. A part that still times out is asked for the host alone; this leaves out
//! subdomains, so its rows are sent but the answer is an error. Past the first page, a 504 makes the pages smaller.

use aho_corasick::AhoCorasick;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::address::Addresses;
use super::courier::{Call, Courier, Patience, Trouble, clean, retry_after};
use super::rows::{Fault, Page, PageCounts, Seen as SeenRows};
use super::settings::Dialect;
use super::transport::Answer;
use super::usage::{Endpoint, Outcome};
use super::verdict::{Failure, Seen, Verdict, Words, decide};
use crate::archive::encoding::{StreamDecoder, decode_body};
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
/// Longest filter sent; servers refuse addresses over 8 KB.
const MAX_FILTER_BYTES: usize = 5000;
/// Of an answer that is no rows, this much is read.
const MAX_PEEK_BYTES: usize = 256 * 1024;

const FIELDS: &str = "urlkey,timestamp,original,mimetype,statuscode,digest,length";
const PYWB_FIELDS: &str = "urlkey,timestamp,url,mime,status,digest,length";

/// Asks the index.
pub(super) struct Index<'a> {
    pub(super) courier: &'a Courier,
    pub(super) addresses: &'a Addresses,
    pub(super) dialect: Dialect,
    pub(super) page_rows: u32,
    pub(super) now: Timestamp,
}

/// A part of a query: a scope and a range of time.
#[derive(Debug, Clone)]
struct Part {
    scope: Scope,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    depth: u32,
}

enum Walked {
    Complete,
    /// Timed out twice before any row came.
    TooWide(String),
}

/// How a page ended.
enum PageEnd {
    Whole(PageCounts),
    NoCaptures,
    /// Ask again; the flag says that the part may be too wide.
    Trouble(Trouble, PageCounts),
    Excluded(String),
}

/// What the query wants, prepared.
struct Wanted<'q> {
    query: &'q CaptureQuery,
    words: Option<AhoCorasick>,
    filter: Option<String>,
}

impl Index<'_> {
    pub(super) async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let words = word_matcher(&query.urlkey_words).map_err(|detail| self.unavailable(query, &detail))?;
        let wanted = Wanted { query, words, filter: self.word_filter(&query.urlkey_words) };
        let mut counts = IndexAnswer::default();
        let mut left_out = None;
        let mut parts = vec![Part { scope: query.scope.clone(), from: query.from, to: query.to, depth: 0 }];
        while let Some(part) = parts.pop() {
            match self.walk(&wanted, &part, &mut counts, sink).await? {
                Walked::Complete => {}
                Walked::TooWide(detail) => {
                    if let Some((early, late)) = self.halves(&part) {
                        parts.push(late);
                        parts.push(early);
                    } else if let Scope::Domain(site) = &part.scope {
                        left_out = Some(format!("{detail}; only {site} itself was asked for, its subdomains are missing"));
                        parts.push(Part { scope: Scope::Host(site.as_str().to_owned()), depth: MAX_DEPTH, ..part });
                    } else {
                        return Err(self.unavailable(query, &detail));
                    }
                }
            }
        }
        left_out.map_or(Ok(counts), |detail| Err(self.unavailable(query, &detail)))
    }

    fn unavailable(&self, query: &CaptureQuery, detail: &str) -> ArchiveError {
        ArchiveError::Unavailable { archive: self.courier.archive().to_owned(), what: name_of(&query.scope), detail: clean(detail) }
    }

    fn halves(&self, part: &Part) -> Option<(Part, Part)> {
        let first = part.from.or_else(|| FIRST_CAPTURE.parse().ok())?.unix_seconds();
        let last = part.to.unwrap_or(self.now).unix_seconds();
        if part.depth >= MAX_DEPTH || last.saturating_sub(first) < 2 * SHORTEST_PART_SECONDS {
            return None;
        }
        let middle = first + (last - first) / 2;
        let depth = part.depth + 1;
        Some((
            Part { to: Some(Timestamp::from_unix_seconds(middle)), depth, ..part.clone() },
            Part { from: Some(Timestamp::from_unix_seconds(middle + 1)), depth, ..part.clone() },
        ))
    }

    /// Asks for all pages of one part.
    async fn walk(
        &self,
        wanted: &Wanted<'_>,
        part: &Part,
        counts: &mut IndexAnswer,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<Walked, ArchiveError> {
        let mut seen = SeenRows::default();
        let mut key: Option<String> = None;
        let mut limit = self.page_rows;
        let mut lines_at_limit = None;
        let mut empty_pages = 0;
        'pages: loop {
            let mut patience = self.courier.patience(Endpoint::Cdx, name_of(&part.scope));
            let mut asked_again = lines_at_limit.is_some();
            let mut timeouts = 0;
            let admitted_before = seen.admitted;
            let page = loop {
                let url = self.addresses.index(&self.parameters(wanted, part, limit, key.as_deref()));
                let (mut call, result) = self.courier.send(Endpoint::Cdx, url).await?;
                match self.read_page(&mut call, result, &mut seen, wanted.words.as_ref(), sink, asked_again).await {
                    PageEnd::Whole(page) if page.bytes == 0 && key.is_none() && seen.admitted == 0 && self.dialect == Dialect::Wayback => {
                        call.finish(Outcome::NotFound);
                        match self.confirm_empty(wanted, part).await? {
                            Confirmed::Empty => return Ok(Walked::Complete),
                            Confirmed::Excluded(detail) => return Err(self.excluded(&part.scope, detail)),
                            Confirmed::No(call, trouble) => patience.again(call, trouble).await?,
                        }
                    }
                    PageEnd::Whole(page) => {
                        call.finish(if page.lines == 0 { Outcome::NotFound } else { Outcome::Ok });
                        break page;
                    }
                    PageEnd::NoCaptures => {
                        call.finish(Outcome::NotFound);
                        return Ok(Walked::Complete);
                    }
                    PageEnd::Excluded(detail) => {
                        call.finish(Outcome::Excluded);
                        return Err(self.excluded(&part.scope, detail));
                    }
                    PageEnd::Trouble(trouble, page) => {
                        counts.rows += page.sent;
                        asked_again = true;
                        if seen.unsorted && seen.admitted > admitted_before {
                            call.finish(Outcome::Failed);
                            let detail = format!("{}; the index is not in order, so the page cannot be taken up again", trouble.detail);
                            return Err(patience.unavailable(&detail));
                        }
                        if trouble.verdict == Verdict::Narrow {
                            timeouts += 1;
                            if timeouts == 2 && seen.admitted == 0 {
                                call.finish(Outcome::Failed);
                                return Ok(Walked::TooWide(trouble.detail));
                            }
                            if seen.admitted > 0 {
                                limit = (limit / 4).max(SMALLEST_PAGE.min(self.page_rows));
                            }
                        }
                        patience.again(call, trouble).await?;
                    }
                }
            };
            counts.rows += page.sent;
            counts.bad_rows += page.bad;
            counts.repeated_rows += if asked_again { 0 } else { page.repeated };
            let Some(next) = page.resume_key else {
                // Exactly as many rows as asked for and no key: a server without resume keys may have cut its answer.
                if self.dialect == Dialect::Wayback && page.lines == u64::from(limit) && lines_at_limit != Some(page.lines) {
                    lines_at_limit = Some(page.lines);
                    limit = limit.saturating_mul(2);
                    continue 'pages;
                }
                return Ok(Walked::Complete);
            };
            lines_at_limit = None;
            empty_pages = if seen.admitted > admitted_before { 0 } else { empty_pages + 1 };
            if key.as_ref() == Some(&next) || empty_pages > MAX_EMPTY_PAGES {
                return Err(patience.unavailable("its resume key leads nowhere"));
            }
            key = Some(next);
        }
    }

    fn excluded(&self, scope: &Scope, detail: String) -> ArchiveError {
        ArchiveError::Excluded { archive: self.courier.archive().to_owned(), what: name_of(scope), detail }
    }

    fn parameters(&self, wanted: &Wanted<'_>, part: &Part, limit: u32, key: Option<&str>) -> Vec<(&'static str, String)> {
        let (url, match_type) = match &part.scope {
            // `exact` is said, for a URL that ends in `*` would be a prefix query otherwise.
            Scope::Exact(url) => (url.clone(), "exact"),
            Scope::Host(host) => (host.clone(), "host"),
            Scope::Domain(site) => (site.as_str().to_owned(), "domain"),
        };
        let mut parameters = vec![("url", url), ("matchType", match_type.to_owned())];
        parameters.extend(part.from.map(|from| ("from", from.to_string())));
        parameters.extend(part.to.map(|to| ("to", to.to_string())));
        parameters.extend(wanted.filter.clone().map(|filter| ("filter", filter)));
        match self.dialect {
            Dialect::Wayback => {
                parameters.extend([("fl", FIELDS.to_owned()), ("limit", limit.to_string()), ("showResumeKey", "true".to_owned())]);
                parameters.extend(key.map(|key| ("resumeKey", key.to_owned())));
            }
            // No limit: without resume keys nothing could follow it.
            Dialect::Pywb => {
                parameters.extend([("fl", PYWB_FIELDS.to_owned()), ("output", "json".to_owned()), ("allowFuzzy", "false".to_owned())]);
            }
        }
        parameters
    }

    async fn read_page(
        &self,
        call: &mut Call<'_>,
        result: Result<Answer, Failure>,
        seen: &mut SeenRows,
        words: Option<&AhoCorasick>,
        sink: &mut (dyn FnMut(Capture) + Send),
        asked_again: bool,
    ) -> PageEnd {
        let answer = match result {
            Ok(answer) => answer,
            Err(failure) => return PageEnd::Trouble(self.courier.trouble_of(Endpoint::Cdx, &failure), PageCounts::default()),
        };
        if answer.status == 200 {
            return self.read_rows(call, answer, Page::new(self.dialect, seen, words, sink, asked_again)).await;
        }
        match self.read_refusal(call, answer).await {
            (Verdict::NoCaptures, _) => PageEnd::NoCaptures,
            (Verdict::Excluded, trouble) => PageEnd::Excluded(trouble.detail),
            (_, trouble) => PageEnd::Trouble(trouble, PageCounts::default()),
        }
    }

    async fn read_rows(&self, call: &mut Call<'_>, mut answer: Answer, mut page: Page<'_>) -> PageEnd {
        let mut decoder = StreamDecoder::new();
        let deadline = call.deadline();
        loop {
            let piece = match tokio::time::timeout_at(deadline, answer.body.next()).await {
                Err(_) => Some(Err(Failure::Timeout)),
                Ok(piece) => piece,
            };
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
                PageEnd::Trouble(Trouble { verdict: Verdict::Retry, detail, retry_after: None }, counts)
            }
        }
    }

    fn broken(&self, page: Page<'_>, failure: &Failure) -> PageEnd {
        PageEnd::Trouble(self.courier.trouble_of(Endpoint::Cdx, failure), page.abandon())
    }

    /// Reads an answer that has no rows, as far as its words matter.
    async fn read_refusal(&self, call: &mut Call<'_>, mut answer: Answer) -> (Verdict, Trouble) {
        let runtime_error = answer.header("x-archive-wayback-runtime-error").unwrap_or_default();
        let toward = answer.header("location").map_or(super::verdict::Toward::Nothing, |location| {
            self.addresses.target(&location, "http://invalid.invalid/").toward()
        });
        let retry_after = retry_after(&answer);
        let encoding = answer.header("content-encoding");
        let mut body = Vec::new();
        while let Ok(Some(Ok(piece))) = tokio::time::timeout_at(call.deadline(), answer.body.next()).await {
            call.bytes = call.bytes.saturating_add(piece.len() as u64);
            body.extend_from_slice(&piece);
            if body.len() > MAX_PEEK_BYTES {
                break;
            }
        }
        let body = decode_body(&body, encoding.as_deref(), 4 * MAX_PEEK_BYTES).unwrap_or(body);
        let words = Words::of(&runtime_error, &body);
        let seen = Seen::Answer { endpoint: Endpoint::Cdx, dialect: self.dialect, status: answer.status, archived: false, toward, words };
        let verdict = decide(seen);
        let said = if runtime_error.is_empty() { String::from_utf8_lossy(body.get(..200).unwrap_or(&body)).into_owned() } else { runtime_error };
        (verdict, Trouble { verdict, detail: clean(&format!("HTTP {} {said}", answer.status)), retry_after })
    }

    /// Asks once more, in JSON: `[]` proves that there are no captures. Refused is not empty.
    async fn confirm_empty(&self, wanted: &Wanted<'_>, part: &Part) -> Result<Confirmed<'_>, ArchiveError> {
        let mut parameters = self.parameters(wanted, part, 1, None);
        parameters.retain(|(name, _)| *name != "showResumeKey");
        parameters.push(("output", "json".to_owned()));
        let (mut call, result) = self.courier.send(Endpoint::Cdx, self.addresses.index(&parameters)).await?;
        let mut answer = match result {
            Ok(answer) => answer,
            Err(failure) => return Ok(Confirmed::No(call, self.courier.trouble_of(Endpoint::Cdx, &failure))),
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
        let encoding = answer.header("content-encoding");
        let mut body = Vec::new();
        while let Ok(Some(Ok(piece))) = tokio::time::timeout_at(call.deadline(), answer.body.next()).await {
            call.bytes = call.bytes.saturating_add(piece.len() as u64);
            body.extend_from_slice(&piece);
            if body.len() > MAX_PEEK_BYTES {
                break;
            }
        }
        let body = decode_body(&body, encoding.as_deref(), 4 * MAX_PEEK_BYTES).unwrap_or_default();
        let rows = serde_json::from_slice::<Vec<Value>>(&body);
        let is_header = |row: &Value| row.get(0).and_then(Value::as_str) == Some("urlkey");
        if rows.as_ref().is_ok_and(|rows| rows.iter().all(is_header)) {
            call.finish(Outcome::NotFound);
            return Ok(Confirmed::Empty);
        }
        if Words::of("", &body) == Words::Excluded {
            call.finish(Outcome::Excluded);
            return Ok(Confirmed::Excluded(clean(&String::from_utf8_lossy(&body))));
        }
        let detail = if rows.is_ok() { "an empty answer, though the index has rows" } else { "an empty answer without proof that there are no captures" };
        Ok(Confirmed::No(call, Trouble { verdict: Verdict::Retry, detail: detail.to_owned(), retry_after: None }))
    }

    /// A filter for the server: right under both of its ways to match (whole field, or anchored at the start). Words are
    /// shortened until the address is not too long; what comes too much is left out on this side.
    fn word_filter(&self, words: &[String]) -> Option<String> {
        let prefix = if self.dialect == Dialect::Pywb { "~urlkey:" } else { "urlkey:" };
        let keys: Vec<String> = words.iter().map(|word| in_key(word)).collect();
        if keys.is_empty() {
            return None;
        }
        [usize::MAX, 16, 12, 10, 8, 7, 6, 5, 4].into_iter().find_map(|length| {
            let mut short: Vec<&str> = keys.iter().map(|key| key.get(..length).unwrap_or(key)).collect();
            short.sort_unstable();
            short.dedup();
            let needed: Vec<String> = short
                .iter()
                .filter(|word| !short.iter().any(|other| other != *word && word.contains(other)))
                .map(|word| escape(word))
                .collect();
            let filter = format!("{prefix}.*({}).*", needed.join("|"));
            let encoded: usize = filter.bytes().map(|b| if b.is_ascii_alphanumeric() || b"-._*".contains(&b) { 1 } else { 3 }).sum();
            (encoded <= MAX_FILTER_BYTES).then_some(filter)
        })
    }
}

enum Confirmed<'a> {
    Empty,
    Excluded(String),
    No(Call<'a>, Trouble),
}

fn name_of(scope: &Scope) -> String {
    match scope {
        Scope::Exact(url) => url.clone(),
        Scope::Host(host) => host.clone(),
        Scope::Domain(site) => format!("*.{site}"),
    }
}

/// A word as it stands in a urlkey: other letters than ASCII percent-encoded in lower case.
fn in_key(word: &str) -> String {
    word.bytes().fold(String::new(), |mut key, byte| {
        if byte.is_ascii() {
            key.push(char::from(byte.to_ascii_lowercase()));
        } else {
            key.push_str(&format!("%{byte:02x}"));
        }
        key
    })
}

fn word_matcher(words: &[String]) -> Result<Option<AhoCorasick>, String> {
    if words.is_empty() {
        return Ok(None);
    }
    let patterns = words.iter().flat_map(|word| [word.to_lowercase(), in_key(word)]);
    AhoCorasick::builder().build(patterns).map(Some).map_err(|error| format!("the words to look for: {error}"))
}

/// Escaped for Java's and Python's regular expressions alike.
fn escape(word: &str) -> String {
    word.chars().fold(String::new(), |mut text, c| {
        if r"\.+*?()|[]{}^$".contains(c) {
            text.push('\\');
        }
        text.push(c);
        text
    })
}
