//! `policytrail status`: what the database holds.

use std::io::{self, Write as _};

use super::archives::request_counts_text;
use super::failure::{Exit, Failure};
use super::options::{CommonOptions, FormatOption, NowOption, OutputFormat, heading};
use super::run_summary::alert_lines;
use super::table::{Align, table};
use super::wording::{counted, counts_text, date, minute, size};
use crate::archive::clock::{Clock as _, SystemClock};
use crate::config::RecheckSettings;
use crate::crawl::{due_at, is_due};
use crate::model::Timestamp;
use crate::report::{
    Growth, SiteSchedule, StatusAnswer, count_due, escape_json, growth, safe_text,
};
use crate::store::{LastRun, PolicySummary, SiteTurn, Status, Store};

/// Show what the database holds, and how the last run ended
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  policytrail status\n  policytrail status --schedule\n\n\
        Columns:\n  \
        policy URL  latest URL of the policy, or why there is none\n  \
        versions    number of versions\n  \
        first       date of the first capture that shows the policy\n  \
        last        date of the last one\n  \
        captures    number of captures that show the policy\n  \
        dropped     number of captures at its URLs that show no version\n  \
        reasons     why they were dropped, if the policy has no version\n\n\
        Growth is the size of the database over the years from the first to the last capture of each site."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: CommonOptions,

    #[command(flatten)]
    output: FormatOption,

    /// Show for each site when it was last crawled and when `policytrail run` crawls it again
    #[arg(long = "schedule", alias = "sites", help_heading = heading::SCHEDULE)]
    is_schedule: bool,

    #[command(flatten)]
    schedule: NowOption,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let store = Store::open_to_read(&settings.database)?;
    let now = arguments.schedule.now.unwrap_or_else(|| SystemClock.now());
    let recheck = &settings.run.recheck;
    let schedules: Vec<SiteSchedule> = store
        .site_turns()?
        .into_iter()
        .map(|site| schedule(site, recheck, now))
        .collect();
    let mut out = io::stdout().lock();
    match arguments.output.chosen() {
        OutputFormat::Text if arguments.is_schedule => {
            out.write_all(site_table(&schedules).as_bytes())?;
        }
        OutputFormat::Json => {
            let contents = Contents::read(&store, arguments.schedule.now)?;
            let answer = StatusAnswer {
                status: &contents.status,
                database: settings.database.to_string_lossy(),
                growth: contents.growth,
                policies_by_site: &contents.policies,
                sites_due: count_due(&schedules),
                schedules: &schedules,
            };
            writeln!(out, "{}", escape_json(serde_json::to_string(&answer)?))?;
        }
        OutputFormat::Text => {
            let Contents {
                status,
                policies,
                growth,
            } = Contents::read(&store, arguments.schedule.now)?;
            out.write_all(summary_table(&policies).as_bytes())?;
            out.write_all(overview(&status, growth, count_due(&schedules)).as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

/// What the database holds.
struct Contents {
    status: Status,
    policies: Vec<PolicySummary>,
    growth: Option<Growth>,
}

impl Contents {
    /// Reads the contents; with `moment` without later captures and versions.
    fn read(store: &Store, moment: Option<Timestamp>) -> Result<Self, Failure> {
        let all = store.summaries(&[])?;
        let status = store.status()?;
        // The file has also what is hidden.
        let growth = growth(status.database_bytes, &all);
        let (status, policies) = match moment {
            None => (status, all),
            Some(moment) => {
                let policies = store.summaries_at(moment)?;
                (store.status_at(moment, &policies)?, policies)
            }
        };
        Ok(Self {
            status,
            policies,
            growth,
        })
    }
}

fn schedule(site: SiteTurn, recheck: &RecheckSettings, now: Timestamp) -> SiteSchedule {
    let due_at = due_at(&site, recheck, now).unwrap_or(now);
    let is_due = is_due(&site, recheck, now);
    SiteSchedule::new(site, due_at, is_due)
}

/// When each site was crawled and is crawled again.
fn site_table(schedules: &[SiteSchedule]) -> String {
    let header = [
        ("site", Align::Left),
        ("last crawled", Align::Left),
        ("due", Align::Left),
        ("", Align::Left),
    ];
    let rows: Vec<Vec<String>> = schedules
        .iter()
        .map(|t| {
            let note = match (t.unfinished, t.is_due) {
                (true, _) => "not finished",
                (false, true) => "due",
                (false, false) => "",
            };
            vec![
                t.site.clone(),
                t.crawled_at.map_or_else(|| "never".to_owned(), date),
                date(t.due_at),
                note.to_owned(),
            ]
        })
        .collect();
    table(&header, &rows)
}

/// The table at the end of a run and in `status`: one line per policy. The last column is there if a policy without a version
/// has dropped captures.
pub(super) fn summary_table(policies: &[PolicySummary]) -> String {
    let mut header = vec![
        ("site", Align::Left),
        ("policy URL", Align::Left),
        ("versions", Align::Right),
        ("first", Align::Left),
        ("last", Align::Left),
        ("captures", Align::Right),
        ("dropped", Align::Right),
    ];
    if policies.iter().any(|p| !p.drops_without_version.is_empty()) {
        header.push(("reasons", Align::Whole));
    }
    let day = |time: Option<Timestamp>| time.map_or_else(|| "-".to_owned(), date);
    let rows: Vec<Vec<String>> = policies
        .iter()
        .map(|p| {
            let url = match (&p.policy_url, &p.site_dropped) {
                (Some(url), _) => url.clone(),
                (None, Some(reason)) => format!("({reason})"),
                (None, None) if p.unfinished => "(not finished)".to_owned(),
                (None, None) => "(none found)".to_owned(),
            };
            vec![
                p.site.clone(),
                url,
                p.versions.to_string(),
                day(p.first_seen),
                day(p.last_seen),
                p.captures.to_string(),
                p.dropped.to_string(),
                counts_text(&p.drops_without_version),
            ]
        })
        .collect();
    table(&header, &rows)
}

/// The numbers of the whole database, one line each.
fn overview(s: &Status, growth: Option<Growth>, due: usize) -> String {
    let mut lines = vec![
        String::new(),
        format!(
            "{} ({} with versions, {} crawled completely), {}, {}, {}",
            counted(s.sites, "site"),
            s.sites_with_versions,
            s.sites_crawled,
            counted(s.policies, "policy"),
            counted(s.versions, "version"),
            counted(s.documents, "different text")
        ),
        format!(
            "{} known, {} fetched; {}, {} uncompressed; size of the database: {}",
            counted(s.captures, "capture"),
            s.mementos,
            counted(s.payloads, "payload"),
            size(s.payload_bytes),
            size(s.database_bytes)
        ),
        format!(
            "{} due for `policytrail run` (`policytrail status --schedule` lists the dates)",
            counted(due as u64, "site")
        ),
    ];
    lines.extend(growth.map(growth_line));
    if s.sites_unfinished > 0 {
        lines.push(format!(
            "{} unfinished; run `policytrail backfill` with the same sites to continue",
            counted(s.sites_unfinished, "site")
        ));
    }
    if !s.drops.is_empty() {
        lines.push(format!("dropped: {}", counts_text(&s.drops)));
    }
    if s.suspect_versions > 0 {
        lines.push(format!(
            "{} whose text may not be the policy; `policytrail review` shows them",
            counted(s.suspect_versions, "version")
        ));
    }
    for (archive, until) in &s.frozen {
        // A freeze lasts in real time, which --now does not change.
        let now = SystemClock.now();
        if now < *until {
            let when = until.wait_text(now);
            lines.push(format!(
                "{archive} refused requests; the next one is sent {when}"
            ));
        }
    }
    lines.extend(alert_lines(s.alerts));
    lines.extend(s.last_run.iter().flat_map(last_run_lines));
    let mut text = safe_text(&lines.join("\n"));
    text.push('\n');
    text
}

/// How much the database grows.
fn growth_line(growth: Growth) -> String {
    format!(
        "growth: {} per site and year of history, so about {} a year with these sites",
        size(growth.bytes_per_site_year),
        size(growth.bytes_per_year)
    )
}

/// How the last run ended, and its requests.
fn last_run_lines(run: &LastRun) -> Vec<String> {
    let outcome = run.outcome.as_deref().unwrap_or("not finished");
    let ended = run.finished_at.map_or("?".to_owned(), minute);
    let mut lines = vec![format!(
        "last run: {} {} to {ended} UTC, {}",
        run.command,
        minute(run.started_at),
        outcome.replace('_', " ")
    )];
    let counts = run.requests.as_ref().map(request_counts_text);
    lines.extend(
        counts
            .unwrap_or_default()
            .lines()
            .map(|line| format!("  {line}")),
    );
    lines
}
