//! From observations to versions: which text was in force when, and what changed between two texts. Pure.
//!
//! [`versions`] orders the captures of a policy into versions. Texts that are captured in turns become parallel
//! editions. [`simhash`], [`redline`] and [`change`] measure and show the difference between two texts. [`clusters`] finds
//! texts that are nearly the same on several sites, and [`is_parked`] those of parked domains.

mod body;
mod bounded_diff;
mod change;
mod clusters;
mod diff;
mod editions;
mod parked;
mod phrase_intervals;
mod shingles;
mod simhash;
mod summary;
mod suspect;

pub use body::{body, body_hash};
pub use change::{Change, change};
pub use clusters::{MAX_CLUSTER_BITS, MIN_CLUSTER_SIMILARITY, Membership, clusters};
pub use diff::{LineChange, Redline, RedlineLine, TextSide, redline};
pub use editions::{HISTORY_RULES, Observation, TextTraits, Version, versions};
pub use parked::is_parked;
pub use phrase_intervals::{PhraseInterval, SearchedVersion, phrase_intervals};
pub use simhash::{distance, simhash};
pub use suspect::{Suspicion, VersionFacts, suspicions};

#[cfg(test)]
mod tests;
