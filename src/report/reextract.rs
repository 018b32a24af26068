//! The result of running the present extractor over stored pages, as data.

use serde::Serialize;

/// Everything that was extracted again.
#[derive(Debug, Serialize)]
pub struct ReextractionAnswer<'a> {
    /// Version of the present extractor.
    pub extractor_version: &'a str,
    /// Each policy.
    pub policies: Vec<PolicyReextractionAnswer<'a>>,
    /// What was deleted, if deletion was requested.
    pub dropped: Option<DroppedAnswer>,
}

/// One policy that was extracted again.
#[derive(Debug, Serialize)]
pub struct PolicyReextractionAnswer<'a> {
    /// The site.
    pub site: &'a str,
    /// The policy.
    pub policy_url: &'a str,
    /// Pages extracted in this run.
    pub pages_extracted: u64,
    /// Versions before this run.
    pub versions_before: u64,
    /// Versions after this run.
    pub versions_after: u64,
    /// Pages that both extractors have read.
    pub pages_compared: u64,
    /// Of these, pages with different words.
    pub changed_words: u64,
    /// Of these, pages with the same words and a different title or Markdown.
    pub changed_form: u64,
    /// Of these, pages that only one extractor dropped.
    pub changed_verdict: u64,
}

/// Results of older extractors that were deleted.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct DroppedAnswer {
    /// Results.
    pub extractions: u64,
    /// Texts that only they had.
    pub documents: u64,
}
