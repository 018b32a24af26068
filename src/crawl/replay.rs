//! A look goes the same way however often it is cut short.
//!
//! What to ask next follows from what is known, and a round of questions that was answered in part would lead to others
//! than one that was answered in full. So what was answered since a look began counts only when the look asks for it
//! (again), which then costs no request.

use std::collections::{HashMap, HashSet};

use crate::model::Timestamp;
use crate::store::StoredCapture;

/// Which answers count in a look.
#[derive(Debug)]
pub(super) struct Replay {
    /// When the look began. What was answered before counts.
    since: Timestamp,
    /// Captures that the look has asked for, and those whose answers stand for them.
    asked: HashSet<i64>,
    /// Captures with an answer that does not count yet, and the capture that was asked for to get it.
    hidden: HashMap<i64, i64>,
    /// All answers count.
    over: bool,
}

impl Replay {
    pub(super) fn new(since: Timestamp) -> Self {
        Self {
            since,
            asked: HashSet::new(),
            hidden: HashMap::new(),
            over: false,
        }
    }

    /// True when what came at a time for a capture counts.
    pub(super) fn counts(&self, capture_id: i64, fetched_at: Option<Timestamp>) -> bool {
        self.over || fetched_at.is_none_or(|at| at < self.since) || self.asked.contains(&capture_id)
    }

    /// Takes from captures what does not count yet.
    pub(super) fn hide(&mut self, stored: &mut [StoredCapture]) {
        for s in stored {
            let id = s.capture_id;
            if let Some(fetched) = s.fetched_capture_id
                && !self.asked.contains(&id)
                && !self.counts(fetched, s.fetched_at)
            {
                self.hidden.insert(id, fetched);
                s.fetched_capture_id = None;
                s.text_hash = None;
                s.word_count = None;
                s.extraction_dropped = None;
                s.canonical = None;
            }
            if let Some(asked) = &s.asked
                && !self.counts(id, asked.fetched_at)
            {
                self.hidden.entry(id).or_insert(id);
                s.asked = None;
            }
        }
    }

    /// True for a capture whose answer is there and does not count yet: to ask for it is no request.
    pub(super) fn holds(&self, capture_id: i64) -> bool {
        self.hidden.contains_key(&capture_id)
    }

    /// The look has asked for a capture, and the answer is stored.
    pub(super) fn ask(&mut self, capture_id: i64) {
        self.asked.insert(capture_id);
        self.asked.extend(self.hidden.remove(&capture_id));
    }

    /// Lets all answers count that the look did not ask for (other settings once did, or other sites, or the index has
    /// new rows); false when there is none.
    pub(super) fn end(&mut self) -> bool {
        let was_hidden = !self.hidden.is_empty();
        self.hidden.clear();
        self.over |= was_hidden;
        was_hidden
    }
}
