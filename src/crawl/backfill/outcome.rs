//! The outcome of a crawl.

use crate::archive::ArchiveError;
use crate::crawl::error::CrawlError;
use crate::model::Site;
use crate::store::RunOutcome;

/// The outcome of a crawl.
#[derive(Debug)]
pub struct Outcome {
    /// The outcome as it is stored in the database.
    pub outcome: RunOutcome,
    /// Requests without an answer, one line each. The next run sends them again.
    pub failures: Vec<String>,
    /// What the limit of requests per site left open, one line per policy. The next run continues there.
    pub left_open: Vec<String>,
    /// Sites whose crawl is complete.
    pub finished: Vec<Site>,
    /// Sites that need another turn ([`super::Until::Turn`]).
    pub unfinished: Vec<Site>,
    /// The error that ended it early.
    pub ended_by: Option<CrawlError>,
}

impl Outcome {
    /// Returns the outcome of a crawl of no sites.
    pub(crate) fn nothing() -> Self {
        Self {
            outcome: RunOutcome::Done,
            failures: Vec::new(),
            left_open: Vec::new(),
            finished: Vec::new(),
            unfinished: Vec::new(),
            ended_by: None,
        }
    }

    /// True if the user stopped it.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.outcome == RunOutcome::Interrupted
    }

    /// Returns the outcome of a crawl that ran to its end. Single requests may have failed: [`Outcome::failures`].
    ///
    /// # Errors
    /// With the error that ended it early.
    pub fn into_result(mut self) -> Result<Self, CrawlError> {
        match self.ended_by.take() {
            None => Ok(self),
            Some(error) => Err(error),
        }
    }

    /// Sorts the lines and sets the outcome, once all sites are done.
    pub(super) fn complete(mut self) -> Self {
        self.failures.sort();
        self.left_open.sort();
        self.outcome = match &self.ended_by {
            None if self.failures.is_empty() => RunOutcome::Done,
            Some(CrawlError::Archive(ArchiveError::Interrupted)) => RunOutcome::Interrupted,
            Some(CrawlError::Archive(
                ArchiveError::Refused { .. } | ArchiveError::Unreachable { .. },
            )) => RunOutcome::Refused,
            None | Some(_) => RunOutcome::DoneWithFailures,
        };
        self
    }

    /// Adds an error that ended the run.
    pub(super) fn end_by(&mut self, error: CrawlError) {
        self.ended_by = Some(error.after(self.ended_by.take()));
    }

    /// Returns the outcome of a run of several turns, of which this was the last one.
    pub(crate) fn with_earlier_turns(mut self, earlier: Self) -> Self {
        self.failures.extend(earlier.failures);
        self.failures.sort();
        self.finished.extend(earlier.finished);
        if self.outcome == RunOutcome::Done && !self.failures.is_empty() {
            self.outcome = RunOutcome::DoneWithFailures;
        }
        self
    }
}
