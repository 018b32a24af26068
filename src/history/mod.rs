//! From observations to versions: which words were in force when, and what changed between them. Pure.
//!
//! [`versions`] orders the captures of a policy into versions; texts that are captured in turns become parallel editions.
//! [`simhash`], [`redline`] and [`change`] say how far two texts are apart, and where.

mod change;
mod diff;
mod editions;
mod gist;
mod simhash;
mod words;

pub use change::{Change, ChangeKind, change};
pub use diff::{Block, BlockChange, Piece, Redline, redline};
pub use editions::{Observation, TextTraits, Version, versions};
pub use simhash::{distance, simhash};
pub use words::{is_word, tokens, words};

/// Number of the rules by which histories are derived. Raised with every change of theirs, so that stored histories are
/// derived anew.
pub const HISTORY_RULES: u32 = 2;

#[cfg(test)]
mod tests;
