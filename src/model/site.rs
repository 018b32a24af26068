//! `Site`: a registrable domain by the public suffix list.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use super::printable;

/// A registrable domain (`example.co.uk`), lower-case, international names in punycode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site(String);

/// Maximum lengths of a label and of a name in the domain name system (RFC 1035, 2.3.4).
const MOST_LABEL_BYTES: usize = 63;
const MOST_HOST_BYTES: usize = 253;

/// Error: a text that names no registrable domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a site: {why}; write a domain such as example.com")]
pub struct InvalidSite {
    text: String,
    why: &'static str,
}

impl Site {
    /// Parses a domain, host or URL as people write it (`example.com`, `www.Example.com/`, `https://example.com/x`).
    ///
    /// # Errors
    /// When it is an IP address, a bare public suffix (`co.uk`), or not a host at all.
    pub fn parse(text: &str) -> Result<Self, InvalidSite> {
        let fail = |why| InvalidSite {
            text: printable(text, 80),
            why,
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(fail("it is empty"));
        }
        if trimmed.contains('@') && !trimmed.contains('/') {
            return Err(fail("it contains an @"));
        }
        let url = match trimmed.split_once("://") {
            Some(("http" | "https", _)) => Url::parse(trimmed),
            Some(_) => return Err(fail("web archives hold only http and https pages")),
            None => Url::parse(&format!("http://{trimmed}")),
        };
        let url = url.map_err(|_| fail("it contains no valid host name"))?;
        if trimmed.contains(char::is_whitespace) {
            return Err(fail("it contains a space"));
        }
        Self::of_url(&url).map_err(fail)
    }

    /// The site that a URL belongs to.
    ///
    /// # Errors
    /// The reason why there is none, in a few words.
    pub fn of_url(url: &Url) -> Result<Self, &'static str> {
        match url.host() {
            Some(Host::Domain(domain)) => {
                let host = domain.trim_end_matches('.');
                if host.len() > MOST_HOST_BYTES
                    || host
                        .split('.')
                        .any(|label| label.is_empty() || label.len() > MOST_LABEL_BYTES)
                {
                    return Err("a part of the name is empty or too long");
                }
                if !psl::suffix(host.as_bytes()).is_some_and(|s| s.is_known()) {
                    return Err("it does not end in a known top-level domain");
                }
                let found = psl::domain(host.as_bytes())
                    .ok_or("it is a public suffix, under which others register domains")?;
                let name =
                    std::str::from_utf8(found.as_bytes()).map_err(|_| "it is not valid text")?;
                Ok(Self(name.to_ascii_lowercase()))
            }
            Some(_) => Err("it is an IP address"),
            None => Err("it contains no host"),
        }
    }

    /// True if a URL's host belongs to this site.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        Self::of_url(url).is_ok_and(|site| site == *self)
    }

    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Site {
    type Err = InvalidSite;

    fn from_str(text: &str) -> Result<Self, InvalidSite> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_an_empty_or_endless_label_is_no_site() {
        let (label, name) = ("a".repeat(64), "abc.".repeat(63));
        for bad in [
            "example.com@2010",
            "example..com",
            "..com",
            ".com",
            "www..example.com",
            "http://example..com/privacy",
            &format!("{label}.com"),
            &format!("{label}.example.com"),
            &format!("{name}example.com"),
        ] {
            assert!(Site::parse(bad).is_err(), "{bad}");
        }
        for good in ["example.com.", &format!("{}.com", &label[1..])] {
            assert!(Site::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn hosts_and_urls_become_registrable_domains() {
        for (text, site) in [
            ("example.com", "example.com"),
            (" WWW.Example.CO.UK ", "example.co.uk"),
            ("https://blog.example.com:8080/x?y#z", "example.com"),
            ("bücher.de", "xn--bcher-kva.de"),
            ("alice.github.io", "alice.github.io"),
        ] {
            assert_eq!(Site::parse(text).unwrap().as_str(), site, "{text}");
        }
        for bad in [
            "",
            "co.uk",
            "com",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "ftp://example.com",
            "exa mple.com",
            "a\u{1b}[2Jb",
            "http://",
        ] {
            assert!(Site::parse(bad).is_err(), "{bad}");
        }
        assert!(
            !Site::parse("a\u{1b}[2J b")
                .unwrap_err()
                .to_string()
                .contains('\u{1b}')
        );
    }
}
