//! Hub pages by their captures: a hub that a home page led to is read once before the index is asked; what stood on it at
//! other times is read when the index tells its captures apart, no payload twice.

use std::collections::{BTreeMap, BTreeSet};

use super::CrawlError;
use super::halving::ends_then_between;
use super::home_looks;
use super::site::SiteLook;
use crate::archive::Archive;
use crate::discover::{self, HomeLook, Hub, Limits, PolicyKind};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};

/// Captures of one hub that are looked at. The ends of three moves are seen from so many; a hub whose links are ever new
/// tells no more of the policy by the ninth.
const MOST_LOOKS: usize = 8;

impl<A: Archive> SiteLook<'_, '_, A> {
    /// Looks at the captures of hubs where these may link to other policies than the one that was seen, and stores what
    /// they name.
    pub(super) async fn find_by_hubs(&mut self) -> Result<(), CrawlError> {
        let candidates = self.candidate_addresses()?;
        let limits = Limits::default();
        for hub in self.hubs()? {
            // A policy is looked at as such.
            if candidates.contains(&hub.urlkey) {
                continue;
            }
            // No hub is worth a question of its own: its rows come with the one for the site, or not at all.
            if !self.was_asked(&self.exact_key(&hub.urlkey))? {
                continue;
            }
            let context = self.context;
            let mut captures = context.store.captures_at(context.archive_id, &hub.urlkey)?;
            captures.retain(|c| c.may_show_page() && context.crawl.in_span(c.timestamp));
            captures.dedup_by_key(|c| c.timestamp);
            let mut looks = hub.looks;
            while let Some(capture) = next(&captures, &looks, limits.reuse_days) {
                self.check_stop()?;
                let look = discover::look_at_hub(
                    context.archive,
                    &self.request.site,
                    context.vocabulary,
                    &limits,
                    capture,
                )
                .await;
                match look {
                    Ok(look) => {
                        let json = home_looks::to_json(&look);
                        context
                            .store
                            .add_hub_look(self.site_id, &hub.urlkey, look.asked, &json)?;
                        looks.push(look);
                    }
                    Err(error) => {
                        self.settle(error)?;
                        break;
                    }
                }
            }
            self.store_candidates(&discover::candidates_of_looks(&looks, &self.request.site))?;
        }
        Ok(())
    }

    /// The hubs of the site with all that was seen on them.
    pub(super) fn hubs(&self) -> Result<Vec<Hub>, CrawlError> {
        let mut stored: BTreeMap<String, Vec<HomeLook>> = BTreeMap::new();
        for (urlkey, look) in self.context.store.hub_looks(self.site_id)? {
            let looks = stored.entry(urlkey).or_default();
            looks.extend(home_looks::from_json(&look));
        }
        let mut hubs = discover::hubs(&self.home_looks()?);
        for hub in &mut hubs {
            hub.looks
                .extend(stored.remove(hub.urlkey.as_str()).unwrap_or_default());
        }
        Ok(hubs)
    }
}

/// What a look at a capture of a hub says: the policies it links to.
fn links(look: &HomeLook) -> BTreeSet<(UrlKey, PolicyKind)> {
    let keys = look
        .links
        .iter()
        .filter_map(|link| Some((UrlKey::of(&link.url).ok()?, link.kind)));
    keys.collect()
}

