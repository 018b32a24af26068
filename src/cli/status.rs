//! `policytrail status`: what the database holds.

use std::borrow::Cow;
use std::io::{self, Write as _};

use super::archives::usage_text;
use super::failure::{Exit, Failure};
use super::options::{Common, Format, moment};
use super::table::{Align, table};
use super::terminal::{escaped_json, harmless};
use crate::archive::clock::{Clock as _, SystemClock};
use crate::config::RecheckSettings;
use crate::crawl::{due_at, is_due};
use crate::model::Timestamp;
use crate::store::{PolicySummary, SiteTurn, Status, Store};

/// Say what the database holds: sites, policies, versions, drops by reason, the last run
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    common: Common,

    /// How to print it
    #[arg(long, value_enum, default_value = "text")]
    format: Format,

    /// List the sites instead: when each was last looked at, and when `policytrail run` is to look again
    #[arg(long)]
    sites: bool,

    /// Pretend that it is this moment: 2026-12-31 or up to 14 digits
    #[arg(long, value_name = "DATE", value_parser = moment)]
    now: Option<Timestamp>,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let settings = arguments.common.settings(&[])?;
    let store = Store::open_to_read(&settings.database)?;
    let status = store.status()?;
    let now = arguments.now.unwrap_or_else(|| SystemClock.now());
    let turns: Vec<Turn> = store
        .site_turns()?
        .into_iter()
        .map(|site| Turn::new(site, &settings.run.recheck, now))
        .collect();
    let mut out = io::stdout().lock();
    match arguments.format {
        Format::Text if arguments.sites => {
            out.write_all(site_table(&turns).as_bytes())?;
        }
        Format::Json => {
            let policies = store.summaries(&[])?;
            let answer = Answer {
                status: &status,
                database: settings.database.to_string_lossy(),
                policies_by_site: &policies,
                sites_due: due(&turns),
                looks: &turns,
            };
            let plain = serde_json::to_string(&answer).map_err(anyhow::Error::from)?;
            writeln!(out, "{}", escaped_json(plain))?;
        }
        Format::Text => {
            out.write_all(summary_table(&store.summaries(&[])?).as_bytes())?;
            out.write_all(overview(&status, due(&turns)).as_bytes())?;
        }
    }
    Ok(Exit::Done)
}

/// Everything, for machines. Written as it is: a tree of values of 20,000 sites takes longer than all questions to the
/// database.
#[derive(serde::Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    status: &'a Status,
    database: Cow<'a, str>,
    policies_by_site: &'a [PolicySummary],
    sites_due: usize,
    looks: &'a [Turn],
}

/// When a site was looked at and will be.
#[derive(Debug, serde::Serialize)]
struct Turn {
    site: String,
    looked_at: Option<String>,
    unfinished: bool,
    /// 14 digits; now, when it was never looked at to the end.
    due_at: String,
    is_due: bool,
}

impl Turn {
    fn new(site: SiteTurn, recheck: &RecheckSettings, now: Timestamp) -> Self {
        Self {
            looked_at: site.looked_at.map(|t| t.to_string()),
            unfinished: site.unfinished,
            due_at: due_at(&site, recheck, now).unwrap_or(now).to_string(),
            is_due: is_due(&site, recheck, now),
            site: site.site,
        }
    }
}

fn due(turns: &[Turn]) -> usize {
    turns.iter().filter(|t| t.is_due).count()
}

fn site_table(turns: &[Turn]) -> String {
    let header = [
        ("site", Align::Left),
        ("last looked at", Align::Left),
        ("due", Align::Left),
        ("", Align::Left),
    ];
    let date = |stamp: &str| {
        stamp
            .parse()
            .map_or_else(|_| "-".to_owned(), Timestamp::date_text)
    };
    let rows: Vec<Vec<String>> = turns
        .iter()
        .map(|t| {
            let note = match (t.unfinished, t.is_due) {
                (true, _) => "not finished",
                (false, true) => "due",
                (false, false) => "",
            };
            vec![
                t.site.clone(),
                t.looked_at
                    .as_deref()
                    .map_or_else(|| "never".to_owned(), date),
                date(&t.due_at),
                note.to_owned(),
            ]
        })
        .collect();
    table(&header, &rows)
}

