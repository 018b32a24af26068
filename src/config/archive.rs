//! Settings of the archive: the section `[archive]`.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::validator::Validator;

/// Base URL of the archive named `wayback`.
const WAYBACK_URL: &str = "https://web.archive.org";
/// Longest contact, in bytes.
const MAX_CONTACT_BYTES: usize = 200;
/// Largest limit for a body, in megabytes. The store restores no larger payload.
const MAX_BODY_MEGABYTES: u64 = 256;

/// Location of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveLocation {
    /// An archive that speaks the Wayback Machine's protocol.
    Wayback(Url),
    /// A pywb collection.
    Pywb(Url),
    /// A WARC file or a directory of them.
    Path(PathBuf),
}

/// Which archive is queried, and how fast.
#[derive(Debug, Clone)]
pub struct ArchiveSettings {
    /// Where it is.
    pub location: ArchiveLocation,
    /// For a path: beginning of the addresses at which an archive shows its captures to people.
    pub memento_prefix: Option<String>,
    /// Address sent in the User-Agent.
    pub contact: Option<String>,
    /// Index queries per minute.
    pub cdx_per_minute: f64,
    /// Archived pages per second.
    pub playback_per_second: f64,
    /// Largest body.
    pub max_body_bytes: u64,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for the next byte of an answer.
    pub read_timeout: Duration,
}

/// Validates the section `[archive]`.
pub(super) fn archive_settings(validator: &mut Validator<'_>) -> ArchiveSettings {
    ArchiveSettings {
        location: location(validator),
        memento_prefix: memento_prefix(validator),
        contact: contact(validator),
        cdx_per_minute: validator.number("archive.cdx_per_minute", 0.01, 60_000_000.0),
        playback_per_second: validator.number("archive.playback_per_second", 0.001, 1_000_000.0),
        max_body_bytes: validator.whole("archive.max_body_megabytes", 1, MAX_BODY_MEGABYTES) << 20,
        connect_timeout: timeout(validator, "archive.connect_timeout_seconds"),
        read_timeout: timeout(validator, "archive.read_timeout_seconds"),
    }
}

fn timeout(validator: &mut Validator<'_>, key: &str) -> Duration {
    Duration::from_secs(validator.whole(key, 1, 3600))
}

fn contact(validator: &mut Validator<'_>) -> Option<String> {
    let text = validator.text("archive.contact").trim();
    if !text.bytes().all(|b| (0x20..0x7f).contains(&b)) || text.len() > MAX_CONTACT_BYTES {
        validator.fault(
            "archive.contact",
            "must be an e-mail address or a URL that contains only ASCII characters",
        );
    }
    (!text.is_empty()).then(|| text.to_owned())
}

fn memento_prefix(validator: &mut Validator<'_>) -> Option<String> {
    let key = "archive.memento_prefix";
    let text = validator.text(key).trim();
    if text.is_empty() {
        return None;
    }
    let is_web = Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if !is_web || text.contains(char::is_whitespace) {
        validator.fault(
            key,
            "is not an http or https URL; give the beginning of the archive's addresses, such as https://web.archive.org/web/",
        );
    }
    let slash = if text.ends_with('/') { "" } else { "/" };
    Some(format!("{text}{slash}"))
}

fn location(validator: &mut Validator<'_>) -> ArchiveLocation {
    let key = "archive.location";
    let text = validator.text(key);
    let (wrap, address): (fn(Url) -> ArchiveLocation, &str) = match text {
        "wayback" => (ArchiveLocation::Wayback, WAYBACK_URL),
        _ => match text.strip_prefix("pywb+") {
            Some(rest) => (ArchiveLocation::Pywb, rest),
            None if text.contains("://") => (ArchiveLocation::Wayback, text),
            None => {
                if text.is_empty() {
                    validator.fault(key, "is empty; give `wayback`, a base URL or a path");
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
            validator.fault(key, "is not an http or https URL; give `wayback`, a base URL such as http://127.0.0.1:8080, or a path");
            ArchiveLocation::Path(PathBuf::new())
        }
    }
}
