//! Addresses at an archive: of an index query, of a capture, and what a `Location` points to.

use std::fmt::Write as _;

use url::Url;

use crate::model::Timestamp;

use super::settings::{Dialect, HttpSettings};
use super::verdict::Toward;

/// Longest URL that is asked for or followed.
const MAX_URL_BYTES: usize = 8192;

/// The addresses of one archive.
#[derive(Debug)]
pub(super) struct Addresses {
    /// `https://web.archive.org`, without a slash at the end.
    base: String,
    origin: String,
    host: String,
    index: Url,
    /// Paths under which captures are replayed, each with a slash at the end; the first is the one asked.
    replay_paths: Vec<String>,
    /// Path for people.
    view_path: String,
}

/// What a `Location` points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// A capture.
    Capture {
        timestamp: Timestamp,
        original: String,
    },
    /// The page that says 429 with status 200.
    RateLimitPage,
    /// A URL of the original web: a redirect that the archive did not rewrite.
    Original(String),
    /// Nothing that can be followed.
    Nowhere,
}

impl Target {
    /// The same for the verdict on a live answer.
    pub(super) fn toward(&self) -> Toward {
        match self {
            Self::Capture { .. } => Toward::Capture,
            Self::RateLimitPage => Toward::RateLimitPage,
            Self::Original(_) => Toward::Elsewhere,
            Self::Nowhere => Toward::Nothing,
        }
    }
}

impl Addresses {
    /// Addresses under the base URL; the error says why there can be none.
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, String> {
        let base = settings.base_url.as_str().trim_end_matches('/').to_owned();
        let path = settings.base_url.path().trim_end_matches('/');
        let origin = settings.base_url.origin().ascii_serialization();
        let host = settings.base_url.host_str().unwrap_or_default();
        let host = settings
            .base_url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let (index, replay_paths, view_path) = match settings.dialect {
            Dialect::Wayback => (
                "/cdx/search/cdx",
                vec![format!("{path}/web/")],
                format!("{path}/web/"),
            ),
            Dialect::Pywb if host == "arquivo.pt" => (
                "/cdx",
                vec!["/noFrame/replay/".to_owned(), format!("{path}/")],
                format!("{path}/"),
            ),
            Dialect::Pywb => ("/cdx", vec![format!("{path}/")], format!("{path}/")),
        };
        let index = Url::parse(&format!("{base}{index}")).map_err(|error| error.to_string())?;
        Ok(Self {
            base,
            origin,
            host,
            index,
            replay_paths,
            view_path,
        })
    }

    /// The archive's name: its base URL.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// An index query. Every value is encoded once; a resume key is opaque (recording 038: `com%252Ccnn%2529…`).
    pub(super) fn index(&self, parameters: &[(&str, String)]) -> Url {
        let mut url = self.index.clone();
        url.query_pairs_mut().extend_pairs(parameters);
        url
    }

