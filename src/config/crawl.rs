//! Settings that choose captures: the section `[crawl]`.

use std::fmt::Write as _;
use std::time::Duration;

use super::layers::Layers;
use super::validator::{Validator, shown};
use crate::model::Timestamp;

const DAY_SECONDS: u64 = 86_400;
/// Grid step used in place of a faulty one while the other settings are checked.
const DEFAULT_GRID_MONTHS: u32 = 6;

/// Which captures are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// As few as are needed to locate every change.
    EveryChange,
    /// One per grid step.
    Interval,
    /// All.
    All,
}

/// Which sites, policies and captures a crawl covers.
#[derive(Debug, Clone)]
pub struct CrawlSettings {
    /// First capture.
    pub from: Option<Timestamp>,
    /// Last capture.
    pub to: Option<Timestamp>,
    /// The time of a rehearsal (`run --now`): later captures are left to later runs. Not in the file of settings, and
    /// unlike `to` no part of the index queries, so that each rehearsed run continues the queries of the last one.
    pub now: Option<Timestamp>,
    /// How captures are sampled.
    pub sampling: Sampling,
    /// Grid step in months, 1 to 120.
    pub grid_months: u32,
    /// Resolution in seconds.
    pub resolution_seconds: u64,
    /// Most archived policy pages (and redirects that may lead to one) to fetch per site and run; `None` for no limit.
    pub max_requests_per_site: Option<u64>,
    /// Sites crawled at the same time.
    pub sites_at_once: usize,
    /// Memory for pages in flight, in bytes.
    pub memory_bytes: u64,
    /// Home pages per site in the first run. Each later run adds the newest one.
    pub home_pages_per_site: usize,
    /// Policies per site.
    pub policies_per_site: usize,
}

impl Default for CrawlSettings {
    /// The built-in defaults: the section `[crawl]` of `config/policytrail.toml`.
    fn default() -> Self {
        crawl_settings(&mut Validator::new(&Layers::default()))
    }
}

impl CrawlSettings {
    /// True for a capture between `from` and `to` that exists already.
    #[must_use]
    pub fn in_span(&self, timestamp: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= timestamp)
            && self.to.is_none_or(|to| timestamp <= to)
            && self.exists(timestamp)
    }

    /// False for a capture after `now`.
    #[must_use]
    pub fn exists(&self, timestamp: Timestamp) -> bool {
        self.now.is_none_or(|now| timestamp <= now)
    }
}

impl CrawlSettings {
    /// Which captures are fetched, for the data card: `every-change, grid 6 months, resolution 1 day, from 2005-01-01`.
    #[must_use]
    pub fn sampling_text(&self) -> String {
        let counted = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
        let grid = counted(self.grid_months.into(), "month");
        let mut text = match self.sampling {
            Sampling::EveryChange => {
                let seconds = self.resolution_seconds;
                let (n, unit) = match seconds {
                    s if s.is_multiple_of(DAY_SECONDS) => (s / DAY_SECONDS, "day"),
                    s if s.is_multiple_of(3600) => (s / 3600, "hour"),
                    s => (s, "second"),
                };
                format!("every-change, grid {grid}, resolution {}", counted(n, unit))
            }
            Sampling::Interval => format!("interval, grid {grid}"),
            Sampling::All => "all captures".to_owned(),
        };
        for (name, limit) in [("from", self.from), ("to", self.to)] {
            if let Some(time) = limit {
                // Writing to a string cannot fail.
                let _ = write!(text, ", {name} {}", time.date_text());
            }
        }
        text
    }
}

