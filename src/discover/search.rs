//! Which archived home page to look at next: the first and the last, then halves of spans whose ends disagree. Pure.

use crate::model::{Timestamp, UrlKey};

use super::kind::PolicyKind;
use super::looks::HomeLook;
use super::same_page::same_page;

pub(super) const DAY_SECONDS: i64 = 86_400;
/// A home page of so long before or after the span still tells where the policies were at that end of it.
const NEAR_SPAN_SECONDS: i64 = 366 * DAY_SECONDS;
/// Ends that both show no policy link agree on nothing; such a span is halved down to this many shortest spans.
const EMPTY_SPAN_FACTOR: i64 = 8;

/// How much a search by link may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Home pages of a site, those of earlier runs included; when there are so many, each later run still looks at the
    /// new end of its span.
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

impl HomeSpan {
    /// True for moments within the span, or so little outside that a home page of then is evidence still.
    fn is_near(self, moment: Timestamp) -> bool {
        let seconds = moment.unix_seconds();
        self.from.unix_seconds().saturating_sub(NEAR_SPAN_SECONDS) <= seconds
            && seconds <= self.to.unix_seconds().saturating_add(NEAR_SPAN_SECONDS)
    }
}

/// The moment at which [`crate::discover::by_link`] would look for a home page next, after these looks; `None`: at none.
#[must_use]
pub fn next_home_page(span: HomeSpan, limits: &Limits, known: &[HomeLook]) -> Option<Timestamp> {
    Search::new(span, limits, known).next()
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
                && span.is_near(look.timestamp())
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
        if self.span.from > self.span.to || self.looks.iter().any(HomeLook::ends_search) {
            return None;
        }
        let last = self.open_end(self.span.to, Inward::Earlier);
        if self.looks.is_empty() {
            return last;
        }
        // Only the newest home page tells of what is new: it is looked at whatever earlier runs have spent.
        let is_full = self.looks.len() >= self.limits.home_pages;
        if let Some(last) = last.filter(|last| !is_full || *last == self.span.to) {
            return Some(last);
        }
        if is_full {
            return None;
        }
        self.open_end(self.span.from, Inward::Later)
            .or_else(|| self.halves().into_iter().next().map(|(_, middle)| middle))
    }

    /// The moment nearest to an end of the span at which a home page may be that no look has met: the end itself, or,
    /// where the captures nearest to it lie far outside, the first moment inside that is not nearer to those. None when
    /// that end has been looked at, or nothing lies within the span.
    fn open_end(&self, end: Timestamp, inward: Inward) -> Option<Timestamp> {
        let reuse = u64::from(self.limits.reuse_days).saturating_mul(86_400);
        let mut moment = end;
        loop {
            let is_at = |look: &&HomeLook| look.asked.distance_seconds(moment) <= reuse;
            let mut at_end = self.looks.iter().filter(is_at).peekable();
            let looked_at = at_end.peek().is_some();
            if at_end.any(|look| self.barren_seconds(look).is_none()) {
                return None;
            }
            let reach = |look: &HomeLook| {
                let seconds = self.barren_seconds(look)?;
                let covers = look.asked.distance_seconds(moment) < seconds;
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                covers.then(|| inward.of(look.asked, seconds))
            };
            let reached = self.looks.iter().filter_map(reach);
            let furthest = match inward {
                Inward::Earlier => reached.min().filter(|t| *t < moment),
                Inward::Later => reached.max().filter(|t| *t > moment),
            };
            match furthest {
                Some(next) if self.span.from <= next && next <= self.span.to => moment = next,
                Some(_) => return None,
                None => return (!looked_at).then_some(moment),
            }
        }
    }

    /// For how long around the moment of a look there is no home page, where its answer was one far outside the span.
    fn barren_seconds(&self, look: &HomeLook) -> Option<u64> {
        let nearest = look.displaced_by().filter(|t| !self.span.is_near(*t))?;
        Some(nearest.distance_seconds(look.asked))
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
            before.map_or(second(self.span.from, -NEAR_SPAN_SECONDS), |t| second(t, 1)),
            after.map_or(second(self.span.to, NEAR_SPAN_SECONDS), |t| second(t, -1)),
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
            .filter(|look| !look.is_displaced())
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
            let within = self.span.from <= middle && middle <= self.span.to;
            // Asked already: the archive has nothing between the two.
            if within && width > needed && self.looks.iter().all(|look| look.asked != middle) {
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
    let found = |look: &HomeLook| look.is_seen() || !look.is_displaced() && !look.pages.is_empty();
    look.is_displaced() && looks.iter().any(found)
}

/// Exclusions end and sites come into the archive: an earlier answer that ended the search holds for a while only. That
/// the nearest capture lies outside a span says nothing of one that holds it.
fn still_true(look: &HomeLook, span: HomeSpan, limits: &Limits) -> bool {
    let recent = u64::from(limits.reuse_days).saturating_mul(86_400);
    if look.is_displaced() {
        return look.displaced_by().is_some_and(|t| !span.is_near(t));
    }
    !look.ends_search() || look.asked.distance_seconds(span.to) <= recent
}

/// From an end of the span towards its inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inward {
    Earlier,
    Later,
}

