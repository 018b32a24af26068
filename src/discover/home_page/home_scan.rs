//! The scan of one home page: the page itself, its refreshes and frames, and hubs if no privacy link was found.

use url::Url;

use crate::archive::{Archive, ArchiveError};
use crate::model::{Capture, DropReason, Dropped, Timestamp};

use super::super::kind::{LinkKind, Source};
use super::super::links::LinkCandidate;
use super::super::page_scan::{LinkedPage, PageScan, ScanOutcome, ScannedLink};
use super::linked_pages::{LinkedPageAnswer, LinkedPageKind, LinkedPages};
use super::listed_captures::HomeCaptures;
use super::page_content::{scanned_link, shows_privacy};
use super::scanner::{FetchedPage, MissingPage, PageScanner};
use super::search::DAY_SECONDS;

/// Scans the home page nearest to a moment, within a window. An empty window (its first moment is after its last) gives
/// a scan without a request.
///
/// # Errors
/// If the page is empty: nothing shows whether that is the page or a failure of the archive.
pub(super) async fn scan_home_page<A: Archive>(
    scanner: &PageScanner<'_, A>,
    earlier: &[PageScan],
    moment: Timestamp,
    window: (Timestamp, Timestamp),
) -> Result<PageScan, ArchiveError> {
    let home = home_address(scanner);
    if window.0 > window.1 {
        let missing = MissingPage {
            dropped: Dropped::new(DropReason::Displaced, "no other capture can be there"),
            capture: None,
        };
        return Ok(scan_without_page(home, moment, missing));
    }
    let is_local = scanner.archive.is_local();
    match scanner.fetch(&home, moment, window, None).await? {
        Ok(page) if is_local || !page.is_empty => scan_page(scanner, earlier, moment, page).await,
        Err(missing) if missing.dropped.reason != DropReason::LostPayload => {
            Ok(scan_without_page(home, moment, missing))
        }
        _ => Err(ArchiveError::Unavailable {
            archive: scanner.archive.name(),
            what: home,
            detail: "the archive sent an empty home page".to_owned(),
        }),
    }
}

/// Scans the capture of the home page nearest to a moment, within a window, of those that the index lists. A capture with
/// the bytes of an earlier scan is not fetched again.
pub(super) async fn scan_listed_page<A: Archive>(
    scanner: &PageScanner<'_, A>,
    earlier: &[PageScan],
    moment: Timestamp,
    (captures, window): (&HomeCaptures, (Timestamp, Timestamp)),
) -> Result<PageScan, ArchiveError> {
    let home = home_address(scanner);
    let place = |row: &Capture| (row.timestamp, row.original.clone());
    let Some(row) = captures.nearest(moment, window) else {
        let missing = MissingPage {
            dropped: Dropped::new(
                DropReason::Displaced,
                "the index lists no other capture there",
            ),
            capture: captures.nearest_of_all(moment).map(place),
        };
        return Ok(scan_without_page(home, moment, missing));
    };
    if let Some(same) = earlier.iter().find(|scan| captures.is_same_page(row, scan)) {
        return scan_again(scanner, earlier, (moment, row), same).await;
    }
    let at = row.timestamp.unix_seconds();
    let by = |seconds: i64| Timestamp::from_unix_seconds(at.saturating_add(seconds));
    let window = (by(-DAY_SECONDS), by(DAY_SECONDS));
    let digest = row.page_digest().filter(|_| !row.is_redirect()).cloned();
    match scanner
        .fetch(&row.original, row.timestamp, window, digest)
        .await?
    {
        Ok(page) => scan_page(scanner, earlier, moment, page).await,
        Err(mut missing) => {
            // Only this capture is missing: the index lists others.
            if missing.dropped.reason == DropReason::NotArchived {
                missing.dropped.reason = DropReason::LostPayload;
            }
            missing.capture = Some(place(row));
            Ok(scan_without_page(home, moment, missing))
        }
    }
}

