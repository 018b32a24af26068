//! Decides when a site is crawled again, and the order in which the sites of a run get their turns. Pure.

use crate::config::RecheckSettings;
use crate::model::Timestamp;
use crate::store::SiteTurn;

const DAY_SECONDS: i64 = 86_400;
/// A site counts as due this long before its due time. A job that starts at 2:00 each night may crawl a site at 2:20 on
/// one day and at 2:05 on the next, and the site must be due on both days.
const EARLY_SECONDS: i64 = 6 * 3600;

/// Returns when a site is due; `None` (now) if no crawl of it is complete. After a complete crawl, the site is due when
/// a certain part of its policy's age has passed, within limits. A site without versions, or without anything in the
/// archive, has its own interval. A crawl in the future does not count, because a clock was wrong.
#[must_use]
pub fn due_at(site: &SiteTurn, recheck: &RecheckSettings, now: Timestamp) -> Option<Timestamp> {
    let is_past = |at: &Timestamp| !site.unfinished && *at <= now;
    let crawled_at = site.crawled_at.filter(is_past)?;
    let days = match site.newest_version {
        Some(newest) => {
            let age = crawled_at.unix_seconds() - newest.unix_seconds();
            (age / DAY_SECONDS / i64::from(recheck.age_divisor))
                .clamp(i64::from(recheck.min_days), i64::from(recheck.max_days))
        }
        None => i64::from(recheck.dead_days),
    };
    Some(Timestamp::from_unix_seconds(
        crawled_at.unix_seconds() + days * DAY_SECONDS,
    ))
}

/// True if a site is due at a moment.
#[must_use]
pub fn is_due(site: &SiteTurn, recheck: &RecheckSettings, now: Timestamp) -> bool {
    due_at(site, recheck, now)
        .is_none_or(|at| at.unix_seconds() - EARLY_SECONDS <= now.unix_seconds())
}

/// Sorts sites by their last turn, the oldest first. Sites without a turn come before all others, and ties are sorted
/// by name.
pub(super) fn sort_by_last_turn(sites: &mut [SiteTurn]) {
    sites.sort_by(|a, b| (a.attempted_at, &a.site).cmp(&(b.attempted_at, &b.site)));
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECHECK: RecheckSettings = RecheckSettings {
        min_days: 1,
        max_days: 7,
        dead_days: 30,
        age_divisor: 10,
    };

    fn day(text: &str) -> Timestamp {
        Timestamp::earliest(text).unwrap()
    }

    fn site(newest_version: Option<&str>) -> SiteTurn {
        SiteTurn {
            site: "example.com".to_owned(),
            crawled_at: Some(day("2026-01-31")),
            unfinished: false,
            attempted_at: None,
            newest_version: newest_version.map(day),
        }
    }

    #[test]
    fn an_old_policy_is_crawled_less_often_than_a_new_one() {
        for (newest, due) in [
            (Some("2026-01-30"), "2026-02-01"),
            (Some("2025-12-31"), "2026-02-03"),
            (Some("2012"), "2026-02-07"),
            (None, "2026-03-02"),
            // A clock was wrong once.
            (Some("2030"), "2026-02-01"),
        ] {
            assert_eq!(
                due_at(&site(newest), &RECHECK, day("2026-01-31")),
                Some(day(due)),
                "{newest:?}"
            );
        }
    }

    #[test]
    fn a_site_without_a_complete_crawl_is_due_at_once() {
        let never = SiteTurn {
            crawled_at: None,
            ..site(None)
        };
        let cut_short = SiteTurn {
            unfinished: true,
            ..site(Some("2012"))
        };
        assert!(
            is_due(&never, &RECHECK, day("1996"))
                && is_due(&cut_short, &RECHECK, day("2026-01-31"))
        );
    }

    #[test]
    fn a_crawl_in_the_future_delays_no_site() {
        let site = SiteTurn {
            crawled_at: Some(day("2099")),
            ..site(Some("2012"))
        };
        assert!(is_due(&site, &RECHECK, day("2026-01-31")));
        assert!(!is_due(&site, &RECHECK, day("2099")));
    }

    #[test]
    fn a_job_that_starts_some_minutes_earlier_than_yesterday_misses_no_site() {
        let site = site(Some("2026-01-30"));
        assert!(is_due(&site, &RECHECK, day("2026-01-31233000")));
        assert!(!is_due(&site, &RECHECK, day("2026-01-31120000")));
    }

    #[test]
    fn the_site_that_waited_longest_comes_first() {
        let named = |name: &str, attempted_at: Option<&str>| SiteTurn {
            site: name.to_owned(),
            attempted_at: attempted_at.map(day),
            ..site(None)
        };
        let mut sites = [
            named("b", Some("2020")),
            named("c", None),
            named("a", Some("2021")),
            named("d", Some("2020")),
        ];
        sort_by_last_turn(&mut sites);
        let order: Vec<&str> = sites.iter().map(|s| s.site.as_str()).collect();
        assert_eq!(order, ["c", "b", "d", "a"]);
    }
}
