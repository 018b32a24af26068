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

    /// A capture that the index lists is read as it is, even if it redirects to one of the next hours: that a capture is
    /// hidden must never be stored as the reason why another has no page.
    async fn memento(&self, query: &MementoQuery) -> Result<Memento, ArchiveError> {
        let Some(last) = self.last else {
            return self.archive.memento(query).await;
        };
        let (from, to) = query.window;
        if from > last {
            return Err(ArchiveError::Unavailable {
                archive: self.name(),
                what: query.original.clone(),
                detail: format!("{from} is after {last}, the time of this run"),
            });
        }
        if query.timestamp <= last && query.is_narrow() {
            return self.archive.memento(query).await;
        }
        let query = MementoQuery {
            timestamp: query.timestamp.min(last),
            window: (from, to.min(last)),
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
