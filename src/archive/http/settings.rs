//! Settings of an HTTP archive: address, dialect, pace, limits. Comments give the source of each default.

use std::time::Duration;

use url::{Host, Url};

use super::usage::RequestRecord;
use crate::archive::allowance::Allowance;
use crate::archive::interface::DEFAULT_MAX_BODY_BYTES;

/// The Internet Archive's Wayback Machine.
pub const DEFAULT_BASE_URL: &str = "https://web.archive.org";

/// The protocol of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `<base>/cdx/search/cdx` with resume keys, `<base>/web/<timestamp>id_/<url>`.
    Wayback,
    /// `<base>/cdx` with one JSON object per line, `<base>/<timestamp>id_/<url>`; the base names a collection.
    /// Arquivo.pt (`https://arquivo.pt/wayback`) replays under `/noFrame/replay`.
    Pywb,
}

/// Receives one record per request.
pub type RequestLog = Box<dyn Fn(&RequestRecord) + Send + Sync>;

/// Settings for one archive. [`HttpSettings::default`] fits the Wayback Machine.
pub struct HttpSettings {
    /// Address of the archive (for pywb, of the collection), without query.
    pub base_url: Url,
    /// Protocol of the server.
    pub dialect: Dialect,
    /// Index requests per minute, evenly spaced, one at a time.
    pub cdx_per_minute: f64,
    /// Playback requests per second, evenly spaced.
    pub playback_per_second: f64,
    /// URL or e-mail of whoever runs this program, sent in the `User-Agent`.
    pub contact: Option<String>,
    /// Largest body in bytes, both as transferred and as decoded.
    pub max_body_bytes: u64,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the next byte of an answer.
    pub read_timeout: Duration,
    /// Longest duration of one playback exchange, even if bytes arrive steadily. An index page may take four times that.
    pub exchange_timeout: Duration,
    /// Index rows requested at once.
    pub cdx_page_rows: u32,
    /// Pause before the first retry of a playback request. It doubles with each retry. Index requests wait five times
    /// as long.
    pub retry_pause: Duration,
    /// Called once per request.
    pub request_log: Option<RequestLog>,
    /// Number of requests that may be sent.
    pub allowance: Allowance,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            #[expect(clippy::expect_used, reason = "a constant that a test parses")]
            base_url: Url::parse(DEFAULT_BASE_URL).expect("the default base URL is one"),
            dialect: Dialect::Wayback,
            // 80 % of the hard limit of 30 per minute since June 2026 (EDGI wayback #205 #206 #208).
            cdx_per_minute: 24.0,
            // Half of the limit that the Internet Archive requested (8 per second; EDGI wayback, December 2023).
            playback_per_second: 4.0,
            contact: None,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            connect_timeout: Duration::from_secs(30),
            // Index answers that take 25 s are normal; more than 60 s is overload.
            read_timeout: Duration::from_mins(2),
            exchange_timeout: Duration::from_mins(5),
            // A page of this size is answered within seconds. The old server stops at 150,000 rows.
            cdx_page_rows: 25_000,
            retry_pause: Duration::from_secs(2),
            request_log: None,
            allowance: Allowance::unlimited(),
        }
    }
}

impl std::fmt::Debug for HttpSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpSettings")
            .field("base_url", &self.base_url.as_str())
            .field("dialect", &self.dialect)
            .field("cdx_per_minute", &self.cdx_per_minute)
            .field("playback_per_second", &self.playback_per_second)
            .finish_non_exhaustive()
    }
}

/// Limits of a public archive, which no setting may exceed.
struct Ceiling {
    domain: &'static str,
    cdx_per_minute: f64,
    playback_per_second: f64,
    reason: &'static str,
}

const CEILINGS: [Ceiling; 2] = [
    Ceiling {
        domain: "archive.org",
        cdx_per_minute: 30.0,
        playback_per_second: 8.0,
        reason: "the Internet Archive allows 30 index requests per minute and at most 8 archived pages per second; above these \
                 rates, it blocks your address for an hour or longer",
    },
    Ceiling {
        domain: "arquivo.pt",
        // 80 % of 250 and of 400 per minute.
        cdx_per_minute: 200.0,
        playback_per_second: 5.3,
        reason: "Arquivo.pt allows 250 index requests and 400 archived pages per minute, and permanently blocks clients that exceed these rates",
    },
];

