//! `policytrail check`: is everything right for the scheduled job? Without a request.

use std::io::{self, Write as _};

use super::archives;
use super::failure::{Exit, Failure};
use super::job::Job;
use super::job_options::{CrawlOptions, SiteOptions};
use super::replace::check_writable;
use crate::archive::warc::WarcArchive;
use crate::config::ArchiveLocation;
use crate::store::{Store, StoreError};

/// Check settings, site list, vocabulary, archive and database, without asking anything
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    sites: SiteOptions,
    #[command(flatten)]
    crawl: CrawlOptions,
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let job = Job::new("check", &arguments.sites, &arguments.crawl, &[])?;
    let settings = &job.settings;
    let run = &settings.run;
    let archive = match &settings.archive.location {
        ArchiveLocation::Path(path) => {
            let archive = WarcArchive::open(path, settings.archive.max_body_bytes)?;
            format!("{} ({} captures)", path.display(), archive.row_count())
        }
        ArchiveLocation::Wayback(_) | ArchiveLocation::Pywb(_) => {
            archives::name(&archives::http_settings(&settings.archive, None)?)
        }
    };
    for file in [&run.feed, &run.metrics, &run.summary]
        .into_iter()
        .flatten()
    {
        check_writable(file)?;
    }
    let database = match Store::open(&settings.database) {
        Err(StoreError::Missing { .. } | StoreError::Empty { .. }) => {
            check_writable(&settings.database)?;
            "to be made".to_owned()
        }
        store => format!("{} versions so far", store?.status()?.versions),
    };
    writeln!(
        io::stdout(),
        "archive   {archive}\nsites     {}\ndatabase  {} ({database})\nall is well; nothing was asked",
        job.site_names().len(),
        settings.database.display()
    )?;
    Ok(Exit::Done)
}
