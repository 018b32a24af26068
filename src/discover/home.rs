//! Policies by link: archived home pages of a site, the first and the last, then halving the span while the ends
//! disagree. Playback requests only, no index query.

use std::collections::HashSet;

use url::Url;

use crate::archive::{Archive, ArchiveError, Memento, MementoQuery};
use crate::model::{DropReason, Dropped, Site, Timestamp, UrlKey};
use crate::page::Page;

use super::candidates::{Candidate, candidates_of_looks};
use super::judge::{LinkCandidate, judge_links};
use super::kind::{LinkKind, PolicyKind, Source};
use super::links::{links_of, script_redirect};
use super::looks::{HomeLook, LookOutcome, SeenLink, SidePage};
use super::search::{DAY_SECONDS, HomeSpan, Limits, Search};
use super::vocabulary::Vocabulary;

/// Hubs and frames belong to a home page when they were captured within this time of it.
const SAME_PAGE_DAYS: i64 = 366;
/// A home page with no more links than this is a doorway ("Enter", a choice of languages).
const DOORWAY_LINKS: usize = 12;

/// What the home pages told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ByLink {
    /// All looks within the span, known ones included, by the time of their captures.
    pub looks: Vec<HomeLook>,
    /// Candidates with their evidence, the best first.
    pub candidates: Vec<Candidate>,
}

/// Looks at a site's archived home pages for policy links.
///
/// `known` are the looks of earlier runs: none of them is made again, and the same looks follow from them as in an
/// uninterrupted run. Every new look is given to `on_look` when it is complete, to be stored.
///
/// # Errors
/// Only those that are not final for one capture ([`ArchiveError::as_drop`] is `None`): the same call goes on from the
/// looks that were stored. An excluded or unarchived home page is a look without links.
pub async fn by_link<A: Archive>(
    archive: &A,
    site: &Site,
    span: HomeSpan,
    vocabulary: &Vocabulary,
    limits: &Limits,
    known: &[HomeLook],
    on_look: &mut (dyn FnMut(&HomeLook) + Send),
) -> Result<ByLink, ArchiveError> {
    let mut search = Search::new(span, limits, known);
    while let Some(asked) = search.next() {
        let looker = Looker {
            archive,
            site,
            vocabulary,
            limits,
            earlier: search.looks(),
        };
        let look = looker.look(asked, search.window(asked)).await?;
        on_look(&look);
        search.add(look);
    }
    let looks = search.finish();
    let candidates = candidates_of_looks(&looks, site);
    Ok(ByLink { looks, candidates })
}

/// Makes one look: the home page, its refreshes and frames, and its hubs if they are needed.
struct Looker<'a, A> {
    archive: &'a A,
    site: &'a Site,
    vocabulary: &'a Vocabulary,
    limits: &'a Limits,
    /// The looks made before.
    earlier: &'a [HomeLook],
}

/// Pages that were asked for in one look, none of them twice.
#[derive(Default)]
struct Asked {
    keys: HashSet<UrlKey>,
    pages: Vec<SidePage>,
}

/// Why there is finally no page, and which capture says so, if one does.
struct Missing {
    dropped: Dropped,
    seen: Option<(Timestamp, String)>,
}

/// What came of asking for a page beside the home page.
enum Side {
    /// A capture that nobody has seen.
    Page(Memento),
    /// An earlier look saw the same capture, and these links on it.
    Known(Vec<SeenLink>),
    None,
}

/// What a memento's page says; the page itself is dropped before the next request.
struct Reading {
    links: Vec<LinkCandidate>,
    refresh: Option<Url>,
    frames: Vec<Url>,
    /// Pages behind a doorway.
    behind: Vec<Url>,
}

