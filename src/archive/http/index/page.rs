//! Reads an index page as it streams: lines, rows, the resume key, errors in the middle of an answer with status 200.
//! Leaves out repeated rows. Memory is constant: one line, and the rows of one `(urlkey, timestamp)`.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::parameters::RowFilter;
use crate::archive::cdx::{self, BadRow, MAX_LINE_BYTES};
use crate::archive::http::error_text::clean;
use crate::archive::http::settings::Dialect;
use crate::model::Capture;

/// Maximum number of distinct rows of one `(urlkey, timestamp)` that are remembered. Three are normal.
const MAX_GROUP: usize = 4096;
/// Number of last rows remembered across the end of a page, in case the next page repeats more than the boundary row.
const RECENT_ROWS: usize = 256;
/// Maximum number of unreadable lines that are remembered, to compare them with those of a second answer.
const MAX_DOUBTFUL: usize = 10_000;
/// Maximum number of rows remembered after an unreadable one. Further rows may be sent twice.
const MAX_DOUBTED_ROWS: usize = 200_000;
/// Longest resume key.
const MAX_KEY_BYTES: usize = 8192;

/// The rows that were already sent, across the pages of one query.
#[derive(Default)]
pub(super) struct SentRows {
    /// The sort key of the last row.
    last: Vec<u8>,
    /// Hashes of (original, digest) of the rows with that sort key.
    group: HashSet<u64>,
    /// Hashes of the last new rows with their sort keys.
    recent: VecDeque<u64>,
    /// True once a row sorted before its predecessor: the index is not in order.
    pub(super) unsorted: bool,
    /// Number of new rows, whether or not the query requests them.
    pub(super) admitted: u64,
    /// The rows of the present page after an unreadable one.
    doubt: Option<DoubtedRows>,
}

/// The rows that a page had after its first unreadable row. The next answer may have others among them.
struct DoubtedRows {
    /// The sort key of the last row before the unreadable one.
    from: Vec<u8>,
    /// Hashes of the rows since then, that row included.
    seen: HashSet<u64>,
}

impl SentRows {
    /// True for a new row. `catching_up` means that an earlier attempt at the page broke off and the page is requested
    /// again, so that rows up to the last one were already sent.
    fn admit(&mut self, key: &[u8], capture: &Capture, catching_up: &mut bool) -> bool {
        let mut hasher = DefaultHasher::new();
        (&capture.original, &capture.digest, key).hash(&mut hasher);
        let identity = hasher.finish();
        let order = if self.admitted == 0 {
            Ordering::Greater
        } else {
            key.cmp(&self.last)
        };
        if order == Ordering::Less && *catching_up && !self.unsorted {
            let is_new = self.is_new_in_doubt(key, identity);
            self.admitted += u64::from(is_new);
            return is_new;
        }
        let is_new = match order {
            Ordering::Less if self.recent.contains(&identity) => false,
            Ordering::Equal => {
                *catching_up = false;
                let is_known = self.group.contains(&identity);
                // No real group is this large. Further rows are not remembered.
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
            if let Some(doubt) = &mut self.doubt
                && doubt.seen.len() < MAX_DOUBTED_ROWS
            {
                doubt.seen.insert(identity);
            }
        }
        is_new
    }

    /// True for a row before the last one that no earlier answer had, because it had an unreadable row there.
    fn is_new_in_doubt(&mut self, key: &[u8], identity: u64) -> bool {
        let Some(doubt) = &mut self.doubt else {
            return false;
        };
        key >= doubt.from.as_slice()
            && (doubt.seen.len() >= MAX_DOUBTED_ROWS || doubt.seen.insert(identity))
    }

    /// Notes that a row cannot be read.
    fn note_unreadable(&mut self) {
        self.doubt.get_or_insert_with(|| DoubtedRows {
            from: self.last.clone(),
            seen: self.group.clone(),
        });
    }

    /// Forgets the doubts about the last page.
    pub(super) fn begin_page(&mut self) {
        self.doubt = None;
    }
}

/// An error inside a page with status 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PageError {
    /// Any other error text: the page is incomplete.
    Text(String),
    /// The site is excluded.
    Excluded(String),
}

/// Reads one page.
pub(super) struct IndexPageReader<'a> {
    dialect: Dialect,
    sent: &'a mut SentRows,
    filter: Option<&'a RowFilter>,
    sink: &'a mut (dyn FnMut(Capture) + Send),
    line: Vec<u8>,
    /// The current line is too long and skipped to its end.
    skipping: bool,
    after_blank: bool,
    catching_up: bool,
    /// The last line, if it was text and not a row.
    text: Option<String>,
    pub(super) counts: PageCounts,
}

/// Counts of one page.
#[derive(Debug, Default, Clone)]
pub(super) struct PageCounts {
    /// Lines with rows, good and bad.
    pub(super) lines: u64,
    pub(super) sent: u64,
    pub(super) repeated: u64,
    pub(super) bad: u64,
    /// Hashes of the lines that cannot be read and may be damaged rows. Rows of other schemes (`mailto:`) are not among
    /// them.
    pub(super) doubtful: BTreeSet<u64>,
    /// True if the answer ends inside a line.
    pub(super) is_cut: bool,
    pub(super) resume_key: Option<String>,
    pub(super) error: Option<PageError>,
    /// New rows up to the end of this page, including those of earlier pages.
    admitted: u64,
}

impl PageCounts {
    /// True for an empty page.
    pub(super) fn is_blank(&self) -> bool {
        self.lines == 0 && self.resume_key.is_none() && self.error.is_none() && !self.is_cut
    }

