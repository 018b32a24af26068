//! Addresses at an archive: of an index query, of a capture, and what a `Location` points to.

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
    Capture { timestamp: Timestamp, original: String },
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
        let host = settings.base_url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let (index, replay_paths, view_path) = match settings.dialect {
            Dialect::Wayback => ("/cdx/search/cdx", vec![format!("{path}/web/")], format!("{path}/web/")),
            Dialect::Pywb if host == "arquivo.pt" => {
                ("/cdx", vec!["/noFrame/replay/".to_owned(), format!("{path}/")], format!("{path}/"))
            }
            Dialect::Pywb => ("/cdx", vec![format!("{path}/")], format!("{path}/")),
        };
        let index = Url::parse(&format!("{base}{index}")).map_err(|error| error.to_string())?;
        Ok(Self { base, origin, host, index, replay_paths, view_path })
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
        let stays = url.path().strip_prefix(path.as_str())?.starts_with(&format!("{timestamp}id_/http"));
        (stays && url.origin().ascii_serialization() == self.origin).then_some(url)
    }

    /// The page for people.
    pub(super) fn view(&self, timestamp: Timestamp, original: &str) -> String {
        format!("{}{}{timestamp}/{original}", self.origin, self.view_path)
    }

    /// What a `Location` in an answer about `original` points to. It comes absolute, as `/web/…` (recording 021), as
    /// `//web.archive.org/…` (recording 030), or not rewritten at all.
    pub(super) fn target(&self, location: &str, original: &str) -> Target {
        let location = location.trim();
        if location.is_empty() || location.len() > MAX_URL_BYTES {
            return Target::Nowhere;
        }
        if let Some(path) = self.path_at_archive(location) {
            if path.split(['?', '#']).next() == Some("/429.html") {
                return Target::RateLimitPage;
            }
            if let Some((timestamp, original)) = self.replay_paths.iter().find_map(|prefix| replayed(path, prefix)) {
                return if is_web(&original) { Target::Capture { timestamp, original } } else { Target::Nowhere };
            }
        }
        match Url::parse(original).and_then(|from| from.join(location)) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Target::Original(url.into()),
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
        (host.eq_ignore_ascii_case(&self.host) || host.eq_ignore_ascii_case(self.host.trim_end_matches('.'))).then_some(path)
    }
}

