//! `Site`: a registrable domain by the public suffix list, or one host.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use super::{UrlKey, printable};

/// A registrable domain (`example.co.uk`), lower-case, international names in punycode.
///
/// Some names under which others register are sites too, of one host and its `www`: `github.io`; `www.gov.uk`, where the
/// registry does not run a site of its own at every such name. An IPv4 address is the site of that host.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Site(String);

/// Maximum lengths of a label and of a name in the domain name system (RFC 1035, 2.3.4).
const MOST_LABEL_BYTES: usize = 63;
const MOST_HOST_BYTES: usize = 253;

/// Error: a text that names no registrable domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a site: {why}; {advice}")]
pub struct InvalidSite {
    text: String,
    why: &'static str,
    advice: String,
}

/// The host of a suffix of a registry that is given without `www`.
const IS_SUFFIX: &str = "it is a public suffix, under which others register domains";

impl Site {
    /// Parses a domain, host or URL as people write it (`example.com`, `www.Example.com/`, `https://example.com/x`).
    ///
    /// # Errors
    /// When it is an IP address, a bare public suffix (`co.uk`), or not a host at all.
    pub fn parse(text: &str) -> Result<Self, InvalidSite> {
        let fail = |why| InvalidSite {
            text: printable(text, 80),
            why,
            advice: "write a domain such as example.com".to_owned(),
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
        if let Some(Host::Ipv4(address)) = url.host()
            && host_as_written(trimmed) == address.to_string()
        {
            return Ok(Self(address.to_string()));
        }
        Self::of_url(&url).map_err(|why| match url.host_str() {
            Some(host) if why == IS_SUFFIX => InvalidSite {
                advice: format!(
                    "write www.{host} if you mean the site of that name, or a domain such as example.{host}"
                ),
                ..fail(why)
            },
            _ => fail(why),
        })
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
                let Some(found) = psl::domain(host.as_bytes()) else {
                    return if is_private_suffix(host) {
                        Ok(Self(host.to_ascii_lowercase()))
                    } else {
                        Err(IS_SUFFIX)
                    };
                };
                let name =
                    std::str::from_utf8(found.as_bytes()).map_err(|_| "it is not valid text")?;
                let bare = name.strip_prefix("www.").filter(|n| is_private_suffix(n));
                Ok(Self(bare.unwrap_or(name).to_ascii_lowercase()))
            }
            Some(_) => Err("it is an IP address"),
            None => Err("it contains no host"),
        }
    }

    /// True if a URL's host belongs to this site.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        let is_own_host = |host: &str| {
            host == self.0 || self.0.strip_prefix("www.").is_some_and(|bare| bare == host)
        };
        Self::of_url(url).is_ok_and(|site| site == *self) || url.host_str().is_some_and(is_own_host)
    }

    /// True if the index key of a URL is on a host of this site.
    #[must_use]
    pub fn has_key(&self, key: &UrlKey) -> bool {
        UrlKey::of(&format!("http://{self}/")).is_ok_and(|home| {
            let below = key.host().strip_prefix(home.host());
            below
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(',') && !self.is_one_host())
        })
    }

    /// True if the names below the site's own are other sites, or if archives index its host together with such names:
    /// `github.io`, `www.gov.uk`, an address. `www7788.com` has the key `com` at archives that drop `www` and digits.
    #[must_use]
    pub fn is_one_host(&self) -> bool {
        let is_suffix = |name: &str| {
            psl::suffix(name.as_bytes())
                .is_some_and(|s| s.is_known() && s.as_bytes() == name.as_bytes())
        };
        self.0.parse::<std::net::Ipv4Addr>().is_ok()
            || is_suffix(&self.0)
            || self.without_www().is_some_and(is_suffix)
    }

    /// The name without `www` or `www2`, as archives shorten it; `None` if it has none.
    #[must_use]
    pub fn without_www(&self) -> Option<&str> {
        let rest = self.0.strip_prefix("www")?;
        rest.trim_start_matches(|c: char| c.is_ascii_digit())
            .strip_prefix('.')
    }

    /// The domain.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// True for a name under which a company lets others register, and which is often its own site: `github.io`.
fn is_private_suffix(name: &str) -> bool {
    psl::suffix(name.as_bytes()).is_some_and(|suffix| {
        suffix.typ() == Some(psl::Type::Private) && suffix.as_bytes() == name.as_bytes()
    })
}

/// The host in a text, as it was written: `2010` is not meant as the address 0.0.7.218.
fn host_as_written(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or_default()
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
    fn a_suffix_that_is_a_site_owns_its_host_and_no_other_names() {
        let owns = |site: &str, url: &str| {
            let (site, url) = (Site::parse(site).unwrap(), Url::parse(url).unwrap());
            let key = UrlKey::of_url(&url).unwrap();
            assert_eq!(site.owns(&url), site.has_key(&key), "{site} {url}");
            site.owns(&url)
        };
        for (site, own, other) in [
            (
                "github.io",
                "http://www.github.io/x",
                "http://alice.github.io/x",
            ),
            (
                "www.gov.uk",
                "https://gov.uk/privacy",
                "https://mod.gov.uk/privacy",
            ),
            (
                "www.gov.uk",
                "https://www.gov.uk/privacy",
                "https://gov.us/privacy",
            ),
            (
                "93.184.216.34",
                "http://93.184.216.34/x",
                "http://93.184.216.35/x",
            ),
            (
                "www7788.com",
                "https://www7788.com/x",
                "https://www1355.com/x",
            ),
            (
                "example.com",
                "https://shop.example.com/x",
                "https://notexample.com/x",
            ),
        ] {
            assert!(owns(site, own), "{site} {own}");
            assert!(!owns(site, other), "{site} {other}");
        }
        for site in [
            "github.io",
            "www.gov.uk",
            "93.184.216.34",
            "www7788.com",
            "www.com",
        ] {
            assert!(Site::parse(site).unwrap().is_one_host(), "{site}");
        }
        for site in [
            "example.com",
            "example.co.uk",
            "alice.github.io",
            "wwwhat.com",
        ] {
            assert!(!Site::parse(site).unwrap().is_one_host(), "{site}");
        }
    }

    #[test]
    fn the_message_for_a_public_suffix_offers_its_www() {
        for name in ["com", "co.uk", "gov.uk"] {
            let told = Site::parse(name).unwrap_err().to_string();
            assert!(told.contains(&format!("www.{name}")), "{told}");
            assert!(told.contains("public suffix"), "{told}");
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
            ("github.io", "github.io"),
            ("http://www.blogspot.com/x", "blogspot.com"),
            ("www.gov.uk", "www.gov.uk"),
            ("http://93.184.216.34/privacy", "93.184.216.34"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(Site::parse(text).unwrap().as_str(), site, "{text}");
        }
        for bad in [
            "",
            "co.uk",
            "com",
            "localhost",
            "2010",
            "127.1",
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
