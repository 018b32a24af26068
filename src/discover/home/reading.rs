//! What one archived page says to a look: its policy links, and where it leads on.

use url::Url;

use crate::archive::{Archive, Memento};
use crate::model::Site;
use crate::page::Page;

use super::super::judge::{LinkCandidate, judge_links};
use super::super::kind::{LinkKind, PolicyKind, Source};
use super::super::links::{links_of, script_redirect};
use super::super::looks::SeenLink;
use super::Looker;

/// A home page with no more links than this is a doorway ("Enter", a choice of languages).
const DOORWAY_LINKS: usize = 12;

/// What a memento's page says; the page itself is dropped before the next request.
pub(super) struct Reading {
    pub(super) links: Vec<LinkCandidate>,
    pub(super) refresh: Option<Url>,
    pub(super) frames: Vec<Url>,
    /// Pages behind a doorway.
    pub(super) behind: Vec<Url>,
}

impl<A: Archive> Looker<'_, A> {
    pub(super) fn read(&self, memento: &Memento) -> Reading {
        let url = Url::parse(&memento.original).ok();
        let page = Page::parse(&memento.body, memento.content_type.as_deref(), url.as_ref());
        let links = judge_links(&page, self.vocabulary, self.site);
        let behind = if links.is_empty() {
            self.behind(&page)
        } else {
            Vec::new()
        };
        let frames = page
            .frames()
            .into_iter()
            .filter(|frame| self.is_near(frame, url.as_ref()))
            .collect();
        let refresh = page
            .refresh()
            .or_else(|| {
                let target = script_redirect(&page).filter(|_| links_of(&page).is_empty())?;
                page.resolve(&target)
            })
            .filter(|target| self.is_near(target, url.as_ref()));
        Reading {
            links,
            refresh,
            frames,
            behind,
        }
    }

    /// The site's own pages and those of the site that its home page stands on; not frames of advertisers.
    fn is_near(&self, url: &Url, page: Option<&Url>) -> bool {
        self.site.owns(url)
            || page
                .and_then(|p| Site::of_url(p).ok())
                .is_some_and(|site| site.owns(url))
    }

    fn behind(&self, page: &Page) -> Vec<Url> {
        let links = links_of(page);
        if links.len() > DOORWAY_LINKS {
            return Vec::new();
        }
        links
            .iter()
            .filter_map(|link| page.resolve(&link.href))
            .filter(|url| {
                matches!(url.scheme(), "http" | "https") && self.is_near(url, page.url.as_ref())
            })
            .collect()
    }
}

/// A link to a policy as it stands on a page, not ranked yet; `None` for one to a hub.
pub(super) fn seen_link(source: Source, page: &Memento, link: LinkCandidate) -> Option<SeenLink> {
    let LinkKind::Policy(kind) = link.kind else {
        return None;
    };
    Some(SeenLink {
        url: link.url,
        kind,
        score: link.score,
        rank: 0,
        text: link.text,
        reasons: link.reasons,
        in_footer: link.in_footer,
        source,
        page: (page.timestamp, page.original.clone()),
    })
}

pub(super) fn shows_privacy(links: &[SeenLink]) -> bool {
    links.iter().any(|link| link.kind == PolicyKind::Privacy)
}

pub(super) fn has_privacy(links: &[LinkCandidate]) -> bool {
    links
        .iter()
        .any(|link| link.kind == LinkKind::Policy(PolicyKind::Privacy))
}
