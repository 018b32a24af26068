//! Reads an index page as it streams: lines, rows, the resume key, errors in the middle of a 200; and tells new rows from
//! repeated ones. Memory is constant: one line, and the rows of one `(urlkey, timestamp)`.

use std::cmp::Ordering;
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::question::Wanted;
use super::settings::Dialect;
use crate::archive::cdx::{self, BadRow, MAX_LINE_BYTES};
use crate::model::Capture;

/// Distinct rows of one `(urlkey, timestamp)` that are remembered; three are normal.
const MAX_GROUP: usize = 4096;
/// Last rows that are remembered across a page's end, in case the next page repeats more than the boundary row.
const RECENT_ROWS: usize = 256;
/// Longest resume key.
const MAX_KEY_BYTES: usize = 8192;

/// Which rows were sent already, across the pages of one query.
#[derive(Default)]
pub(super) struct Seen {
    /// The sort key of the last row.
    last: Vec<u8>,
    /// Hashes of (original, digest) of the rows with that sort key.
    group: HashSet<u64>,
    /// Hashes of the last new rows with their sort keys.
    recent: VecDeque<u64>,
    /// Set once a row came before its predecessor: the index is not in order.
    pub(super) unsorted: bool,
    /// Rows that were new, whether or not the query wanted them.
    pub(super) admitted: u64,
}

impl Seen {
    /// True for a row not seen before. `catching_up`: the page broke off before and is asked again, so that rows up to
    /// the last one were sent.
    fn admit(&mut self, key: &[u8], capture: &Capture, catching_up: &mut bool) -> bool {
        let mut hasher = DefaultHasher::new();
        (&capture.original, &capture.digest, key).hash(&mut hasher);
        let identity = hasher.finish();
        let order = if self.admitted == 0 {
            Ordering::Greater
        } else {
            key.cmp(&self.last)
        };
        let is_new = match order {
            Ordering::Less if *catching_up && !self.unsorted => false,
            Ordering::Less if self.recent.contains(&identity) => false,
            Ordering::Equal => {
                *catching_up = false;
                let is_known = self.group.contains(&identity);
                // Beyond any real group nothing more is remembered.
                if !is_known && self.group.len() < MAX_GROUP {
                    self.group.insert(identity);
                }
                !is_known
            }
            Ordering::Less | Ordering::Greater => {
                self.unsorted |= order == Ordering::Less;
                *catching_up = false;
                self.last.clear();
                self.last.extend_from_slice(key);
                self.group.clear();
                self.group.insert(identity);
                true
            }
        };
        if is_new {
            self.admitted += 1;
            if self.recent.len() == RECENT_ROWS {
                self.recent.pop_front();
            }
            self.recent.push_back(identity);
        }
        is_new
    }
}

/// What a page turned out to be, besides rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// An error text inside a 200: the page failed half way.
    ErrorText(String),
    /// The site is excluded, said inside a 200.
    Excluded(String),
}

/// Reads one page.
pub(super) struct Page<'a> {
    dialect: Dialect,
    seen: &'a mut Seen,
    wanted: Option<&'a Wanted>,
    sink: &'a mut (dyn FnMut(Capture) + Send),
    line: Vec<u8>,
    /// The current line is too long and thrown away to its end.
    skipping: bool,
    after_blank: bool,
    catching_up: bool,
    /// The last line, where it was words and no row.
    words: Option<String>,
    pub(super) counts: PageCounts,
}

/// What was counted on a page.
#[derive(Debug, Default, Clone)]
pub(super) struct PageCounts {
    /// Row lines, good and bad.
    pub(super) lines: u64,
    pub(super) sent: u64,
    pub(super) repeated: u64,
    pub(super) bad: u64,
    pub(super) resume_key: Option<String>,
    pub(super) fault: Option<Fault>,
}

impl PageCounts {
    /// True for a page with nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.lines == 0 && self.resume_key.is_none() && self.fault.is_none()
    }

    /// True for a last page on which there are rows, and none that can be read.
    pub(super) fn is_unreadable(&self) -> bool {
        self.bad > 0 && self.bad == self.lines && self.resume_key.is_none()
    }
}

impl<'a> Page<'a> {
    pub(super) fn new(
        dialect: Dialect,
        seen: &'a mut Seen,
        wanted: Option<&'a Wanted>,
        sink: &'a mut (dyn FnMut(Capture) + Send),
        asked_again: bool,
    ) -> Self {
        Self {
            dialect,
            seen,
            wanted,
            sink,
            line: Vec::new(),
            skipping: false,
            after_blank: false,
            catching_up: asked_again,
            words: None,
            counts: PageCounts::default(),
        }
    }

