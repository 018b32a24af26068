//! The only place that joins the steps. A site is the unit of work: found, sampled, fetched, extracted, derived.
//!
//! Everything is written as it comes, and everything written is skipped the next time: running the same command again
//! after a kill ends in the same database.

mod find;
mod follow;
mod found;
mod freeze;
mod halving;
mod histories;
mod home_looks;
mod hubs;
mod in_flight;
mod look;
mod pdf;
mod plan;
mod policies;
mod progress;
mod questions;
mod readers;
mod redirects;
mod reextract;
mod replay;
mod schedule;
mod site;
mod turns;
mod verify;
mod versions;

use std::sync::Arc;

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

pub use found::{SiteCandidate, site_candidates};
pub use freeze::StoredFreeze;
pub use histories::derive_outdated;
pub use in_flight::InFlight;
pub use pdf::{PDF_COMMAND, PdfReader, run_pdf_child};
pub use plan::{SitePlan, plan};
pub use progress::{Progress, ProgressSnapshot};
pub use reextract::{ReextractedPolicy, Reextraction, drop_old_extractions};
pub use schedule::{due_at, is_due};
pub use turns::{ScheduledRun, run_due_sites};
pub use verify::{VerifyReport, verify};

use crate::archive::clock::Clock;
use crate::archive::{Archive, ArchiveError};
use crate::config::{CrawlSettings, DiscoverSettings, SiteRow};
use crate::discover::Vocabulary;
use crate::model::Site;
use crate::store::{Noticed, RunOutcome, Store, StoreError};

/// Why a crawl cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlError {
    /// The archive ended it.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The database ended it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of this program on one page.
    #[error("internal error while looking at `{what}`: {detail}; please report it")]
    Panicked {
        /// The page.
        what: String,
        /// What the runtime said.
        detail: String,
    },
}

impl CrawlError {
    /// The error to tell of two that ended one run: what follows from stopping is not what stopped it.
    fn instead_of(self, earlier: Option<Self>) -> Self {
        match earlier {
            None | Some(Self::Archive(ArchiveError::Interrupted)) => self,
            Some(earlier) => earlier,
        }
    }
}

/// What a crawl works with; all of it shared by the sites worked on at once.
#[expect(missing_debug_implementations, reason = "a clock has nothing to show")]
pub struct Session<'a, A> {
    /// Where captures come from.
    pub archive: &'a A,
    /// Its row in the database.
    pub archive_id: i64,
    /// Where everything goes.
    pub store: Arc<Store>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// What to look at.
    pub crawl: CrawlSettings,
    /// How policies are found.
    pub discover: DiscoverSettings,
    /// The words they are found by.
    pub vocabulary: &'a Vocabulary,
    /// Reads PDFs.
    pub pdf: PdfReader,
    /// Moved as the work goes on.
    pub progress: Arc<Progress>,
    /// What is being asked for.
    pub in_flight: Arc<InFlight>,
    /// Cancelled when the user wants to stop.
    pub stop: CancellationToken,
    /// Somebody waits to be told of new versions.
    pub announce_changes: bool,
}

/// How a crawl ended.
#[derive(Debug)]
pub struct Outcome {
    /// In one word.
    pub outcome: RunOutcome,
    /// What got no answer, a line each; the next run asks again.
    pub failures: Vec<String>,
    /// What the limit of requests per site left open, a line a policy; the next run goes on.
    pub left_open: Vec<String>,
    /// Sites whose look came to its end.
    pub finished: Vec<Site>,
    /// Sites that need another turn ([`Until::Turn`]).
    pub unfinished: Vec<Site>,
    /// The error that ended it early.
    pub ended_by: Option<CrawlError>,
}

impl Outcome {
    /// True when the user stopped it.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.outcome == RunOutcome::Interrupted
    }
}

/// How far a look at a site goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The index only: enough to plan.
    Index,
    /// Where the policies are.
    Candidates,
    /// Everything.
    Versions,
    /// Everything, but no more pages than the limit of requests allows: what is left open waits for the site's next turn
    /// ([`Outcome::unfinished`]). Of the questions to the index that a site was asked before only the most urgent one is
    /// asked again, and those not asked for a month.
    Turn,
}

/// Looks at sites until all are done, the archive refuses, or the user stops.
///
/// Several rows may name one site (several known policies); they are one look.
pub async fn crawl_sites<A: Archive>(
    context: &Session<'_, A>,
    rows: &[SiteRow],
    until: Until,
) -> Outcome {
    let sites = site::requests(rows);
    context.progress.begin(sites.len());
    let mut failures = Vec::new();
    let mut left_open = Vec::new();
    let (mut finished, mut unfinished) = (Vec::new(), Vec::new());
    let mut ended_by: Option<CrawlError> = None;
    // The first error that ends the run stops every site at its next step; what is in flight is finished and stored.
    let stop = context.stop.child_token();
    {
        let looks = futures_util::stream::iter(sites.iter().map(|request| {
            let stop = stop.clone();
            async move {
                if stop.is_cancelled() {
                    return Err(ArchiveError::Interrupted.into());
                }
                context.progress.site_begun();
                let result = site::look_at(context, request, until, &stop).await;
                if result.is_err() {
                    stop.cancel();
                }
                result.map(|report| (request.site.clone(), report))
            }
        }));
        let mut looks = looks.buffer_unordered(context.crawl.sites_at_once);
        while let Some(result) = looks.next().await {
            match result {
                Ok((site, report)) => {
                    context.progress.site_done();
                    match (report.ended, report.left_open.is_empty()) {
                        (true, _) => finished.push(site),
                        (false, false) if report.failures.is_empty() => unfinished.push(site),
                        _ => {}
                    }
                    failures.extend(report.failures);
                    left_open.extend(report.left_open);
                }
                Err(error) => ended_by = Some(error.instead_of(ended_by)),
            }
        }
    }
    if matches!(until, Until::Versions | Until::Turn) {
        let noticed = Noticed {
            at: context.clock.now(),
            tell: context.announce_changes,
        };
        if let Err(error) = histories::derive_pending(&context.store, &context.crawl, noticed) {
            ended_by = Some(error.instead_of(ended_by));
        }
    }
    failures.sort();
    left_open.sort();
    let outcome = match &ended_by {
        None if failures.is_empty() => RunOutcome::Done,
        Some(CrawlError::Archive(ArchiveError::Interrupted)) => RunOutcome::Interrupted,
        Some(CrawlError::Archive(
            ArchiveError::Refused { .. } | ArchiveError::Unreachable { .. },
        )) => RunOutcome::Refused,
        None | Some(_) => RunOutcome::DoneWithFailures,
    };
    Outcome {
        outcome,
        failures,
        left_open,
        finished,
        unfinished,
        ended_by,
    }
}
