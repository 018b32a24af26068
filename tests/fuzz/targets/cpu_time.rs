//! Measures the CPU time of a piece of work, whatever else the machine does meanwhile.

use std::fs;
use std::time::{Duration, Instant};

/// Returns the result of a piece of work and its CPU time, or its elapsed time on systems that do not report CPU time
/// (not Linux).
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let (before, began) = (of_this_thread(), Instant::now());
    let found = work();
    let time = before.zip(of_this_thread()).map_or_else(
        || began.elapsed(),
        |(before, after)| after.saturating_sub(before),
    );
    (found, time)
}

fn of_this_thread() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ')
        .next()?
        .parse()
        .ok()
        .map(Duration::from_nanos)
}