impl<A: Archive> Looker<'_, A> {
    async fn look(
        &self,
        asked: Timestamp,
        window: (Timestamp, Timestamp),
    ) -> Result<HomeLook, ArchiveError> {
        let home = format!("http://{}/", self.site);
        let mut pages = Asked::default();
        let came = if window.0 > window.1 {
            Err(Missing {
                dropped: Dropped::new(DropReason::Displaced, "no other capture can be there"),
                seen: None,
            })
        } else {
            pages.keys.extend(UrlKey::of(&home));
            self.memento(&home, asked, window).await?
        };
        let memento = match came {
            Ok(memento) => memento,
            Err(Missing { dropped, seen }) => {
                // The capture of an error is not asked for again.
                let page = seen.map(|seen| SidePage {
                    url: home,
                    seen: Some(seen),
                });
                return Ok(HomeLook {
                    asked,
                    outcome: LookOutcome::Absent {
                        reason: dropped.reason,
                        detail: dropped.detail,
                    },
                    links: Vec::new(),
                    pages: page.into_iter().collect(),
                });
            }
        };
        let outcome = LookOutcome::Seen {
            timestamp: memento.timestamp,
            original: memento.original.clone(),
        };
        let links = self.links_of_home(memento, &mut pages).await?;
        Ok(HomeLook {
            asked,
            outcome,
            links,
            pages: pages.pages,
        })
    }

    /// A page, `Ok(Err(_))` where there is finally none, `Err` when the search must stop.
    async fn memento(
        &self,
        url: &str,
        at: Timestamp,
        window: (Timestamp, Timestamp),
    ) -> Result<Result<Memento, Missing>, ArchiveError> {
        let query = MementoQuery {
            original: url.to_owned(),
            timestamp: at,
            window,
            expected_digest: None,
        };
        match self.archive.memento(&query).await {
            Ok(memento) if memento.status >= 400 => Ok(Err(Missing {
                dropped: Dropped::new(
                    DropReason::ArchivedError,
                    format!(
                        "`{}` answered {} when it was captured",
                        memento.original, memento.status
                    ),
                ),
                seen: Some((memento.timestamp, memento.original)),
            })),
            Ok(memento) => Ok(Ok(memento)),
            Err(error) => error.as_drop().map_or(Err(error), |dropped| {
                Ok(Err(Missing {
                    dropped,
                    seen: None,
                }))
            }),
        }
    }

    /// A page beside the home page, from within a year of it, unless an earlier look has seen it.
    async fn side_page(
        &self,
        url: &str,
        moment: Timestamp,
        asked: &mut Asked,
    ) -> Result<Side, ArchiveError> {
        let Some(key) = UrlKey::of(url)
            .ok()
            .filter(|key| asked.keys.insert(key.clone()))
        else {
            return Ok(Side::None);
        };
        let near = SAME_PAGE_DAYS * DAY_SECONDS;
        if let Some(known) = self.known(&key, moment, near.unsigned_abs()) {
            return Ok(known);
        }
        let window = (
            Timestamp::from_unix_seconds(moment.unix_seconds().saturating_sub(near)),
            Timestamp::from_unix_seconds(moment.unix_seconds().saturating_add(near)),
        );
        let mut note = |seen| {
            asked.pages.push(SidePage {
                url: url.to_owned(),
                seen,
            });
        };
        match self.memento(url, moment, window).await? {
            Ok(page) => {
                note(Some((page.timestamp, page.original.clone())));
                Ok(Side::Page(page))
            }
            Err(missing) => {
                if missing.seen.is_some() || missing.dropped.reason == DropReason::NotArchived {
                    note(missing.seen);
                }
                Ok(Side::None)
            }
        }
    }

    /// What an earlier look tells of a page, if that is near enough or holds for all times.
    fn known(&self, key: &UrlKey, moment: Timestamp, near_seconds: u64) -> Option<Side> {
        let pages = self
            .earlier
            .iter()
            .flat_map(|look| look.pages.iter().map(move |page| (look, page)));
        let same = pages.filter(|(_, page)| UrlKey::of(&page.url).is_ok_and(|k| k == *key));
        let mut nearest: Option<(u64, &HomeLook, &(Timestamp, String))> = None;
        for (look, page) in same {
            let Some(seen) = &page.seen else {
                return Some(Side::None);
            };
            let apart = seen.0.distance_seconds(moment);
            if apart <= near_seconds && nearest.is_none_or(|(least, ..)| apart < least) {
                nearest = Some((apart, look, seen));
            }
        }
        let (_, look, seen) = nearest?;
        // Where a page led on to others (frames, refreshes), those stand for it.
        let on_it = look.links.iter().any(|link| link.page == *seen);
        let beside = |link: &&SeenLink| {
            look.pages
                .iter()
                .any(|page| page.seen.as_ref() == Some(&link.page))
        };
        let links = look.links.iter().filter(|link| {
            if on_it {
                link.page == *seen
            } else {
                beside(link)
            }
        });
        Some(Side::Known(links.cloned().collect()))
    }

    /// True when an earlier look asked for a page in vain.
    fn was_barren(&self, url: &str) -> bool {
        let Ok(key) = UrlKey::of(url) else {
            return true;
        };
        self.earlier.iter().any(|look| {
            look.pages.iter().any(|page| {
                UrlKey::of(&page.url).is_ok_and(|k| k == key)
                    && !look
                        .links
                        .iter()
                        .any(|link| Some(&link.page) == page.seen.as_ref())
            })
        })
    }

    async fn links_of_home(
        &self,
        home: Memento,
        asked: &mut Asked,
    ) -> Result<Vec<SeenLink>, ArchiveError> {
        let moment = home.timestamp;
        let mut seen: Vec<SeenLink> = Vec::new();
        let mut hubs: Vec<(u8, String)> = Vec::new();
        let mut note = |source: Source, page: &Memento, links: Vec<LinkCandidate>| {
            for link in links {
                if link.kind == LinkKind::Hub {
                    hubs.push((link.score, link.url));
                } else {
                    seen.extend(seen_link(source, page, link));
                }
            }
        };
        let mut page = home;
        let mut reading = self.read(&page);
        let mut reused: Vec<SeenLink> = Vec::new();
        for _ in 0..self.limits.refreshes {
            let target = reading
                .refresh
                .take()
                .filter(|_| !has_privacy(&reading.links));
            let Some(target) = target else { break };
            match self.side_page(target.as_str(), moment, asked).await? {
                Side::Page(next) => page = next,
                Side::Known(links) => {
                    reused.extend(links);
                    break;
                }
                Side::None => break,
            }
            note(Source::Link, &page, std::mem::take(&mut reading.links));
            reading = self.read(&page);
        }
        let mut found = has_privacy(&reading.links) || shows_privacy(&reused);
        let frames = std::mem::take(&mut reading.frames);
        let behind = std::mem::take(&mut reading.behind);
        note(Source::Link, &page, reading.links);
        if !found {
            for frame in frames.iter().take(self.limits.frames) {
                match self.side_page(frame.as_str(), moment, asked).await? {
                    Side::Page(memento) => {
                        let links = self.read(&memento).links;
                        found |= has_privacy(&links);
                        note(Source::Link, &memento, links);
                    }
                    Side::Known(links) => {
                        found |= shows_privacy(&links);
                        reused.extend(links);
                    }
                    Side::None => {}
                }
            }
        }
        if !found {
            hubs.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            let behind = behind
                .into_iter()
                .map(String::from)
                .filter(|url| !self.was_barren(url));
            let pages: Vec<String> = hubs.into_iter().map(|(_, url)| url).chain(behind).collect();
            let mut budget = self.limits.hubs;
            for url in pages {
                if budget == 0 || found {
                    break;
                }
                if UrlKey::of(&url).is_ok_and(|key| asked.keys.contains(&key)) {
                    continue;
                }
                budget -= 1;
                match self.side_page(&url, moment, asked).await? {
                    Side::Page(memento) => {
                        let links = self.read(&memento).links;
                        found = has_privacy(&links);
                        let policies = links
                            .into_iter()
                            .filter_map(|link| seen_link(Source::Hub, &memento, link));
                        seen.extend(policies);
                    }
                    Side::Known(links) => {
                        found = shows_privacy(&links);
                        reused.extend(links);
                    }
                    Side::None => {}
                }
            }
        }
        seen.extend(reused);
        Ok(self.ranked(seen))
    }

    /// The best links of a look, one for each address and kind.
    fn ranked(&self, mut seen: Vec<SeenLink>) -> Vec<SeenLink> {
        seen.sort_by_key(|link| (std::cmp::Reverse(link.score), link.source));
        let mut keys = HashSet::new();
        seen.retain(|link| UrlKey::of(&link.url).is_ok_and(|key| keys.insert((key, link.kind))));
        seen.truncate(self.limits.links);
        for (link, rank) in seen.iter_mut().zip(1..) {
            link.rank = rank;
        }
        seen
    }

    fn read(&self, memento: &Memento) -> Reading {
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
fn seen_link(source: Source, page: &Memento, link: LinkCandidate) -> Option<SeenLink> {
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

fn shows_privacy(links: &[SeenLink]) -> bool {
    links.iter().any(|link| link.kind == PolicyKind::Privacy)
}

fn has_privacy(links: &[LinkCandidate]) -> bool {
    links
        .iter()
        .any(|link| link.kind == LinkKind::Policy(PolicyKind::Privacy))
}

#[cfg(test)]
mod tests;
