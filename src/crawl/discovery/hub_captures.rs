//! Selects the captures of a hub page to scan. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::discover::{PageScan, PolicyKind};
use crate::model::{Capture, PayloadDigest, Timestamp, UrlKey};
use crate::sample::bisect;

/// Maximum number of captures scanned per hub. This number shows both ends of three moves. If the links of a hub change
/// all the time, its ninth capture says nothing more about the policy.
const MAX_SCANS: usize = 8;

/// Returns the capture of a hub to scan next; `None` if the scans suffice. `captures` are in order of time, one for
/// each moment. The newest capture is not scanned within `reuse_days` of the newest scan.
pub(super) fn next_capture<'c>(
    captures: &'c [Capture],
    scans: &[PageScan],
    reuse_days: u32,
) -> Option<&'c Capture> {
    let mut by_moment: BTreeMap<Timestamp, &PageScan> = BTreeMap::new();
    for scan in scans {
        by_moment.insert(scan.requested_at, scan);
        if scan.is_found() {
            by_moment.insert(scan.timestamp(), scan);
        }
    }
    let by_digest: BTreeMap<&PayloadDigest, &PageScan> = captures
        .iter()
        .filter_map(|c| Some((c.page_digest()?, *by_moment.get(&c.timestamp)?)))
        .filter(|(_, scan)| scan.is_found())
        .collect();
    let scan_of = |i: usize| -> Option<&PageScan> {
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
    let wanted = bisect(
        captures.len(),
        &|i| scan_of(i).is_none() && is_new_end(i),
        &|i| scan_of(i).filter(|scan| scan.is_found()).map(policy_links),
        &|one, other| one != other,
    );
    // Only the newest capture can show new links, so it is scanned no matter how many scans earlier runs made.
    let is_allowed = |place: &usize| scans.len() < MAX_SCANS || place + 1 == captures.len();
    let place = wanted.into_iter().find(is_allowed)?;
    captures.get(place)
}

/// Returns the policies that a scanned hub links to.
fn policy_links(scan: &PageScan) -> BTreeSet<(UrlKey, PolicyKind)> {
    let keys = scan
        .links
        .iter()
        .filter_map(|link| Some((UrlKey::of(&link.url).ok()?, link.kind)));
    keys.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::{ScanOutcome, ScannedLink, Source};

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

    /// A scan of a capture that links to one policy.
    fn scan(capture: &Capture, policy: &str) -> PageScan {
        let page = (capture.timestamp, capture.original.clone());
        PageScan {
            requested_at: capture.timestamp,
            outcome: ScanOutcome::Found {
                timestamp: page.0,
                original: page.1.clone(),
            },
            links: vec![ScannedLink {
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

    /// Scans until no capture is left; returns the number of scans.
    fn run(
        captures: &[Capture],
        scans: &mut Vec<PageScan>,
        shows: impl Fn(&Capture) -> String,
    ) -> usize {
        let before = scans.len();
        while let Some(capture) = next_capture(captures, scans, 30) {
            assert!(
                scans
                    .iter()
                    .all(|scan| scan.requested_at != capture.timestamp),
                "scanned twice"
            );
            scans.push(scan(capture, &shows(capture)));
        }
        scans.len() - before
    }

    #[test]
    fn a_hub_whose_bytes_stayed_is_not_scanned_again() {
        let captures: Vec<Capture> = (0..50).map(|n| capture(100 * n, 'A')).collect();
        let mut scans = vec![scan(&captures[30], "a")];
        assert_eq!(run(&captures, &mut scans, |_| panic!("scanned")), 0);
    }

    #[test]
    fn a_hub_that_changed_is_scanned_at_its_ends_and_between() {
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
        let mut scans = vec![scan(&captures[31], "b")];
        let scanned = run(&captures, &mut scans, shows);
        // The first, and at most five bisections of the 30 captures between.
        assert!((2..=6).contains(&scanned), "{scanned}");
        for at in [19, 20] {
            assert!(
                scans
                    .iter()
                    .any(|scan| scan.requested_at == captures[at].timestamp)
            );
        }
    }

    #[test]
    fn a_hub_that_always_changes_costs_eight_scans_and_later_its_new_end() {
        let letters: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
        let captures: Vec<Capture> = (0..32)
            .map(|n| capture(100 * n, letters[n as usize]))
            .collect();
        let shows = |c: &Capture| c.timestamp.to_string();
        let mut scans = Vec::new();
        run(&captures[..30], &mut scans, shows);
        assert_eq!(scans.len(), MAX_SCANS);
        assert_eq!(run(&captures, &mut scans, shows), 1);
    }

    #[test]
    fn a_capture_of_the_next_days_is_no_new_end() {
        let captures = [capture(0, 'A'), capture(29, 'B')];
        let mut scans = vec![scan(&captures[0], "a")];
        assert_eq!(run(&captures, &mut scans, |_| "b".to_owned()), 0);
        let captures = [capture(0, 'A'), capture(31, 'B')];
        assert_eq!(run(&captures, &mut scans, |_| "b".to_owned()), 1);
    }
}