/// The scan of a capture with the bytes of an earlier scan. Its own links are known; what was in its frames at that time
/// is not.
async fn scan_again<A: Archive>(
    scanner: &PageScanner<'_, A>,
    earlier: &[PageScan],
    (moment, row): (Timestamp, &Capture),
    same: &PageScan,
) -> Result<PageScan, ArchiveError> {
    let parts: Vec<&LinkedPage> = same.pages.iter().filter(|page| !page.is_hub).collect();
    let is_on_part = |link: &ScannedLink| {
        let mut captures = parts.iter().filter_map(|part| part.capture.as_ref());
        captures.any(|capture| *capture == link.page)
    };
    let mut scan = HomeScan::new(scanner, earlier, row.timestamp);
    scan.pages.mark(&home_address(scanner));
    for link in same.links.iter().filter(|link| !is_on_part(link)) {
        let mut link = link.clone();
        if link.page.0 == same.timestamp() && same.is_of(&link.page.1) {
            link.page = (row.timestamp, row.original.clone());
            scan.links.push(link);
        } else {
            scan.reused.push(link);
        }
    }
    for part in parts {
        match scan.fetch(LinkedPageKind::Part, &part.url).await? {
            LinkedPageAnswer::Fetched(page) => scan.add(&page.capture, page.content.links),
            LinkedPageAnswer::Known(links) => scan.reused.extend(links),
            LinkedPageAnswer::None => {}
        }
    }
    if !shows_privacy(&scan.links) && !shows_privacy(&scan.reused) {
        scan.read_hubs(Vec::new()).await?;
    }
    Ok(scan.finish(moment, (row.timestamp, row.original.clone())))
}

/// Scans a home page that was fetched.
async fn scan_page<A: Archive>(
    scanner: &PageScanner<'_, A>,
    earlier: &[PageScan],
    moment: Timestamp,
    page: FetchedPage,
) -> Result<PageScan, ArchiveError> {
    let capture = page.capture.clone();
    let mut scan = HomeScan::new(scanner, earlier, capture.0);
    scan.pages.mark(&home_address(scanner));
    scan.collect_links(page).await?;
    Ok(scan.finish(moment, capture))
}

fn home_address<A>(scanner: &PageScanner<'_, A>) -> String {
    format!("http://{}/", scanner.site)
}

/// The scan of a moment without a home page. It keeps the capture that shows this: if that is an error, it is not
/// fetched again; if it is far away, no home page is nearer than it.
fn scan_without_page(home: String, moment: Timestamp, missing: MissingPage) -> PageScan {
    let page = missing.capture.map(|capture| LinkedPage {
        url: home,
        capture: Some(capture),
        is_hub: false,
    });
    PageScan {
        requested_at: moment,
        outcome: ScanOutcome::Absent {
            reason: missing.dropped.reason,
            detail: missing.dropped.detail,
        },
        links: Vec::new(),
        pages: page.into_iter().collect(),
    }
}

/// A scan of a home page that was found.
struct HomeScan<'a, A> {
    scanner: &'a PageScanner<'a, A>,
    /// When the home page was captured.
    moment: Timestamp,
    pages: LinkedPages<'a, A>,
    /// Policy links on the pages that this scan fetched.
    links: Vec<ScannedLink>,
    /// Policy links on pages that earlier scans fetched.
    reused: Vec<ScannedLink>,
    /// Hubs with their scores.
    hubs: Vec<(u8, String)>,
}

impl<'a, A: Archive> HomeScan<'a, A> {
    fn new(scanner: &'a PageScanner<'a, A>, earlier: &'a [PageScan], moment: Timestamp) -> Self {
        Self {
            scanner,
            moment,
            pages: LinkedPages::new(scanner, earlier),
            links: Vec::new(),
            reused: Vec::new(),
            hubs: Vec::new(),
        }
    }

    /// The scan of this capture, made for a moment.
    fn finish(mut self, moment: Timestamp, (timestamp, original): (Timestamp, String)) -> PageScan {
        self.links.append(&mut self.reused);
        PageScan {
            requested_at: moment,
            outcome: ScanOutcome::Found {
                timestamp,
                original,
            },
            links: self.scanner.ranked(self.links),
            pages: self.pages.into_fetched(),
        }
    }

