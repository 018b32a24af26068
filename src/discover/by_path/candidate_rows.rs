//! The index rows of plausible candidates, kept in bounded memory.

use std::collections::{HashMap, HashSet};

use crate::model::{Capture, Site, Timestamp, UrlKey};

use super::super::candidates::{Candidate, CandidateEvidence, merge};
use super::super::kind::Source;
use super::super::path::{PathVerdict, judge_path};
use super::super::score::PLAUSIBLE_SCORE;
use super::super::vocabulary::Vocabulary;

/// Maximum number of keys kept at a time. If there are more, the worst are dropped. No site has so many policies.
pub(super) const MAX_CANDIDATES: usize = 200;
/// Maximum number of rows kept at a time (about 300 bytes each).
pub(super) const MAX_ROWS: usize = 100_000;
/// Maximum number of paths for which query variants are counted, to detect generated pages.
const MAX_COUNTED_PATHS: usize = 10_000;
/// A page with more query variants than this is a script that shows many different pages.
const MANY_VARIANTS: u32 = 8;
/// Points that a variant of such a page loses.
const VARIANT_POINTS: u8 = 25;
/// Beginnings of MIME types that are not pages.
const OTHER_TYPES: [&str; 6] = [
    "image/",
    "video/",
    "audio/",
    "font/",
    "text/css",
    "application/javascript",
];

/// Keeps the rows of plausible candidates.
pub(super) struct CandidateRows<'a> {
    site: &'a Site,
    vocabulary: &'a Vocabulary,
    /// Keys that are kept whatever their words.
    known: HashSet<&'a UrlKey>,
    pub(super) kept: HashMap<UrlKey, KeptCandidate>,
    /// Number of kept keys that were not known.
    unknown: usize,
    /// Number of kept rows.
    pub(super) rows: usize,
    /// Number of query variants of each page.
    variants: HashMap<String, u32>,
    /// The verdict on the last key: rows are sorted by key, so the next row often has the same one.
    last: Option<(UrlKey, PathVerdict)>,
    /// Number of rows of other sites, which are left out.
    pub(super) foreign: u64,
}

/// A key with its rows.
pub(super) struct KeptCandidate {
    verdict: PathVerdict,
    rows: Vec<Capture>,
    /// Captures that may show a page, or a redirect to one.
    useful: u64,
    /// The newest useful address.
    url: Option<(Timestamp, String)>,
    rows_left_out: bool,
}

/// The candidates of an answer, with their rows.
pub(super) struct FoundCandidates {
    pub(super) candidates: Vec<Candidate>,
    pub(super) captures: Vec<Capture>,
    pub(super) rows_left_out: Vec<UrlKey>,
}

impl KeptCandidate {
    fn new(verdict: PathVerdict) -> Self {
        Self {
            verdict,
            rows: Vec::new(),
            useful: 0,
            url: None,
            rows_left_out: false,
        }
    }

    /// Counts a row, and notes its address if it may show a page.
    fn count(&mut self, row: &Capture) {
        let is_page = !OTHER_TYPES
            .iter()
            .any(|other| row.mimetype.starts_with(other));
        if !is_page || !(row.may_show_page() || row.is_redirect()) {
            return;
        }
        self.useful += 1;
        if self
            .url
            .as_ref()
            .is_none_or(|(newest, _)| *newest <= row.timestamp)
        {
            self.url = Some((row.timestamp, row.original.clone()));
        }
    }

    /// Its newest useful address. `None` for a page that never existed (only errors and pictures were captured), and
    /// for one that is not plausible.
    fn page(&self) -> Option<&str> {
        let (_, url) = self.url.as_ref()?;
        (self.useful > 0 && self.verdict.score >= PLAUSIBLE_SCORE).then_some(url.as_str())
    }

    fn candidate(&self, url: &str, site: &Site) -> Option<Candidate> {
        let evidence = CandidateEvidence {
            source: Source::Path,
            kind: self.verdict.kind,
            score: self.verdict.score,
            home: None,
            page: None,
            link_text: None,
            rank: None,
            fragment: None,
            reasons: self.verdict.reasons.clone(),
        };
        Candidate::new(url, self.verdict.kind, site, evidence)
    }
}

impl<'a> CandidateRows<'a> {
    pub(super) fn new(site: &'a Site, vocabulary: &'a Vocabulary, known: &'a [UrlKey]) -> Self {
        Self {
            site,
            vocabulary,
            known: known.iter().collect(),
            kept: HashMap::new(),
            unknown: 0,
            rows: 0,
            variants: HashMap::new(),
            last: None,
            foreign: 0,
        }
    }

