//! The scheduled job: the sites that are due, in turns, so that what a run may take is shared fairly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::schedule::{in_turn, is_due};
use super::{CrawlError, Outcome, RunOutcome, Session, Until, crawl_sites};
use crate::archive::Archive;
use crate::config::{CrawlSettings, RunSettings, SiteRow};
use crate::store::SiteTurn;

/// How a scheduled run ended.
#[derive(Debug)]
pub struct ScheduledRun {
    /// Sites named.
    pub sites: usize,
    /// Those that were due.
    pub due: usize,
    /// What came of them.
    pub outcome: Outcome,
}

/// Looks at the sites that are due, those that waited longest first. Each has a turn of so many pages at most; who needs
/// more has another turn when all the others had theirs. A site that got no answer is left for the next run.
///
/// # Errors
/// When the database fails before the first site.
pub async fn run_due_sites<A: Archive>(
    context: &Session<'_, A>,
    rows: &[SiteRow],
    settings: &RunSettings,
) -> Result<ScheduledRun, CrawlError> {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.site.as_str()).collect();
    let now = context.clock.now();
    let mut known: BTreeMap<String, SiteTurn> = context
        .store
        .site_turns()?
        .into_iter()
        .map(|site| (site.site.clone(), site))
        .collect();
    let mut due: Vec<SiteTurn> = names
        .iter()
        .map(|name| known.remove(*name).unwrap_or_else(|| SiteTurn::new(name)))
        .filter(|site| is_due(site, &settings.recheck, now))
        .collect();
    in_turn(&mut due);
    let mut waiting: Vec<String> = due.iter().map(|site| site.site.clone()).collect();
    let mut left_for_each = context.crawl.max_requests_per_site.unwrap_or(u64::MAX);
    let mut total = Outcome {
        outcome: RunOutcome::Done,
        failures: Vec::new(),
        left_open: Vec::new(),
        finished: Vec::new(),
        unfinished: Vec::new(),
        ended_by: None,
    };
    while !waiting.is_empty() && left_for_each > 0 && total.ended_by.is_none() {
        let pages = settings.pages_per_turn.min(left_for_each);
        left_for_each -= pages;
        let turn = context.with_pages(pages);
        let outcome = crawl_sites(&turn, &rows_of(&waiting, rows), Until::Turn).await;
        waiting = outcome.unfinished.iter().map(ToString::to_string).collect();
        total = outcome.after(total);
    }
    Ok(ScheduledRun {
        sites: names.len(),
        due: due.len(),
        outcome: total,
    })
}

/// The rows of these sites, in the order of the sites.
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

impl Outcome {
    /// The outcome of a run of which this was the last turn.
    fn after(mut self, earlier: Self) -> Self {
        self.failures.extend(earlier.failures);
        self.failures.sort();
        self.finished.extend(earlier.finished);
        if self.outcome == RunOutcome::Done && !self.failures.is_empty() {
            self.outcome = RunOutcome::DoneWithFailures;
        }
        self
    }
}

impl<A> Session<'_, A> {
    /// The same context, with a limit of pages for each site.
    fn with_pages(&self, pages: u64) -> Self {
        Self {
            archive: self.archive,
            archive_id: self.archive_id,
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            crawl: CrawlSettings {
                max_requests_per_site: Some(pages),
                ..self.crawl.clone()
            },
            discover: self.discover.clone(),
            vocabulary: self.vocabulary,
            pdf: self.pdf.clone(),
            progress: Arc::clone(&self.progress),
            in_flight: Arc::clone(&self.in_flight),
            stop: self.stop.clone(),
            announce_changes: self.announce_changes,
        }
    }
}
