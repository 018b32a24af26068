//! The candidates of a site with their evidence, as `discover` shows them.

use super::CrawlError;
use super::find::candidates_of;
use crate::model::Site;
use crate::store::{DiscoveryRow, Store};

/// An address that may be a policy's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCandidate {
    /// The site.
    pub site: Site,
    /// The address.
    pub url: String,
    /// `privacy`, `cookies`, `children`.
    pub kind: String,
    /// 0 to 100.
    pub score: u8,
    /// Place among the site's candidates, counted from 1.
    pub rank: usize,
    /// On another site's host.
    pub cross_domain: bool,
    /// Index rows stored.
    pub captures: u64,
    /// What speaks for it.
    pub evidence: Vec<DiscoveryRow>,
}

impl SiteCandidate {
    /// The sources that named it, sorted, each once.
    #[must_use]
    pub fn sources(&self) -> Vec<&str> {
        let mut sources: Vec<&str> = self.evidence.iter().map(|e| e.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        sources
    }
}

/// The candidates that the database has for a site, the best first.
///
/// # Errors
/// When the database fails.
pub fn site_candidates(store: &Store, site: &Site) -> Result<Vec<SiteCandidate>, CrawlError> {
    let Some(state) = store.site_state(site)? else {
        return Ok(Vec::new());
    };
    let rows = store.discoveries(state.site_id)?;
    let mut found = Vec::new();
    for (place, candidate) in candidates_of(&rows, site).into_iter().enumerate() {
        found.push(SiteCandidate {
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
    Ok(found)
}