    /// True for a last page whose rows cannot be read, when no row of an earlier page could be read either.
    pub(super) fn is_unreadable(&self) -> bool {
        self.bad > 0 && self.bad == self.lines && self.resume_key.is_none() && self.admitted == 0
    }
}

impl<'a> IndexPageReader<'a> {
    pub(super) fn new(
        dialect: Dialect,
        sent: &'a mut SentRows,
        filter: Option<&'a RowFilter>,
        sink: &'a mut (dyn FnMut(Capture) + Send),
        is_repeat: bool,
    ) -> Self {
        Self {
            dialect,
            sent,
            filter,
            sink,
            line: Vec::new(),
            skipping: false,
            after_blank: false,
            catching_up: is_repeat,
            text: None,
            counts: PageCounts::default(),
        }
    }

    /// Reads the next bytes of the page.
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

    /// Ends a page whose answer was received to its end. A last line without its line end is cut off, whatever length
    /// the server promised: such a row may look whole and have a wrong URL or digest. An error text may end anywhere.
    pub(super) fn finish(mut self) -> PageCounts {
        let is_message = error_in(&self.line).is_some()
            || self.is_text(&self.line) && !self.is_resume_key(&self.line);
        if self.skipping || !self.line.is_empty() && !is_message {
            self.counts.is_cut = true;
            self.text = None;
        } else if !self.line.is_empty() {
            self.end_line();
        }
        // Text at the end of an answer is the reason why it ended ("Too many requests", "the index is being rebuilt").
        if self.counts.resume_key.is_none() && self.counts.error.is_none() {
            self.counts.error = self.text.take().map(PageError::Text);
        }
        self.counts.admitted = self.sent.admitted;
        self.counts
    }

    /// Ends a page that broke off: an unfinished line is not a row.
    pub(super) fn abandon(self) -> PageCounts {
        self.counts
    }

    /// Number of lines so far.
    pub(super) fn lines(&self) -> u64 {
        self.counts.lines
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
            self.bad_row(BadRow::LineTooLong, b"");
        } else {
            let mut line = std::mem::take(&mut self.line);
            self.take_line(&line);
            line.clear();
            self.line = line;
        }
    }

    fn bad_row(&mut self, why: BadRow, line: &[u8]) {
        self.counts.lines += 1;
        self.counts.bad += 1;
        let is_doubtful = why != BadRow::OtherScheme && self.counts.doubtful.len() < MAX_DOUBTFUL;
        if is_doubtful {
            let mut hasher = DefaultHasher::new();
            line.hash(&mut hasher);
            self.counts.doubtful.insert(hasher.finish());
            self.sent.note_unreadable();
        }
        tracing::debug!("skipped a row: {why}");
    }

    fn take_line(&mut self, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if self.counts.error.is_some() {
            return;
        }
        if line.trim_ascii().is_empty() {
            self.after_blank = true;
        } else if let Some(error) = error_in(line) {
            self.counts.error = Some(error);
        } else if self.is_resume_key(line) {
            self.counts.resume_key = std::str::from_utf8(line)
                .ok()
                .map(|key| key.trim().to_owned());
        } else {
            self.after_blank = false;
            self.text = self.is_text(line).then(|| clean_line(line));
            self.take_row(line);
        }
    }

    fn is_resume_key(&self, line: &[u8]) -> bool {
        self.dialect == Dialect::Wayback && self.after_blank && is_key(line)
    }

    /// True for a line that is not a row, not even a damaged one. The key of a row contains `)`, or its second field is
    /// a time; a row of pywb begins with a brace.
    fn is_text(&self, line: &[u8]) -> bool {
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
            Err(why) => self.bad_row(why, line),
            Ok(capture) => {
                self.counts.lines += 1;
                if !self.sent.admit(key, &capture, &mut self.catching_up) {
                    self.counts.repeated += 1;
                } else if self.filter.is_none_or(|filter| filter.passes(&capture)) {
                    self.counts.sent += 1;
                    (self.sink)(capture);
                }
            }
        }
    }
}

/// True for a resume key (`com%2Ccnn%29%2F+2001041400593%3A`, `-+19970126045828`, or base64). Unlike a row, it has no
/// spaces.
fn is_key(line: &[u8]) -> bool {
    line.len() <= MAX_KEY_BYTES && line.split(|byte| *byte == b' ').count() <= 2
}

/// The error in a line where a row should be. No urlkey begins like one.
///
/// The Wayback index sends `org.archive.util.io.RuntimeIOException: …ConnectTimeoutException: The host did not accept
/// the connection within timeout of 2000 ms` when its backend times out. Its proxy sends an HTML page
/// (`<html><body><h1>503 Service Unavailable</h1>`).
fn error_in(line: &[u8]) -> Option<PageError> {
    let start = line.trim_ascii_start();
    let is_error = start.starts_with(b"org.archive.")
        || start.starts_with(b"java.")
        || start.starts_with(b"javax.")
        || start.starts_with(b"<")
        || (start.starts_with(b"{\"message\"") || start.starts_with(b"{\"error\""));
    is_error.then(|| {
        let text = clean_line(line);
        if text.contains("AccessControlException") {
            PageError::Excluded(text)
        } else {
            PageError::Text(text)
        }
    })
}

fn clean_line(line: &[u8]) -> String {
    clean(&String::from_utf8_lossy(line.get(..2000).unwrap_or(line)))
}

#[cfg(test)]
mod tests;
