//! The requests that a backfill would make, and the time they would take.

use serde::Serialize;

/// The expected requests of one site.
#[derive(Debug, Clone, Serialize)]
pub struct SitePlanAnswer {
    /// The site.
    pub site: String,
    /// Known policies.
    pub policies: u64,
    /// Their captures within the span.
    pub captures: u64,
    /// Index queries.
    pub cdx: u64,
    /// Archived pages, at least.
    pub playback_least: u64,
    /// Archived pages, likely.
    pub playback_likely: u64,
    /// Archived pages, at most.
    pub playback_most: u64,
}

/// The rates at which an archive may be queried.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Index queries per minute.
    pub cdx_per_minute: f64,
    /// Archived pages per second.
    pub playback_per_second: f64,
}

/// The expected requests of all sites, and the seconds that they take.
#[derive(Debug, Clone, Serialize)]
pub struct PlanAnswer {
    /// Each site.
    pub sites: Vec<SitePlanAnswer>,
    /// Index queries.
    pub cdx: u64,
    /// Archived pages, at least.
    pub playback_least: u64,
    /// Archived pages, likely.
    pub playback_likely: u64,
    /// Archived pages, at most.
    pub playback_most: u64,
    /// The time that they take; `None` for an archive of files, which is read without a pace.
    #[serde(flatten)]
    pub seconds: Option<PlanSeconds>,
}

/// How long the requests take, in seconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct PlanSeconds {
    /// At least.
    #[serde(rename = "seconds_least")]
    pub least: f64,
    /// Likely.
    #[serde(rename = "seconds_likely")]
    pub likely: f64,
    /// At most.
    #[serde(rename = "seconds_most")]
    pub most: f64,
}

impl Rates {
    /// Seconds that these requests take. Both endpoints are queried at the same time.
    fn seconds(&self, cdx: u64, playback: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
        let (cdx, playback) = (cdx as f64, playback as f64);
        (cdx * 60.0 / self.cdx_per_minute).max(playback / self.playback_per_second)
    }
}

impl PlanAnswer {
    /// Adds up the sites.
    #[must_use]
    pub fn new(sites: Vec<SitePlanAnswer>, rates: Option<Rates>) -> Self {
        let total = |of: fn(&SitePlanAnswer) -> u64| sites.iter().map(of).sum::<u64>();
        let (cdx, least, likely, most) = (
            total(|p| p.cdx),
            total(|p| p.playback_least),
            total(|p| p.playback_likely),
            total(|p| p.playback_most),
        );
        Self {
            cdx,
            playback_least: least,
            playback_likely: likely,
            playback_most: most,
            seconds: rates.map(|rates| PlanSeconds {
                least: rates.seconds(cdx, least),
                likely: rates.seconds(cdx, likely),
                most: rates.seconds(cdx, most),
            }),
            sites,
        }
    }
}
