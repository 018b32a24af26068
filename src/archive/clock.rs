//! Wall time behind a seam, so that tests say what time it is.

use crate::model::Timestamp;

/// Tells the time of day in UTC, to the second.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, so many seconds ahead (or behind): for rehearsals of what comes later.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShiftedClock {
    ahead_seconds: i64,
}

impl ShiftedClock {
    /// A clock that shows this moment now.
    #[must_use]
    pub fn starting_at(moment: Timestamp) -> Self {
        Self {
            ahead_seconds: moment.unix_seconds() - SystemClock.now().unix_seconds(),
        }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(SystemClock.now().unix_seconds() + self.ahead_seconds)
    }
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
