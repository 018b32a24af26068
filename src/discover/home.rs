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
use super::looks::{HomeLook, LookOutcome, SeenLink};
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
    let looker = Looker {
        archive,
        site,
        span,
        vocabulary,
        limits,
    };
    while let Some(asked) = search.next() {
        let look = looker.look(asked).await?;
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
    span: HomeSpan,
    vocabulary: &'a Vocabulary,
    limits: &'a Limits,
}

/// Pages that were asked for in one look; none is asked for twice.
type Asked = HashSet<UrlKey>;

/// What a memento's page says; the page itself is dropped before the next request.
struct Reading {
    links: Vec<LinkCandidate>,
    refresh: Option<Url>,
    frames: Vec<Url>,
    /// Pages behind a doorway.
    behind: Vec<Url>,
}

impl<A: Archive> Looker<'_, A> {
    async fn look(&self, asked: Timestamp) -> Result<HomeLook, ArchiveError> {
        let home = format!("http://{}/", self.site);
        let mut pages = Asked::new();
        let window = (self.span.from, self.span.to);
        let memento = match self.memento(&home, asked, window, &mut pages).await? {
            Ok(memento) => memento,
            Err(Dropped { reason, detail }) => {
                return Ok(HomeLook {
                    asked,
                    outcome: LookOutcome::Absent { reason, detail },
                    links: Vec::new(),
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
        })
    }

    /// A page, `Ok(Err(_))` where there is finally none, `Err` when the search must stop.
    async fn memento(
        &self,
        url: &str,
        at: Timestamp,
        window: (Timestamp, Timestamp),
        asked: &mut Asked,
    ) -> Result<Result<Memento, Dropped>, ArchiveError> {
        let fresh = UrlKey::of(url).is_ok_and(|key| asked.insert(key));
        if !fresh {
            return Ok(Err(Dropped::new(
                DropReason::RedirectLoop,
                format!("`{url}` was looked at already"),
            )));
        }
        let query = MementoQuery {
            original: url.to_owned(),
            timestamp: at,
            window,
            expected_digest: None,
        };
        match self.archive.memento(&query).await {
            Ok(memento) if memento.status >= 400 => Ok(Err(Dropped::new(
                DropReason::ArchivedError,
                format!(
                    "`{}` answered {} when it was captured",
                    memento.original, memento.status
                ),
            ))),
            Ok(memento) => Ok(Ok(memento)),
            Err(error) => error
                .as_drop()
                .map_or(Err(error), |dropped| Ok(Err(dropped))),
        }
    }

    async fn links_of_home(
        &self,
        home: Memento,
        asked: &mut Asked,
    ) -> Result<Vec<SeenLink>, ArchiveError> {
        let near = SAME_PAGE_DAYS * DAY_SECONDS;
        let moment = home.timestamp;
        let window = (
            Timestamp::from_unix_seconds(moment.unix_seconds().saturating_sub(near)),
            Timestamp::from_unix_seconds(moment.unix_seconds().saturating_add(near)),
        );
        let mut seen: Vec<(Source, (Timestamp, String), LinkCandidate)> = Vec::new();
        let mut hubs: Vec<(u8, String)> = Vec::new();
        let mut note = |source: Source, page: &Memento, links: Vec<LinkCandidate>| {
            for link in links {
                if link.kind == LinkKind::Hub {
                    hubs.push((link.score, link.url));
                } else {
                    seen.push((source, (page.timestamp, page.original.clone()), link));
                }
            }
        };
        let mut page = home;
        let mut reading = self.read(&page);
        for _ in 0..self.limits.refreshes {
            let target = reading
                .refresh
                .take()
                .filter(|_| !has_privacy(&reading.links));
            let Some(target) = target else { break };
            match self.memento(target.as_str(), moment, window, asked).await? {
                Ok(next) => page = next,
                Err(_) => break,
            }
            note(Source::Link, &page, std::mem::take(&mut reading.links));
            reading = self.read(&page);
        }
        let mut found = has_privacy(&reading.links);
        let frames = std::mem::take(&mut reading.frames);
        let behind = std::mem::take(&mut reading.behind);
        note(Source::Link, &page, reading.links);
        if !found {
            for frame in frames.iter().take(self.limits.frames) {
                if let Ok(memento) = self.memento(frame.as_str(), moment, window, asked).await? {
                    let links = self.read(&memento).links;
                    found |= has_privacy(&links);
                    note(Source::Link, &memento, links);
                }
            }
        }
        if !found {
            hubs.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
            let behind = behind.into_iter().map(String::from);
            let pages: Vec<String> = hubs.into_iter().map(|(_, url)| url).chain(behind).collect();
            let mut budget = self.limits.hubs;
            for url in pages {
                if budget == 0 || found {
                    break;
                }
                if UrlKey::of(&url).is_ok_and(|key| asked.contains(&key)) {
                    continue;
                }
                budget -= 1;
                if let Ok(memento) = self.memento(&url, moment, window, asked).await? {
                    let links = self.read(&memento).links;
                    found = has_privacy(&links);
                    let page = (memento.timestamp, memento.original.clone());
                    let policies = links.into_iter().filter(|link| link.kind != LinkKind::Hub);
                    seen.extend(policies.map(|link| (Source::Hub, page.clone(), link)));
                }
            }
        }
        Ok(self.ranked(seen))
    }

    /// The best links of a look, one for each address and kind.
    fn ranked(&self, mut seen: Vec<(Source, (Timestamp, String), LinkCandidate)>) -> Vec<SeenLink> {
        seen.sort_by_key(|(source, _, link)| (std::cmp::Reverse(link.score), *source));
        let mut keys = HashSet::new();
        let mut links = Vec::new();
        for (source, page, link) in seen {
            let (LinkKind::Policy(kind), Ok(key)) = (link.kind, UrlKey::of(&link.url)) else {
                continue;
            };
            if links.len() >= self.limits.links || !keys.insert((key, kind)) {
                continue;
            }
            links.push(SeenLink {
                url: link.url,
                kind,
                score: link.score,
                rank: u32::try_from(links.len() + 1).unwrap_or(u32::MAX),
                text: link.text,
                reasons: link.reasons,
                in_footer: link.in_footer,
                source,
                page,
            });
        }
        links
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

fn has_privacy(links: &[LinkCandidate]) -> bool {
    links
        .iter()
        .any(|link| link.kind == LinkKind::Policy(PolicyKind::Privacy))
}

#[cfg(test)]
mod tests;
