//! The pages beside a home page (hubs, frames, where it leads on): asked for once, and not at all where an earlier look
//! tells what stands on them.

use std::collections::{BTreeSet, HashSet};

use url::Url;

use crate::archive::{Archive, ArchiveError, Memento};
use crate::model::{DropReason, Timestamp, UrlKey};

use super::super::kind::PolicyKind;
use super::super::looks::{HomeLook, SAME_PAGE_SECONDS, SeenLink, SidePage};
use super::Looker;
use super::reading::shows_privacy;

/// How a page belongs to the home page that leads to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// A frame, or where the page leads on by itself: it changes as the home page does.
    Part,
    /// A page of its own.
    Hub,
}

/// Pages that were asked for in one look, none of them twice.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) keys: HashSet<UrlKey>,
    pub(super) pages: Vec<SidePage>,
}

/// What came of asking for a page beside the home page.
pub(super) enum Side {
    /// A capture that nobody has seen.
    Page(Memento),
    /// An earlier look saw the same capture, and these links on it.
    Known(Vec<SeenLink>),
    None,
}

impl<A: Archive> Looker<'_, A> {
    /// A page beside the home page, from within a year of it, unless an earlier look has seen it.
    ///
    /// A hub of the site is asked for once, at whatever time: nobody knows the digests of its captures yet, and most
    /// hubs stay as they are for years. Its other captures are looked at when the index tells them apart
    /// (`look_at_hub`).
    pub(super) async fn side_page(
        &self,
        beside: Beside,
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
        let near = SAME_PAGE_SECONDS;
        let is_hub = beside == Beside::Hub && self.owns(url);
        let known_within = if is_hub {
            u64::MAX
        } else {
            near.unsigned_abs()
        };
        if let Some(known) = self.known(&key, moment, known_within) {
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
                is_hub,
            });
        };
        match self.memento(url, moment, window).await? {
            Ok(page) => {
                note(Some((page.timestamp, page.original.clone())));
                Ok(Side::Page(page))
            }
            Err(missing) => {
                // A page that was captured at other times only may be there for another home page.
                let reason = missing.dropped.reason;
                let was_looked_at = missing.seen.is_some() && reason != DropReason::Displaced;
                if was_looked_at || reason == DropReason::NotArchived {
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
        let mut sights: Vec<(&HomeLook, &(Timestamp, String))> = Vec::new();
        for (look, page) in same {
            let Some(seen) = &page.seen else {
                return Some(Side::None);
            };
            sights.push((look, seen));
        }
        let apart = |sight: &(&HomeLook, &(Timestamp, String))| sight.1.0.distance_seconds(moment);
        let (look, seen) = *sights.iter().min_by_key(|sight| apart(sight))?;
        let links = links_on(look, seen);
        if seen.0.distance_seconds(moment) <= near_seconds {
            return Some(Side::Known(links));
        }
        // Equal neighbours in time, however far, are taken as unchanged, as two home pages that agree are.
        let before = sights.iter().filter(|(_, seen)| seen.0 <= moment);
        let after = sights.iter().filter(|(_, seen)| seen.0 >= moment);
        let (before, after) = (
            before.min_by_key(|s| apart(s))?,
            after.min_by_key(|s| apart(s))?,
        );
        let same = shows_privacy(&links)
            && addresses(&links_on(before.0, before.1)) == addresses(&links_on(after.0, after.1));
        same.then_some(Side::Known(links))
    }

    fn owns(&self, url: &str) -> bool {
        Url::parse(url).is_ok_and(|url| self.site.owns(&url))
    }

    /// True when an earlier look asked for a page in vain.
    pub(super) fn was_barren(&self, url: &str) -> bool {
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
}

/// The links of a look that stand on one page it saw.
pub(super) fn links_on(look: &HomeLook, seen: &(Timestamp, String)) -> Vec<SeenLink> {
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
    links.cloned().collect()
}

fn addresses(links: &[SeenLink]) -> BTreeSet<(&str, PolicyKind)> {
    links
        .iter()
        .map(|link| (link.url.as_str(), link.kind))
        .collect()
}
