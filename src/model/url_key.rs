//! `UrlKey`: the SURT form under which archives index a URL.

use std::fmt;

use url::Url;

use super::printable;

/// The sort-friendly form of a URL, as in CDX: `com,example)/privacy?a=1`.
///
/// Scheme, `www`, case, default port, user, fragment and a trailing slash do not matter. Query arguments are sorted,
/// and well-known session ids are dropped (the rules of the Internet Archive's `surt`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlKey(String);

/// Error: a URL or key that no web archive can index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a web address; give a full URL such as https://www.example.com/privacy")]
pub struct InvalidUrl {
    text: String,
}

/// Maximum size of a key or URL, in bytes. Some crawls have kilobytes of `data:` as a URL.
const MAX_URL_BYTES: usize = 4096;

impl InvalidUrl {
    fn new(text: &str) -> Self {
        Self {
            text: printable(text, 200),
        }
    }
}

impl UrlKey {
    /// The key of a URL.
    ///
    /// # Errors
    /// When the text is not an http or https URL with a host, or it or its key is longer than 4,096 bytes.
    pub fn of(text: &str) -> Result<Self, InvalidUrl> {
        if text.len() > MAX_URL_BYTES {
            return Err(InvalidUrl::new(text));
        }
        Self::of_url(&Url::parse(text.trim()).map_err(|_| InvalidUrl::new(text))?)
    }

    /// The key of a parsed URL.
    ///
    /// # Errors
    /// Same as [`UrlKey::of`].
    pub fn of_url(url: &Url) -> Result<Self, InvalidUrl> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidUrl::new(url.as_str()));
        }
        let host = url
            .host_str()
            .ok_or_else(|| InvalidUrl::new(url.as_str()))?;
        let mut key = surt_host(host);
        if let Some(port) = url.port() {
            key.push(':');
            key.push_str(&port.to_string());
        }
        key.push(')');
        let path = strip_session_path(&url.path().to_lowercase()).to_owned();
        let path = collapse_slashes(&path);
        let trimmed = path.trim_end_matches('/');
        key.push_str(if trimmed.is_empty() { "/" } else { trimmed });
        if let Some(query) = url.query().and_then(|q| canonical_query(&q.to_lowercase())) {
            key.push('?');
            key.push_str(&query);
        }
        // Percent-encoding turns one byte into up to three letters. A key that exceeds the limit could not be parsed
        // again.
        if key.len() > MAX_URL_BYTES {
            return Err(InvalidUrl::new(url.as_str()));
        }
        Ok(Self(key))
    }

    /// The key of a CDX row, trusted as the archive wrote it.
    ///
    /// # Errors
    /// When it is empty, longer than 4,096 bytes, or has control characters or spaces.
    pub fn from_cdx(text: &str) -> Result<Self, InvalidUrl> {
        let fits = !text.is_empty()
            && text.len() <= MAX_URL_BYTES
            && !text.contains(|c: char| c.is_control() || c == ' ');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidUrl::new(text))
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The reversed host (`com,example,shop`), without port.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self
            .0
            .split_once(')')
            .map_or(self.0.as_str(), |(host, _)| host);
        host.split_once(':').map_or(host, |(host, _)| host)
    }

    /// Path and query (`/privacy?a=1`).
    #[must_use]
    pub fn path(&self) -> &str {
        self.0.split_once(')').map_or("", |(_, path)| path)
    }
}

/// Reverses a host: `www.shop.example.com` → `com,example,shop`. A leading `www`, `www2` and the like are dropped.
fn surt_host(host: &str) -> String {
    if host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return host.to_owned();
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let rest = host
        .strip_prefix("www")
        .map(|r| r.trim_start_matches(|c: char| c.is_ascii_digit()));
    let host = match rest.and_then(|r| r.strip_prefix('.')) {
        Some(bare) if bare.contains('.') => bare,
        _ => &host,
    };
    host.rsplit('.').collect::<Vec<_>>().join(",")
}

fn strip_session_path(path: &str) -> &str {
    path.find(";jsessionid=").map_or(path, |at| &path[..at])
}

fn collapse_slashes(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if !(c == '/' && out.ends_with('/')) {
            out.push(c);
        }
    }
    out
}

fn canonical_query(query: &str) -> Option<String> {
    let is_session = |arg: &str| {
        let name = arg.split_once('=').map_or(arg, |(name, _)| name);
        matches!(
            name,
            "phpsessid" | "jsessionid" | "sid" | "cfid" | "cftoken"
        ) || name.starts_with("aspsessionid")
    };
    let mut args: Vec<&str> = query
        .split('&')
        .filter(|a| !a.is_empty() && !is_session(a))
        .collect();
    args.sort_unstable();
    (!args.is_empty()).then(|| args.join("&"))
}

impl fmt::Display for UrlKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_pages_have_equal_keys() {
        for (url, key) in [
            ("http://www.Example.com:80/", "com,example)/"),
            ("https://example.com", "com,example)/"),
            (
                "https://www2.example.co.uk/Privacy/",
                "uk,co,example)/privacy",
            ),
            (
                "http://user:pw@shop.example.com:8080/a//b/?B=2&a=1#top",
                "com,example,shop:8080)/a/b?a=1&b=2",
            ),
            (
                "http://example.com/x;jsessionid=AB12?PHPSESSID=7",
                "com,example)/x",
            ),
            ("http://127.0.0.1/x", "127.0.0.1)/x"),
            (
                "https://bücher.de/datenschutzerklärung",
                "de,xn--bcher-kva)/datenschutzerkl%c3%a4rung",
            ),
            ("http://www.com/", "com,www)/"),
        ] {
            assert_eq!(UrlKey::of(url).unwrap().as_str(), key, "{url}");
        }
        for bad in [
            "",
            "mailto:a@b.c",
            "data:text/html,x",
            "/privacy",
            "http://",
        ] {
            assert!(UrlKey::of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn every_key_that_is_made_can_be_read_again() {
        let long = |letters: usize| UrlKey::of(&format!("http://a.com/{}", "é".repeat(letters)));
        // `com,a)/` and six letters for each é.
        let key = long(681).unwrap();
        assert_eq!(key.as_str().len(), 4093);
        assert_eq!(UrlKey::from_cdx(key.as_str()), Ok(key));
        assert!(long(682).is_err());
    }

    #[test]
    fn a_key_gives_its_host_and_path() {
        let key = UrlKey::from_cdx("com,example,shop:8080)/a/b?a=1").unwrap();
        assert_eq!((key.host(), key.path()), ("com,example,shop", "/a/b?a=1"));
        assert!(UrlKey::from_cdx("com,exa mple)/").is_err());
    }
}
