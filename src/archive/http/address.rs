//! Addresses at an archive: of an index query, of a capture, and the address in a `Location`.

use percent_encoding::percent_encode_byte;
use url::Url;

use crate::model::Timestamp;

use super::answer_meaning::RedirectTarget;
use super::settings::{Dialect, HttpSettings};

/// Longest URL that is requested or followed.
const MAX_URL_BYTES: usize = 8192;

/// The addresses of one archive.
#[derive(Debug)]
pub(super) struct Addresses {
    /// `https://web.archive.org`, without a slash at the end.
    base: String,
    origin: String,
    host: String,
    index: Url,
    /// Paths under which captures are replayed, each with a slash at the end. Requests use the first.
    replay_paths: Vec<String>,
    /// Path of the pages that show captures to people.
    view_path: String,
}

/// The address in a `Location`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LocationTarget {
    /// A capture.
    Capture {
        timestamp: Timestamp,
        original: String,
    },
    /// The page `/429.html`, which reports a rate limit with status 200.
    RateLimitPage,
    /// A URL of the original web: a redirect that the archive did not rewrite.
    Original(String),
    /// Not an address that can be followed.
    Nowhere,
}

impl LocationTarget {
    /// The kind of this target, which decides what a live answer means.
    pub(super) fn kind(&self) -> RedirectTarget {
        match self {
            Self::Capture { .. } => RedirectTarget::Capture,
            Self::RateLimitPage => RedirectTarget::RateLimitPage,
            Self::Original(_) => RedirectTarget::Elsewhere,
            Self::Nowhere => RedirectTarget::Nothing,
        }
    }
}

impl Addresses {
    /// Addresses under the base URL.
    ///
    /// # Errors
    /// Why the base URL cannot be used.
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

    /// Address of an index query. Every value is encoded once. A resume key is opaque and may contain escapes itself: the
    /// Wayback Machine's `com%2Ccnn%29%2F+2001041400593%3A` is sent as `com%252Ccnn%2529%252F%2B2001041400593%253A`.
    pub(super) fn index(&self, parameters: &[(&str, String)]) -> Url {
        let mut url = self.index.clone();
        url.query_pairs_mut().extend_pairs(parameters);
        url
    }

    /// Address of the stored bytes of a capture. `None` if the original is not a web address that can be requested.
    pub(super) fn playback(&self, timestamp: Timestamp, original: &str) -> Option<Url> {
        let original = encoded_original(original)?;
        let path = self.replay_paths.first()?;
        let url = Url::parse(&format!("{}{path}{timestamp}id_/{original}", self.origin)).ok()?;
        // The request must stay below the replay path, even if the original contains `/../`.
        let beginning = format!("{timestamp}id_/http");
        let stays = url
            .path()
            .strip_prefix(path.as_str())?
            .get(..beginning.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(&beginning));
        (stays && url.origin().ascii_serialization() == self.origin).then_some(url)
    }

    /// Address of the page that shows a capture to people.
    pub(super) fn view(&self, timestamp: Timestamp, original: &str) -> String {
        let original = encoded_original(original).unwrap_or_else(|| original.to_owned());
        format!("{}{}{timestamp}/{original}", self.origin, self.view_path)
    }

    /// Reads the address in a `Location` of an answer for `original`.
    ///
    /// The Wayback Machine writes it absolute, as a path (`/web/20201027215555id_/https://…`), without a scheme
    /// (`//web.archive.org/web/20201102232816id_/https://…`), or does not rewrite it at all.
    pub(super) fn target(&self, location: &str, original: &str) -> LocationTarget {
        let location = location.trim();
        if location.is_empty() || location.len() > MAX_URL_BYTES {
            return LocationTarget::Nowhere;
        }
        // A fragment must not be sent: `/b%23part` for `/b#part` would be a page that was never archived.
        let location = location.split('#').next().unwrap_or(location);
        if let Some(path) = self.path_at_archive(location) {
            if path.split(['?', '#']).next() == Some("/429.html") {
                return LocationTarget::RateLimitPage;
            }
            if let Some((timestamp, original)) = self
                .replay_paths
                .iter()
                .find_map(|prefix| replayed(path, prefix))
            {
                return if is_web(&original) {
                    LocationTarget::Capture {
                        timestamp,
                        original,
                    }
                } else {
                    LocationTarget::Nowhere
                };
            }
        }
        match Url::parse(original).and_then(|from| from.join(location)) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
                LocationTarget::Original(url.into())
            }
            _ => LocationTarget::Nowhere,
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

/// Splits `<prefix><digits><modifier>/<original>` into timestamp and original.
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
    // Some proxies merge the two slashes of the URL inside the path into one.
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

/// The original as a part of a path: unencoded except for space, brackets, `#`, backslash and control characters, and
/// without dot segments. Other characters, including those beyond ASCII, stay as they are.
fn encoded_original(original: &str) -> Option<String> {
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
                // All of these are ASCII: one byte each.
                text.extend(c.encode_utf8(&mut [0; 4]).bytes().map(percent_encode_byte));
            }
            _ => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests;
