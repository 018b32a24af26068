//! What opening an archive left out, and why.

use std::collections::BTreeMap;
use std::fmt;

/// Maximum number of failures that are kept with their text. Further ones are only counted.
const MAX_FAILURES: usize = 100;
/// Maximum number of warnings that are kept.
const MAX_WARNINGS: usize = 100;

/// Why something in an archive of files is not a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// A record without a valid URL or date.
    NoUrlOrDate,
    /// The answer to a request that sent data (POST).
    AnswerToPost,
    /// Text or another form that a tool made from a page.
    Conversion,
    /// An index row that cannot be read.
    UnreadableRow,
    /// An index row of a request, of metadata or of another record that is no capture.
    RowOfOtherRecord,
    /// A file of a format that is not supported.
    UnsupportedFile,
    /// A file that macOS adds to others.
    MacOsFile,
    /// A damaged part of a file.
    DamagedPart,
}

impl SkipReason {
    /// The code of the reason in summaries for machines.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoUrlOrDate => "records_without_url_or_date",
            Self::AnswerToPost => "answers_to_post",
            Self::Conversion => "conversion_records",
            Self::UnreadableRow => "unreadable_rows",
            Self::RowOfOtherRecord => "rows_of_other_records",
            Self::UnsupportedFile => "unsupported_files",
            Self::MacOsFile => "macos_files",
            Self::DamagedPart => "damaged_parts",
        }
    }

    /// Name of the reason, for one or several.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NoUrlOrDate => "records without a valid URL or date",
            Self::AnswerToPost => "answers to POST requests",
            Self::Conversion => "conversion records",
            Self::UnreadableRow => "index rows that cannot be read",
            Self::RowOfOtherRecord => "index rows of records that are no captures",
            Self::UnsupportedFile => "files of a format that is not supported",
            Self::MacOsFile => "`._` files of macOS",
            Self::DamagedPart => "damaged parts of files",
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What opening an archive left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    counts: BTreeMap<SkipReason, u64>,
    failures: Vec<String>,
    failure_count: u64,
    warnings: Vec<String>,
}

impl Skipped {
    /// How many things were left out, by reason.
    pub fn counts(&self) -> impl Iterator<Item = (SkipReason, u64)> {
        self.counts.iter().map(|(reason, count)| (*reason, *count))
    }

    /// What could not be read although it should be there, each with its file and byte. A file that only ends too early
    /// is not among them: it holds what the crawler wrote.
    #[must_use]
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// Number of failures, including those without a text.
    #[must_use]
    pub fn failure_count(&self) -> u64 {
        self.failure_count
    }

    /// What is unusual and no failure, each with its file: a file that ends inside its last record, records that are left
    /// out, records with a wrong length, an index that cannot be used.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Counts.
    pub(super) fn add(&mut self, reason: SkipReason, count: u64) {
        if count > 0 {
            let total = self.counts.entry(reason).or_default();
            *total = total.saturating_add(count);
        }
    }

    /// Adds a warning.
    pub(super) fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning);
        }
    }

    /// Adds a failure.
    pub(super) fn fail(&mut self, failure: String) {
        self.failure_count = self.failure_count.saturating_add(1);
        if self.failures.len() < MAX_FAILURES {
            self.failures.push(failure);
        }
    }
}
