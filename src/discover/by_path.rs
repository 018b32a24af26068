//! Policies by path: one index query for a whole domain, filtered on policy words, judged row by row.

use std::collections::{HashMap, HashSet};

use crate::archive::{Archive, ArchiveError, CaptureQuery, IndexAnswer, KeyFilter, Scope};
use crate::model::{Capture, Site, Timestamp, UrlKey};

use super::candidates::{Candidate, CandidateEvidence, merge};
use super::kind::Source;
use super::path::{PathVerdict, judge_path};
use super::score::PLAUSIBLE_SCORE;
use super::vocabulary::Vocabulary;

/// Keys kept at a time; of more, the worst are forgotten. No site has so many policies.
const MAX_CANDIDATES: usize = 200;
/// Rows kept at a time (about 300 bytes each).
const MAX_ROWS: usize = 100_000;
/// Pages counted by their path without query, to see which of them are generated.
const MAX_COUNTED_PATHS: usize = 10_000;
/// A page with more query variants than this is a script that shows many things.
const MANY_VARIANTS: u32 = 8;
/// How much a variant of such a page loses.
const VARIANT_POINTS: u8 = 25;

/// Room in the query for the paths of known addresses; with the vocabulary's words it stays near 2 kB.
const KNOWN_PATHS_BYTES: usize = 300;
/// What a path takes in the filter beside its own characters: a bar, the anchor before it and the one behind.
const BYTES_BESIDE_PATH: usize = 6;

/// What the index told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ByPath {
    /// Plausible candidates, the best first.
    pub candidates: Vec<Candidate>,
    /// The index rows of those candidates, in the order of the index, so that the same question need not be asked
    /// again for each.
    pub captures: Vec<Capture>,
    /// Keys whose rows were too many to keep: ask for them one by one.
    pub rows_left_out: Vec<UrlKey>,
    /// What was asked for: the keys that it names have all their rows in `captures`, if they are candidates or were
    /// known.
    pub filter: KeyFilter,
    /// Counts of the whole answer.
    pub answer: IndexAnswer,
}

/// A question about all pages of a site that may be policies.
#[derive(Debug, Clone, Copy)]
pub struct PathQuery<'a> {
    /// The site.
    pub site: &'a Site,
    /// First and last moment of interest; `None` where there is no limit.
    pub span: (Option<Timestamp>, Option<Timestamp>),
    /// The words that name policies.
    pub vocabulary: &'a Vocabulary,
    /// Addresses that are queried whatever their words (named by the user, linked from home pages), the most wanted first.
    pub known: &'a [UrlKey],
    /// The answer was empty the last time.
    pub expects_none: bool,
}

/// Queries the index once for every URL of the site whose key contains a policy word, and for the known addresses that
/// contain none: index queries are the scarcest resource. Memory is bounded whatever the number of rows.
///
/// # Errors
/// See [`ArchiveError`]; an excluded site is [`ArchiveError::Excluded`].
pub async fn by_path<A: Archive>(
    archive: &A,
    query: &PathQuery<'_>,
) -> Result<ByPath, ArchiveError> {
    let filter = index_filter(query.vocabulary, query.known);
    let capture_query = CaptureQuery {
        scope: Scope::Domain(query.site.clone()),
        from: query.span.0,
        to: query.span.1,
        filter: filter.clone(),
        expects_none: query.expects_none,
    };
    let mut rows = CandidateRows::new(query.vocabulary, query.known);
    let answer = archive
        .captures(&capture_query, &mut |row| rows.take(row))
        .await?;
    let mut found = rows.finish(query.site, answer);
    found.filter = filter;
    Ok(found)
}

/// What [`by_path`] asks the index for, given the addresses that are known, the most wanted first: an address that it names
/// is in the answer.
#[must_use]
pub fn index_filter(vocabulary: &Vocabulary, known: &[UrlKey]) -> KeyFilter {
    filter_with(vocabulary.query_words(), known)
}

/// The words of the vocabulary, and the known keys without any of them, those that come first, as far as there is room.
fn filter_with(words: &[String], known: &[UrlKey]) -> KeyFilter {
    let mut filter = KeyFilter {
        words: words.to_vec(),
        keys: Vec::new(),
    };
    let mut room = KNOWN_PATHS_BYTES;
    for key in known {
        let needed = key.path().len() + BYTES_BESIDE_PATH;
        if needed <= room && !key.path().is_empty() && !filter.names(key) {
            room -= needed;
            filter.keys.push(key.clone());
        }
    }
    filter
}

