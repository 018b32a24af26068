//! Gives permits at an even pace: never closer together than the rate allows, and exactly that close while requests
//! wait.
//!
//! The algorithm is GCRA by `governor`, on tokio's clock, so that tests can use virtual time. A request costs [`CELLS`]
//! cells of a finer quota. The permits are [`SPACING`] times the exact period apart. When one is late (timers round up,
//! tasks wake late), the next one catches up within a small tolerance. So the mean rate is kept, and two permits are
//! never closer than the period (above ten per second, which no public archive allows, up to 2 ms closer).

use std::num::NonZeroU32;
use std::ops::Add;
use std::time::Duration;

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Permits are 2 % further apart than the rate requires, because of jitter between permit and arrival: 98 % of the rate
/// is used.
const SPACING: f64 = 1.02;

/// Cells per request. The quota counts parts of a request, so the tolerance can be shorter than one period.
const CELLS: u32 = 1000;

/// After a freeze the rate grows from half to full over this time.
const RECOVERY: Duration = Duration::from_mins(10);

/// Tokio's clock for `governor`.
#[derive(Debug, Clone)]
struct TokioClock(Instant);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SinceStart(Duration);

impl Add<Nanos> for SinceStart {
    type Output = Self;
    fn add(self, nanos: Nanos) -> Self {
        Self(self.0.saturating_add(nanos.into()))
    }
}

impl Reference for SinceStart {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, nanos: Nanos) -> Self {
        self.0.checked_sub(nanos.into()).map_or(*self, Self)
    }
}

impl GovernorClock for TokioClock {
    type Instant = SinceStart;
    fn now(&self) -> SinceStart {
        SinceStart(Instant::now().saturating_duration_since(self.0))
    }
}

/// The pace of one endpoint. One task at a time uses it, which the caller's queue ensures.
pub(super) struct Pace {
    limiter: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<SinceStart>>,
    clock: TokioClock,
    period: Duration,
    state: Mutex<PaceState>,
}

#[derive(Default)]
struct PaceState {
    /// When the last freeze ended; the rate grows from there.
    freeze_ended: Option<Instant>,
    last_permit: Option<Instant>,
    /// No permit is given before this moment, because another process had the last one, or because the server requested
    /// a pause.
    not_before: Option<Instant>,
}

impl Pace {
    /// A pace of at most `per_second` permits per second.
    pub(super) fn new(per_second: f64) -> Self {
        let exact =
            Duration::try_from_secs_f64(1.0 / per_second).unwrap_or(Duration::from_secs(1_000_000));
        let period = exact.mul_f64(SPACING);
        let cell = (period / CELLS).max(Duration::from_nanos(1));
        let tolerance = period
            .mul_f64(0.01)
            .max(Duration::from_millis(2))
            .min(period.mul_f64(0.1));
        // Rounded down, so that the tolerance is never wider than intended.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most a tenth of CELLS"
        )]
        let late_cells = (tolerance.as_secs_f64() / period.as_secs_f64() * f64::from(CELLS)) as u32;
        let burst = NonZeroU32::new(CELLS + late_cells).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(cell)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(burst);
        let clock = TokioClock(Instant::now());
        let limiter = RateLimiter::direct_with_clock(quota, clock.clone());
        Self {
            limiter,
            clock,
            period,
            state: Mutex::default(),
        }
    }

    /// Takes a permit now.
    ///
    /// # Errors
    /// Time to wait before the next attempt.
    pub(super) fn try_permit(&self) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(wait) = state
            .not_before
            .map(|first| first.saturating_duration_since(now))
            .filter(|wait| !wait.is_zero())
        {
            return Err(wait);
        }
        if let Some(last) = state.last_permit {
            let wait =
                (last + self.period.div_f64(state.factor(now))).saturating_duration_since(now);
            if state.factor(now) < 1.0 && !wait.is_zero() {
                return Err(wait);
            }
        }
        let cost = NonZeroU32::new(CELLS).unwrap_or(NonZeroU32::MIN);
        match self.limiter.check_n(cost) {
            Ok(Ok(())) => {
                state.last_permit = Some(now);
                Ok(())
            }
            Ok(Err(not_until)) => Err(not_until.wait_time_from(self.clock.now())),
            // Impossible: the burst covers at least the cost of one request.
            Err(_) => Err(self.period),
        }
    }

    /// Continues the pace of the previous process, which had its last permit this long ago.
    pub(super) fn resume(&self, since_last: Duration) {
        self.rest(self.period.saturating_sub(since_last));
    }

    /// Gives no permit for this time.
    pub(super) fn rest(&self, time: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.not_before = state.not_before.max(Some(Instant::now() + time));
    }

    /// True when permits are so far apart that a time in whole seconds is enough to continue the pace.
    pub(super) fn is_slow(&self) -> bool {
        self.period >= Duration::from_secs(1)
    }

    /// Time until shortly before the next permit, when the request takes a connection.
    pub(super) fn until_shortly_before(&self) -> Duration {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let after_last = state
            .last_permit
            .map(|last| last + self.period.div_f64(state.factor(now)).mul_f64(0.85));
        state
            .not_before
            .max(after_last)
            .map_or(Duration::ZERO, |next| next.saturating_duration_since(now))
    }

    /// Restarts at half the rate after a freeze.
    pub(super) fn slow_down(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.freeze_ended = Some(Instant::now());
    }
}

