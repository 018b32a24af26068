//! Options of the commands that query an archive: which sites, which archive, which captures, how fast.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::options::{CommonOptions, heading};
use crate::config::{ConfigError, Settings, SiteRow, read_site_list};
use crate::model::Site;

/// Which sites.
#[derive(Debug, Default, clap::Args)]
pub(super) struct SiteOptions {
    /// Domains of the sites, such as example.com
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// List of sites: a CSV file with the header `site[,policy_url][,rank][,…]`
    #[arg(long = "sites", value_name = "FILE", help_heading = heading::SITES)]
    sites_file: Option<String>,

    /// URL of a known policy, in addition to the policies that policytrail finds; may be repeated
    #[arg(long = "url", value_name = "URL", help_heading = heading::SITES)]
    urls: Vec<String>,
}

impl SiteOptions {
    /// The addresses given with `--url`.
    pub(super) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The sites of a list.
    pub(super) fn of_list(list: &Path) -> Self {
        Self {
            sites_file: Some(list.to_string_lossy().into_owned()),
            ..Self::default()
        }
    }
}

impl CrawlOptions {
    /// Every capture of an archive in files.
    pub(super) fn of_archive(archive: &Path, common: CommonOptions) -> Self {
        Self {
            archive: Some(archive.to_string_lossy().into_owned()),
            sample: Some("all".to_owned()),
            common,
            ..Self::default()
        }
    }

    /// Merges defaults, file, environment, these flags, and more flags given as `(key, value, flag)`. Returns every fault
    /// beside the settings.
    pub(super) fn settings(
        &self,
        sites: &SiteOptions,
        more_flags: &[(&str, Option<String>, &str)],
    ) -> (Settings, Result<(), ConfigError>) {
        let mut flags = vec![
            ("sites.file", sites.sites_file.clone(), "--sites"),
            ("archive.location", self.archive.clone(), "--archive"),
            (
                "archive.memento_prefix",
                self.memento_prefix.clone(),
                "--memento-prefix",
            ),
            (
                "archive.cdx_per_minute",
                self.cdx_per_minute.clone(),
                "--cdx-per-minute",
            ),
            (
                "archive.playback_per_second",
                self.playback_per_second.clone(),
                "--playback-per-second",
            ),
            ("archive.contact", self.contact.clone(), "--contact"),
            ("crawl.from", self.from.clone(), "--from"),
            ("crawl.to", self.to.clone(), "--to"),
            ("crawl.sample", self.sample.clone(), "--sample"),
            ("crawl.grid", self.grid.clone(), "--grid"),
            (
                "crawl.resolution_days",
                self.resolution.clone(),
                "--resolution",
            ),
            (
                "crawl.max_requests_per_site",
                self.max_requests.clone(),
                "--max-requests",
            ),
            ("crawl.memory_megabytes", self.memory.clone(), "--memory"),
        ];
        flags.extend_from_slice(more_flags);
        Settings::with_faults(&self.common.layers(&flags))
    }

    /// The file for the log of requests.
    pub(super) fn log_requests(&self) -> Option<&Path> {
        self.log_requests.as_deref()
    }

    /// True if every step is logged.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Where the settings and the database are.
    pub(super) fn common(&self) -> &CommonOptions {
        &self.common
    }
}

/// Which archive, which captures, how fast.
#[derive(Debug, Default, clap::Args)]
pub(super) struct CrawlOptions {
    /// Archive to read: `wayback`, the base URL of a compatible server, `pywb+URL`, or a WARC file or directory
    /// [default: wayback]
    #[arg(long, value_name = "ARCHIVE", help_heading = heading::ARCHIVE)]
    archive: Option<String>,

    /// Where an archive shows the captures of a WARC file or directory to people, such as
    /// <https://web.archive.org/web/>. Without it, proof names the file and the record
    #[arg(long, value_name = "URL", help_heading = heading::ARCHIVE)]
    memento_prefix: Option<String>,

    /// Only captures at or after this date: 2005, 2005-07, 2005-07-31 or up to 14 digits
    #[arg(long, value_name = "DATE", help_heading = heading::SAMPLING)]
    from: Option<String>,

