//! The contents of the database, and when its sites are due, as data.

use std::borrow::Cow;

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
    /// Every policy, and every site without one.
    pub policies_by_site: &'a [PolicySummary],
    /// Number of sites that are due.
    pub sites_due: usize,
    /// Every site. The key keeps its old name for those who read the JSON.
    #[serde(rename = "looks")]
    pub schedules: &'a [SiteSchedule],
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