/// `<prefix><digits><modifier>/<original>` as its timestamp and original.
fn replayed(path: &str, prefix: &str) -> Option<(Timestamp, String)> {
    let (stamp, original) = path.strip_prefix(prefix)?.split_once('/')?;
    let digits = stamp.find(|c: char| !c.is_ascii_digit()).map_or(stamp, |end| stamp.get(..end).unwrap_or_default());
    let modifier = stamp.get(digits.len()..)?;
    let is_modifier = modifier.is_empty()
        || modifier.strip_suffix('_').is_some_and(|m| (2..=3).contains(&m.len()) && m.bytes().all(|b| b.is_ascii_lowercase()));
    if !is_modifier {
        return None;
    }
    let timestamp = Timestamp::from_cdx(digits).or_else(|_| Timestamp::earliest(digits)).ok()?;
    // Some proxies fold the two slashes of the URL inside the path into one.
    let original = ["http:/", "https:/"]
        .into_iter()
        .find_map(|scheme| original.strip_prefix(scheme).map(|rest| format!("{scheme}/{}", rest.trim_start_matches('/'))))
        .unwrap_or_else(|| original.to_owned());
    let original = if original.contains("://") || original.contains("mailto:") { original } else { format!("http://{original}") };
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
    let path = original.split('?').next().unwrap_or(original).to_ascii_lowercase().replace("%2e", ".").replace('\\', "/");
    let has_dot_segments = path.split('/').any(|segment| segment == "." || segment == "..");
    let whole = if has_dot_segments { Url::parse(original).ok()?.to_string() } else { original.to_owned() };
    let mut text = String::with_capacity(whole.len());
    for c in whole.chars() {
        match c {
            ' ' | '[' | ']' | '#' | '\\' | '\0'..='\x1f' | '\x7f' => text.push_str(&format!("%{:02X}", u32::from(c))),
            _ => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(base: &str, dialect: Dialect) -> Addresses {
        let base_url = Url::parse(base).unwrap();
        Addresses::new(&HttpSettings { base_url, dialect, ..HttpSettings::default() }).unwrap()
    }

    fn wayback() -> Addresses {
        addresses("https://web.archive.org/", Dialect::Wayback)
    }

    fn stamp(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn each_dialect_has_its_addresses() {
        let t = stamp("20120611040411");
        for (base, dialect, index, playback, view) in [
            ("https://web.archive.org", Dialect::Wayback, "https://web.archive.org/cdx/search/cdx?",
             "https://web.archive.org/web/20120611040411id_/http://a.com/b?c=d", "https://web.archive.org/web/20120611040411/http://a.com/b?c=d"),
            ("http://127.0.0.1:8080/all/", Dialect::Pywb, "http://127.0.0.1:8080/all/cdx?",
             "http://127.0.0.1:8080/all/20120611040411id_/http://a.com/b?c=d", "http://127.0.0.1:8080/all/20120611040411/http://a.com/b?c=d"),
            ("https://arquivo.pt/wayback", Dialect::Pywb, "https://arquivo.pt/wayback/cdx?",
             "https://arquivo.pt/noFrame/replay/20120611040411id_/http://a.com/b?c=d", "https://arquivo.pt/wayback/20120611040411/http://a.com/b?c=d"),
        ] {
            let addresses = addresses(base, dialect);
            assert_eq!(addresses.index(&[]).as_str(), index);
            assert_eq!(addresses.playback(t, "http://a.com/b?c=d").unwrap().as_str(), playback);
            assert_eq!(addresses.view(t, "http://a.com/b?c=d"), view);
        }
    }

    #[test]
    fn a_resume_key_is_encoded_once() {
        let url = wayback().index(&[("resumeKey", "com%2Ccnn%29%2F+2001041400593%3A".to_owned())]);
        assert_eq!(url.query(), Some("resumeKey=com%252Ccnn%2529%252F%2B2001041400593%253A"));
    }

    #[test]
    fn an_original_goes_in_as_it_is_and_never_leaves_the_replay_path() {
        let t = stamp("20120611040411");
        let base = "https://web.archive.org/web/20120611040411id_/";
        for (original, asked) in [
            ("http://a.com:80/x?u=http://b.com/%20", Some("http://a.com:80/x?u=http://b.com/%20")),
            ("http://a.com/a b[1]#c\t", Some("http://a.com/a%20b%5B1%5D%23c%09")),
            ("http://a.com/x\\y", Some("http://a.com/x%5Cy")),
            ("http://a.com/a/../../../../cdx/search/cdx?url=x", Some("http://a.com/cdx/search/cdx?url=x")),
            ("http://a.com/%2e%2e/%2E./%2e%2e/%2e%2e/save/x", Some("http://a.com/save/x")),
            ("mailto:a@b.c", None),
            ("javascript:alert(1)", None),
            ("", None),
        ] {
            let url = wayback().playback(t, original).map(|url| url.to_string());
            assert_eq!(url, asked.map(|asked| format!("{base}{asked}")), "{original}");
        }
    }

    #[test]
    fn a_location_is_understood_in_every_form() {
        let capture = |t: &str, original: &str| Target::Capture { timestamp: stamp(t), original: original.to_owned() };
        let from = "http://www.a.com/old/page";
        for (location, target) in [
            ("https://web.archive.org/web/20200201023757id_/https://www.epa.gov/x?y=z", capture("20200201023757", "https://www.epa.gov/x?y=z")),
            ("/web/20201027215555id_/https://www.whitehouse.gov/faqs", capture("20201027215555", "https://www.whitehouse.gov/faqs")),
            ("//web.archive.org/web/20201102232816id_/https://www.census.gov/geo/", capture("20201102232816", "https://www.census.gov/geo/")),
            ("http://WEB.archive.org:80/web/20201102232816/http:/a.com/", capture("20201102232816", "http://a.com/")),
            ("/web/2020/a.com/x", capture("20200101000000", "http://a.com/x")),
            ("https://web.archive.org/429.html", Target::RateLimitPage),
            ("/429.html?x", Target::RateLimitPage),
            ("/web/20200201023757id_/http://a.com/429.html", capture("20200201023757", "http://a.com/429.html")),
            ("https://other.org/429.html", Target::Original("https://other.org/429.html".to_owned())),
            ("/privacy", Target::Original("http://www.a.com/privacy".to_owned())),
            ("../new", Target::Original("http://www.a.com/new".to_owned())),
            ("//b.com/x", Target::Original("http://b.com/x".to_owned())),
            ("mailto:a@b.c", Target::Nowhere),
            ("/web/20200201023757id_/mailto:a@b.c", Target::Nowhere),
            ("", Target::Nowhere),
        ] {
            assert_eq!(wayback().target(location, from), target, "{location}");
        }
    }
}
