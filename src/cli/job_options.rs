//! Options of the commands that query an archive: which sites, which archive, which captures, how fast.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::options::CommonOptions;
use crate::config::{ConfigError, Settings, SiteRow, read_site_list};
use crate::model::Site;

/// Which sites.
#[derive(Debug, Default, clap::Args)]
pub(super) struct SiteOptions {
    /// Domains, such as example.com
    #[arg(value_name = "SITE")]
    sites: Vec<String>,

    /// Site list: CSV with a header, `site[,policy_url][,rank][,…]`
    #[arg(long = "sites", value_name = "FILE")]
    sites_file: Option<String>,

    /// Address of a policy that is known; used beside what is discovered
    #[arg(long = "url", value_name = "URL")]
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

    /// Merges defaults, file, environment, these flags, and more flags given as `(key, value, flag)`.
    pub(super) fn settings(
        &self,
        sites: &SiteOptions,
        more_flags: &[(&str, Option<String>, &str)],
    ) -> Result<Settings, ConfigError> {
        let mut flags = vec![
            ("sites.file", sites.sites_file.clone(), "--sites"),
            ("archive.location", self.archive.clone(), "--archive"),
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
        ];
        flags.extend_from_slice(more_flags);
        self.common.settings(&flags)
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
    /// `wayback`, a base URL that speaks its protocol, `pywb+URL`, or a WARC file or folder [default: wayback]
    #[arg(long, value_name = "WHERE")]
    archive: Option<String>,

    /// First capture to look at: 2005, 2005-07, 2005-07-31 or up to 14 digits
    #[arg(long, value_name = "DATE")]
    from: Option<String>,

    /// Last capture to look at
    #[arg(long, value_name = "DATE")]
    to: Option<String>,

    /// Which captures to look at: every-change, interval, interval=1y, all [default: every-change]
    #[arg(long, value_name = "HOW")]
    sample: Option<String>,

    /// Length of a grid step: 6mo, 1y, 1mo [default: 6mo]
    #[arg(long, value_name = "STEP")]
    grid: Option<String>,

    /// Pin changes down to captures at most so many days apart [default: 1]
    #[arg(long, allow_negative_numbers = true, value_name = "DAYS")]
    resolution: Option<String>,

    /// Archived pages of policies to ask for per site in this run, the largest changes first; 0: no limit [default: 0]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    max_requests: Option<String>,

    /// Index queries a minute [default: 24; at most 30 at web.archive.org]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    cdx_per_minute: Option<String>,

    /// Archived pages a second [default: 4; at most 8 at web.archive.org]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    playback_per_second: Option<String>,

    /// Your e-mail address or URL, sent to the archive in the User-Agent
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,

    /// Write one JSON line for each request to this file
    #[arg(long, value_name = "FILE")]
    log_requests: Option<PathBuf>,

    /// Log every step
    #[arg(long, short)]
    verbose: bool,

    #[command(flatten)]
    common: CommonOptions,
}

/// All named sites. All faults of the arguments and the list are reported together.
pub(super) fn site_rows(
    options: &SiteOptions,
    settings: &Settings,
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
    if rows.is_empty() {
        return Err(Failure::usage(anyhow::anyhow!(
            "no site to look at: name domains, or a list with --sites FILE"
        )));
    }
    Ok(rows)
}