/// The table at the end of a run and in `status`: a line a policy.
pub(super) fn summary_table(policies: &[PolicySummary]) -> String {
    let header = [
        ("site", Align::Left),
        ("policy URL", Align::Left),
        ("versions", Align::Right),
        ("first", Align::Left),
        ("last", Align::Left),
        ("captures", Align::Right),
        ("dropped", Align::Right),
    ];
    let date = |stamp: &Option<String>| {
        stamp
            .as_deref()
            .and_then(|s| s.parse::<Timestamp>().ok())
            .map_or_else(|| "-".to_owned(), Timestamp::date_text)
    };
    let rows: Vec<Vec<String>> = policies
        .iter()
        .map(|p| {
            let url = match (&p.policy_url, &p.site_dropped) {
                (Some(url), _) => url.clone(),
                (None, Some(reason)) => format!("({reason})"),
                (None, None) => "(none found)".to_owned(),
            };
            vec![
                p.site.clone(),
                url,
                p.versions.to_string(),
                date(&p.first_seen),
                date(&p.last_seen),
                p.captures.to_string(),
                p.dropped.to_string(),
            ]
        })
        .collect();
    table(&header, &rows)
}

/// `4 kB`, `37.2 MB`: thousands and millions.
fn size(bytes: u64) -> String {
    let kilobytes = bytes.div_ceil(1000);
    if kilobytes < 1000 {
        format!("{kilobytes} kB")
    } else {
        format!("{}.{} MB", kilobytes / 1000, kilobytes % 1000 / 100)
    }
}

/// `2026-11-22 17:30` of 14 digits.
fn minute(stamp: &str) -> String {
    match (
        stamp.parse::<Timestamp>(),
        stamp.get(8..10),
        stamp.get(10..12),
    ) {
        (Ok(time), Some(hour), Some(minute)) => format!("{} {hour}:{minute}", time.date_text()),
        _ => stamp.to_owned(),
    }
}

fn overview(s: &Status, due: usize) -> String {
    let mut lines = vec![
        String::new(),
        format!(
            "{} sites ({} with versions, {} looked at to the end), {} policies, {} versions of {} documents",
            s.sites, s.sites_with_versions, s.sites_looked_at, s.policies, s.versions, s.documents
        ),
        format!(
            "{} captures known, {} fetched; {} payloads, {} unpacked; the database has {}",
            s.captures,
            s.mementos,
            s.payloads,
            size(s.payload_bytes),
            size(s.database_bytes)
        ),
    ];
    lines.push(format!(
        "{due} sites are due for `policytrail run` (`status --sites` lists when)"
    ));
    if s.sites_unfinished > 0 {
        lines.push(format!(
            "{} sites are not looked at to the end: run `policytrail backfill` with them to go on",
            s.sites_unfinished
        ));
    }
    if !s.drops.is_empty() {
        let drops: Vec<String> = s
            .drops
            .iter()
            .map(|(reason, n)| format!("{reason} {n}"))
            .collect();
        lines.push(format!("dropped: {}", drops.join(", ")));
    }
    for (archive, until) in &s.frozen {
        lines.push(format!(
            "{archive} is left alone until {until} UTC, because it refused"
        ));
    }
    if let Some(run) = &s.last_run {
        let outcome = run.outcome.as_deref().unwrap_or("not finished");
        let ended = run.finished_at.as_deref().map_or("?".to_owned(), minute);
        lines.push(format!(
            "last run: {} {} to {ended} UTC, {}",
            run.command,
            minute(&run.started_at),
            outcome.replace('_', " ")
        ));
        lines.extend(run.requests.iter().flat_map(|counts| {
            usage_text(counts)
                .lines()
                .map(|line| format!("  {line}"))
                .collect::<Vec<_>>()
        }));
    }
    let mut text = harmless(&lines.join("\n"));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_written_as_people_read_them() {
        for (bytes, text) in [
            (0, "0 kB"),
            (1, "1 kB"),
            (221_184, "222 kB"),
            (37_216_256, "37.2 MB"),
            (152_600_000, "152.6 MB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        assert_eq!(minute("20261122173047"), "2026-11-22 17:30");
        assert_eq!(minute("never"), "never");
    }
}
