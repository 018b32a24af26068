//! The candidates for a site's policies, and the links of one page, as data.

use serde::Serialize;

use crate::model::Timestamp;

/// A URL that may be a policy's.
#[derive(Debug, Serialize)]
pub struct CandidateAnswer<'a> {
    /// The site.
    pub site: &'a str,
    /// The URL.
    pub url: &'a str,
    /// `privacy`, `cookies`, `children`.
    pub kind: &'a str,
    /// 0 to 100.
    pub score: u8,
    /// Place among the site's candidates, from 1.
    pub rank: usize,
    /// True if the URL is on another site's host.
    pub cross_domain: bool,
    /// Index rows stored for the URL.
    pub captures: u64,
    /// The evidence that it is a policy's.
    pub evidence: Vec<EvidenceAnswer<'a>>,
}

/// One piece of evidence that a URL is a policy's.
#[derive(Debug, Serialize)]
pub struct EvidenceAnswer<'a> {
    /// The source: `path`, `link`, `hub`, …
    pub source: &'a str,
    /// A higher score is more certain.
    pub score: i64,
    /// Time of the archived page with the link; `None` if there is none.
    pub home_timestamp: Option<Timestamp>,
    /// URL of that page; empty if there is none.
    pub home_original: &'a str,
    /// Text of the link.
    pub link_text: &'a str,
    /// Reasons for the score.
    pub reasons: &'a [String],
}

/// A link of one page, with its score.
#[derive(Debug, Serialize)]
pub struct LinkAnswer<'a> {
    /// Where it leads.
    pub url: &'a str,
    /// `privacy`, `cookies`, `children` or `hub`.
    pub kind: &'a str,
    /// 0 to 100.
    pub score: u8,
    /// Its text.
    pub link_text: &'a str,
    /// True if it is in the footer.
    pub in_footer: bool,
    /// True if it leads to another site's host.
    pub cross_domain: bool,
    /// Reasons for the score.
    pub reasons: &'a [String],
}
