//! `UrlKey`: the SURT form under which archives index a URL.

use std::fmt;

use url::Url;

use super::printable;
use super::url_path::{archive_path, own_path, plain_path};

/// The sort-friendly form of a URL, as in CDX: `com,example)/privacy?a=1`.
///
/// Scheme, `www`, case, default port, user, fragment, percent-encoding and a trailing slash do not matter. Query arguments
/// are sorted. These are the rules of the Internet Archive's `surt`; in addition, session ids are dropped, empty arguments
/// too. So URLs that an archive gives one key have one key here as well.
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
        let host = key_host(url).ok_or_else(|| InvalidUrl::new(url.as_str()))?;
        let key = format!("{host}){}", own_path(url.path(), url.query()));
        // Percent-encoding turns one byte into up to three letters. A key that exceeds the limit could not be parsed
        // again.
        if key.len() > MAX_URL_BYTES {
            return Err(InvalidUrl::new(url.as_str()));
        }
        Ok(Self(key))
    }

    /// The keys under which archives may index a URL, its own key first: archives differ in what they normalise. Empty if
    /// the text is not a web address.
    #[must_use]
    pub fn spellings(text: &str) -> Vec<Self> {
        let Some((own, url)) = Self::of(text).ok().zip(Url::parse(text.trim()).ok()) else {
            return Vec::new();
        };
        let host = key_host(&url).unwrap_or_default();
        let mut keys = vec![own];
        for path in [
            archive_path(url.path(), url.query()),
            plain_path(url.path(), url.query()),
        ] {
            let key = Self(format!("{host}){path}"));
            if key.0.len() <= MAX_URL_BYTES && !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    /// The key under which a row with this key is kept: that of its URL, with the path and query that the archive gave it.
    /// So rows that an archive holds under one key stay together. Archives write hosts differently, and one wrote the key
    /// `com)/privacy` for several sites (`www7788.com`), so the host is that of the URL.
    #[must_use]
    pub fn filed(&self, original: &str) -> Self {
        let Ok(own) = Self::of(original) else {
            return self.clone();
        };
        if own == *self || own.host() != self.host() || !self.path().starts_with('/') {
            return own;
        }
        let (host, _) = own.0.split_once(')').unwrap_or_default();
        let (path, query) = match self.path().split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (self.path(), None),
        };
        let filed = format!("{host}){}", own_path(path, query));
        if filed.len() <= MAX_URL_BYTES {
            Self(filed)
        } else {
            own
        }
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

/// The reversed host of a URL, with its port.
fn key_host(url: &Url) -> Option<String> {
    let mut host = surt_host(url.host_str()?);
    if let Some(port) = url.port() {
        host.push(':');
        host.push_str(&port.to_string());
    }
    Some(host)
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
            (
                "http://example.com/%7Eshop/a%2Fb?q=%41%26b=2&&",
                "com,example)/~shop/a/b?b=2&q=a",
            ),
            ("http://example.com/x?sid=7", "com,example)/x?sid=7"),
            (
                "http://example.com/x?a-b=1&a=2&sid=0123456789abcdef0123456789abcdef",
                "com,example)/x?a=2&a-b=1",
            ),
            (
                "http://example.com/(S(abcdefghijklmnopqrstuvwx))/Privacy.aspx",
                "com,example)/privacy.aspx",
            ),
            (
                "http://example.com/shop/(abcdefghijklmnopqrstuvwx)/x",
                "com,example)/shop/x",
            ),
            ("http://www7788.com/privacy", "com,www7788)/privacy"),
            ("http://example.com/100%", "com,example)/100%25"),
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
    fn the_keys_of_other_archives_are_among_the_spellings_and_filed_under_the_own_key() {
        for (url, archive) in [
            ("http://a.com/show.php?sid=7", "com,a)/show.php?sid=7"),
            ("http://a.com/i.php?a=1&&b=2", "com,a)/i.php?&a=1&b=2"),
            ("http://a.com/i.php?a=1%26b=2", "com,a)/i.php?a=1%26b=2"),
            ("http://a.com/i.php?a=1%26b=2", "com,a)/i.php?a=1&b=2"),
            ("http://a.com/%7Eshop/p", "com,a)/%7eshop/p"),
            ("http://a.com/%7Eshop/p", "com,a)/~shop/p"),
            (
                "http://a.com/legal.do;jsessionid=1A53",
                "com,a)/legal.do;jsessionid=1a53",
            ),
            ("http://a.com/x?PHPSESSID=7", "com,a)/x?phpsessid=7"),
            (
                "http://a.com/(S(abcdefghijklmnopqrstuvwx))/p.aspx",
                "com,a)/p.aspx",
            ),
            (
                "http://a.com/(S(abcdefghijklmnopqrstuvwx))/p.aspx",
                "com,a)/(s(abcdefghijklmnopqrstuvwx))/p.aspx",
            ),
        ] {
            let archive = UrlKey::from_cdx(archive).unwrap();
            assert!(UrlKey::spellings(url).contains(&archive), "{archive}");
            assert_eq!(archive.filed(url), UrlKey::of(url).unwrap(), "{archive}");
        }
        assert_eq!(UrlKey::spellings("http://a.com/privacy").len(), 1);
        assert!(UrlKey::spellings("mailto:a@b.c").is_empty());
    }

    #[test]
    fn what_an_archive_holds_under_one_key_stays_together_but_not_across_hosts() {
        let filed = |key: &str, url: &str| UrlKey::from_cdx(key).unwrap().filed(url).to_string();
        for url in ["http://a.com/p?visit=1", "http://www.a.com/P?visit=2"] {
            assert_eq!(filed("com,a)/p", url), "com,a)/p");
        }
        assert_eq!(filed("com)/p", "http://www7788.com/p"), "com,www7788)/p");
        assert_eq!(filed("com,a)/p", "http://evil.com/p"), "com,evil)/p");
        assert_eq!(filed("a.com/p", "http://a.com/p?x"), "com,a)/p?x");
        assert_eq!(filed("com,a)/p", "data:text/html,x"), "com,a)/p");
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
