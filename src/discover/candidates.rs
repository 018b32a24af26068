//! Candidates: URLs that may be a policy, each with all its evidence.

use std::collections::BTreeMap;

use url::Url;

use crate::model::{Site, Timestamp, UrlKey};

use super::kind::{PolicyKind, Source};
use super::page_scan::{PageScan, ScanOutcome};

/// Points for a second, independent source.
const SECOND_SOURCE_POINTS: u8 = 10;

/// A URL that may be a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The address on the original web, without fragment. All spellings of one index key are one candidate.
    pub url: String,
    /// Its index key.
    pub urlkey: UrlKey,
    /// Kind of the policy. If one page contains two, the one with more evidence.
    pub kind: PolicyKind,
    /// 0 to 100.
    pub score: u8,
    /// True when it is on another registrable domain than the site's.
    pub cross_domain: bool,
    /// Its evidence, strongest first.
    pub evidence: Vec<CandidateEvidence>,
}

/// One reason to take a URL for a policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CandidateEvidence {
    /// The source that found it.
    pub source: Source,
    /// Kind of the policy that it names. One page may contain two policies, with different fragments.
    pub kind: PolicyKind,
    /// Score of this evidence alone, 0 to 100.
    pub score: u8,
    /// The home page whose links led to it.
    pub home: Option<(Timestamp, String)>,
    /// The page with the link, if that is not the home page: a frame or a hub.
    pub page: Option<(Timestamp, String)>,
    /// The link's words.
    pub link_text: Option<String>,
    /// Position among the policy links of that home page, counted from 1.
    pub rank: Option<u32>,
    /// The link's fragment, if the policy is a part of a page.
    pub fragment: Option<String>,
    /// Reasons for the score, in a few words each.
    pub reasons: Vec<String>,
}

impl Candidate {
    /// Makes a candidate with one piece of evidence; `None` if the text is not a web address.
    #[must_use]
    pub fn new(
        url: &str,
        kind: PolicyKind,
        site: &Site,
        mut evidence: CandidateEvidence,
    ) -> Option<Self> {
        let mut url = Url::parse(url).ok()?;
        let urlkey = UrlKey::of_url(&url).ok()?;
        evidence.fragment = url.fragment().filter(|f| !f.is_empty()).map(str::to_owned);
        url.set_fragment(None);
        let cross_domain = !site.owns(&url);
        Some(Self {
            url: url.into(),
            urlkey,
            kind,
            score: evidence.score,
            cross_domain,
            evidence: vec![evidence],
        })
    }
}

/// The candidate for an address that the user named; `None` if it is not a web address.
#[must_use]
pub fn given_candidate(url: &str, kind: PolicyKind, site: &Site) -> Option<Candidate> {
    let evidence = CandidateEvidence {
        source: Source::Given,
        kind,
        score: 100,
        home: None,
        page: None,
        link_text: None,
        rank: None,
        fragment: None,
        reasons: vec!["named by the user".to_owned()],
    };
    Candidate::new(url, kind, site, evidence)
}

/// The candidates that scans of home pages name, best first. Pure: the same scans give the same candidates.
#[must_use]
pub fn candidates_of_scans(scans: &[PageScan], site: &Site) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for scan in scans {
        let ScanOutcome::Found {
            timestamp,
            original,
        } = &scan.outcome
        else {
            continue;
        };
        for link in &scan.links {
            let home = (*timestamp, original.clone());
            let evidence = CandidateEvidence {
                source: link.source,
                kind: link.kind,
                score: link.score,
                page: (link.page != home).then(|| link.page.clone()),
                home: Some(home),
                link_text: (!link.text.is_empty()).then(|| link.text.clone()),
                rank: Some(link.rank),
                fragment: None,
                reasons: link.reasons.clone(),
            };
            candidates.extend(Candidate::new(&link.url, link.kind, site, evidence));
        }
    }
    merge(candidates)
}

/// Merges candidates with the same index key, with all their evidence, and sorts them, best first. The order of the
/// input does not matter.
#[must_use]
pub fn merge(candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut by_key: BTreeMap<UrlKey, Vec<Candidate>> = BTreeMap::new();
    for candidate in candidates {
        by_key
            .entry(candidate.urlkey.clone())
            .or_default()
            .push(candidate);
    }
    let mut merged: Vec<Candidate> = by_key.into_values().filter_map(merged_into_one).collect();
    merged.sort_by(|a, b| (b.score, &a.urlkey).cmp(&(a.score, &b.urlkey)));
    merged
}

fn merged_into_one(mut same: Vec<Candidate>) -> Option<Candidate> {
    let mut weights: BTreeMap<PolicyKind, u64> = BTreeMap::new();
    for piece in same.iter().flat_map(|candidate| &candidate.evidence) {
        *weights.entry(piece.kind).or_default() += u64::from(piece.score);
    }
    let kind = weights
        .iter()
        .max_by_key(|(kind, weight)| (**weight, std::cmp::Reverse(**kind)))
        .map(|(kind, _)| *kind)?;
    // The spelling with the strongest evidence. On a tie: https, then the shortest.
    same.sort_by_cached_key(|c| {
        (
            std::cmp::Reverse(c.score),
            !c.url.starts_with("https:"),
            c.url.len(),
            c.url.clone(),
        )
    });
    let mut evidence: Vec<CandidateEvidence> = same
        .iter()
        .flat_map(|c| c.evidence.iter().cloned())
        .collect();
    evidence.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.cmp(b)));
    evidence.dedup();
    // A link on a hub and a link on a home page are one source: the site's own pages.
    let from_path = evidence.iter().any(|e| e.source == Source::Path);
    let from_links = evidence
        .iter()
        .any(|e| matches!(e.source, Source::Link | Source::Hub));
    let first = same.into_iter().next()?;
    let strongest = evidence.first().map_or(first.score, |e| e.score);
    let bonus = if from_path && from_links {
        SECOND_SOURCE_POINTS
    } else {
        0
    };
    Some(Candidate {
        kind,
        score: strongest.saturating_add(bonus).min(100),
        evidence,
        ..first
    })
}