/// Keeps the rows of plausible candidates.
struct CandidateRows<'a> {
    vocabulary: &'a Vocabulary,
    /// Kept whatever their words are.
    known: HashSet<&'a UrlKey>,
    kept: HashMap<UrlKey, Kept>,
    /// How many of those were not known.
    unknown: usize,
    rows: usize,
    variants: HashMap<String, u32>,
    /// Rows come sorted by key: the verdict on the last one serves the next.
    last: Option<(UrlKey, PathVerdict)>,
}

struct Kept {
    verdict: PathVerdict,
    rows: Vec<Capture>,
    /// Captures that may show a page, or a redirect to one.
    useful: u64,
    /// The newest useful address.
    url: Option<(Timestamp, String)>,
    rows_left_out: bool,
}

impl<'a> CandidateRows<'a> {
    fn new(vocabulary: &'a Vocabulary, known: &'a [UrlKey]) -> Self {
        Self {
            vocabulary,
            known: known.iter().collect(),
            kept: HashMap::new(),
            unknown: 0,
            rows: 0,
            variants: HashMap::new(),
            last: None,
        }
    }

    fn take(&mut self, row: Capture) {
        let row = row.under_own_key();
        let verdict = match &self.last {
            Some((key, verdict)) if *key == row.urlkey => verdict.clone(),
            _ => {
                let verdict = judge_path(&row.urlkey, self.vocabulary);
                self.count_variant(&row.urlkey);
                self.last = Some((row.urlkey.clone(), verdict.clone()));
                verdict
            }
        };
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
        let kept = self.kept.entry(row.urlkey.clone()).or_insert_with(|| Kept {
            verdict,
            rows: Vec::new(),
            useful: 0,
            url: None,
            rows_left_out: false,
        });
        let page = ![
            "image/",
            "video/",
            "audio/",
            "font/",
            "text/css",
            "application/javascript",
        ]
        .iter()
        .any(|other| row.mimetype.starts_with(other));
        if page && (row.may_show_page() || row.is_redirect()) {
            kept.useful += 1;
            if kept
                .url
                .as_ref()
                .is_none_or(|(newest, _)| *newest <= row.timestamp)
            {
                kept.url = Some((row.timestamp, row.original.clone()));
            }
        }
        if kept.rows_left_out {
            return;
        }
        kept.rows.push(row);
        self.rows += 1;
        if self.rows > MAX_ROWS {
            self.leave_rows_out();
        }
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

    /// True when a candidate with this score may be kept; forgets the worst if need be. Known addresses take no room and
    /// are never forgotten: their rows are what was asked for.
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
        if let Some(forgotten) = self.kept.remove(&worst_key) {
            self.rows -= forgotten.rows.len();
            self.unknown -= 1;
        }
        true
    }

    /// Drops the rows of the candidate that has the most of them: it is cheapest to ask for again.
    fn leave_rows_out(&mut self) {
        if let Some(most) = self.kept.values_mut().max_by_key(|kept| kept.rows.len()) {
            self.rows -= most.rows.len();
            most.rows = Vec::new();
            most.rows_left_out = true;
        }
    }

    fn finish(self, site: &Site, answer: IndexAnswer) -> ByPath {
        let mut result = ByPath {
            answer,
            ..ByPath::default()
        };
        let mut candidates = Vec::new();
        for (key, mut kept) in self.kept {
            let page = key.as_str().split_once('?').map(|(page, _)| page);
            if page
                .and_then(|page| self.variants.get(page))
                .is_some_and(|count| *count > MANY_VARIANTS)
            {
                kept.verdict.score = kept.verdict.score.saturating_sub(VARIANT_POINTS);
                kept.verdict.reasons.push(format!(
                    "one of many pages of one script (-{VARIANT_POINTS})"
                ));
            }
            // Pages that were never there: only errors and pictures were captured.
            let page = kept
                .url
                .filter(|_| kept.useful > 0 && kept.verdict.score >= PLAUSIBLE_SCORE);
            if page.is_some() || self.known.contains(&key) {
                if kept.rows_left_out {
                    result.rows_left_out.push(key.clone());
                } else {
                    result.captures.append(&mut kept.rows);
                }
            }
            let Some((_, url)) = page else { continue };
            let evidence = CandidateEvidence {
                source: Source::Path,
                kind: kept.verdict.kind,
                score: kept.verdict.score,
                home: None,
                page: None,
                link_text: None,
                rank: None,
                fragment: None,
                reasons: kept.verdict.reasons,
            };
            candidates.extend(Candidate::new(&url, kept.verdict.kind, site, evidence));
        }
        result.candidates = merge(candidates);
        result.rows_left_out.sort();
        result.captures.sort();
        result
    }
}

#[cfg(test)]
mod tests;
