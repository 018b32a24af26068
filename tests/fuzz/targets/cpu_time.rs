//! Measures the CPU time of a piece of work, whatever else the machine does meanwhile.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many times as long an unoptimised program takes.
const SLOWNESS: usize = 8;
/// By how much inputs that grow to a size limit are smaller.
static DIVISOR: AtomicUsize = AtomicUsize::new(1);

/// Makes large inputs smaller, so that they stay within the limits of time without optimisation.
pub fn expect_no_optimisation() {
    DIVISOR.store(SLOWNESS, Ordering::Relaxed);
}

/// The size that an input grows to if it may grow to this size in an optimised program.
pub fn grown_size(optimised: usize) -> usize {
    optimised / DIVISOR.load(Ordering::Relaxed)
}

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
