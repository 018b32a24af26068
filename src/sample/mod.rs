//! Chooses the captures to fetch next, given what is known of the others. Pure: the crawl calls [`next`], fetches the
//! captures, and calls it again.
//!
//! Popular pages have thousands of captures with different bytes and the same words. [`Strategy::EveryChange`] works in
//! stages; each begins when the previous one has nothing left to fetch:
//!
//! 1. The first and the last capture, and one per grid step, nearest to its middle. If the index has the lengths of
//!    records, every fourth step comes first. The other steps are fetched only if their captures have other lengths
//!    than the read captures around them.
//! 2. Changes between neighbours. If the lengths between two different texts jump once, the captures on both sides of
//!    the jump are fetched. Otherwise the time between the two is halved, until they are adjacent or at most the
//!    resolution apart. Changes are published on working days, so weekends count little in the halving. A text between
//!    two captures of another text is usually short-lived, so its ends are sought outward from where it was found.
//! 3. Alternation. If one text was seen, then another, then the first again within half a year, the page *alternates*.
//!    Captures between equal neighbours are fetched if their records are as long as those of the other text, until the
//!    half-year has shown 46 such changes.
//! 4. Outliers: captures whose records have another length than those before and after them, or are as long as those of
//!    the text before or after the read captures around them. They may show a short-lived text or another edition. Such
//!    captures are fetched while they keep revealing new texts.
//! 5. Checks. A page with fewer read captures than 5/4 √(captures), at most 28, is checked in the middle of its longest
//!    unread stretches of more than two months.
//!
//! **Guarantees**, whatever the order of runs, and also if more captures become known between runs:
//! *(a)* no capture is requested twice, and the sampling ends; *(b)* neighbouring read captures with different texts are at
//! most the resolution apart, or have no unread capture between them (except captures with records as long as one that
//! gave no text), or eight captures between them gave no text; *(c)* a text that all captures of a whole grid step show is
//! found, unless the three captures nearest to the middle of the step give no text, or the text before it returned and its
//! records are as long (within 16 bytes) as those of the text before.
//! More captures between two read ones only narrow the windows. Changes that last less than a grid step are found on the
//! way and by checks: *which* of them may differ with the order of runs.

mod alternation;
mod between;
mod bisection;
mod budget;
mod capture;
mod changes;
mod choice;
mod every_change;
mod grid;
mod length_evidence;
mod outliers;
mod read_captures;
mod sampler;
mod shortfall;
mod strategy;
#[cfg(test)]
mod tests;
mod weekdays;

pub use bisection::bisect;
pub use budget::Budget;
pub use capture::{ReadState, SampleCapture};
pub use grid::Grid;
pub use sampler::{next, next_within};
pub use shortfall::{Shortfall, shortfall};
pub use strategy::Strategy;
