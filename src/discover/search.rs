//! Which archived home page to look at next: the first and the last, then halves of spans whose ends disagree. Pure.

use crate::model::{DropReason, Timestamp, UrlKey};

use super::kind::PolicyKind;
use super::looks::{HomeLook, LookOutcome};

pub(super) const DAY_SECONDS: i64 = 86_400;
/// Ends that both show no policy link agree on nothing; such a span is halved down to this many shortest spans.
const EMPTY_SPAN_FACTOR: i64 = 8;

/// How much a search by link may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Home pages of a site, those of earlier runs included.
    pub home_pages: usize,
    /// Hub pages for each home page without a sure privacy link.
    pub hubs: usize,
    /// Frames for each page made of frames.
    pub frames: usize,
    /// Meta refreshes followed one after another.
    pub refreshes: usize,
    /// Policy links kept for each home page.
    pub links: usize,
    /// Two home pages closer than this many days are not halved further.
    pub shortest_span_days: u32,
    /// An earlier look at most this many days from the wanted end of the span counts as a look at that end.
    pub reuse_days: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            home_pages: 16,
            hubs: 3,
            frames: 4,
            refreshes: 3,
            links: 5,
            shortest_span_days: 182,
            reuse_days: 30,
        }
    }
}

/// The first and last moment of interest, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HomeSpan {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
}

/// Which home page to look at next; pure.
pub(super) struct Search<'a> {
    span: HomeSpan,
    limits: &'a Limits,
    looks: Vec<HomeLook>,
}

impl<'a> Search<'a> {
    pub(super) fn new(span: HomeSpan, limits: &'a Limits, known: &[HomeLook]) -> Self {
        let within = |t: Timestamp| span.from <= t && t <= span.to;
        let mut looks: Vec<HomeLook> = Vec::new();
        for look in known {
            let usable = within(look.asked)
                && within(look.timestamp())
                && (is_gap(look, known) || still_true(look, span, limits));
            if usable && looks.iter().all(|l| l.asked != look.asked) {
                looks.push(look.clone());
            }
        }
        let mut search = Self {
            span,
            limits,
            looks,
        };
        search.sort();
        search
    }

    fn sort(&mut self) {
        self.looks
            .sort_by_key(|look| (look.timestamp(), look.asked));
    }

    pub(super) fn add(&mut self, look: HomeLook) {
        self.looks.push(look);
        self.sort();
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        let ended = |look: &HomeLook| look.ends_search() && !is_gap(look, &self.looks);
        if self.span.from > self.span.to || self.looks.iter().any(ended) {
            return None;
        }
        let reuse = u64::from(self.limits.reuse_days).saturating_mul(86_400);
        let looked_at = |end: Timestamp| {
            self.looks
                .iter()
                .any(|look| look.asked.distance_seconds(end) <= reuse)
        };
        if let Some(end) = [self.span.to, self.span.from]
            .into_iter()
            .find(|end| !looked_at(*end))
        {
            return Some(end);
        }
        if self.looks.len() >= self.limits.home_pages {
            return None;
        }
        self.halves().into_iter().next().map(|(_, middle)| middle)
    }

    /// First and last moment at which a home page that nobody has seen may have been captured, around a moment; the
    /// first is the later where there is no room for one.
    pub(super) fn window(&self, asked: Timestamp) -> (Timestamp, Timestamp) {
        // Of a look without a home page, the pages are captures of errors at its address.
        let times = |look: &HomeLook| -> Vec<Timestamp> {
            if look.is_seen() {
                return vec![look.timestamp()];
            }
            let errors = look.pages.iter().filter_map(|page| page.seen.as_ref());
            errors.map(|(timestamp, _)| *timestamp).collect()
        };
        let seen = || self.looks.iter().flat_map(times);
        let second = |t: Timestamp, by: i64| {
            Timestamp::from_unix_seconds(t.unix_seconds().saturating_add(by))
        };
        let before = seen().filter(|t| *t <= asked).max();
        let after = seen().filter(|t| *t >= asked).min();
        (
            before.map_or(self.span.from, |t| second(t, 1)),
            after.map_or(self.span.to, |t| second(t, -1)),
        )
    }

    /// The looks made so far, by the time of their captures.
    pub(super) fn looks(&self) -> &[HomeLook] {
        &self.looks
    }

    /// Moments worth a look, that of the widest span first.
    fn halves(&self) -> Vec<(i64, Timestamp)> {
        let shortest = i64::from(self.limits.shortest_span_days)
            .saturating_mul(DAY_SECONDS)
            .max(2);
        let mut halves = Vec::new();
        let pages: Vec<&HomeLook> = self
            .looks
            .iter()
            .filter(|look| !is_gap(look, &self.looks))
            .collect();
        for pair in pages.windows(2) {
            let [left, right] = pair else { continue };
            let (start, end) = (
                left.timestamp().unix_seconds(),
                right.timestamp().unix_seconds(),
            );
            let needed = match agreement(left, right) {
                Agreement::Same => continue,
                Agreement::Different => shortest,
                Agreement::Nothing => shortest.saturating_mul(EMPTY_SPAN_FACTOR),
            };
            let width = end.saturating_sub(start);
            let middle = Timestamp::from_unix_seconds(start.saturating_add(width / 2));
            // Asked already: the archive has nothing between the two.
            if width > needed && self.looks.iter().all(|look| look.asked != middle) {
                halves.push((width, middle));
            }
        }
        halves.sort_by_key(|(width, middle)| (std::cmp::Reverse(*width), *middle));
        halves
    }

