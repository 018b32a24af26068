//! Settings of the scheduled job: the section `[run]`.

use std::path::PathBuf;
use std::time::Duration;

use super::alerts::{AlertSettings, alert_settings};
use super::layers::Layers;
use super::validator::{Validator, shown};

/// The scheduled job.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// When sites are crawled again.
    pub recheck: RecheckSettings,
    /// Archived policy pages that a site may fetch in one turn, before the other sites have theirs.
    pub pages_per_turn: u64,
    /// When to stop.
    pub budget: RunBudget,
    /// Shell command that is called for each new version.
    pub on_change: Option<String>,
    /// Longest duration of one call.
    pub on_change_timeout: Duration,
    /// Which versions it is notified of.
    pub alerts: AlertSettings,
    /// Path of the Atom feed to write.
    pub feed: Option<PathBuf>,
    /// Path of the metrics to write.
    pub metrics: Option<PathBuf>,
    /// Path of the summary to write.
    pub summary: Option<PathBuf>,
}

impl Default for RunSettings {
    /// The built-in defaults: the section `[run]` of `config/policytrail.toml`.
    fn default() -> Self {
        run_settings(&mut Validator::new(&Layers::default()))
    }
}

/// Number of days after which a site is crawled again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecheckSettings {
    /// Minimum number of days.
    pub min_days: u32,
    /// Maximum number of days for a site with a policy.
    pub max_days: u32,
    /// Number of days for a site without a version, or one that the archive excludes.
    pub dead_days: u32,
    /// A policy is crawled again after its age divided by this.
    pub age_divisor: u32,
}

/// How much time or how many requests a run may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunBudget {
    /// No limit.
    Unlimited,
    /// At most this long.
    Time(Duration),
    /// At most this many requests.
    Requests(u64),
}

/// Validates the section `[run]`.
pub(super) fn run_settings(validator: &mut Validator<'_>) -> RunSettings {
    let on_change = validator.text("run.on_change").trim();
    let timeout_seconds = "run.on_change_timeout_seconds";
    RunSettings {
        recheck: recheck_settings(validator),
        pages_per_turn: validator.whole("run.pages_per_turn", 1, 1_000_000),
        budget: budget(validator),
        on_change: (!on_change.is_empty()).then(|| on_change.to_owned()),
        on_change_timeout: Duration::from_secs(validator.whole(timeout_seconds, 1, 3600)),
        alerts: alert_settings(validator),
        feed: validator.path("run.feed"),
        metrics: validator.path("run.metrics"),
        summary: validator.path("run.summary"),
    }
}

fn recheck_settings(validator: &mut Validator<'_>) -> RecheckSettings {
    let mut days =
        |key: &str, low: u64| u32::try_from(validator.whole(key, low, 3650)).unwrap_or(3650);
    let recheck = RecheckSettings {
        min_days: days("run.recheck_min_days", 0),
        max_days: days("run.recheck_max_days", 0),
        dead_days: days("run.recheck_dead_days", 0),
        age_divisor: days("run.recheck_age_divisor", 1),
    };
    if recheck.min_days > recheck.max_days {
        validator.fault(
            "run.recheck_min_days",
            "is more than `run.recheck_max_days`",
        );
    }
    recheck
}

/// Parses `2h`, `90m` or `5000-requests`.
fn budget(validator: &mut Validator<'_>) -> RunBudget {
    let text = validator.text("run.budget").trim();
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
            let what = format!(
                "is `{}`; give a time such as 2h or 90m, or a number of requests such as 5000-requests",
                shown(text)
            );
            validator.fault("run.budget", what);
            RunBudget::Unlimited
        }
    }
}
