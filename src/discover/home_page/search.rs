//! Chooses the archived home page to scan next: the first and the last, then the middle of spans whose ends disagree.
//! Pure.

use crate::model::{Timestamp, UrlKey};

use super::super::kind::PolicyKind;
use super::super::page_scan::PageScan;
use super::super::same_page::same_page;
use super::limits::ScanLimits;

/// Length of a day.
pub(super) const DAY_SECONDS: i64 = 86_400;
/// A home page up to this long before or after the span still shows where the policies were at that end of the span.
const NEAR_SPAN_SECONDS: i64 = 366 * DAY_SECONDS;
/// If neither end of a span has a policy link, nothing shows that they agree. Such a span is halved until it is as long
/// as this many shortest spans.
const EMPTY_SPAN_FACTOR: i64 = 8;

/// The first and last moment of interest, inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HomeSpan {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
}

impl HomeSpan {
    fn contains(self, moment: Timestamp) -> bool {
        self.from <= moment && moment <= self.to
    }

    /// True for moments within the span, or so close to it that a home page of that time is still evidence.
    fn is_near(self, moment: Timestamp) -> bool {
        let seconds = moment.unix_seconds();
        self.from.unix_seconds().saturating_sub(NEAR_SPAN_SECONDS) <= seconds
            && seconds <= self.to.unix_seconds().saturating_add(NEAR_SPAN_SECONDS)
    }
}

/// The moment whose home page [`crate::discover::by_link`] would scan next, after these scans; `None` when the search is
/// complete.
#[must_use]
pub fn next_home_page(
    span: HomeSpan,
    limits: &ScanLimits,
    known: &[PageScan],
) -> Option<Timestamp> {
    HomePageSearch::new(span, limits, known).next()
}

/// The search for the home pages that show every address of a policy link.
pub(super) struct HomePageSearch<'a> {
    span: HomeSpan,
    limits: &'a ScanLimits,
    scans: Vec<PageScan>,
}

impl<'a> HomePageSearch<'a> {
    pub(super) fn new(span: HomeSpan, limits: &'a ScanLimits, known: &[PageScan]) -> Self {
        let mut scans: Vec<PageScan> = Vec::new();
        for scan in known {
            let usable = span.contains(scan.requested_at)
                && span.is_near(scan.timestamp())
                && (is_gap(scan, known) || is_valid_still(scan, span, limits));
            if usable && scans.iter().all(|s| s.requested_at != scan.requested_at) {
                scans.push(scan.clone());
            }
        }
        let mut search = Self {
            span,
            limits,
            scans,
        };
        search.sort();
        search
    }

    fn sort(&mut self) {
        self.scans
            .sort_by_key(|scan| (scan.timestamp(), scan.requested_at));
    }

    /// Adds a new scan.
    pub(super) fn add(&mut self, scan: PageScan) {
        self.scans.push(scan);
        self.sort();
    }

    /// The moment to scan next.
    pub(super) fn next(&self) -> Option<Timestamp> {
        if self.span.from > self.span.to || self.scans.iter().any(PageScan::ends_search) {
            return None;
        }
        let last = self.open_end(self.span.to, Inward::Earlier);
        if self.scans.is_empty() {
            return last;
        }
        // Only the newest home page shows what is new. So it is scanned, no matter how many scans earlier runs have
        // made.
        let is_full = self.scans.len() >= self.limits.home_pages;
        if let Some(last) = last.filter(|last| !is_full || *last == self.span.to) {
            return Some(last);
        }
        if is_full {
            return None;
        }
        self.open_end(self.span.from, Inward::Later)
            .or_else(|| self.middles().into_iter().next().map(|(_, middle)| middle))
    }

    /// The moment to scan next, if the newest home page is not known yet.
    pub(super) fn next_newest(&self) -> Option<Timestamp> {
        if self.span.from > self.span.to || self.scans.iter().any(PageScan::ends_search) {
            return None;
        }
        self.open_end(self.span.to, Inward::Earlier)
            .filter(|_| self.scans.len() < self.limits.home_pages)
    }

    /// The moment nearest to an end of the span that may have a home page which no scan has found: the end itself, or,
    /// if the captures nearest to it are far outside, the first moment inside the span that is not nearer to those
    /// captures. `None` if that end has been scanned, or if nothing is left within the span.
    fn open_end(&self, end: Timestamp, inward: Inward) -> Option<Timestamp> {
        let reuse = u64::from(self.limits.reuse_days).saturating_mul(86_400);
        let mut moment = end;
        loop {
            let is_at = |scan: &&PageScan| scan.requested_at.distance_seconds(moment) <= reuse;
            let mut at_end = self.scans.iter().filter(is_at).peekable();
            let is_scanned = at_end.peek().is_some();
            if at_end.any(|scan| self.empty_seconds(scan).is_none()) {
                return None;
            }
            let reach = |scan: &PageScan| {
                let seconds = self.empty_seconds(scan)?;
                let covers = scan.requested_at.distance_seconds(moment) < seconds;
                let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
                covers.then(|| inward.of(scan.requested_at, seconds))
            };
            let reached = self.scans.iter().filter_map(reach);
            let furthest = match inward {
                Inward::Earlier => reached.min().filter(|t| *t < moment),
                Inward::Later => reached.max().filter(|t| *t > moment),
            };
            match furthest {
                Some(next) if self.span.contains(next) => moment = next,
                Some(_) => return None,
                None => return (!is_scanned).then_some(moment),
            }
        }
    }