    pub(super) fn finish(self) -> Vec<HomeLook> {
        self.looks
    }
}

/// True for a look that found nothing between the captures that others found.
fn is_gap(look: &HomeLook, looks: &[HomeLook]) -> bool {
    let displaced = matches!(
        look.outcome,
        LookOutcome::Absent {
            reason: DropReason::Displaced,
            ..
        }
    );
    displaced
        && looks
            .iter()
            .any(|look| look.is_seen() || !look.pages.is_empty())
}

/// Exclusions end and sites come into the archive: an earlier answer that ended the search holds for a while only. That
/// nothing lies within a span says nothing of a wider one.
fn still_true(look: &HomeLook, span: HomeSpan, limits: &Limits) -> bool {
    let recent = u64::from(limits.reuse_days).saturating_mul(86_400);
    let displaced = matches!(
        look.outcome,
        LookOutcome::Absent {
            reason: DropReason::Displaced,
            ..
        }
    );
    !look.ends_search() || (!displaced && look.asked.distance_seconds(span.to) <= recent)
}

enum Agreement {
    Same,
    Different,
    /// Neither shows a privacy link.
    Nothing,
}

/// Two looks agree when they show the same privacy policy and neither adds a kind with another address.
fn agreement(left: &HomeLook, right: &HomeLook) -> Agreement {
    let key = |look: &HomeLook, kind| look.top(kind).and_then(|link| UrlKey::of(&link.url).ok());
    let pair = |kind| (key(left, kind), key(right, kind));
    match pair(PolicyKind::Privacy) {
        (None, None) => return Agreement::Nothing,
        (Some(a), Some(b)) if same_page(&a, &b) => {}
        _ => return Agreement::Different,
    }
    let moved = |kind| matches!(pair(kind), (Some(a), Some(b)) if !same_page(&a, &b));
    if moved(PolicyKind::Cookies) || moved(PolicyKind::Children) {
        Agreement::Different
    } else {
        Agreement::Same
    }
}

/// One page with another session, language or campaign in its query; a script (`index.php?page=privacy`) is told by its
/// query, so there the whole key counts.
fn same_page(one: &UrlKey, other: &UrlKey) -> bool {
    let page = |key: &UrlKey| {
        let (page, _) = key.as_str().split_once('?').unwrap_or((key.as_str(), ""));
        let name = page.rsplit('/').next().unwrap_or_default();
        (!name.is_empty() && !name.contains('.')).then(|| page.to_owned())
    };
    one == other || page(one).is_some_and(|name| Some(name) == page(other))
}

#[cfg(test)]
mod tests {
    use super::super::kind::Source;
    use super::super::looks::SeenLink;
    use super::super::memory_archive::at;
    use super::*;

    fn span() -> HomeSpan {
        HomeSpan {
            from: at("2000"),
            to: at("2020"),
        }
    }

    #[test]
    fn a_session_in_the_query_makes_no_other_page() {
        let same = |a: &str, b: &str| same_page(&UrlKey::of(a).unwrap(), &UrlKey::of(b).unwrap());
        assert!(same("http://a.com/privacy?s=1", "http://www.a.com/privacy"));
        assert!(!same(
            "http://a.com/index.php?page=privacy",
            "http://a.com/index.php?page=legal"
        ));
        assert!(!same("http://a.com/?p=1", "http://a.com/?p=2"));
        assert!(!same("http://a.com/privacy", "http://a.com/legal/privacy"));
    }

    proptest::proptest! {
        #[test]
        fn the_search_ends_whatever_comes(times in proptest::collection::vec((0i64..600_000_000, 0u8..5), 0..80)) {
            let limits = Limits::default();
            let mut search = Search::new(span(), &limits, &[]);
            let start = span().from.unix_seconds();
            let mut asked = Vec::new();
            while let Some(moment) = search.next() {
                proptest::prop_assert!(!asked.contains(&moment));
                asked.push(moment);
                let nearest = times.iter().min_by_key(|(t, _)| (start + t).abs_diff(moment.unix_seconds()));
                let outcome = match nearest {
                    Some((t, 1..)) => LookOutcome::Seen { timestamp: Timestamp::from_unix_seconds(start + t), original: String::new() },
                    _ => LookOutcome::Absent { reason: DropReason::ArchivedError, detail: String::new() },
                };
                let links = nearest.filter(|(_, n)| *n > 1).map(|(t, n)| SeenLink {
                    url: format!("http://example.com/{n}"), kind: PolicyKind::Privacy, score: 90, rank: 1, text: String::new(),
                    reasons: vec![], in_footer: true, source: Source::Link, page: (Timestamp::from_unix_seconds(start + t), String::new()),
                });
                search.add(HomeLook { asked: moment, outcome, links: links.into_iter().collect(), pages: vec![] });
            }
            proptest::prop_assert!(asked.len() <= limits.home_pages);
        }
    }
}