    /// Only captures up to this date
    #[arg(long, value_name = "DATE", help_heading = heading::SAMPLING)]
    to: Option<String>,

    /// Which captures to fetch: every-change, interval, interval=1y or all [default: every-change]
    #[arg(long, value_name = "STRATEGY", help_heading = heading::SAMPLING)]
    sample: Option<String>,

    /// Length of one period of the sampling grid: 1mo, 6mo or 1y [default: 6mo]
    #[arg(long, value_name = "PERIOD", help_heading = heading::SAMPLING)]
    grid: Option<String>,

    /// Locate each change between two captures that are at most this many days apart [default: 1]
    #[arg(long, allow_negative_numbers = true, value_name = "DAYS", help_heading = heading::SAMPLING)]
    resolution: Option<String>,

    /// Fetch at most this many archived policy pages per site in this run, for the largest changes first; 0 means no
    /// limit [default: 0]
    #[arg(long, allow_negative_numbers = true, value_name = "N", help_heading = heading::SAMPLING)]
    max_requests: Option<String>,

    /// Index queries per minute [default: 24; web.archive.org allows at most 30]
    #[arg(long, allow_negative_numbers = true, value_name = "N", help_heading = heading::ARCHIVE)]
    cdx_per_minute: Option<String>,

    /// Archived pages fetched per second [default: 4; web.archive.org allows at most 8]
    #[arg(long, allow_negative_numbers = true, value_name = "N", help_heading = heading::ARCHIVE)]
    playback_per_second: Option<String>,

    /// Your e-mail address or URL, which is sent to the archive in the User-Agent header
    #[arg(long, value_name = "CONTACT", help_heading = heading::ARCHIVE)]
    contact: Option<String>,

    /// Memory for the pages in progress, in megabytes [default: 512]
    #[arg(long, allow_negative_numbers = true, value_name = "MB", help_heading = heading::ARCHIVE)]
    memory: Option<String>,

    /// Write a log of all requests to this file, one JSON object per line
    #[arg(long, value_name = "FILE", help_heading = heading::LOGGING)]
    log_requests: Option<PathBuf>,

    /// Log every step
    #[arg(long, short, help_heading = heading::LOGGING)]
    verbose: bool,

    #[command(flatten)]
    common: CommonOptions,
}

/// All named sites. All faults of the arguments and the list are reported together. It is no fault
/// that no site is given if the faults of the settings may hide some.
pub(super) fn site_rows(
    options: &SiteOptions,
    settings: &Settings,
    faults_of_settings: Option<&ConfigError>,
) -> Result<Vec<SiteRow>, Failure> {
    let mut rows = Vec::new();
    let mut faults = Vec::new();
    for text in &options.sites {
        match Site::parse(text) {
            Ok(site) => rows.push(SiteRow::of(site)),
            Err(error) => faults.push(error.to_string()),
        }
    }
    for text in &options.urls {
        match SiteRow::of_policy_url(text) {
            Ok(row) => rows.push(row),
            Err(error) => faults.push(format!("--url: {error}")),
        }
    }
    // Sites of the command line replace those of the settings file, but not those of --sites.
    let named = !rows.is_empty() || !faults.is_empty();
    if !named && options.sites_file.is_none() {
        rows.extend(settings.sites.iter().cloned().map(SiteRow::of));
    }
    if let Some(file) = &settings.sites_file
        && (options.sites_file.is_some() || !named)
    {
        match read_site_list(file) {
            Ok(listed) => rows.extend(listed),
            Err(error) => faults.extend(error.lines),
        }
    }
    if !faults.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(faults.join("\n"))));
    }
    let may_be_hidden =
        |error: &ConfigError| error.may_hide("sites.names") || error.may_hide("sites.file");
    if rows.is_empty() && !faults_of_settings.is_some_and(may_be_hidden) {
        return Err(Failure::usage(anyhow::anyhow!(
            "no site given; give domains such as example.com, or a list of sites with --sites FILE"
        )));
    }
    Ok(rows)
}
