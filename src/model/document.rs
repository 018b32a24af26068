//! `Document`: the words of one policy page, without the rest of the site.

use super::TextHash;

/// A date that a policy states about itself, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedDate {
    /// `YYYY-MM-DD`, or `YYYY-MM` where the text gives no day.
    pub date: String,
    /// The sentence or line that states it, at most about 300 characters.
    pub sentence: String,
}

/// Facts that a database or a dataset states about a text.
#[derive(Debug, Clone, Copy)]
pub struct TextFacts<'a> {
    /// ISO 639-1 code of its language, `und` when unsure.
    pub language: &'a str,
    /// Number of its words.
    pub word_count: u64,
    /// The date from which it says that it is in force.
    pub effective_date: Option<&'a StatedDate>,
    /// The date on which it says that it was last changed.
    pub last_updated: Option<&'a StatedDate>,
}

/// The document that extraction made from one payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The page's own heading, else its `<title>`; `None` if it has neither.
    pub title: Option<String>,
    /// ISO 639-1 code of the text's language, `und` when unsure.
    pub language: String,
    /// The words without mark-up, one line per block.
    pub text: String,
    /// The same text as `CommonMark` with GFM tables. Links are absolute.
    pub markdown: String,
    /// Hash of the normalised words.
    pub text_hash: TextHash,
    /// Number of words. In scripts without spaces, each letter counts as one.
    pub word_count: u64,
    /// The date from which the policy says that it is in force: the first such statement of the text.
    pub effective_date: Option<StatedDate>,
    /// The date on which the policy says that it was last changed: the latest of these dates in the text.
    pub last_updated: Option<StatedDate>,
    /// Version of the extractor that made this document.
    pub extractor_version: &'static str,
}