    /// Takes the next bytes of the page.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            let (head, tail) = rest.split_at(at);
            rest = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() && !self.skipping && head.len() <= MAX_LINE_BYTES {
                self.take_line(head);
            } else {
                self.gather(head);
                self.end_line();
            }
        }
        self.gather(rest);
    }

    /// Ends a page that came whole. Its last line may lack its line end.
    pub(super) fn finish(mut self) -> PageCounts {
        if !self.line.is_empty() || self.skipping {
            self.end_line();
        }
        // Words at the end of an answer are why it ended ("Too many requests", "the index is being rebuilt").
        if self.counts.resume_key.is_none() && self.counts.fault.is_none() {
            self.counts.fault = self.words.take().map(Fault::ErrorText);
        }
        self.counts
    }

    /// Ends a page that broke off: an unfinished line is no row.
    pub(super) fn abandon(self) -> PageCounts {
        self.counts
    }

    /// True when the last byte so far ended a line.
    pub(super) fn is_at_line_end(&self) -> bool {
        self.line.is_empty() && !self.skipping
    }

    fn gather(&mut self, part: &[u8]) {
        if self.skipping || self.line.len() + part.len() > MAX_LINE_BYTES {
            self.skipping = true;
            self.line.clear();
        } else {
            self.line.extend_from_slice(part);
        }
    }

    fn end_line(&mut self) {
        if std::mem::take(&mut self.skipping) {
            self.bad_row(BadRow::LineTooLong);
        } else {
            let mut line = std::mem::take(&mut self.line);
            self.take_line(&line);
            line.clear();
            self.line = line;
        }
    }

    fn bad_row(&mut self, why: BadRow) {
        self.counts.lines += 1;
        self.counts.bad += 1;
        tracing::debug!("row skipped: {why}");
    }

    fn take_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.counts.fault.is_some() {
            return;
        }
        if line.trim_ascii().is_empty() {
            self.after_blank = true;
        } else if let Some(fault) = fault_of(line) {
            self.counts.fault = Some(fault);
        } else if self.dialect == Dialect::Wayback && self.after_blank && is_key(line) {
            self.counts.resume_key = std::str::from_utf8(line)
                .ok()
                .map(|key| key.trim().to_owned());
        } else {
            self.after_blank = false;
            self.words = self.is_words(line).then(|| clean_line(line));
            self.take_row(line);
        }
    }

    /// True for a line that has nothing of a row, not even of a damaged one: its key has a `)`, or its second field is a
    /// time; pywb's begins with a brace.
    fn is_words(&self, line: &[u8]) -> bool {
        let mut fields = line.split(|byte| *byte == b' ');
        let key = fields.next().unwrap_or_default();
        match self.dialect {
            Dialect::Pywb => !line.trim_ascii_start().starts_with(b"{"),
            Dialect::Wayback => {
                !key.contains(&b')')
                    && fields
                        .next()
                        .is_none_or(|time| time.is_empty() || !time.iter().all(u8::is_ascii_digit))
            }
        }
    }

    fn take_row(&mut self, line: &[u8]) {
        let mut made_key = Vec::new();
        let (capture, key) = match self.dialect {
            Dialect::Wayback => (cdx::parse_line(line), cdx::sort_key(line)),
            Dialect::Pywb => {
                let capture = cdx::parse_json_row(line);
                if let Ok(capture) = &capture {
                    made_key = format!("{} {}", capture.urlkey, capture.timestamp).into_bytes();
                }
                (capture, &made_key[..])
            }
        };
        match capture {
            Err(why) => self.bad_row(why),
            Ok(capture) => {
                self.counts.lines += 1;
                if !self.seen.admit(key, &capture, &mut self.catching_up) {
                    self.counts.repeated += 1;
                } else if self.wanted.is_none_or(|wanted| wanted.passes(&capture)) {
                    self.counts.sent += 1;
                    (self.sink)(capture);
                }
            }
        }
    }
}

/// A resume key has no spaces as a row has (`com%2Ccnn%29%2F+2001041400593%3A`, `-+19970126045828`, or base64).
fn is_key(line: &[u8]) -> bool {
    line.len() <= MAX_KEY_BYTES && line.split(|byte| *byte == b' ').count() <= 2
}

/// An error where a row should be: `org.archive.util.io.RuntimeIOException: …` (quoted/cdx-backend-timeout.txt), HTML of a
/// proxy (quoted/cdx-503-haproxy.html). No urlkey begins so.
fn fault_of(line: &[u8]) -> Option<Fault> {
    let start = line.trim_ascii_start();
    let is_error = start.starts_with(b"org.archive.")
        || start.starts_with(b"java.")
        || start.starts_with(b"javax.")
        || start.starts_with(b"<")
        || (start.starts_with(b"{\"message\"") || start.starts_with(b"{\"error\""));
    is_error.then(|| {
        let text = clean_line(line);
        if text.contains("AccessControlException") {
            Fault::Excluded(text)
        } else {
            Fault::ErrorText(text)
        }
    })
}

fn clean_line(line: &[u8]) -> String {
    super::courier::clean(&String::from_utf8_lossy(line.get(..2000).unwrap_or(line)))
}

#[cfg(test)]
mod tests;
