//! `policytrail plan`: estimates the requests and the duration of a backfill.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::HumanDuration;

use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::job_run::{JobTask, run_job};
use super::options::{FormatOption, OutputFormat, heading};
use super::table::{Align, table};
use crate::config::ArchiveLocation;
use crate::crawl::{SitePlan, Until, plan};
use crate::report::{PlanAnswer, Rates, SitePlanAnswer, safe_json};
use crate::store::Store;

/// Estimate the requests and the duration of a backfill
///
/// This command queries the index of the archive, but fetches no policy.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail plan example.com --from 2005 --contact you@example.org\n  policytrail plan --offline --sites sites.csv\n\n\
        Columns:\n  \
        policies         number of policies that are known\n  \
        captures         number of their captures in the index\n  \
        index queries    requests to the index that are still to be sent\n  \
        pages: at least  archived pages to fetch if no text ever changed\n  \
        likely           archived pages to fetch if texts change as often as is usual\n  \
        at most          archived pages to fetch if every capture shows another text"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,

    /// Send no request: estimate from the database alone
    #[arg(long, help_heading = heading::ARCHIVE)]
    offline: bool,

    #[command(flatten)]
    output: FormatOption,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let format = arguments.output.chosen();
    if arguments.offline {
        let job = Job::offline("plan", &arguments.sites, &arguments.crawl)?;
        let store = Store::open_to_read(&job.settings.database)?;
        print_plan(&job, &store, format)?;
        return Ok(Exit::Done);
    }
    let job = Job::new("plan", &arguments.sites, &arguments.crawl, &[])?;
    job.interruptible(move |job| query_index(job, format))
}

/// Queries the index, then prints the plan.
fn query_index(job: &Job, format: OutputFormat) -> Result<Exit, Failure> {
    let finished = run_job(job, JobTask::Crawl(Until::Index))?;
    if finished.outcome.ended_by.is_none() {
        print_plan(job, &finished.store, format)?;
    }
    finished.exit()
}

fn print_plan(job: &Job, store: &Store, format: OutputFormat) -> Result<(), Failure> {
    let (crawl, discover) = (&job.settings.crawl, &job.settings.discover);
    let plans = plan(store, crawl, discover, &job.rows, job.now())?;
    let archive = &job.settings.archive;
    // Files are read without a pace.
    let rates = match archive.location {
        ArchiveLocation::Path(_) => None,
        ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => Some(Rates {
            cdx_per_minute: archive.cdx_per_minute,
            playback_per_second: archive.playback_per_second,
        }),
    };
    let answer = PlanAnswer::new(plans.iter().map(site_plan_answer).collect(), rates);
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => writeln!(out, "{}", safe_json(&answer)?)?,
        OutputFormat::Text => out.write_all(plan_text(&answer, rates).as_bytes())?,
    }
    Ok(())
}

fn site_plan_answer(plan: &SitePlan) -> SitePlanAnswer {
    SitePlanAnswer {
        site: plan.site.to_string(),
        policies: plan.policies,
        captures: plan.captures,
        cdx: plan.cdx,
        playback_least: plan.playback_least,
        playback_likely: plan.playback_likely,
        playback_most: plan.playback_most,
    }
}

/// A table of the sites, and the time for all of them.
fn plan_text(plan: &PlanAnswer, rates: Option<Rates>) -> String {
    let header = [
        ("site", Align::Left),
        ("policies", Align::Right),
        ("captures", Align::Right),
        ("index queries", Align::Right),
        ("pages: at least", Align::Right),
        ("likely", Align::Right),
        ("at most", Align::Right),
    ];
    let total = SitePlanAnswer {
        site: "total".to_owned(),
        policies: plan.sites.iter().map(|p| p.policies).sum(),
        captures: plan.sites.iter().map(|p| p.captures).sum(),
        cdx: plan.cdx,
        playback_least: plan.playback_least,
        playback_likely: plan.playback_likely,
        playback_most: plan.playback_most,
    };
    let row = |p: &SitePlanAnswer| {
        let numbers = [
            p.policies,
            p.captures,
            p.cdx,
            p.playback_least,
            p.playback_likely,
            p.playback_most,
        ];
        let mut row = vec![p.site.clone()];
        row.extend(numbers.iter().map(u64::to_string));
        row
    };
    let rows: Vec<Vec<String>> = plan.sites.iter().chain([&total]).map(row).collect();
    let mut text = table(&header, &rows);
    if let (Some(rates), Some(seconds)) = (rates, plan.seconds) {
        let time = |seconds: f64| HumanDuration(Duration::from_secs_f64(seconds));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "duration at {} index queries per minute and {} pages per second: at least {}, probably {}, at most {}",
            rates.cdx_per_minute,
            rates.playback_per_second,
            time(seconds.least),
            time(seconds.likely),
            time(seconds.most)
        );
    }
    text
}
