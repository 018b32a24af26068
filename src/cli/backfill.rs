//! `policytrail backfill`: domains in, versioned policies in SQLite.

use std::io::{self, Write as _};

use super::archives::request_counts_text;
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::left_out::left_out_table;
use super::status::summary_table;
use crate::crawl::Until;

/// Find the policies of sites, fetch their archived pages and store every version
///
/// You can interrupt this command and run it again: it fetches only what the database does not hold yet.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail backfill example.com --from 2005 --contact you@example.org\n  policytrail backfill --sites sites.csv --archive crawl.warc.gz\n\n\
        Columns:\n  \
        policy URL  latest URL of the policy, or why there is none\n  \
        versions    number of versions\n  \
        first       date of the first capture that shows the policy\n  \
        last        date of the last one\n  \
        captures    number of captures that show the policy\n  \
        dropped     number of captures at its URLs that show no version\n  \
        reasons     why they were dropped, if the policy has no version\n  \
        left out    what gave no version, by reason; `policytrail export` writes a row for each capture"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let job = Job::new("backfill", &arguments.sites, &arguments.crawl, &[])?;
    job.interruptible(crawl)
}

fn crawl(job: &Job) -> Result<Exit, Failure> {
    let finished = run_job(job, JobTask::Crawl(Until::Versions))?;
    let policies = finished.store.summaries(&job.site_names())?;
    // A run that ended before it found anything shows its error instead of an empty table.
    if finished.outcome.ended_by.is_none() || policies.iter().any(|p| p.policy_url.is_some()) {
        let mut out = io::stdout().lock();
        out.write_all(summary_table(&policies).as_bytes())?;
        out.write_all(request_counts_text(&finished.requests).as_bytes())?;
        let drops = finished.store.drops_by_reason(&job.site_names())?;
        out.write_all(left_out_table(&finished.skipped, &drops).as_bytes())?;
    }
    for lost in policies.iter().filter(|p| p.policy_url.is_none()) {
        match &lost.site_dropped {
            Some(reason) => tracing::warn!(
                "{}: the archive provides nothing for this site ({reason})",
                lost.site
            ),
            None if finished.outcome.ended_by.is_none() && !lost.unfinished => tracing::warn!(
                "{}: no policy found in this archive; if you know the URL of the policy, give it with --url",
                lost.site
            ),
            None => {}
        }
    }
    finished.exit()
}
