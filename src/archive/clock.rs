//! Wall time behind a seam, so that tests say what time it is.

use crate::model::Timestamp;

/// Tells the time of day in UTC, to the second.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the wall clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(jiff::Timestamp::now().as_second())
    }
}
