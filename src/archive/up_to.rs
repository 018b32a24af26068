//! An archive as it was at an earlier moment, to rehearse a schedule.

use super::error::ArchiveError;
use super::interface::Archive;
use super::query::{CaptureQuery, IndexAnswer, Memento, MementoQuery};
use crate::model::{Capture, Timestamp};

/// An archive without the captures after a moment.
#[derive(Debug, Clone, Copy)]
pub struct UpTo<'a, A> {
    archive: &'a A,
    last: Option<Timestamp>,
}

impl<'a, A> UpTo<'a, A> {
    /// Hides the captures after `last`; none if it is `None`.
    #[must_use]
    pub fn new(archive: &'a A, last: Option<Timestamp>) -> Self {
        Self { archive, last }
    }

    /// The earlier of a moment and the last visible one.
    fn limit(&self, moment: Timestamp) -> Timestamp {
        self.last.map_or(moment, |last| last.min(moment))
    }
}

impl<A: Archive> Archive for UpTo<'_, A> {
    async fn captures(
        &self,
        query: &CaptureQuery,
        sink: &mut (dyn FnMut(Capture) + Send),
    ) -> Result<IndexAnswer, ArchiveError> {
        let Some(last) = self.last else {
            return self.archive.captures(query, sink).await;
        };
        if query.from.is_some_and(|from| from > last) {
            return Ok(IndexAnswer::default());
        }
        let query = CaptureQuery {
            to: Some(query.to.map_or(last, |to| to.min(last))),
            ..query.clone()
        };
        self.archive.captures(&query, sink).await
    }

    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let (from, to) = query.window;
        if self.limit(from) < from {
            let url = query.original.clone();
            return Err(ArchiveError::NotArchived { url });
        }
        let query = MementoQuery {
            timestamp: self.limit(query.timestamp),
            window: (from, self.limit(to)),
            ..query.clone()
        };
        self.archive.memento(&query).await
    }

    fn memento_url(&self, timestamp: Timestamp, original: &str) -> Option<String> {
        self.archive.memento_url(timestamp, original)
    }

    fn name(&self) -> String {
        self.archive.name()
    }

    fn is_local(&self) -> bool {
        self.archive.is_local()
    }
}
