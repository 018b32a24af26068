//! Wall time behind a trait, so that tests can set it.

use crate::model::Timestamp;

/// Source of the wall time in UTC, to the second.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// The machine's clock, some seconds ahead (or behind), to simulate later runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShiftedClock {
    ahead_seconds: i64,
}

impl ShiftedClock {
    /// A clock that starts at this moment.
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
