//! The scheduled job: crawls the sites that are due in turns, so that they share the requests of a run fairly.

use std::collections::{BTreeMap, BTreeSet};

use super::due::{is_due, sort_by_last_turn};
use crate::archive::Archive;
use crate::config::{RunSettings, SiteRow};
use crate::crawl::backfill::{Outcome, Until, crawl_sites};
use crate::crawl::error::CrawlError;
use crate::crawl::session::Session;
use crate::store::{SiteTurn, Store};

/// The outcome of a scheduled run.
#[derive(Debug)]
pub struct ScheduledRun {
    /// Number of sites named.
    pub sites: usize,
    /// Number of sites that were due.
    pub due: usize,
    /// How the crawl of the due sites ended.
    pub outcome: Outcome,
}

/// Crawls the sites that are due, those that waited longest first. Each turn has a limit of pages; a site that needs
/// more gets another turn after all other sites had theirs. A site with an unanswered request is left for the next run.
///
/// # Errors
/// When the database fails before the first site.
pub(crate) async fn run_due_sites<A: Archive>(
    session: &Session<'_, A>,
    rows: &[SiteRow],
    settings: &RunSettings,
) -> Result<ScheduledRun, CrawlError> {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.site.as_str()).collect();
    let now = session.clock.now();
    let mut known: BTreeMap<String, SiteTurn> = session
        .store_call(Store::site_turns)
        .await?
        .into_iter()
        .map(|site| (site.site.clone(), site))
        .collect();
    let mut due: Vec<SiteTurn> = names
        .iter()
        .map(|name| known.remove(*name).unwrap_or_else(|| SiteTurn::new(name)))
        .filter(|site| is_due(site, &settings.recheck, now))
        .collect();
    sort_by_last_turn(&mut due);
    let mut waiting: Vec<String> = due.iter().map(|site| site.site.clone()).collect();
    let mut left_for_each = session.crawl.max_requests_per_site.unwrap_or(u64::MAX);
    let mut total = Outcome::nothing();
    while !waiting.is_empty() && left_for_each > 0 && total.ended_by.is_none() {
        let pages = settings.pages_per_turn.min(left_for_each);
        left_for_each -= pages;
        let turn = session.with_request_limit(pages);
        let outcome = crawl_sites(&turn, &rows_of(&waiting, rows), Until::Turn).await;
        waiting = outcome.unfinished.iter().map(ToString::to_string).collect();
        total = outcome.with_earlier_turns(total);
    }
    Ok(ScheduledRun {
        sites: names.len(),
        due: due.len(),
        outcome: total,
    })
}

/// Returns the rows of some sites, in the order of the sites.
fn rows_of(sites: &[String], rows: &[SiteRow]) -> Vec<SiteRow> {
    let mut by_site: BTreeMap<&str, Vec<&SiteRow>> = BTreeMap::new();
    for row in rows {
        by_site.entry(row.site.as_str()).or_default().push(row);
    }
    sites
        .iter()
        .filter_map(|site| by_site.get(site.as_str()))
        .flatten()
        .map(|row| (*row).clone())
        .collect()
}
