//! What a scan needs of one archived page: its policy links, its refresh, its frames, and the pages behind a doorway.

use url::Url;

use crate::archive::Memento;
use crate::model::{Site, Timestamp};
use crate::page::Page;

use super::super::kind::{LinkKind, PolicyKind, Source};
use super::super::links::{LinkCandidate, judge_links, links_of, script_redirect};
use super::super::page_scan::ScannedLink;
use super::super::vocabulary::Vocabulary;

/// A home page with at most this many links is a doorway ("Enter", a choice of languages).
const DOORWAY_LINKS: usize = 12;

/// Links and targets of one page. The parsed page itself is dropped before the next request.
pub(super) struct PageContent {
    /// Links to policies and hubs.
    pub(super) links: Vec<LinkCandidate>,
    /// Target of the page's refresh or of its script.
    pub(super) refresh: Option<Url>,
    /// Addresses of its frames.
    pub(super) frames: Vec<Url>,
    /// Pages behind a doorway.
    pub(super) behind_doorway: Vec<Url>,
}

impl PageContent {
    /// Parses a memento and judges its links.
    pub(super) fn of(memento: &Memento, site: &Site, vocabulary: &Vocabulary) -> Self {
        let url = Url::parse(&memento.original).ok();
        let page = Page::parse(&memento.body, memento.content_type.as_deref(), url.as_ref());
        let links = judge_links(&page, vocabulary, site);
        let behind_doorway = if links.is_empty() {
            behind_doorway(&page, site)
        } else {
            Vec::new()
        };
        let frames = page
            .frames()
            .into_iter()
            .filter(|frame| is_near(frame, url.as_ref(), site))
            .collect();
        let refresh = page
            .refresh()
            .or_else(|| {
                let target = script_redirect(&page).filter(|_| links_of(&page).is_empty())?;
                page.resolve(&target)
            })
            .filter(|target| is_near(target, url.as_ref(), site));
        Self {
            links,
            refresh,
            frames,
            behind_doorway,
        }
    }

    /// True when a link leads to a privacy policy.
    pub(super) fn has_privacy(&self) -> bool {
        self.links
            .iter()
            .any(|link| link.kind == LinkKind::Policy(PolicyKind::Privacy))
    }
}

/// True for the site's own pages and those of the site that its home page is on; false for frames of advertisers.
fn is_near(url: &Url, page: Option<&Url>, site: &Site) -> bool {
    site.owns(url)
        || page
            .and_then(|p| Site::of_url(p).ok())
            .is_some_and(|site| site.owns(url))
}

fn behind_doorway(page: &Page, site: &Site) -> Vec<Url> {
    let links = links_of(page);
    if links.len() > DOORWAY_LINKS {
        return Vec::new();
    }
    links
        .iter()
        .filter_map(|link| page.resolve(&link.href))
        .filter(|url| {
            matches!(url.scheme(), "http" | "https") && is_near(url, page.url.as_ref(), site)
        })
        .collect()
}

/// A link to a policy as found on a page, not ranked yet; `None` for a link to a hub.
pub(super) fn scanned_link(
    source: Source,
    capture: &(Timestamp, String),
    link: LinkCandidate,
) -> Option<ScannedLink> {
    let LinkKind::Policy(kind) = link.kind else {
        return None;
    };
    Some(ScannedLink {
        url: link.url,
        kind,
        score: link.score,
        rank: 0,
        text: link.text,
        reasons: link.reasons,
        in_footer: link.in_footer,
        source,
        page: capture.clone(),
    })
}

/// True when one of the links leads to a privacy policy.
pub(super) fn shows_privacy(links: &[ScannedLink]) -> bool {
    links.iter().any(|link| link.kind == PolicyKind::Privacy)
}
