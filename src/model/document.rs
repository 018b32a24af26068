//! `Document`: the words of one policy page, without its site around them.

use super::TextHash;

/// A date that a policy states about itself, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedDate {
    /// `YYYY-MM-DD`, or `YYYY-MM` where the text gives no day.
    pub date: String,
    /// The sentence or line that states it, at most some 300 characters.
    pub sentence: String,
}

/// What extraction made of one payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The page's own heading, else its `<title>`; `None` when it has neither.
    pub title: Option<String>,
    /// ISO 639-1 code of the text's language, `und` when unsure.
    pub language: String,
    /// The words, one line a block, no mark-up.
    pub text: String,
    /// The same as `CommonMark` with GFM tables; links absolute.
    pub markdown: String,
    /// Hash of the normalised words.
    pub text_hash: TextHash,
    /// Number of words; for scripts without spaces, of letters.
    pub word_count: u64,
    /// From when the policy says that it is in force: the first such statement of the text.
    pub effective_date: Option<StatedDate>,
    /// When the policy says that it was last changed: the latest of the dates that are stated as such.
    pub last_updated: Option<StatedDate>,
    /// Version of the extractor that made this.
    pub extractor_version: &'static str,
}
