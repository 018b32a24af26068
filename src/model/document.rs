//! `Document`: the words of one policy page, without its site around them.

use super::TextHash;

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
    /// Version of the extractor that made this.
    pub extractor_version: &'static str,
}
