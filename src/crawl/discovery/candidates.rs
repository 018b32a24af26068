//! The stored candidates of a site with their evidence, as `discover` prints them.

use super::evidence::candidates_of_rows;
use crate::crawl::error::CrawlError;
use crate::model::Site;
use crate::store::{DiscoveryRow, Store};

/// A URL that may belong to a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCandidate {
    /// The site.
    pub site: Site,
    /// The URL.
    pub url: String,
    /// `privacy`, `cookies`, `children`.
    pub kind: String,
    /// 0 to 100.
    pub score: u8,
    /// Rank among the site's candidates, counted from 1.
    pub rank: usize,
    /// True if it is on another site's host.
    pub cross_domain: bool,
    /// Number of index rows stored.
    pub captures: u64,
    /// The evidence.
    pub evidence: Vec<DiscoveryRow>,
}

impl SiteCandidate {
    /// Returns the sources that found it, sorted, without duplicates.
    #[must_use]
    pub fn sources(&self) -> Vec<&str> {
        let mut sources: Vec<&str> = self.evidence.iter().map(|e| e.source.code()).collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }
}

/// Returns the stored candidates of a site, the best first.
///
/// # Errors
/// When the database fails.
pub fn site_candidates(store: &Store, site: &Site) -> Result<Vec<SiteCandidate>, CrawlError> {
    let Some(state) = store.site_state(site)? else {
        return Ok(Vec::new());
    };
    let rows = store.discoveries(state.site_id)?;
    let mut candidates = Vec::new();
    for (place, candidate) in candidates_of_rows(&rows, site).into_iter().enumerate() {
        candidates.push(SiteCandidate {
            site: site.clone(),
            url: candidate.url,
            kind: candidate.kind.code().to_owned(),
            score: candidate.score,
            rank: place + 1,
            cross_domain: candidate.cross_domain,
            captures: store.count_captures(&candidate.urlkey)?,
            evidence: rows
                .iter()
                .filter(|r| r.urlkey == candidate.urlkey)
                .cloned()
                .collect(),
        });
    }
    Ok(candidates)
}
