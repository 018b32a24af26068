//! The index query for the pages of a site that may be policies.

use crate::archive::{Archive, ArchiveError, CaptureQuery, IndexAnswer, KeyFilter, Scope};
use crate::model::{Capture, Site, Timestamp, UrlKey};

use super::super::candidates::Candidate;
use super::super::vocabulary::Vocabulary;
use super::candidate_rows::CandidateRows;

/// Bytes in the query for the paths of known addresses. Together with the vocabulary's words, the query stays near 2
/// kB.
pub(super) const KNOWN_PATHS_BYTES: usize = 300;
/// Bytes that a path needs in the filter in addition to its own characters: a bar, and the anchors before and after it.
const BYTES_BESIDE_PATH: usize = 6;

/// The pages of a site that may be policies, as found in the index.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ByPath {
    /// Plausible candidates, best first.
    pub candidates: Vec<Candidate>,
    /// The index rows of those candidates, in the order of the index, so that no query for each of them is needed.
    pub captures: Vec<Capture>,
    /// Keys whose rows were too many to keep: each needs a query of its own.
    pub rows_left_out: Vec<UrlKey>,
    /// The filter of the query. The keys that it names have all their rows in `captures`, if they are candidates or were
    /// known.
    pub filter: KeyFilter,
    /// Counts of the whole answer.
    pub answer: IndexAnswer,
    /// Number of rows of other sites, which were left out.
    pub foreign_rows: u64,
}

/// A query for all pages of a site that may be policies.
#[derive(Debug, Clone, Copy)]
pub struct PathQuery<'a> {
    /// The site.
    pub site: &'a Site,
    /// First and last moment of interest; `None` if there is no limit.
    pub span: (Option<Timestamp>, Option<Timestamp>),
    /// The words that name policies.
    pub vocabulary: &'a Vocabulary,
    /// Addresses that are queried whatever their words (named by the user, linked from home pages), most wanted first.
    pub known: &'a [UrlKey],
    /// True when the previous answer was empty.
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
    let mut rows = CandidateRows::new(query.site, query.vocabulary, query.known);
    let answer = archive
        .captures(&capture_query, &mut |row| rows.take(row))
        .await?;
    let foreign_rows = rows.foreign;
    let found = rows.finish();
    Ok(ByPath {
        candidates: found.candidates,
        captures: found.captures,
        rows_left_out: found.rows_left_out,
        filter,
        answer,
        foreign_rows,
    })
}

/// The filter of [`by_path`], given the known addresses, most wanted first. All rows of an address that it names are in
/// the answer.
#[must_use]
pub fn index_filter(vocabulary: &Vocabulary, known: &[UrlKey]) -> KeyFilter {
    filter_with(vocabulary.query_words(), known)
}

/// The words of the vocabulary, and as many of the first known keys without such a word as fit.
pub(super) fn filter_with(words: &[String], known: &[UrlKey]) -> KeyFilter {
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
