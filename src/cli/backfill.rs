//! `policytrail backfill`: domains in, versioned policies in SQLite.

use std::io::{self, Write as _};

use super::failure::{Exit, Failure};
use super::job::{Job, Work};
use super::job_options::{CrawlOptions, SiteOptions};
use super::status::summary_table;
use crate::crawl::Until;

/// Find the policies of sites, fetch their archived pages, keep every version
///
/// Safe to interrupt and to repeat: what is stored is not asked for again.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let job = Job::new("backfill", &arguments.sites, &arguments.crawl, &[])?;
    job.interruptible(look)
}

fn look(job: &Job) -> Result<Exit, Failure> {
    let finished = job.run(Work::Look(Until::Versions))?;
    let policies = finished.store.summaries(&job.site_names())?;
    // A run that ended before anything was found has its error to show, not a table of nothing.
    if finished.outcome.ended_by.is_none() || policies.iter().any(|p| p.policy_url.is_some()) {
        let mut out = io::stdout().lock();
        out.write_all(summary_table(&policies).as_bytes())?;
        out.write_all(finished.usage.text().as_bytes())?;
    }
    for lost in policies.iter().filter(|p| p.policy_url.is_none()) {
        match &lost.site_dropped {
            Some(reason) => tracing::warn!(
                "{}: the archive has nothing to say about this site ({reason})",
                lost.site
            ),
            None if finished.outcome.ended_by.is_none() => tracing::warn!(
                "{}: no policy was found in this archive; if you know its address, give it with --url",
                lost.site
            ),
            None => {}
        }
    }
    finished.exit()
}