    /// Follows the page's refreshes, reads its frames, then the hubs, each only while no privacy link was found.
    async fn collect_links(&mut self, home: FetchedPage) -> Result<(), ArchiveError> {
        let FetchedPage {
            capture, content, ..
        } = self.follow_refreshes(home).await?;
        let found = content.has_privacy() || shows_privacy(&self.reused);
        self.add(&capture, content.links);
        if found || self.read_frames(&content.frames).await? {
            return Ok(());
        }
        self.read_hubs(content.behind_doorway).await
    }

    /// The page at the end of the refreshes.
    async fn follow_refreshes(&mut self, home: FetchedPage) -> Result<FetchedPage, ArchiveError> {
        let mut page = home;
        for _ in 0..self.scanner.limits.refreshes {
            let target = page.content.refresh.take();
            let Some(target) = target.filter(|_| !page.content.has_privacy()) else {
                break;
            };
            match self.fetch(LinkedPageKind::Part, target.as_str()).await? {
                LinkedPageAnswer::Fetched(next) => {
                    self.add(&page.capture, page.content.links);
                    page = next;
                }
                LinkedPageAnswer::Known(links) => {
                    self.reused.extend(links);
                    break;
                }
                LinkedPageAnswer::None => break,
            }
        }
        Ok(page)
    }

    /// Reads the frames; true when one of them has a privacy link.
    async fn read_frames(&mut self, frames: &[Url]) -> Result<bool, ArchiveError> {
        let mut found = false;
        for frame in frames.iter().take(self.scanner.limits.frames) {
            match self.fetch(LinkedPageKind::Part, frame.as_str()).await? {
                LinkedPageAnswer::Fetched(page) => {
                    found |= page.content.has_privacy();
                    self.add(&page.capture, page.content.links);
                }
                LinkedPageAnswer::Known(links) => {
                    found |= shows_privacy(&links);
                    self.reused.extend(links);
                }
                LinkedPageAnswer::None => {}
            }
        }
        Ok(found)
    }

    /// Reads hubs, most certain first, then the pages behind a doorway, until one has a privacy link.
    async fn read_hubs(&mut self, behind_doorway: Vec<Url>) -> Result<(), ArchiveError> {
        let mut hubs = std::mem::take(&mut self.hubs);
        hubs.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let behind = behind_doorway
            .into_iter()
            .map(String::from)
            .filter(|url| !self.pages.found_nothing_on(url));
        let urls: Vec<String> = hubs.into_iter().map(|(_, url)| url).chain(behind).collect();
        let mut left = self.scanner.limits.hubs;
        let mut found = false;
        for url in urls {
            if left == 0 || found {
                break;
            }
            if self.pages.was_requested(&url) {
                continue;
            }
            left -= 1;
            match self.fetch(LinkedPageKind::Hub, &url).await? {
                LinkedPageAnswer::Fetched(page) => {
                    found = page.content.has_privacy();
                    let links = page.content.links.into_iter();
                    let policies =
                        links.filter_map(|l| scanned_link(Source::Hub, &page.capture, l));
                    self.links.extend(policies);
                }
                LinkedPageAnswer::Known(links) => {
                    found = shows_privacy(&links);
                    self.reused.extend(links);
                }
                LinkedPageAnswer::None => {}
            }
        }
        Ok(())
    }

    async fn fetch(
        &mut self,
        kind: LinkedPageKind,
        url: &str,
    ) -> Result<LinkedPageAnswer, ArchiveError> {
        self.pages.fetch(kind, url, self.moment).await
    }

    /// Adds the links on the home page or a part of it.
    fn add(&mut self, capture: &(Timestamp, String), links: Vec<LinkCandidate>) {
        for link in links {
            if link.kind == LinkKind::Hub {
                self.hubs.push((link.score, link.url));
            } else {
                self.links.extend(scanned_link(Source::Link, capture, link));
            }
        }
    }
}
