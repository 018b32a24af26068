//! Policies by link: scans the archived home pages of a site, the first and the last, then halves the span while its
//! ends disagree. Sends playback requests only, no index query.

use crate::archive::{Archive, ArchiveError};

use super::super::candidates::{Candidate, candidates_of_scans};
use super::super::page_scan::PageScan;
use super::home_scan::scan_home_page;
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

/// Scans the archived home pages of a site for policy links.
///
/// `known` are the scans of earlier runs. None of them is repeated, and the search continues from them as an
/// uninterrupted run would. Every new scan is given to `on_scan` when it is complete, to be stored; the next request
/// waits until that is done.
///
/// # Errors
/// Only those that are not final for one capture ([`ArchiveError::as_drop`] is `None`). The same call continues from the
/// scans that were stored. An excluded or unarchived home page gives a scan without links.
pub async fn by_link<A: Archive>(
    scanner: &PageScanner<'_, A>,
    span: HomeSpan,
    known: &[PageScan],
    on_scan: &mut impl AsyncFnMut(&PageScan),
) -> Result<ByLink, ArchiveError> {
    let mut search = HomePageSearch::new(span, scanner.limits, known);
    while let Some(moment) = search.next() {
        let window = search.window(moment);
        let new = scan_home_page(scanner, search.scans(), moment, window).await?;
        on_scan(&new).await;
        search.add(new);
    }
    let scans = search.finish();
    let candidates = candidates_of_scans(&scans, scanner.site);
    Ok(ByLink { scans, candidates })
}
