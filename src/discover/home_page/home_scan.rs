//! The scan of one home page: the page itself, its refreshes and frames, and hubs if no privacy link was found.

use url::Url;

use crate::archive::{Archive, ArchiveError, Memento};
use crate::model::{DropReason, Dropped, Timestamp};

use super::super::kind::{LinkKind, Source};
use super::super::links::LinkCandidate;
use super::super::page_scan::{LinkedPage, PageScan, ScanOutcome, ScannedLink};
use super::linked_pages::{LinkedPageAnswer, LinkedPageKind, LinkedPages};
use super::page_content::{PageContent, scanned_link, shows_privacy};
use super::scanner::{MissingPage, PageScanner};

/// Scans the home page nearest to a moment, within a window. An empty window (its first moment is after its last) gives
/// a scan without a request.
pub(super) async fn scan_home_page<A: Archive>(
    scanner: &PageScanner<'_, A>,
    earlier: &[PageScan],
    moment: Timestamp,
    window: (Timestamp, Timestamp),
) -> Result<PageScan, ArchiveError> {
    let home = format!("http://{}/", scanner.site);
    let mut pages = LinkedPages::new(scanner, earlier);
    let answer = if window.0 > window.1 {
        Err(MissingPage {
            dropped: Dropped::new(DropReason::Displaced, "no other capture can be there"),
            capture: None,
        })
    } else {
        pages.mark(&home);
        scanner.fetch(&home, moment, window).await?
    };
    let memento = match answer {
        Ok(memento) => memento,
        Err(missing) => return Ok(scan_without_page(home, moment, missing)),
    };
    let outcome = ScanOutcome::Found {
        timestamp: memento.timestamp,
        original: memento.original.clone(),
    };
    let mut scan = HomeScan {
        scanner,
        moment: memento.timestamp,
        pages,
        links: Vec::new(),
        reused: Vec::new(),
        hubs: Vec::new(),
    };
    scan.collect_links(memento).await?;
    scan.links.append(&mut scan.reused);
    Ok(PageScan {
        requested_at: moment,
        outcome,
        links: scanner.ranked(scan.links),
        pages: scan.pages.into_fetched(),
    })
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

impl<A: Archive> HomeScan<'_, A> {
    /// Follows the page's refreshes, reads its frames, then the hubs, each only while no privacy link was found.
    async fn collect_links(&mut self, home: Memento) -> Result<(), ArchiveError> {
        let (page, content) = self.follow_refreshes(home).await?;
        let found = content.has_privacy() || shows_privacy(&self.reused);
        self.add(&page, content.links);
        if found || self.read_frames(&content.frames).await? {
            return Ok(());
        }
        self.read_hubs(content.behind_doorway).await
    }

    /// The page at the end of the refreshes, with its content.
    async fn follow_refreshes(
        &mut self,
        home: Memento,
    ) -> Result<(Memento, PageContent), ArchiveError> {
        let mut page = home;
        let mut content = self.scanner.read(&page);
        for _ in 0..self.scanner.limits.refreshes {
            let Some(target) = content.refresh.take().filter(|_| !content.has_privacy()) else {
                break;
            };
            match self.fetch(LinkedPageKind::Part, target.as_str()).await? {
                LinkedPageAnswer::Fetched(next) => {
                    self.add(&page, std::mem::take(&mut content.links));
                    page = next;
                    content = self.scanner.read(&page);
                }
                LinkedPageAnswer::Known(links) => {
                    self.reused.extend(links);
                    break;
                }
                LinkedPageAnswer::None => break,
            }
        }
        Ok((page, content))
    }

    /// Reads the frames; true when one of them has a privacy link.
    async fn read_frames(&mut self, frames: &[Url]) -> Result<bool, ArchiveError> {
        let mut found = false;
        for frame in frames.iter().take(self.scanner.limits.frames) {
            match self.fetch(LinkedPageKind::Part, frame.as_str()).await? {
                LinkedPageAnswer::Fetched(memento) => {
                    let content = self.scanner.read(&memento);
                    found |= content.has_privacy();
                    self.add(&memento, content.links);
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
                LinkedPageAnswer::Fetched(memento) => {
                    let content = self.scanner.read(&memento);
                    found = content.has_privacy();
                    let links = content.links.into_iter();
                    let policies = links.filter_map(|l| scanned_link(Source::Hub, &memento, l));
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
    fn add(&mut self, page: &Memento, links: Vec<LinkCandidate>) {
        for link in links {
            if link.kind == LinkKind::Hub {
                self.hubs.push((link.score, link.url));
            } else {
                self.links.extend(scanned_link(Source::Link, page, link));
            }
        }
    }
}
