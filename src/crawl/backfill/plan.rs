//! Estimates the requests that a backfill would still send, from what the database knows. Sends no request.

use std::collections::HashSet;

use super::redirects::redirects_to_fetch;
use crate::config::{CrawlSettings, DiscoverSettings, SiteRow};
use crate::crawl::derive::{sample_captures, strategy};
use crate::crawl::discovery::{home_page_scans, home_page_span};
use crate::crawl::error::CrawlError;
use crate::crawl::site::site_requests;
use crate::discover::{PageScan, next_home_page};
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{Site, Timestamp};
use crate::sample;
use crate::store::{Store, StoredCapture};

/// Requests per year, beyond the grid, for the changes of a policy in use. Measured on the 19 dense histories of Open
/// Terms Archive that do not alternate: 219 changes in 67.2 years of policies (3.3 a year), 1,006 fetches, 172 of them
/// for the grid. These policies change often, and their index has no lengths, which save most of these requests. So the
/// estimate is too high rather than too low.
const REQUESTS_PER_YEAR: f64 = (1_006.0 - 172.0) / 67.2;
/// Likely number of home pages fetched per site: 7.5 on average in the simulated archive (240 sites).
const LIKELY_HOME_PAGES: u64 = 8;
const YEAR_SECONDS: f64 = 365.25 * 86_400.0;

/// The requests that a backfill of one site would send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePlan {
    /// The site.
    pub site: Site,
    /// Policies known so far.
    pub policies: u64,
    /// Their captures within the span.
    pub captures: u64,
    /// Index queries.
    pub cdx: u64,
    /// Archived pages, at least: home pages at both ends, ends of redirects, one policy page per grid step.
    pub playback_least: u64,
    /// Archived pages with the changes that a policy of this age usually has.
    pub playback_likely: u64,
    /// Archived pages if every payload had to be fetched.
    pub playback_most: u64,
}

/// Plans a backfill of the sites of these rows that begins `now`. The result is sorted by site.
///
/// # Errors
/// When the database fails.
pub fn plan(
    store: &Store,
    crawl: &CrawlSettings,
    discover: &DiscoverSettings,
    rows: &[SiteRow],
    now: Timestamp,
) -> Result<Vec<SitePlan>, CrawlError> {
    let mut plans: Vec<SitePlan> = site_requests(rows)
        .iter()
        .map(|request| plan_site(store, crawl, discover, &request.site, now))
        .collect::<Result<_, _>>()?;
    plans.sort_by(|a, b| a.site.cmp(&b.site));
    Ok(plans)
}

fn plan_site(
    store: &Store,
    crawl: &CrawlSettings,
    discover: &DiscoverSettings,
    site: &Site,
    now: Timestamp,
) -> Result<SitePlan, CrawlError> {
    let state = store.site_state(site)?;
    let mut plan = SitePlan {
        site: site.clone(),
        policies: 0,
        captures: 0,
        // The backfill uses the index answer of an unfinished crawl.
        cdx: u64::from(discover.by_path && !state.is_some_and(|s| s.unfinished)),
        playback_least: 0,
        playback_likely: 0,
        playback_most: 0,
    };
    let Some(state) = state else {
        plan.add_home_pages(&[], true, now, (crawl, discover));
        return Ok(plan);
    };
    if state.dropped {
        return Ok(plan);
    }
    let scans = home_page_scans(store, state.site_id)?;
    let is_first = state.unfinished || scans.is_empty();
    plan.add_home_pages(&scans, is_first, now, (crawl, discover));
    for policy in store.policies_of_site(state.site_id)? {
        plan.policies += 1;
        for urlkey in &policy.urlkeys {
            plan.cdx += u64::from(store.count_captures(urlkey)? == 0);
        }
        let stored = store.captures_of_policy(policy.policy_id, EXTRACTOR_VERSION)?;
        let stored: Vec<StoredCapture> = stored
            .into_iter()
            .filter(|s| crawl.in_span(s.capture.timestamp))
            .collect();
        plan.add_policy(crawl, &stored);
    }
    Ok(plan)
}

impl SitePlan {
    /// Adds the home pages to scan. `is_first` is true if no crawl of the site is complete yet. Later crawls scan the
    /// newest home page if it is due, and older ones only where the newest shows something new.
    fn add_home_pages(
        &mut self,
        known: &[PageScan],
        is_first: bool,
        now: Timestamp,
        (crawl, discover): (&CrawlSettings, &DiscoverSettings),
    ) {
        let (span, limits) = home_page_span(crawl, now);
        if !discover.by_link
            || crawl.home_pages_per_site == 0
            || next_home_page(span, &limits, known).is_none()
        {
            return;
        }
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (most, scanned) = (count(crawl.home_pages_per_site), count(known.len()));
        let left = |n: u64| n.min(most).saturating_sub(scanned).max(1);
        self.playback_least += if is_first { left(2) } else { 1 };
        self.playback_likely += if is_first { left(LIKELY_HOME_PAGES) } else { 1 };
        self.playback_most += left(most);
    }

    /// Adds the captures of a policy to fetch.
    fn add_policy(&mut self, crawl: &CrawlSettings, stored: &[StoredCapture]) {
        self.captures += u64::try_from(stored.len()).unwrap_or(u64::MAX);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (places, captures) = sample_captures(stored, &|_| false);
        let redirects = count(redirects_to_fetch(stored).len());
        let first = count(sample::next(strategy(crawl), &captures).len());
        let mut payloads = HashSet::new();
        let open = places
            .iter()
            .zip(&captures)
            .filter(|(_, s)| s.state == sample::ReadState::Unread)
            .filter(|(place, s)| {
                payloads.insert(s.payload.clone().unwrap_or_else(|| place.to_string()))
            })
            .count();
        let most = redirects + count(open);
        let least = redirects + first;
        let years = years(&captures.iter().map(|s| s.timestamp).collect::<Vec<_>>());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive estimate"
        )]
        let bisections = if first == 0 {
            0
        } else {
            (years * REQUESTS_PER_YEAR).round() as u64
        };
        self.playback_least += least;
        self.playback_likely += (least + bisections).min(most);
        self.playback_most += most;
    }
}

/// Returns the years between the first and the last moment.
fn years(sorted: &[Timestamp]) -> f64 {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return 0.0;
    };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let seconds = first.distance_seconds(*last) as f64;
    seconds / YEAR_SECONDS
}
