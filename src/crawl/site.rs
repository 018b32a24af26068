//! One site of a crawl: what the user said about it, and its row in the database.

use std::collections::BTreeMap;

use crate::config::SiteRow;
use crate::model::{Site, SiteId, Timestamp};

/// A site to crawl, with everything that the user said about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SiteRequest {
    /// The site.
    pub(super) site: Site,
    /// URLs of policies that the user named.
    pub(super) policy_urls: Vec<String>,
    /// Rank in a list of popular sites.
    pub(super) rank: Option<i64>,
    tags: BTreeMap<String, String>,
}

impl SiteRequest {
    /// The tags as a JSON object; `None` if there are none.
    pub(super) fn tags_json(&self) -> Option<String> {
        (!self.tags.is_empty()).then(|| serde_json::to_string(&self.tags).unwrap_or_default())
    }
}

/// Joins rows into one request per site, in the order in which the sites are first mentioned.
pub(super) fn site_requests(rows: &[SiteRow]) -> Vec<SiteRequest> {
    let mut requests: Vec<SiteRequest> = Vec::new();
    let mut places: BTreeMap<&Site, usize> = BTreeMap::new();
    for row in rows {
        let place = *places.entry(&row.site).or_insert_with(|| {
            requests.push(SiteRequest {
                site: row.site.clone(),
                policy_urls: Vec::new(),
                rank: None,
                tags: BTreeMap::new(),
            });
            requests.len() - 1
        });
        let request = &mut requests[place];
        if let Some(url) = row
            .policy_url
            .as_ref()
            .filter(|url| !request.policy_urls.contains(url))
        {
            request.policy_urls.push(url.clone());
        }
        request.rank = request.rank.or(row.rank);
        request.tags.extend(row.tags.clone());
    }
    requests
}

/// A site that is being crawled.
#[derive(Debug, Clone)]
pub(super) struct CrawledSite {
    /// Its row in the database.
    pub(super) site_id: SiteId,
    /// The site.
    pub(super) site: Site,
    /// URLs of policies that the user named.
    pub(super) policy_urls: Vec<String>,
    /// When its crawl began.
    pub(super) start: CrawlStart,
}

/// When the crawl of a site began.
#[derive(Debug, Clone, Copy)]
pub(super) struct CrawlStart {
    /// Start of this crawl, or of the interrupted one that it continues.
    pub(super) since: Timestamp,
    /// True if it continues an interrupted crawl: a query that was answered since is not sent again.
    pub(super) resumed: bool,
}