    /// The capture's stored bytes. `None` when the original is no web address that can be asked for.
    pub(super) fn playback(&self, timestamp: Timestamp, original: &str) -> Option<Url> {
        let original = askable(original)?;
        let path = self.replay_paths.first()?;
        let url = Url::parse(&format!("{}{path}{timestamp}id_/{original}", self.origin)).ok()?;
        // Whatever the original holds, the request must not leave the replay path (`/../` would).
        let beginning = format!("{timestamp}id_/http");
        let stays = url
            .path()
            .strip_prefix(path.as_str())?
            .get(..beginning.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&beginning));
        (stays && url.origin().ascii_serialization() == self.origin).then_some(url)
    }

    /// The page for people.
    pub(super) fn view(&self, timestamp: Timestamp, original: &str) -> String {
        let original = askable(original).unwrap_or_else(|| original.to_owned());
        format!("{}{}{timestamp}/{original}", self.origin, self.view_path)
    }

    /// What a `Location` in an answer about `original` points to. It comes absolute, as `/web/…` (recording 021), as
    /// `//web.archive.org/…` (recording 030), or not rewritten at all.
    pub(super) fn target(&self, location: &str, original: &str) -> Target {
        let location = location.trim();
        if location.is_empty() || location.len() > MAX_URL_BYTES {
            return Target::Nowhere;
        }
        // A place on the page is not asked for: `/b#part`, sent as `/b%23part`, is a page that was never archived.
        let location = location.split('#').next().unwrap_or(location);
        if let Some(path) = self.path_at_archive(location) {
            if path.split(['?', '#']).next() == Some("/429.html") {
                return Target::RateLimitPage;
            }
            if let Some((timestamp, original)) = self
                .replay_paths
                .iter()
                .find_map(|prefix| replayed(path, prefix))
            {
                return if is_web(&original) {
                    Target::Capture {
                        timestamp,
                        original,
                    }
                } else {
                    Target::Nowhere
                };
            }
        }
        match Url::parse(original).and_then(|from| from.join(location)) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                Target::Original(url.into())
            }
            _ => Target::Nowhere,
        }
    }

    /// The path (with query) of a location on the archive's own host.
    fn path_at_archive<'a>(&self, location: &'a str) -> Option<&'a str> {
        let lower = location.get(..8).unwrap_or(location).to_ascii_lowercase();
        let rest = if lower.starts_with("https://") {
            location.get(8..)?
        } else if lower.starts_with("http://") {
            location.get(7..)?
        } else if let Some(rest) = location.strip_prefix("//") {
            rest
        } else {
            return location.starts_with('/').then_some(location);
        };
        let (host, path) = rest.split_at(rest.find('/')?);
        let host = host.trim_end_matches(":80").trim_end_matches(":443");
        (host.eq_ignore_ascii_case(&self.host)
            || host.eq_ignore_ascii_case(self.host.trim_end_matches('.')))
        .then_some(path)
    }
}

/// `<prefix><digits><modifier>/<original>` as its timestamp and original.
fn replayed(path: &str, prefix: &str) -> Option<(Timestamp, String)> {
    let (stamp, original) = path.strip_prefix(prefix)?.split_once('/')?;
    let digits = stamp
        .find(|c: char| !c.is_ascii_digit())
        .map_or(stamp, |end| stamp.get(..end).unwrap_or_default());
    let modifier = stamp.get(digits.len()..)?;
    let is_modifier = modifier.is_empty()
        || modifier.strip_suffix('_').is_some_and(|m| {
            (2..=3).contains(&m.len()) && m.bytes().all(|b| b.is_ascii_lowercase())
        });
    if !is_modifier {
        return None;
    }
    let timestamp = Timestamp::from_cdx(digits)
        .or_else(|_| Timestamp::earliest(digits))
        .ok()?;
    // Some proxies fold the two slashes of the URL inside the path into one.
    let original = ["http:/", "https:/"]
        .into_iter()
        .find_map(|scheme| {
            original
                .strip_prefix(scheme)
                .map(|rest| format!("{scheme}/{}", rest.trim_start_matches('/')))
        })
        .unwrap_or_else(|| original.to_owned());
    let original = if original.contains("://") || original.contains("mailto:") {
        original
    } else {
        format!("http://{original}")
    };
    Some((timestamp, original))
}

fn is_web(original: &str) -> bool {
    let lower = original.get(..8).unwrap_or(original).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// The original as it goes into a path: unencoded but for space, brackets, `#`, backslash and control characters, and
/// without dot segments.
fn askable(original: &str) -> Option<String> {
    if !is_web(original) || original.len() > MAX_URL_BYTES {
        return None;
    }
    let path = original
        .split('?')
        .next()
        .unwrap_or(original)
        .to_ascii_lowercase()
        .replace("%2e", ".")
        .replace('\\', "/");
    let has_dot_segments = path
        .split('/')
        .any(|segment| segment == "." || segment == "..");
    let whole = if has_dot_segments {
        Url::parse(original).ok()?.to_string()
    } else {
        original.to_owned()
    };
    let mut text = String::with_capacity(whole.len());
    for c in whole.chars() {
        match c {
            ' ' | '[' | ']' | '#' | '\\' | '\0'..='\x1f' | '\x7f' => {
                let _ = write!(text, "%{:02X}", u32::from(c));
            }
            _ => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