impl Inward {
    fn of(self, moment: Timestamp, seconds: i64) -> Timestamp {
        let at = moment.unix_seconds();
        Timestamp::from_unix_seconds(match self {
            Self::Earlier => at.saturating_sub(seconds),
            Self::Later => at.saturating_add(seconds),
        })
    }
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

#[cfg(test)]
mod tests {
    use super::super::kind::Source;
    use super::super::looks::{LookOutcome, SeenLink, SidePage};
    use super::super::memory_archive::at;
    use super::*;
    use crate::model::DropReason;

    fn span() -> HomeSpan {
        HomeSpan {
            from: at("2000"),
            to: at("2020"),
        }
    }

    proptest::proptest! {
        #[test]
        fn the_search_ends_whatever_comes(times in proptest::collection::vec((-900_000_000i64..1_800_000_000, 0u8..5), 0..80)) {
            let limits = Limits::default();
            let mut search = Search::new(span(), &limits, &[]);
            let start = span().from.unix_seconds();
            let mut asked = Vec::new();
            while let Some(moment) = search.next() {
                proptest::prop_assert!(!asked.contains(&moment));
                asked.push(moment);
                let nearest = times.iter().min_by_key(|(t, _)| (start + t).abs_diff(moment.unix_seconds()));
                let far = nearest.map(|(t, _)| start + t).filter(|t| t.abs_diff(moment.unix_seconds()) > 400_000_000);
                let outcome = match nearest {
                    Some(_) if far.is_some() => LookOutcome::Absent { reason: DropReason::Displaced, detail: String::new() },
                    Some((t, 1..)) => LookOutcome::Seen { timestamp: Timestamp::from_unix_seconds(start + t), original: String::new() },
                    _ => LookOutcome::Absent { reason: DropReason::ArchivedError, detail: String::new() },
                };
                let links = nearest.filter(|(_, n)| *n > 1).map(|(t, n)| SeenLink {
                    url: format!("http://example.com/{n}"), kind: PolicyKind::Privacy, score: 90, rank: 1, text: String::new(),
                    reasons: vec![], in_footer: true, source: Source::Link, page: (Timestamp::from_unix_seconds(start + t), String::new()),
                });
                let by = far.map(|t| SidePage { url: String::new(), seen: Some((Timestamp::from_unix_seconds(t), String::new())), is_hub: false });
                search.add(HomeLook { asked: moment, outcome, links: links.into_iter().collect(), pages: by.into_iter().collect() });
            }
            proptest::prop_assert!(asked.len() <= limits.home_pages);
        }
    }
}