/// The capture of a hub to look at now; `captures` in order of time, one of each moment. None when its looks tell
/// enough. A capture that lies within `reuse_days` after a look is no new end.
fn next<'c>(captures: &'c [Capture], looks: &[HomeLook], reuse_days: u32) -> Option<&'c Capture> {
    let mut by_moment: BTreeMap<Timestamp, &HomeLook> = BTreeMap::new();
    for look in looks {
        by_moment.insert(look.asked, look);
        if look.is_seen() {
            by_moment.insert(look.timestamp(), look);
        }
    }
    let by_digest: BTreeMap<&PayloadDigest, &HomeLook> = captures
        .iter()
        .filter_map(|c| Some((c.page_digest()?, *by_moment.get(&c.timestamp)?)))
        .filter(|(_, look)| look.is_seen())
        .collect();
    let look_of = |i: usize| -> Option<&HomeLook> {
        let capture = captures.get(i)?;
        let own = by_moment.get(&capture.timestamp);
        let equal = || capture.page_digest().and_then(|d| by_digest.get(d));
        own.or_else(equal).copied()
    };
    let reuse_seconds = u64::from(reuse_days).saturating_mul(86_400);
    let is_new_end = |i: usize| {
        let newest = by_moment.keys().next_back();
        i + 1 < captures.len()
            || newest.is_none_or(|t| t.distance_seconds(captures[i].timestamp) > reuse_seconds)
    };
    let wanted = ends_then_between(
        captures.len(),
        &|i| look_of(i).is_none() && is_new_end(i),
        &|i| look_of(i).filter(|look| look.is_seen()).map(links),
        &|one, other| one != other,
    );
    // Only its newest capture tells of what is new: that is looked at whatever earlier runs have spent.
    let may_ask = |place: &usize| looks.len() < MOST_LOOKS || place + 1 == captures.len();
    let place = wanted.into_iter().find(may_ask)?;
    captures.get(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::{LookOutcome, SeenLink, Source};

    fn capture(day: u32, digest: char) -> Capture {
        let timestamp =
            Timestamp::earliest("2010").unwrap().unix_seconds() + i64::from(day) * 86_400;
        let original = "http://example.com/legal";
        Capture {
            urlkey: UrlKey::of(original).unwrap(),
            timestamp: Timestamp::from_unix_seconds(timestamp),
            original: original.to_owned(),
            mimetype: "text/html".to_owned(),
            statuscode: Some(200),
            digest: PayloadDigest::parse(&digest.to_string().repeat(32)).ok(),
            length: None,
        }
    }

    /// A look at a capture that links to one policy.
    fn look(capture: &Capture, policy: &str) -> HomeLook {
        let page = (capture.timestamp, capture.original.clone());
        HomeLook {
            asked: capture.timestamp,
            outcome: LookOutcome::Seen {
                timestamp: page.0,
                original: page.1.clone(),
            },
            links: vec![SeenLink {
                url: format!("http://example.com/{policy}"),
                kind: PolicyKind::Privacy,
                score: 90,
                rank: 1,
                text: String::new(),
                reasons: Vec::new(),
                in_footer: false,
                source: Source::Hub,
                page,
            }],
            pages: Vec::new(),
        }
    }

    /// Looks until nothing is left to ask; gives the days asked for.
    fn run(
        captures: &[Capture],
        looks: &mut Vec<HomeLook>,
        shows: impl Fn(&Capture) -> String,
    ) -> usize {
        let before = looks.len();
        while let Some(capture) = next(captures, looks, 30) {
            assert!(
                looks.iter().all(|look| look.asked != capture.timestamp),
                "asked twice"
            );
            let look = look(capture, &shows(capture));
            looks.push(look);
        }
        looks.len() - before
    }

    #[test]
    fn a_hub_whose_bytes_stayed_is_not_asked_for_again() {
        let captures: Vec<Capture> = (0..50).map(|n| capture(100 * n, 'A')).collect();
        let mut looks = vec![look(&captures[30], "a")];
        assert_eq!(run(&captures, &mut looks, |_| panic!("asked")), 0);
    }

    #[test]
    fn a_hub_that_changed_is_looked_at_by_its_ends_and_between() {
        let letters: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
        let captures: Vec<Capture> = (0..32)
            .map(|n| capture(100 * n, letters[n as usize]))
            .collect();
        let shows = |c: &Capture| {
            (if c.timestamp < captures[20].timestamp {
                "a"
            } else {
                "b"
            })
            .to_owned()
        };
        let mut looks = vec![look(&captures[31], "b")];
        let asked = run(&captures, &mut looks, shows);
        // The first, and five halvings of 30 captures between.
        assert!((2..=6).contains(&asked), "{asked}");
        for at in [19, 20] {
            assert!(
                looks
                    .iter()
                    .any(|look| look.asked == captures[at].timestamp)
            );
        }
    }

    #[test]
    fn a_hub_that_is_ever_new_costs_eight_looks_and_later_its_new_end() {
        let letters: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
        let captures: Vec<Capture> = (0..32)
            .map(|n| capture(100 * n, letters[n as usize]))
            .collect();
        let shows = |c: &Capture| c.timestamp.to_string();
        let mut looks = Vec::new();
        run(&captures[..30], &mut looks, shows);
        assert_eq!(looks.len(), MOST_LOOKS);
        assert_eq!(run(&captures, &mut looks, shows), 1);
    }

    #[test]
    fn a_capture_of_the_next_days_is_no_new_end() {
        let captures = [capture(0, 'A'), capture(29, 'B')];
        let mut looks = vec![look(&captures[0], "a")];
        assert_eq!(run(&captures, &mut looks, |_| "b".to_owned()), 0);
        let captures = [capture(0, 'A'), capture(31, 'B')];
        assert_eq!(run(&captures, &mut looks, |_| "b".to_owned()), 1);
    }
}
