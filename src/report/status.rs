//! The contents of the database, and when its sites are due, as data.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::Timestamp;
use crate::store::{PolicySummary, SiteTurn, Status};

/// Everything that `status` says. It is serialized directly: building a tree of values first takes longer for 20,000
/// sites than all queries of the database.
#[derive(Debug, Serialize)]
pub struct StatusAnswer<'a> {
    /// Counts of the whole database.
    #[serde(flatten)]
    pub status: &'a Status,
    /// The file.
    pub database: Cow<'a, str>,
    /// How much the database grows.
    pub growth: Option<Growth>,
    /// Every policy, and every site without one.
    pub policies_by_site: &'a [PolicySummary],
    /// Number of sites that are due.
    pub sites_due: usize,
    /// Every site. The key keeps its old name for those who read the JSON.
    #[serde(rename = "looks")]
    pub schedules: &'a [SiteSchedule],
}

/// How much the database grows, measured on what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Growth {
    /// Years of history of all sites together.
    pub site_years: u64,
    /// Bytes of the database per site and year of history.
    pub bytes_per_site_year: u64,
    /// Bytes by which the sites of the database grow in a year at this rate.
    pub bytes_per_year: u64,
}

const SECONDS_PER_YEAR: u64 = 31_557_600;

/// Measures the growth of a database: its size over the time from the first to the last capture of each site. `None` for
/// less than a year of history.
#[must_use]
pub fn growth(database_bytes: u64, policies: &[PolicySummary]) -> Option<Growth> {
    let mut spans: BTreeMap<&str, (Timestamp, Timestamp)> = BTreeMap::new();
    for policy in policies {
        if let (Some(first), Some(last)) = (policy.first_seen, policy.last_seen) {
            let span = spans.entry(&policy.site).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
    }
    let seconds: u64 = spans
        .values()
        .map(|(first, last)| first.distance_seconds(*last))
        .sum();
    let site_years = seconds / SECONDS_PER_YEAR;
    let bytes_per_site_year = database_bytes.checked_div(site_years)?;
    Some(Growth {
        site_years,
        bytes_per_site_year,
        bytes_per_year: bytes_per_site_year.saturating_mul(spans.len() as u64),
    })
}

/// When a site was crawled and when it is crawled again.
#[derive(Debug, Serialize)]
pub struct SiteSchedule {
    /// The site.
    pub site: String,
    /// End of the last complete crawl.
    #[serde(rename = "looked_at")]
    pub crawled_at: Option<Timestamp>,
    /// True if the last crawl was interrupted.
    pub unfinished: bool,
    /// When it is due; the present moment for a site without a complete crawl.
    pub due_at: Timestamp,
    /// True if it is due.
    pub is_due: bool,
}

impl SiteSchedule {
    /// The schedule of a site that is due at a moment.
    #[must_use]
    pub fn new(site: SiteTurn, due_at: Timestamp, is_due: bool) -> Self {
        Self {
            crawled_at: site.crawled_at,
            unfinished: site.unfinished,
            due_at,
            is_due,
            site: site.site,
        }
    }
}

/// Counts the sites that are due.
#[must_use]
pub fn count_due(schedules: &[SiteSchedule]) -> usize {
    schedules.iter().filter(|s| s.is_due).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_the_size_of_the_database_over_the_years_of_each_site() {
        let policy = |site: &str, first: &str, last: &str| PolicySummary {
            site: site.to_owned(),
            policy_url: None,
            kind: None,
            versions: 1,
            first_seen: Timestamp::earliest(first).ok(),
            last_seen: Timestamp::earliest(last).ok(),
            captures: 1,
            dropped: 0,
            drops_without_version: BTreeMap::new(),
            left_open: 0,
            unfinished: false,
            site_dropped: None,
        };
        let policies = [
            policy("a.com", "2000", "2006-01-03"),
            policy("a.com", "2002", "2010-01-03"),
            policy("b.com", "2005", "2015-01-03"),
        ];
        let measured = growth(40_000, &policies);
        assert_eq!(
            measured,
            Some(Growth {
                site_years: 20,
                bytes_per_site_year: 2_000,
                bytes_per_year: 4_000
            })
        );
        assert_eq!(growth(40_000, &[policy("a.com", "2000", "2000-05")]), None);
    }
}
