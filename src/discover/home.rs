//! Policies by link: archived home pages of a site, the first and the last, then halving the span while the ends
//! disagree. Playback requests only, no index query.

use std::collections::HashSet;

use crate::archive::{Archive, ArchiveError, Memento, MementoQuery};
use crate::model::{DropReason, Dropped, Site, Timestamp, UrlKey};

use super::candidates::{Candidate, candidates_of_looks};
use super::judge::LinkCandidate;
use super::kind::{LinkKind, Source};
use super::looks::{HomeLook, LookOutcome, SeenLink, SidePage};
use super::search::{HomeSpan, Limits, Search};
use super::vocabulary::Vocabulary;
use reading::{has_privacy, seen_link, shows_privacy};
use side_pages::{Asked, Beside, Side};

pub use hub::{Hub, hubs, look_at_hub};

mod hub;
mod reading;
mod side_pages;

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

/// Why there is finally no page, and which capture says so, if one does.
struct Missing {
    dropped: Dropped,
    seen: Option<(Timestamp, String)>,
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
                // The capture of an error is not asked for again, and no other is nearer than one that is far away.
                let page = seen.map(|seen| SidePage {
                    url: home,
                    seen: Some(seen),
                    is_hub: false,
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
            Err(error) => {
                let Some(dropped) = error.as_drop() else {
                    return Err(error);
                };
                let seen = displaced_by(error, url);
                Ok(Err(Missing { dropped, seen }))
            }
        }
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
            match self
                .side_page(Beside::Part, target.as_str(), moment, asked)
                .await?
            {
                Side::Page(next) => {
                    note(Source::Link, &page, std::mem::take(&mut reading.links));
                    page = next;
                    reading = self.read(&page);
                }
                Side::Known(links) => {
                    reused.extend(links);
                    break;
                }
                Side::None => break,
            }
        }
        let mut found = has_privacy(&reading.links) || shows_privacy(&reused);
        let frames = std::mem::take(&mut reading.frames);
        let behind = std::mem::take(&mut reading.behind);
        note(Source::Link, &page, reading.links);
        if !found {
            for frame in frames.iter().take(self.limits.frames) {
                match self
                    .side_page(Beside::Part, frame.as_str(), moment, asked)
                    .await?
                {
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
                match self.side_page(Beside::Hub, &url, moment, asked).await? {
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
}

/// Which capture of the very page that was asked for is nearest, where the archive has none within the window. Another
/// page's (a redirect led to it) says nothing of this one.
fn displaced_by(error: ArchiveError, asked: &str) -> Option<(Timestamp, String)> {
    let ArchiveError::Displaced { url, timestamp } = error else {
        return None;
    };
    let same = UrlKey::of(&url)
        .ok()
        .zip(UrlKey::of(asked).ok())
        .is_some_and(|(came, asked)| came == asked);
    same.then_some((timestamp, url))
}

#[cfg(test)]
mod tests;
