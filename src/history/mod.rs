//! From observations to versions: which text was in force when, and what changed between two texts. Pure.
//!
//! [`versions`] orders the captures of a policy into versions. Texts that are captured in turns become parallel
//! editions. [`simhash`], [`redline`] and [`change`] measure and show the difference between two texts.

mod body;
mod bounded_diff;
mod change;
mod diff;
mod editions;
mod phrase_intervals;
mod simhash;
mod summary;
mod suspect;

pub use body::{body, body_hash};
pub use change::{Change, change};
pub use diff::{LineChange, Redline, RedlineLine, TextSide, redline};
pub use editions::{HISTORY_RULES, Observation, TextTraits, Version, versions};
pub use phrase_intervals::{PhraseInterval, SearchedVersion, phrase_intervals};
pub use simhash::{distance, simhash};
pub use suspect::{Suspicion, VersionFacts, suspicions};

#[cfg(test)]
mod tests;