    /// Adds a row of the index. The key of a row may name another host than its URL: a policy of evil.com must not become
    /// one of this site.
    pub(super) fn take(&mut self, row: Capture) {
        let row = row.under_own_key();
        let is_last_key = matches!(&self.last, Some((last, _)) if *last == row.urlkey);
        if !is_last_key && !self.site.has_key(&row.urlkey) {
            self.foreign += 1;
            return;
        }
        let verdict = self.verdict(&row.urlkey);
        let known = self.known.contains(&row.urlkey);
        if verdict.score < PLAUSIBLE_SCORE && !known {
            return;
        }
        if !self.kept.contains_key(&row.urlkey) {
            if !known && !self.make_room(verdict.score) {
                return;
            }
            self.unknown += usize::from(!known);
        }
        let kept = self
            .kept
            .entry(row.urlkey.clone())
            .or_insert_with(|| KeptCandidate::new(verdict));
        kept.count(&row);
        if kept.rows_left_out {
            return;
        }
        kept.rows.push(row);
        self.rows += 1;
        if self.rows > MAX_ROWS {
            self.leave_rows_out();
        }
    }

    fn verdict(&mut self, key: &UrlKey) -> PathVerdict {
        if let Some((last, verdict)) = &self.last
            && last == key
        {
            return verdict.clone();
        }
        let verdict = judge_path(key, self.vocabulary);
        self.count_variant(key);
        self.last = Some((key.clone(), verdict.clone()));
        verdict
    }

    fn count_variant(&mut self, key: &UrlKey) {
        let Some((page, _)) = key.as_str().split_once('?') else {
            return;
        };
        if let Some(count) = self.variants.get_mut(page) {
            *count = count.saturating_add(1);
        } else if self.variants.len() < MAX_COUNTED_PATHS {
            self.variants.insert(page.to_owned(), 1);
        }
    }

    /// True when a candidate with this score may be kept; drops the worst if necessary. Known addresses do not count
    /// towards the limit and are never dropped, because their rows were requested.
    fn make_room(&mut self, score: u8) -> bool {
        if self.unknown < MAX_CANDIDATES {
            return true;
        }
        let worst = self
            .kept
            .iter()
            .filter(|(key, _)| !self.known.contains(key))
            .map(|(key, kept)| (kept.verdict.score, std::cmp::Reverse(key.clone())))
            .min();
        let Some((worst_score, std::cmp::Reverse(worst_key))) = worst else {
            return true;
        };
        if worst_score >= score {
            return false;
        }
        if let Some(dropped) = self.kept.remove(&worst_key) {
            self.rows -= dropped.rows.len();
            self.unknown -= 1;
        }
        true
    }

    /// Drops the rows of the candidate with the most rows. This frees the most memory at the cost of one later query.
    fn leave_rows_out(&mut self) {
        if let Some(most) = self.kept.values_mut().max_by_key(|kept| kept.rows.len()) {
            self.rows -= most.rows.len();
            most.rows = Vec::new();
            most.rows_left_out = true;
        }
    }

    /// The candidates, best first, and their rows.
    pub(super) fn finish(self) -> FoundCandidates {
        let mut candidates = Vec::new();
        let (mut captures, mut rows_left_out) = (Vec::new(), Vec::new());
        for (key, mut kept) in self.kept {
            let page = key.as_str().split_once('?').map(|(page, _)| page);
            if page
                .and_then(|page| self.variants.get(page))
                .is_some_and(|count| *count > MANY_VARIANTS)
            {
                let verdict = &mut kept.verdict;
                verdict.score = verdict.score.saturating_sub(VARIANT_POINTS);
                verdict.reasons.push(format!(
                    "one of many pages of one script (-{VARIANT_POINTS})"
                ));
            }
            candidates.extend(kept.page().and_then(|url| kept.candidate(url, self.site)));
            if kept.page().is_none() && !self.known.contains(&key) {
                continue;
            }
            if kept.rows_left_out {
                rows_left_out.push(key);
            } else {
                captures.append(&mut kept.rows);
            }
        }
        rows_left_out.sort();
        captures.sort();
        FoundCandidates {
            candidates: merge(candidates),
            captures,
            rows_left_out,
        }
    }
}
