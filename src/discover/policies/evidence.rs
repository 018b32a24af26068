//! Input and output of the joining of addresses: pieces of evidence, and the policies that result.

use crate::model::{Site, Timestamp, UrlKey};
use url::Url;

use super::super::kind::PolicyKind;
use super::super::page_scan::PageScan;
use super::edition::is_edition;

/// Evidence that two addresses are, or are not, one policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum JoinEvidence {
    /// An archived redirect.
    Redirect {
        /// The address that redirected.
        from: String,
        /// Its target.
        to: String,
    },
    /// A page's `<link rel=canonical>`.
    Canonical {
        /// The page.
        from: String,
        /// The address that it names as its own.
        to: String,
    },
    /// The policy links of one home page.
    Home(HomePageLinks),
}

/// The policy links of one archived home page, most certain first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HomePageLinks {
    /// When it was captured.
    pub timestamp: Timestamp,
    /// Addresses and kinds.
    pub links: Vec<(String, PolicyKind)>,
}

/// One policy of a site, with all addresses that it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its kind.
    pub kind: PolicyKind,
    /// Its addresses, by index key.
    pub urls: Vec<String>,
    /// True when some of them are on another registrable domain than the site's.
    pub cross_domain: bool,
    /// Reasons why they are one policy, in a few words each; empty for a single address.
    pub reasons: Vec<String>,
}

/// The policy links of scans, as evidence for [`join`](super::join::join).
#[must_use]
pub fn home_page_links(scans: &[PageScan]) -> Vec<JoinEvidence> {
    let links = |scan: &PageScan| {
        scan.links_of_its_time()
            .map(|link| (link.url.clone(), link.kind))
            .collect()
    };
    scans
        .iter()
        .filter(|scan| scan.links_of_its_time().next().is_some())
        .map(|scan| {
            JoinEvidence::Home(HomePageLinks {
                timestamp: scan.timestamp(),
                links: links(scan),
            })
        })
        .collect()
}

/// The type of evidence that ties two addresses, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TieKind {
    Redirect,
    Canonical,
    Succession,
}

impl TieKind {
    /// The text of a reason.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Redirect => "archived redirects",
            Self::Canonical => "a canonical link",
            Self::Succession => "home pages that linked to one and later to the other",
        }
    }
}

/// Two addresses that are probably one policy, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tie {
    pub(super) kind: TieKind,
    pub(super) one: UrlKey,
    pub(super) other: UrlKey,
}

impl Tie {
    pub(super) fn new(kind: TieKind, a: UrlKey, b: UrlKey) -> Self {
        let (one, other) = if a <= b { (a, b) } else { (b, a) };
        Self { kind, one, other }
    }

    /// Its two addresses.
    pub(super) fn pair(&self) -> (UrlKey, UrlKey) {
        (self.one.clone(), self.other.clone())
    }
}

/// True for a home page (of the whole site, or of a language), but not for the home page of a host that is dedicated to
/// privacy.
pub(super) fn is_home_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        let host = url
            .host_str()
            .unwrap_or_default()
            .trim_start_matches("www.");
        let is_whole_site = Site::of_url(&url).map_or(true, |site| {
            site.as_str().trim_start_matches("www.") == host
        });
        let path = url.path().trim_matches('/');
        url.query().is_none() && is_whole_site && (path.is_empty() || is_edition(path))
    })
}