    /// Seconds around the moment of a scan that have no home page, because the archive offered one far outside the
    /// span.
    fn empty_seconds(&self, scan: &PageScan) -> Option<u64> {
        let nearest = scan.displaced_by().filter(|t| !self.span.is_near(*t))?;
        Some(nearest.distance_seconds(scan.requested_at))
    }

    /// First and last moment, around the requested one, of a home page that no scan has found. If no capture fits
    /// between them, the first moment is after the last.
    pub(super) fn window(&self, requested: Timestamp) -> (Timestamp, Timestamp) {
        // The pages of a scan without a home page are captures of errors at its address.
        let times = |scan: &PageScan| -> Vec<Timestamp> {
            if scan.is_found() {
                return vec![scan.timestamp()];
            }
            let errors = scan.pages.iter().filter_map(|page| page.capture.as_ref());
            errors.map(|(timestamp, _)| *timestamp).collect()
        };
        let captures = || self.scans.iter().flat_map(times);
        let second = |t: Timestamp, by: i64| {
            Timestamp::from_unix_seconds(t.unix_seconds().saturating_add(by))
        };
        let before = captures().filter(|t| *t <= requested).max();
        let after = captures().filter(|t| *t >= requested).min();
        (
            before.map_or(second(self.span.from, -NEAR_SPAN_SECONDS), |t| second(t, 1)),
            after.map_or(second(self.span.to, NEAR_SPAN_SECONDS), |t| second(t, -1)),
        )
    }

    /// The scans so far, by the time of their captures.
    pub(super) fn scans(&self) -> &[PageScan] {
        &self.scans
    }

    /// The middles of spans whose ends disagree, widest span first.
    fn middles(&self) -> Vec<(i64, Timestamp)> {
        let shortest = i64::from(self.limits.shortest_span_days)
            .saturating_mul(DAY_SECONDS)
            .max(2);
        let mut middles = Vec::new();
        let pages: Vec<&PageScan> = self
            .scans
            .iter()
            .filter(|scan| !scan.is_displaced())
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
            // If a middle was already requested, there is no capture near it.
            let is_new = self.scans.iter().all(|scan| scan.requested_at != middle);
            if self.span.contains(middle) && width > needed && is_new {
                middles.push((width, middle));
            }
        }
        middles.sort_by_key(|(width, middle)| (std::cmp::Reverse(*width), *middle));
        middles
    }

    /// All scans, by the time of their captures.
    pub(super) fn finish(self) -> Vec<PageScan> {
        self.scans
    }
}

/// True for a scan that found nothing between the captures that others found.
fn is_gap(scan: &PageScan, scans: &[PageScan]) -> bool {
    let found = |scan: &PageScan| scan.is_found() || !scan.is_displaced() && !scan.pages.is_empty();
    scan.is_displaced() && scans.iter().any(found)
}

/// True for a scan whose result is still valid. Exclusions end and sites enter the archive, so a result that ended the
/// search is valid only for some time. A capture outside the earlier span may be inside the current one.
fn is_valid_still(earlier: &PageScan, span: HomeSpan, limits: &ScanLimits) -> bool {
    let recent = u64::from(limits.reuse_days).saturating_mul(86_400);
    if earlier.is_displaced() {
        return earlier.displaced_by().is_some_and(|t| !span.is_near(t));
    }
    !earlier.ends_search() || earlier.requested_at.distance_seconds(span.to) <= recent
}

/// The direction from an end of the span towards its inside.
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

/// How two neighbouring scans compare.
enum Agreement {
    Same,
    Different,
    /// Neither has a privacy link.
    Nothing,
}

/// Two scans agree when they show the same privacy policy and neither adds a kind with another address.
fn agreement(left: &PageScan, right: &PageScan) -> Agreement {
    let key = |scan: &PageScan, kind| scan.top(kind).and_then(|link| UrlKey::of(&link.url).ok());
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
    use super::super::super::kind::Source;
    use super::super::super::page_scan::{LinkedPage, ScanOutcome, ScannedLink};
    use super::super::super::tests::memory_archive::at;
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
            let limits = ScanLimits::default();
            let mut search = HomePageSearch::new(span(), &limits, &[]);
            let start = span().from.unix_seconds();
            let mut requested = Vec::new();
            while let Some(moment) = search.next() {
                proptest::prop_assert!(!requested.contains(&moment));
                requested.push(moment);
                let nearest = times.iter().min_by_key(|(t, _)| (start + t).abs_diff(moment.unix_seconds()));
                let far = nearest.map(|(t, _)| start + t).filter(|t| t.abs_diff(moment.unix_seconds()) > 400_000_000);
                let outcome = match nearest {
                    Some(_) if far.is_some() => ScanOutcome::Absent { reason: DropReason::Displaced, detail: String::new() },
                    Some((t, 1..)) => ScanOutcome::Found { timestamp: Timestamp::from_unix_seconds(start + t), original: String::new() },
                    _ => ScanOutcome::Absent { reason: DropReason::ArchivedError, detail: String::new() },
                };
                let links = nearest.filter(|(_, n)| *n > 1).map(|(t, n)| ScannedLink {
                    url: format!("http://example.com/{n}"), kind: PolicyKind::Privacy, score: 90, rank: 1, text: String::new(),
                    reasons: vec![], in_footer: true, source: Source::Link, page: (Timestamp::from_unix_seconds(start + t), String::new()),
                });
                let by = far.map(|t| LinkedPage { url: String::new(), capture: Some((Timestamp::from_unix_seconds(t), String::new())), is_hub: false });
                search.add(PageScan { requested_at: moment, outcome, links: links.into_iter().collect(), pages: by.into_iter().collect() });
            }
            proptest::prop_assert!(requested.len() <= limits.home_pages);
        }
    }
}
