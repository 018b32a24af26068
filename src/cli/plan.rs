//! `policytrail plan`: what a backfill would ask for, and how long it would take.

use std::io::{self, Write as _};
use std::time::Duration;

use indicatif::HumanDuration;
use serde_json::json;

use super::failure::{Exit, Failure};
use super::job::{Job, Work};
use super::job_options::{CrawlOptions, SiteOptions};
use super::options::Format;
use super::table::{Align, table};
use super::terminal::harmless_json;
use crate::config::Settings;
use crate::crawl::{SitePlan, Until, plan};
use crate::store::Store;

/// Say what a backfill would ask for and how long it would take; nothing but the index is asked
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,

    /// Ask nothing: plan from what the database knows
    #[arg(long)]
    offline: bool,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let job = Job::new("plan", &arguments.sites, &arguments.crawl, &[])?;
    if arguments.offline {
        let store = Store::open_to_read(&job.settings.database)?;
        let plans = plan(
            &store,
            &job.settings.crawl,
            &job.settings.discover,
            &job.rows,
            job.now(),
        )?;
        print(arguments.format, &plans, &job.settings)?;
        return Ok(Exit::Done);
    }
    let format = arguments.format;
    job.interruptible(move |job| look(job, format))
}

fn look(job: &Job, format: Format) -> Result<Exit, Failure> {
    let finished = job.run(Work::Look(Until::Index))?;
    if finished.outcome.ended_by.is_none() {
        let plans = plan(
            &finished.store,
            &job.settings.crawl,
            &job.settings.discover,
            &job.rows,
            job.now(),
        )?;
        print(format, &plans, &job.settings)?;
    }
    finished.exit()
}

/// Seconds at the configured rates: the two endpoints are asked side by side.
fn seconds(settings: &Settings, cdx: u64, playback: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate for people")]
    let (cdx, playback) = (cdx as f64, playback as f64);
    (cdx * 60.0 / settings.archive.cdx_per_minute)
        .max(playback / settings.archive.playback_per_second)
}

fn print(format: Format, plans: &[SitePlan], settings: &Settings) -> io::Result<()> {
    let total = |of: fn(&SitePlan) -> u64| plans.iter().map(of).sum::<u64>();
    let (cdx, least, likely, most) = (
        total(|p| p.cdx),
        total(|p| p.playback_least),
        total(|p| p.playback_likely),
        total(|p| p.playback_most),
    );
    let mut out = io::stdout().lock();
    if let Format::Json = format {
        let sites: Vec<_> = plans
            .iter()
            .map(|p| {
                json!({
                    "site": p.site.as_str(), "policies": p.policies, "captures": p.captures, "cdx": p.cdx,
                    "playback_least": p.playback_least, "playback_likely": p.playback_likely, "playback_most": p.playback_most,
                })
            })
            .collect();
        let value = json!({
            "sites": sites, "cdx": cdx, "playback_least": least, "playback_likely": likely, "playback_most": most,
            "seconds_least": seconds(settings, cdx, least), "seconds_likely": seconds(settings, cdx, likely),
            "seconds_most": seconds(settings, cdx, most),
        });
        return writeln!(out, "{}", harmless_json(&value));
    }
    let header = [
        ("site", Align::Left),
        ("policies", Align::Right),
        ("captures", Align::Right),
        ("index queries", Align::Right),
        ("pages: at least", Align::Right),
        ("likely", Align::Right),
        ("at most", Align::Right),
    ];
    let numbers = |name: String, n: [u64; 6]| {
        let mut row = vec![name];
        row.extend(n.iter().map(u64::to_string));
        row
    };
    let mut rows: Vec<Vec<String>> = plans
        .iter()
        .map(|p| {
            let n = [
                p.policies,
                p.captures,
                p.cdx,
                p.playback_least,
                p.playback_likely,
                p.playback_most,
            ];
            numbers(p.site.to_string(), n)
        })
        .collect();
    rows.push(numbers(
        "total".to_owned(),
        [
            total(|p| p.policies),
            total(|p| p.captures),
            cdx,
            least,
            likely,
            most,
        ],
    ));
    out.write_all(table(&header, &rows).as_bytes())?;
    let time = |playback| HumanDuration(Duration::from_secs_f64(seconds(settings, cdx, playback)));
    writeln!(
        out,
        "at {} index queries a minute and {} pages a second: {} at least, {} likely, {} at most",
        settings.archive.cdx_per_minute,
        settings.archive.playback_per_second,
        time(least),
        time(likely),
        time(most)
    )
}
