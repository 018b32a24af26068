//! Policies by link: scans the archived home pages of a site, the first and the last, then halves the span while its
//! ends disagree. Sends playback requests only, no index query.

use crate::archive::{Archive, ArchiveError};

use super::super::candidates::{Candidate, candidates_of_scans};
use super::super::page_scan::PageScan;
use super::home_scan::{scan_home_page, scan_listed_page};
use super::listed_captures::HomeCaptures;
use super::scanner::PageScanner;
use super::search::{HomePageSearch, HomeSpan};

/// What was found on the home pages of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ByLink {
    /// All scans within the span, known ones included, by the time of their captures.
    pub scans: Vec<PageScan>,
    /// Candidates with their evidence, best first.
    pub candidates: Vec<Candidate>,
}

/// Which home pages of a site are scanned.
#[derive(Debug, Clone, Copy)]
pub struct LinkSearch<'a> {
    /// The first and last moment of interest.
    pub span: HomeSpan,
    /// The scans of earlier runs.
    pub known: &'a [PageScan],
    /// The captures of the home page, if the index is known. Otherwise moments are requested, and the archive redirects
    /// each request to the nearest capture.
    pub captures: Option<&'a HomeCaptures>,
    /// True if only the newest home page is wanted.
    pub newest_only: bool,
}

/// Scans the archived home pages of a site for policy links, without the index; see [`by_link_search`].
///
/// # Errors
/// Those of [`by_link_search`].
pub async fn by_link<A: Archive>(
    scanner: &PageScanner<'_, A>,
    span: HomeSpan,
    known: &[PageScan],
    on_scan: &mut impl AsyncFnMut(&PageScan),
) -> Result<ByLink, ArchiveError> {
    let search = LinkSearch {
        span,
        known,
        captures: None,
        newest_only: false,
    };
    by_link_search(scanner, search, on_scan).await
}

/// Scans the archived home pages of a site for policy links.
///
/// `known` are the scans of earlier runs. None of them is repeated, and the search continues from them as an
/// uninterrupted run would. Every new scan is given to `on_scan` when it is complete, to be stored; the next request
/// waits until that is done.
///
/// # Errors
/// Only those that are not final for one capture ([`ArchiveError::as_drop`] is `None`). The same call continues from the
/// scans that were stored. An excluded or unarchived home page gives a scan without links.
pub async fn by_link_search<A: Archive>(
    scanner: &PageScanner<'_, A>,
    wanted: LinkSearch<'_>,
    on_scan: &mut impl AsyncFnMut(&PageScan),
) -> Result<ByLink, ArchiveError> {
    let mut search = HomePageSearch::new(wanted.span, scanner.limits, wanted.known);
    let next = |search: &HomePageSearch<'_>| {
        if wanted.newest_only {
            search.next_newest()
        } else {
            search.next()
        }
    };
    while let Some(moment) = next(&search) {
        let window = search.window(moment);
        let listed = wanted.captures.filter(|captures| captures.cover(moment));
        let new = match listed {
            Some(captures) => {
                scan_listed_page(scanner, search.scans(), moment, (captures, window)).await?
            }
            None => scan_home_page(scanner, search.scans(), moment, window).await?,
        };
        on_scan(&new).await;
        search.add(new);
    }
    let scans = search.finish();
    let candidates = candidates_of_scans(&scans, scanner.site);
    Ok(ByLink { scans, candidates })
}