/// Validates the section `[crawl]`.
pub(super) fn crawl_settings(validator: &mut Validator<'_>) -> CrawlSettings {
    let (from, to) = span(validator);
    let (sampling, grid_months) = sampling(validator);
    let resolution_days = validator.number("crawl.resolution_days", 0.0, 3650.0);
    let resolution = Duration::try_from_secs_f64(resolution_days * 86_400.0);
    CrawlSettings {
        from,
        to,
        now: None,
        sampling,
        grid_months,
        resolution_seconds: resolution.map_or(DAY_SECONDS, |d| d.as_secs()),
        max_requests_per_site: Some(validator.whole(
            "crawl.max_requests_per_site",
            0,
            1_000_000_000,
        ))
        .filter(|n| *n > 0),
        sites_at_once: validator.count("crawl.sites_at_once", 1, 64),
        memory_bytes: validator.whole("crawl.memory_megabytes", 1, 1_048_576) << 20,
        home_pages_per_site: validator.count("crawl.home_pages_per_site", 0, 200),
        policies_per_site: validator.count("crawl.policies_per_site", 1, 200),
    }
}

fn span(validator: &mut Validator<'_>) -> (Option<Timestamp>, Option<Timestamp>) {
    let from = validator.date("crawl.from", Timestamp::earliest);
    let to = validator.date("crawl.to", Timestamp::latest);
    if let (Some(first), Some(last)) = (from, to)
        && first > last
    {
        let what = format!(
            "{} is later than {} of {}",
            first.date_text(),
            last.date_text(),
            validator.origin("crawl.to")
        );
        validator.fault("crawl.from", what);
    }
    (from, to)
}

/// How captures are sampled, and the grid step in months.
fn sampling(validator: &mut Validator<'_>) -> (Sampling, u32) {
    let step = validator.text("crawl.grid");
    let grid_months = months(validator, "crawl.grid", step);
    let sampling = match validator.text("crawl.sample") {
        "every-change" => Sampling::EveryChange,
        "interval" => Sampling::Interval,
        "all" => Sampling::All,
        other => {
            if let Some(step) = other.strip_prefix("interval=") {
                return (Sampling::Interval, months(validator, "crawl.sample", step));
            }
            let what = format!(
                "is `{}`; it must be every-change, interval, interval=6mo or all",
                shown(other)
            );
            validator.fault("crawl.sample", what);
            Sampling::EveryChange
        }
    };
    (sampling, grid_months)
}

/// Parses `6mo` or `1y`, or their words, as a number of months.
fn months(validator: &mut Validator<'_>, key: &str, text: &str) -> u32 {
    let text = match text {
        "month" | "monthly" => "1mo",
        "quarter" | "quarterly" => "3mo",
        "half-year" | "halfyear" | "half-yearly" => "6mo",
        "year" | "yearly" => "1y",
        other => other,
    };
    let parsed = text
        .strip_suffix("mo")
        .map(|n| (n, 1))
        .or_else(|| text.strip_suffix('y').map(|n| (n, 12)))
        .and_then(|(n, unit)| n.parse::<u32>().ok()?.checked_mul(unit))
        .filter(|months| (1..=120).contains(months));
    parsed.unwrap_or_else(|| {
        let what = format!(
            "contains the period `{}`; give a period such as 1mo, 6mo or 1y, at most ten years",
            shown(text)
        );
        validator.fault(key, what);
        DEFAULT_GRID_MONTHS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sampling_is_told_with_its_parameters() {
        let settings = CrawlSettings::default();
        assert_eq!(
            settings.sampling_text(),
            "every-change, grid 6 months, resolution 1 day"
        );
        let hours = CrawlSettings {
            resolution_seconds: 43_200,
            from: Timestamp::earliest("2005").ok(),
            to: Timestamp::latest("2024").ok(),
            ..settings.clone()
        };
        assert_eq!(
            hours.sampling_text(),
            "every-change, grid 6 months, resolution 12 hours, from 2005-01-01, to 2024-12-31"
        );
        let yearly = CrawlSettings {
            sampling: Sampling::Interval,
            grid_months: 1,
            ..settings.clone()
        };
        assert_eq!(yearly.sampling_text(), "interval, grid 1 month");
        let all = CrawlSettings {
            sampling: Sampling::All,
            ..settings
        };
        assert_eq!(all.sampling_text(), "all captures");
    }
}
