//! Settings of the scheduled job.

use std::path::PathBuf;
use std::time::Duration;

use super::settings::{Check, shown};

/// The scheduled job.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// When sites are looked at again.
    pub recheck: RecheckSettings,
    /// Archived pages of policies that a site may ask for before the others have their turn.
    pub pages_per_turn: u64,
    /// When to stop.
    pub budget: RunBudget,
    /// Called for each new version, by the system's shell.
    pub on_change: Option<String>,
    /// Longest that one call may take.
    pub on_change_timeout: Duration,
    /// Atom feed to write.
    pub feed: Option<PathBuf>,
    /// Metrics to write.
    pub metrics: Option<PathBuf>,
    /// Summary to write.
    pub summary: Option<PathBuf>,
}

/// When sites are looked at again, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecheckSettings {
    /// Soonest.
    pub min_days: u32,
    /// Latest, for a site with a policy.
    pub max_days: u32,
    /// For a site without a version, or of which the archive has nothing to say.
    pub dead_days: u32,
    /// A policy is looked at again after its age divided by this.
    pub age_divisor: u32,
}

/// How much a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunBudget {
    /// As much as it needs.
    Unlimited,
    /// So long.
    Time(Duration),
    /// So many requests.
    Requests(u64),
}

impl Check<'_> {
    fn days(&mut self, key: &str, low: u64) -> u32 {
        u32::try_from(self.whole(key, low, 3650)).unwrap_or(3650)
    }

    /// The section `[run]`.
    pub(super) fn run(&mut self) -> RunSettings {
        let recheck = RecheckSettings {
            min_days: self.days("run.recheck_min_days", 0),
            max_days: self.days("run.recheck_max_days", 0),
            dead_days: self.days("run.recheck_dead_days", 0),
            age_divisor: self.days("run.recheck_age_divisor", 1),
        };
        if recheck.min_days > recheck.max_days {
            self.fault(
                "run.recheck_min_days",
                "is more than `run.recheck_max_days`",
            );
        }
        let on_change = self.layers.text("run.on_change").trim().to_owned();
        RunSettings {
            recheck,
            pages_per_turn: self.whole("run.pages_per_turn", 1, 1_000_000),
            budget: self.budget(),
            on_change: (!on_change.is_empty()).then_some(on_change),
            on_change_timeout: Duration::from_secs(self.whole(
                "run.on_change_timeout_seconds",
                1,
                3600,
            )),
            feed: self.path("run.feed"),
            metrics: self.path("run.metrics"),
            summary: self.path("run.summary"),
        }
    }

    /// `2h`, `90m` or `5000-requests`.
    fn budget(&mut self) -> RunBudget {
        let text = self.layers.text("run.budget").trim();
        if text.is_empty() {
            return RunBudget::Unlimited;
        }
        let number = |suffix: &str| {
            text.strip_suffix(suffix)?
                .parse::<u64>()
                .ok()
                .filter(|n| *n > 0)
        };
        let requests = number("-requests").or_else(|| number("-request"));
        let seconds = number("h")
            .and_then(|n| n.checked_mul(3600))
            .or_else(|| number("m").and_then(|n| n.checked_mul(60)))
            .or_else(|| number("s"))
            .filter(|seconds| *seconds <= 366 * 86_400);
        match (requests, seconds) {
            (Some(requests), _) => RunBudget::Requests(requests),
            (_, Some(seconds)) => RunBudget::Time(Duration::from_secs(seconds)),
            _ => {
                let what = format!("is `{}`: write 2h, 90m or 5000-requests", shown(text));
                self.fault("run.budget", what);
                RunBudget::Unlimited
            }
        }
    }
}
