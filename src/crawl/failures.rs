//! Requests of one site that got no answer.

use super::error::CrawlError;
use crate::archive::ArchiveError;
use crate::model::{Dropped, Site};

/// Requests of one site that got no answer, one line each. The next run sends them again.
#[derive(Debug, Default)]
pub(super) struct Failures {
    lines: Vec<String>,
}

impl Failures {
    /// Adds what failed.
    pub(super) fn add(&mut self, site: &Site, detail: impl std::fmt::Display) {
        self.lines.push(format!("{site}: {detail}"));
    }

    /// Returns the reason if an error of the index or of a home page is final; otherwise adds a failure.
    ///
    /// # Errors
    /// With the error itself when it ends the run.
    pub(super) fn add_unless_final(
        &mut self,
        site: &Site,
        error: ArchiveError,
    ) -> Result<Option<Dropped>, CrawlError> {
        if error.ends_run() {
            return Err(error.into());
        }
        let dropped = error.as_drop();
        if dropped.is_none() {
            self.add(site, error);
        }
        Ok(dropped)
    }

    /// True if every request was answered.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Number of failures.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The lines, in the order of the failures.
    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines
    }
}
