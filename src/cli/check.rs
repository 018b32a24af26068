//! `policytrail check`: checks everything that the scheduled job needs, without a request.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::Path;

use super::archives;
use super::atomic_file::check_writable;
use super::failure::{Exit, Failure, FailureCollector};
use super::hook_check::check_hook;
use super::job_options::{CrawlOptions, SiteOptions, site_rows};
use super::wording::counted;
use crate::archive::warc::WarcArchive;
use crate::config::{ArchiveLocation, Settings};
use crate::report::safe_line;
use crate::store::{Store, StoreError};

/// Check the settings, site list, archive, database and alert command without sending a request
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  policytrail check --config policytrail.toml")]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (settings, checked) = arguments.crawl.settings(&arguments.sites, &[]);
    let mut failures = FailureCollector::default();
    let faults = checked.as_ref().err();
    let archive = archives::check_archive(&settings.archive, faults);
    let rows = site_rows(&arguments.sites, &settings, faults);
    if failures.record(checked).is_none() {
        // The other checks depend on the settings, except these two.
        failures.record(archive);
        failures.record(rows);
        return failures.into_result(None);
    }
    let rows = failures.record(rows);
    failures.record(archives::vocabulary(&settings.discover));
    let archive = failures.record(opened_archive(&settings));
    let run = &settings.run;
    for file in [&run.feed, &run.metrics, &run.summary]
        .into_iter()
        .flatten()
    {
        failures.record(check_writable(file));
    }
    if let Some(command) = &run.on_change {
        failures.record(check_hook(command));
    }
    let database = failures.record(database(&settings.database));
    let ((rows, archive), database) = failures.into_result(rows.zip(archive).zip(database))?;
    let sites: BTreeSet<&str> = rows.iter().map(|row| row.site.as_str()).collect();
    let (archive, warnings) = archive;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "archive   {archive}\nsites     {}\ndatabase  {} ({database})",
        sites.len(),
        settings.database.display()
    )?;
    for warning in &warnings {
        writeln!(out, "warning   {}", safe_line(warning))?;
    }
    let found = match warnings.len() {
        0 => "no problem found".to_owned(),
        n => counted(n as u64, "warning"),
    };
    writeln!(out, "{found}; no request was sent")?;
    Ok(Exit::Done)
}

/// The name of the archive, and what is unusual in its files.
fn opened_archive(settings: &Settings) -> Result<(String, Vec<String>), Failure> {
    match &settings.archive.location {
        ArchiveLocation::Path(path) => {
            let archive = WarcArchive::open(path, settings.archive.max_body_bytes)?;
            archive.require_captures(path)?;
            let failures = archive.skipped().failures();
            if !failures.is_empty() {
                let lines = failures.join("\n");
                return Err(
                    anyhow::anyhow!("a part of the archive cannot be read: {lines}").into(),
                );
            }
            let captures = archive.row_count() as u64;
            let mut warnings = archive.skipped().warnings().to_vec();
            if captures == 0 {
                warnings.push("the archive has no capture of a page".to_owned());
            }
            let name = format!("{} ({})", path.display(), counted(captures, "capture"));
            Ok((name, warnings))
        }
        ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => {
            let http = archives::http_settings(&settings.archive, None)?;
            Ok((archives::http_archive_name(&http), Vec::new()))
        }
    }
}

fn database(path: &Path) -> Result<String, Failure> {
    match Store::open(path) {
        Err(StoreError::Missing { .. } | StoreError::Empty { .. }) => {
            check_writable(path)?;
            Ok("will be created".to_owned())
        }
        store => Ok(counted(store?.status()?.versions, "version")),
    }
}
