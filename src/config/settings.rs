//! Settings ready to use: typed, in range.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::ConfigError;
use super::layers::{Fault, Layers};
use super::run::RunSettings;
use crate::model::{Site, Timestamp};

/// Everything a command needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The SQLite file.
    pub database: PathBuf,
    /// The archive.
    pub archive: ArchiveSettings,
    /// Sites named in the settings themselves.
    pub sites: Vec<Site>,
    /// The site list, if any.
    pub sites_file: Option<PathBuf>,
    /// What to look at.
    pub crawl: CrawlSettings,
    /// How policies are found.
    pub discover: DiscoverSettings,
    /// The scheduled job.
    pub run: RunSettings,
}

/// Where the archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveLocation {
    /// An archive that speaks the Wayback Machine's protocol.
    Wayback(Url),
    /// A pywb collection.
    Pywb(Url),
    /// A WARC file or a folder of them.
    Path(PathBuf),
}

/// How the archive is asked.
#[derive(Debug, Clone)]
pub struct ArchiveSettings {
    /// Where it is.
    pub location: ArchiveLocation,
    /// Address sent in the User-Agent.
    pub contact: Option<String>,
    /// Index queries a minute.
    pub cdx_per_minute: f64,
    /// Archived pages a second.
    pub playback_per_second: f64,
    /// Largest body.
    pub max_body_bytes: u64,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest silence of the server.
    pub read_timeout: Duration,
}

/// Which captures are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// A few, until each change is pinned down.
    EveryChange,
    /// One per grid step.
    Interval,
    /// All.
    All,
}

/// What to look at.
#[derive(Debug, Clone)]
pub struct CrawlSettings {
    /// First capture.
    pub from: Option<Timestamp>,
    /// Last capture.
    pub to: Option<Timestamp>,
    /// Which captures.
    pub sampling: Sampling,
    /// Grid step in months, 1 to 120.
    pub grid_months: u32,
    /// Resolution in seconds.
    pub resolution_seconds: u64,
    /// Archived pages of policies, and redirects that may lead to one, per site and run; `None` for no limit.
    pub max_requests_per_site: Option<u64>,
    /// Sites at once.
    pub sites_at_once: usize,
    /// Home pages per site, and the newest one in each later run.
    pub home_pages_per_site: usize,
    /// Policies per site.
    pub policies_per_site: usize,
}

impl CrawlSettings {
    /// True for a capture between `from` and `to`.
    #[must_use]
    pub fn in_span(&self, timestamp: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= timestamp) && self.to.is_none_or(|to| timestamp <= to)
    }
}

/// How policies are found.
#[derive(Debug, Clone)]
pub struct DiscoverSettings {
    /// In the archive's index.
    pub by_path: bool,
    /// By links on home pages.
    pub by_link: bool,
    /// Another vocabulary.
    pub vocabulary: Option<PathBuf>,
}

impl Settings {
    /// Checks merged layers.
    ///
    /// # Errors
    /// With every fault of every layer.
    pub fn from_layers(layers: &Layers) -> Result<Self, ConfigError> {
        let mut check = Check {
            layers,
            faults: layers.faults().to_vec(),
        };
        let settings = Self {
            database: check.path("database.path").unwrap_or_else(|| {
                check.fault("database.path", "must not be empty");
                PathBuf::new()
            }),
            archive: ArchiveSettings {
                location: check.location(),
                contact: check.contact(),
                cdx_per_minute: check.number("archive.cdx_per_minute", 0.01, 60_000_000.0),
                playback_per_second: check.number(
                    "archive.playback_per_second",
                    0.001,
                    1_000_000.0,
                ),
                // The store restores no larger payload.
                max_body_bytes: check.whole("archive.max_body_megabytes", 1, 256) << 20,
                connect_timeout: Duration::from_secs(check.whole(
                    "archive.connect_timeout_seconds",
                    1,
                    3600,
                )),
                read_timeout: Duration::from_secs(check.whole(
                    "archive.read_timeout_seconds",
                    1,
                    3600,
                )),
            },
            sites: check.sites("sites.names"),
            sites_file: check.path("sites.file"),
            crawl: check.crawl(),
            discover: DiscoverSettings {
                by_path: layers.truth("discover.by_path"),
                by_link: layers.truth("discover.by_link"),
                vocabulary: check.path("discover.vocabulary"),
            },
            run: check.run(),
        };
        if check.faults.is_empty() {
            Ok(settings)
        } else {
            Err(ConfigError {
                faults: check.faults,
            })
        }
    }
}

pub(super) struct Check<'a> {
    pub(super) layers: &'a Layers,
    faults: Vec<Fault>,
}

