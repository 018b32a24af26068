//! Hub pages ("Legal", "Impressum") by themselves: what stood on their captures, of the home pages' time and of others.

use std::collections::BTreeMap;

use crate::archive::{Archive, ArchiveError};
use crate::model::{Capture, Site, Timestamp, UrlKey};

use super::super::kind::Source;
use super::super::looks::{HomeLook, LookOutcome};
use super::super::search::{DAY_SECONDS, Limits};
use super::super::vocabulary::Vocabulary;
use super::Looker;
use super::reading::seen_link;
use super::side_pages::links_on;

/// A page of a site that its home pages led to in search of policy links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Its index key.
    pub urlkey: UrlKey,
    /// What stood on the captures that were looked at together with home pages.
    pub looks: Vec<HomeLook>,
}

/// The hubs that looks at home pages asked for and saw, by key. Pure.
#[must_use]
pub fn hubs(looks: &[HomeLook]) -> Vec<Hub> {
    let mut hubs: BTreeMap<UrlKey, Hub> = BTreeMap::new();
    let pages = looks
        .iter()
        .flat_map(|look| look.pages.iter().map(move |page| (look, page)));
    for (look, page) in pages.filter(|(_, page)| page.is_hub) {
        let (Ok(urlkey), Some(seen)) = (UrlKey::of(&page.url), &page.seen) else {
            continue;
        };
        let hub = hubs.entry(urlkey.clone()).or_insert_with(|| Hub {
            urlkey,
            looks: Vec::new(),
        });
        hub.looks.push(HomeLook {
            asked: seen.0,
            outcome: LookOutcome::Seen {
                timestamp: seen.0,
                original: seen.1.clone(),
            },
            links: links_on(look, seen),
            pages: Vec::new(),
        });
    }
    hubs.into_values().collect()
}

/// Looks at one capture of a hub for policy links; playback only.
///
/// # Errors
/// Only those that are not final for the capture ([`ArchiveError::as_drop`] is `None`). One that is lost, or far from
/// where the index says, is a look without links.
pub async fn look_at_hub<A: Archive>(
    archive: &A,
    site: &Site,
    vocabulary: &Vocabulary,
    limits: &Limits,
    capture: &Capture,
) -> Result<HomeLook, ArchiveError> {
    let looker = Looker {
        archive,
        site,
        vocabulary,
        limits,
        earlier: &[],
    };
    let asked = capture.timestamp;
    let by =
        |seconds: i64| Timestamp::from_unix_seconds(asked.unix_seconds().saturating_add(seconds));
    let window = (by(-DAY_SECONDS), by(DAY_SECONDS));
    let came = looker.memento(&capture.original, asked, window).await?;
    let (outcome, links) = match came {
        Ok(page) => {
            let links = looker.read(&page).links.into_iter();
            let links = links.filter_map(|link| seen_link(Source::Hub, &page, link));
            let links = looker.ranked(links.collect());
            let outcome = LookOutcome::Seen {
                timestamp: page.timestamp,
                original: page.original,
            };
            (outcome, links)
        }
        Err(missing) => (
            LookOutcome::Absent {
                reason: missing.dropped.reason,
                detail: missing.dropped.detail,
            },
            Vec::new(),
        ),
    };
    Ok(HomeLook {
        asked,
        outcome,
        links,
        pages: Vec::new(),
    })
}
