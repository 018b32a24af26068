//! What a backfill would still ask for, from what the database knows. Nothing is asked here.

use std::collections::HashSet;

use super::find::home_pages;
use super::histories::strategy;
use super::home_looks;
use super::redirects::redirects_to_ask;
use super::site;
use super::{CrawlError, histories};
use crate::config::{CrawlSettings, DiscoverSettings, SiteRow};
use crate::discover::{HomeLook, next_home_page};
use crate::extract::EXTRACTOR_VERSION;
use crate::model::{Site, Timestamp};
use crate::sample;
use crate::store::{Store, StoredCapture};

/// Requests a year that changes of a living policy cost beyond the grid. Measured on the 19 dense histories of Open Terms
/// Archive that do not alternate: 219 changes in 67.2 years of policies (3.3 a year), 1,006 looks, 172 of them by the
/// grid. These are busy policies, and their index tells no lengths, which spare most of this: rather too much than too
/// little.
const REQUESTS_PER_YEAR: f64 = (1_006.0 - 172.0) / 67.2;
/// Home pages that a site costs; in the simulated archive (240 sites) 7.5 on average.
const LIKELY_HOME_PAGES: u64 = 8;
const YEAR_SECONDS: f64 = 365.25 * 86_400.0;

/// What a backfill of one site would ask for.
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
    /// Archived pages at least: home pages at both ends, ends of redirects, one policy page a grid step.
    pub playback_least: u64,
    /// With the changes that a policy of this age usually has.
    pub playback_likely: u64,
    /// If every payload had to be looked at.
    pub playback_most: u64,
}

/// Plans for the sites of these rows, by name, for a backfill that begins `now`.
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
    let mut plans: Vec<SitePlan> = site::requests(rows)
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
        // The answer of an unfinished look is taken over by the backfill.
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
    let looks = store.home_looks(state.site_id)?;
    let looks: Vec<HomeLook> = looks
        .iter()
        .filter_map(|look| home_looks::from_json(look))
        .collect();
    let is_first = state.unfinished || looks.is_empty();
    plan.add_home_pages(&looks, is_first, now, (crawl, discover));
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
    /// `is_first`: the first look at the site has not come to its end; later ones ask for the newest home page, when it is
    /// time for it, and go back only where that one tells something new.
    fn add_home_pages(
        &mut self,
        known: &[HomeLook],
        is_first: bool,
        now: Timestamp,
        (crawl, discover): (&CrawlSettings, &DiscoverSettings),
    ) {
        let (span, limits) = home_pages(crawl, now);
        if !discover.by_link
            || crawl.home_pages_per_site == 0
            || next_home_page(span, &limits, known).is_none()
        {
            return;
        }
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (most, looked_at) = (count(crawl.home_pages_per_site), count(known.len()));
        let left = |n: u64| n.min(most).saturating_sub(looked_at).max(1);
        self.playback_least += if is_first { left(2) } else { 1 };
        self.playback_likely += if is_first { left(LIKELY_HOME_PAGES) } else { 1 };
        self.playback_most += left(most);
    }

    fn add_policy(&mut self, crawl: &CrawlSettings, stored: &[StoredCapture]) {
        self.captures += u64::try_from(stored.len()).unwrap_or(u64::MAX);
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (places, sightings) = histories::sightings(stored, &|_| false);
        let redirects = count(redirects_to_ask(stored).len());
        let first = count(sample::next(strategy(crawl), &sightings).len());
        let mut payloads = HashSet::new();
        let open = places
            .iter()
            .zip(&sightings)
            .filter(|(_, s)| s.known == sample::Known::Nothing)
            .filter(|(place, s)| {
                payloads.insert(s.payload.clone().unwrap_or_else(|| place.to_string()))
            })
            .count();
        let most = redirects + count(open);
        let least = redirects + first;
        let years = years(&sightings.iter().map(|s| s.timestamp).collect::<Vec<_>>());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive estimate"
        )]
        let halvings = if first == 0 {
            0
        } else {
            (years * REQUESTS_PER_YEAR).round() as u64
        };
        self.playback_least += least;
        self.playback_likely += (least + halvings).min(most);
        self.playback_most += most;
    }
}

fn years(sorted: &[Timestamp]) -> f64 {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else {
        return 0.0;
    };
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let seconds = first.distance_seconds(*last) as f64;
    seconds / YEAR_SECONDS
}
