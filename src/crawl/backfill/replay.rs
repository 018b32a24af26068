//! Makes a crawl request the same captures, no matter how often it is interrupted.
//!
//! The next captures to fetch depend on what is known, and a batch that was answered in part would lead to other
//! captures than a batch that was answered in full. Therefore an answer that was stored after the crawl of a site began
//! is hidden until the resumed crawl wants that capture again. Fetching it then costs no request.

use std::collections::{HashMap, HashSet};

use crate::model::{CaptureId, Timestamp};
use crate::store::StoredCapture;

/// Decides which stored answers a crawl may use.
#[derive(Debug)]
pub(super) struct Replay {
    /// When the crawl of the site began. Answers stored before are visible.
    since: Timestamp,
    /// Captures that the crawl has requested, and captures whose answers it used instead.
    requested: HashSet<CaptureId>,
    /// Captures with a hidden answer, and the capture that was requested to get it.
    hidden: HashMap<CaptureId, CaptureId>,
    /// True if all answers are visible.
    over: bool,
}

impl Replay {
    /// Hides the answers that were stored at `since` or later.
    pub(super) fn new(since: Timestamp) -> Self {
        Self {
            since,
            requested: HashSet::new(),
            hidden: HashMap::new(),
            over: false,
        }
    }

    /// True if the answer to the request for a capture is visible.
    pub(super) fn is_visible(&self, capture_id: CaptureId, fetched_at: Option<Timestamp>) -> bool {
        self.over
            || fetched_at.is_none_or(|at| at < self.since)
            || self.requested.contains(&capture_id)
    }

    /// Removes hidden answers from captures.
    pub(super) fn hide(&mut self, stored: &mut [StoredCapture]) {
        for s in stored {
            let id = s.capture_id;
            if let Some(fetched) = s.fetched_capture_id
                && !self.requested.contains(&id)
                && !self.is_visible(fetched, s.fetched_at)
            {
                self.hidden.insert(id, fetched);
                s.fetched_capture_id = None;
                s.text_hash = None;
                s.body_hash = None;
                s.word_count = None;
                s.extraction_dropped = None;
                s.canonical = None;
            }
            if let Some(attempt) = &s.attempt
                && !self.is_visible(id, attempt.fetched_at)
            {
                self.hidden.entry(id).or_insert(id);
                s.attempt = None;
            }
        }
    }

    /// True for a capture with a hidden answer: fetching it costs no request.
    pub(super) fn has_hidden_answer(&self, capture_id: CaptureId) -> bool {
        self.hidden.contains_key(&capture_id)
    }

    /// Makes the answer of a capture visible, after the crawl has requested it.
    pub(super) fn reveal(&mut self, capture_id: CaptureId) {
        self.requested.insert(capture_id);
        self.requested.extend(self.hidden.remove(&capture_id));
    }

    /// Makes visible all answers that the crawl did not request (earlier settings or other sites requested them, or the
    /// index has new rows). Returns false if there were none.
    pub(super) fn reveal_all(&mut self) -> bool {
        let was_hidden = !self.hidden.is_empty();
        self.hidden.clear();
        self.over |= was_hidden;
        was_hidden
    }
}
