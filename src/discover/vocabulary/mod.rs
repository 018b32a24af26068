//! The vocabulary: the words that name a policy, in each language, and what they say about a text.

mod compiled;
mod file;
mod phrase;
mod text_match;
pub(super) mod words;

pub use compiled::Vocabulary;
pub use file::VocabularyError;
pub(super) use text_match::{MatchStrength, TextMatch};