impl HttpSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// All errors in one text, each with the limit and its reason: the address cannot be that of an archive, a number is
    /// not positive, or the limit of a public archive would be exceeded.
    pub fn validate(&self) -> Result<(), String> {
        let mut errors = Vec::new();
        self.check_address(&mut errors);
        self.check_rates(&mut errors);
        self.check_contact(&mut errors);
        self.check_limits(&mut errors);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(errors.join("; "))
        }
    }

    fn check_address(&self, errors: &mut Vec<String>) {
        let url = &self.base_url;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            errors.push(format!(
                "`{url}` is not the URL of an archive; give a URL such as {DEFAULT_BASE_URL}"
            ));
        }
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            errors.push(format!(
                "the URL of the archive, `{}`, may have only a host and a path; remove the user, `?` and `#`",
                url.path()
            ));
        }
    }

    fn check_rates(&self, errors: &mut Vec<String>) {
        for (name, rate) in [
            ("index requests per minute", self.cdx_per_minute),
            ("archived pages per second", self.playback_per_second),
        ] {
            if !(rate.is_finite() && rate >= 0.001) {
                errors.push(format!(
                    "{rate} {name} is not a valid rate; give a number above 0.001"
                ));
            }
        }
        let Some(ceiling) = self.ceiling() else {
            return;
        };
        if self.cdx_per_minute > ceiling.cdx_per_minute {
            errors.push(format!(
                "{} index requests per minute exceed the limit of {} ({})",
                self.cdx_per_minute, ceiling.cdx_per_minute, ceiling.reason
            ));
        }
        if self.playback_per_second > ceiling.playback_per_second {
            errors.push(format!(
                "{} archived pages per second exceed the limit of {} ({})",
                self.playback_per_second, ceiling.playback_per_second, ceiling.reason
            ));
        }
        if self.base_url.scheme() != "https" {
            errors.push(format!(
                "`{}` must begin with https, because {} accepts nothing else",
                self.base_url, ceiling.domain
            ));
        }
    }

    fn check_contact(&self, errors: &mut Vec<String>) {
        let Some(contact) = &self.contact else {
            return;
        };
        let fits = (3..=200).contains(&contact.len())
            && contact
                .bytes()
                .all(|b| matches!(b, b' '..=b'~') && !b"()".contains(&b));
        if !fits {
            errors.push(
                "the contact must be a URL or an e-mail address in ASCII without brackets"
                    .to_owned(),
            );
        }
    }

    fn check_limits(&self, errors: &mut Vec<String>) {
        if self.max_body_bytes == 0 || self.max_body_bytes > 1 << 30 {
            errors.push(format!(
                "the limit of {} bytes for a body must be between 1 byte and 1 GiB",
                self.max_body_bytes
            ));
        }
        if !(1..=150_000).contains(&self.cdx_page_rows) {
            errors.push(format!(
                "the number of index rows per request is {}; it must be between 1 and 150000",
                self.cdx_page_rows
            ));
        }
        let day = Duration::from_hours(24);
        for (name, time) in [
            ("connect_timeout", self.connect_timeout),
            ("read_timeout", self.read_timeout),
            ("exchange_timeout", self.exchange_timeout),
            ("retry_pause", self.retry_pause),
        ] {
            if time.is_zero() || time > day {
                errors.push(format!(
                    "the {name} of {} s must be between 0 and a day",
                    time.as_secs_f64()
                ));
            }
        }
    }

    fn ceiling(&self) -> Option<&'static Ceiling> {
        let Some(Host::Domain(host)) = self.base_url.host() else {
            return None;
        };
        // A host with a trailing dot is the same host.
        let host = host.trim_end_matches('.');
        CEILINGS.iter().find(|c| {
            host == c.domain
                || host
                    .strip_suffix(c.domain)
                    .is_some_and(|front| front.ends_with('.'))
        })
    }

    /// True for a public archive. There, a refused connection means that the client is blocked, not that the server is
    /// switched off.
    pub(super) fn is_public_archive(&self) -> bool {
        self.ceiling().is_some()
    }

    /// True for a server on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.base_url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// `policytrail/<version> (+<contact>)`: without a `User-Agent` the Wayback Machine answers some requests with 400.
    pub(super) fn user_agent(&self) -> String {
        let name = concat!("policytrail/", env!("CARGO_PKG_VERSION"));
        match &self.contact {
            Some(contact) => format!("{name} (+{contact})"),
            None => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base: &str, cdx: f64, playback: f64) -> Result<(), String> {
        HttpSettings {
            base_url: Url::parse(base).unwrap(),
            cdx_per_minute: cdx,
            playback_per_second: playback,
            ..HttpSettings::default()
        }
        .validate()
    }

    #[test]
    fn the_defaults_are_valid_and_under_the_limits() {
        assert_eq!(HttpSettings::default().validate(), Ok(()));
    }

    #[test]
    fn no_setting_passes_a_public_archives_limit_and_the_error_names_it() {
        for base in [
            "https://web.archive.org",
            "https://WEB.archive.org./",
            "https://archive.org/x",
            "https://wwwb.eu.archive.org:443",
        ] {
            assert_eq!(at(base, 30.0, 8.0), Ok(()), "{base}");
            let fault = at(base, 30.1, 8.0).unwrap_err();
            assert!(
                fault.contains("limit of 30") && fault.contains("blocks your address"),
                "{fault}"
            );
            assert!(
                at(base, 24.0, 8.1).unwrap_err().contains("limit of 8"),
                "{base}"
            );
        }
        assert!(
            at("https://arquivo.pt/wayback", 201.0, 4.0)
                .unwrap_err()
                .contains("250")
        );
        assert!(
            at("http://web.archive.org", 24.0, 4.0)
                .unwrap_err()
                .contains("https")
        );
        assert_eq!(at("http://127.0.0.1:8080", 100_000.0, 5000.0), Ok(()));
        assert_eq!(at("http://notarchive.org", 1000.0, 500.0), Ok(()));
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let settings = HttpSettings {
            base_url: Url::parse("ftp://user@example.com/?q").unwrap(),
            cdx_per_minute: f64::NAN,
            playback_per_second: 0.0,
            contact: Some("a\nb".to_owned()),
            max_body_bytes: 0,
            cdx_page_rows: 0,
            read_timeout: Duration::ZERO,
            ..HttpSettings::default()
        };
        let faults = settings.validate().unwrap_err();
        for part in [
            "not the URL of an archive",
            "remove the user",
            "NaN",
            "archived pages per second is not a valid rate",
            "contact",
            "body",
            "rows",
            "read_timeout",
        ] {
            assert!(faults.contains(part), "{part}: {faults}");
        }
    }

    #[test]
    fn the_user_agent_names_program_version_and_contact() {
        let mut settings = HttpSettings::default();
        assert_eq!(
            settings.user_agent(),
            format!("policytrail/{}", env!("CARGO_PKG_VERSION"))
        );
        settings.contact = Some("https://example.org/us".to_owned());
        assert!(
            settings
                .user_agent()
                .ends_with(" (+https://example.org/us)")
        );
    }
}