impl Check<'_> {
    pub(super) fn fault(&mut self, key: &str, what: impl std::fmt::Display) {
        self.faults
            .push(Fault(format!("{} {what}", self.layers.origin(key))));
    }

    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.layers.text(key);
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn sites(&mut self, key: &str) -> Vec<Site> {
        let mut sites = Vec::new();
        for name in self.layers.texts(key).filter(|name| !name.is_empty()) {
            match Site::parse(name) {
                Ok(site) => sites.push(site),
                Err(e) => self.fault(key, format!("names no site: {e}")),
            }
        }
        sites
    }

    fn number(&mut self, key: &str, low: f64, high: f64) -> f64 {
        let number = self.layers.number(key);
        if !(low..=high).contains(&number) {
            // A hundred digits say less than the exponent.
            let is_plain = number == 0.0 || (1e-6..1e15).contains(&number.abs());
            let number = if is_plain {
                number.to_string()
            } else {
                format!("{number:e}")
            };
            self.fault(key, format!("is {number}: it must be from {low} to {high}"));
        }
        number
    }

    pub(super) fn whole(&mut self, key: &str, low: u64, high: u64) -> u64 {
        let number = self.layers.whole(key);
        match u64::try_from(number) {
            Ok(n) if (low..=high).contains(&n) => n,
            _ => {
                self.fault(key, format!("is {number}: it must be from {low} to {high}"));
                low
            }
        }
    }

    fn count(&mut self, key: &str, low: u64, high: u64) -> usize {
        usize::try_from(self.whole(key, low, high)).unwrap_or(usize::MAX)
    }

    fn date(
        &mut self,
        key: &str,
        read: fn(&str) -> Result<Timestamp, crate::model::InvalidTimestamp>,
    ) -> Option<Timestamp> {
        let text = self.layers.text(key);
        if text.is_empty() {
            return None;
        }
        read(text).map_err(|e| self.fault(key, e)).ok()
    }

    fn contact(&mut self) -> Option<String> {
        let text = self.layers.text("archive.contact").trim();
        if !text.bytes().all(|b| (0x20..0x7f).contains(&b)) || text.len() > 200 {
            self.fault(
                "archive.contact",
                "must be an e-mail address or a URL, in plain ASCII",
            );
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn location(&mut self) -> ArchiveLocation {
        const WAYBACK: &str = "https://web.archive.org";
        let key = "archive.location";
        let text = self.layers.text(key);
        let (wrap, address): (fn(Url) -> ArchiveLocation, &str) = match text {
            "wayback" => (ArchiveLocation::Wayback, WAYBACK),
            _ => match text.strip_prefix("pywb+") {
                Some(rest) => (ArchiveLocation::Pywb, rest),
                None if text.contains("://") => (ArchiveLocation::Wayback, text),
                None => {
                    if text.is_empty() {
                        self.fault(key, "is empty: give `wayback`, a base URL or a path");
                    }
                    return ArchiveLocation::Path(PathBuf::from(text));
                }
            },
        };
        match Url::parse(address) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.host_str().is_some() => {
                wrap(url)
            }
            _ => {
                self.fault(key, "is no http or https address: give `wayback`, a base URL such as http://127.0.0.1:8080, or a path");
                ArchiveLocation::Path(PathBuf::new())
            }
        }
    }

    /// `6mo` or `1y` in months.
    fn months(&mut self, key: &str, text: &str) -> u32 {
        let parsed = text
            .strip_suffix("mo")
            .map(|n| (n, 1))
            .or_else(|| text.strip_suffix('y').map(|n| (n, 12)))
            .and_then(|(n, unit)| n.parse::<u32>().ok()?.checked_mul(unit))
            .filter(|months| (1..=120).contains(months));
        parsed.unwrap_or_else(|| {
            self.fault(
                key,
                format!(
                    "has the step `{}`: write 6mo, 1y or 1mo, ten years at most",
                    shown(text)
                ),
            );
            6
        })
    }

    fn crawl(&mut self) -> CrawlSettings {
        let (from, to) = (
            self.date("crawl.from", Timestamp::earliest),
            self.date("crawl.to", Timestamp::latest),
        );
        if let (Some(first), Some(last)) = (from, to)
            && first > last
        {
            let end = self.layers.origin("crawl.to");
            self.fault(
                "crawl.from",
                format!(
                    "is after that of {} ({} > {})",
                    end.trim_end_matches(':'),
                    first.date_text(),
                    last.date_text()
                ),
            );
        }
        let mut grid_months = self.months("crawl.grid", self.layers.text("crawl.grid"));
        let sampling = match self.layers.text("crawl.sample") {
            "every-change" => Sampling::EveryChange,
            "interval" => Sampling::Interval,
            "all" => Sampling::All,
            other => {
                if let Some(step) = other.strip_prefix("interval=") {
                    grid_months = self.months("crawl.sample", step);
                    Sampling::Interval
                } else {
                    self.fault(
                        "crawl.sample",
                        format!(
                            "is `{}`: it must be every-change, interval, interval=6mo or all",
                            shown(other)
                        ),
                    );
                    Sampling::EveryChange
                }
            }
        };
        let days = self.number("crawl.resolution_days", 0.0, 3650.0);
        CrawlSettings {
            from,
            to,
            sampling,
            grid_months,
            resolution_seconds: Duration::try_from_secs_f64(days * 86_400.0)
                .map_or(86_400, |d| d.as_secs()),
            max_requests_per_site: Some(self.whole(
                "crawl.max_requests_per_site",
                0,
                1_000_000_000,
            ))
            .filter(|n| *n > 0),
            sites_at_once: self.count("crawl.sites_at_once", 1, 64),
            home_pages_per_site: self.count("crawl.home_pages_per_site", 0, 200),
            policies_per_site: self.count("crawl.policies_per_site", 1, 200),
        }
    }
}

/// Text of a stranger, made harmless for a terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests;