impl PaceState {
    /// Share of the full rate that is allowed now, 0.5 to 1.
    fn factor(&self, now: Instant) -> f64 {
        self.freeze_ended.map_or(1.0, |ended| {
            let share = now.saturating_duration_since(ended).as_secs_f64() / RECOVERY.as_secs_f64();
            (0.5 + 0.5 * share).min(1.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn permits(pace: &Pace, count: usize) -> Vec<Instant> {
        let mut times = Vec::new();
        while times.len() < count {
            match pace.try_permit() {
                Ok(()) => times.push(Instant::now()),
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
        times
    }

    fn gaps(times: &[Instant]) -> Vec<Duration> {
        times.windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn permits_are_evenly_spaced_and_use_97_percent_of_the_rate() {
        for per_second in [24.0 / 60.0, 4.0, 8.0] {
            let pace = Pace::new(per_second);
            let times = permits(&pace, 400).await;
            let exact = Duration::from_secs_f64(1.0 / per_second);
            let gaps = gaps(&times);
            assert!(
                gaps.iter().all(|gap| *gap >= exact),
                "{per_second}: {:?}",
                gaps.iter().min()
            );
            assert!(
                gaps.iter()
                    .all(|gap| *gap <= exact.mul_f64(1.03) + Duration::from_millis(1)),
                "{:?}",
                gaps.iter().max()
            );
            let used = 399.0 / (times[399] - times[0]).as_secs_f64() / per_second;
            assert!((0.97..=1.0).contains(&used), "{per_second}: {used}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_no_burst_after_a_rest() {
        let pace = Pace::new(4.0);
        permits(&pace, 3).await;
        tokio::time::sleep(Duration::from_hours(1)).await;
        let times = permits(&pace, 10).await;
        assert!(
            gaps(&times)
                .iter()
                .all(|gap| *gap >= Duration::from_millis(250)),
            "{:?}",
            gaps(&times)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn late_wakers_do_not_lower_the_mean_rate() {
        let pace = Pace::new(8.0);
        let start = Instant::now();
        let mut count = 0;
        while count < 800 {
            match pace.try_permit() {
                Ok(()) => count += 1,
                Err(wait) => tokio::time::sleep(wait + Duration::from_millis(1)).await,
            }
        }
        let used = 799.0 / start.elapsed().as_secs_f64() / 8.0;
        assert!(used >= 0.97, "{used}");
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_freeze_the_rate_is_half_and_grows_back() {
        let pace = Pace::new(4.0);
        permits(&pace, 2).await;
        pace.slow_down();
        let first = gaps(&permits(&pace, 5).await);
        assert!(
            first.iter().all(|gap| *gap > Duration::from_millis(480)),
            "{first:?}"
        );
        tokio::time::sleep(RECOVERY / 2).await;
        let middle = gaps(&permits(&pace, 5).await);
        assert!(
            middle
                .iter()
                .all(|gap| *gap > Duration::from_millis(300) && *gap < Duration::from_millis(400)),
            "{middle:?}"
        );
        tokio::time::sleep(RECOVERY / 2).await;
        let last = gaps(&permits(&pace, 5).await);
        assert!(
            last.iter().all(|gap| *gap < Duration::from_millis(260)),
            "{last:?}"
        );
    }
}
