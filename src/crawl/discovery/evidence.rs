//! Converts evidence for candidates to database rows and back.

use crate::discover::{self, Candidate};
use crate::model::{Site, SiteId, Timestamp};
use crate::store::{DiscoveryRow, Store, StoreError};

/// Stores every piece of evidence of some candidates.
pub(super) fn store_candidates(
    store: &Store,
    site_id: SiteId,
    candidates: &[Candidate],
) -> Result<(), StoreError> {
    let rows: Vec<DiscoveryRow> = candidates.iter().flat_map(discovery_rows).collect();
    store.add_discoveries(site_id, &rows)
}

/// Returns a row for each piece of evidence.
fn discovery_rows(candidate: &Candidate) -> impl Iterator<Item = DiscoveryRow> {
    candidate.evidence.iter().map(|e| {
        let page = e.page.as_ref().or(e.home.as_ref());
        DiscoveryRow {
            urlkey: candidate.urlkey.clone(),
            url: candidate.url.clone(),
            kind: candidate.kind,
            source: e.source,
            score: i64::from(e.score),
            home_timestamp: page
                .map(|(timestamp, _)| timestamp.to_string())
                .unwrap_or_default(),
            home_original: page
                .map(|(_, original)| original.clone())
                .unwrap_or_default(),
            link_text: e.link_text.clone().unwrap_or_default(),
            reasons: e.reasons.clone(),
        }
    })
}

/// Builds candidates from stored evidence. Rows that cannot be read are left out.
pub(super) fn candidates_of_rows(rows: &[DiscoveryRow], site: &Site) -> Vec<Candidate> {
    let pieces = rows.iter().map(|row| {
        let kind = row.kind;
        let evidence = discover::CandidateEvidence {
            source: row.source,
            kind,
            score: u8::try_from(row.score.clamp(0, 100)).unwrap_or(0),
            home: row
                .home_timestamp
                .parse()
                .ok()
                .map(|t: Timestamp| (t, row.home_original.clone())),
            page: None,
            link_text: Some(row.link_text.clone()).filter(|t| !t.is_empty()),
            rank: None,
            fragment: None,
            reasons: row.reasons.clone(),
        };
        Candidate::new(&row.url, kind, site, evidence)
    });
    discover::merge(pieces.flatten().collect())
}
