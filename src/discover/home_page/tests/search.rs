//! Which home pages are scanned.

use super::super::super::tests::memory_archive::{MemoryArchive, at};
use super::shared::{home, moving, run, run_until, scanner, site, span, urls};
use crate::archive::{Archive as _, ArchiveError, CaptureQuery, Scope};
use crate::discover::{
    HomeCaptures, HomeSpan, LinkSearch, PageScan, PathQuery, ScanLimits, ScanOutcome, Source,
    Vocabulary, by_link, by_link_search, by_path,
};
use crate::model::DropReason;

#[tokio::test]
async fn every_address_the_link_had_is_found_by_halving() {
    let archive = moving();
    let found = run(&archive, &[]).await.0.unwrap();
    let mut urls = urls(&found);
    urls.sort_unstable();
    assert_eq!(
        urls,
        [
            "http://www.example.com/a.html",
            "http://www.example.com/b.html",
            "http://www.example.com/c.html"
        ]
    );
    assert!(archive.count() <= 16, "{}", archive.count());
    let evidence = &found.candidates[0].evidence[0];
    assert_eq!(evidence.link_text.as_deref(), Some("Privacy Policy"));
    assert_eq!((evidence.source, evidence.rank), (Source::Link, Some(1)));
    assert!(evidence.home.is_some() && evidence.page.is_none());
}

#[tokio::test]
async fn equal_ends_cost_two_requests_and_a_second_run_none() {
    let archive = MemoryArchive::default()
        .page("2001", "http://example.com/", &home("/privacy"))
        .page("2010", "http://example.com/", &home("/other"))
        .page("2019", "http://example.com/", &home("/privacy"));
    let (found, scans) = run(&archive, &[]).await;
    assert_eq!(archive.count(), 2);
    let (again, _) = run(&archive, &scans).await;
    assert_eq!(archive.count(), 2);
    assert_eq!(again.unwrap(), found.unwrap());
}

#[tokio::test]
async fn stopped_anywhere_and_resumed_it_ends_as_if_never_stopped() {
    let (whole, _) = run(&moving(), &[]).await;
    let whole = whole.unwrap();
    for stop in 0..12 {
        let mut archive = moving();
        archive.fails_after = Some(stop);
        let (broken, scans) = run(&archive, &[]).await;
        assert!(
            matches!(broken, Err(ArchiveError::Unavailable { .. })),
            "{stop}"
        );
        assert_eq!(scans.len(), stop);
        let archive = moving();
        let (resumed, scans) = run(&archive, &scans).await;
        assert_eq!(resumed.unwrap(), whole, "{stop}");
        assert_eq!(archive.count() + stop, scans.len());
    }
}

#[tokio::test]
async fn a_month_later_only_the_new_end_is_scanned() {
    let archive = moving();
    let (_, scans) = run(&archive, &[]).await;
    let before = archive.count();
    let later = HomeSpan {
        from: at("2000"),
        to: at("2020-02-15"),
    };
    run_until(&archive, &scans, later).await.0.unwrap();
    assert_eq!(archive.count(), before + 1);
}

/// One home page per year, with the link of its time.
fn yearly(years: std::ops::Range<i32>) -> MemoryArchive {
    let mut archive = MemoryArchive::default();
    for year in years {
        let link = if year < 2010 { "/a.html" } else { "/b.html" };
        archive.put(
            &format!("{year}"),
            "http://www.example.com/",
            200,
            &home(link),
        );
    }
    archive
}

#[tokio::test]
async fn a_capture_just_outside_the_span_hides_none_within_it() {
    for (from, to) in [
        // The nearest capture is that of the first second of the next year.
        ("2000", "2015-12-31"),
        ("2004-01-02", "2020"),
        ("2004-01-02", "2015-12-31"),
    ] {
        let archive = yearly(2000..2020);
        let span = HomeSpan {
            from: at(from),
            to: at(to),
        };
        let (found, scans) = run_until(&archive, &[], span).await;
        let mut urls = urls(found.as_ref().unwrap());
        urls.sort_unstable();
        assert_eq!(
            urls,
            [
                "http://www.example.com/a.html",
                "http://www.example.com/b.html"
            ],
            "{from} to {to}"
        );
        let asked = archive.count();
        assert_eq!(
            run_until(&archive, &scans, span).await.0.unwrap(),
            found.unwrap()
        );
        assert_eq!(archive.count(), asked);
    }
}

#[tokio::test]
async fn captures_far_outside_the_span_hide_none_within_it() {
    let mut archive = yearly(2008..2012);
    for far in ["1998", "2018"] {
        archive.put(far, "http://www.example.com/", 200, &home("/far.html"));
    }
    let span = HomeSpan {
        from: at("2001"),
        to: at("2016"),
    };
    let (found, scans) = run_until(&archive, &[], span).await;
    let found = found.unwrap();
    assert_eq!(urls(&found).len(), 2, "{found:#?}");
    assert!(!urls(&found).contains(&"http://www.example.com/far.html"));
    // A run that continues after a stop finds the same as an uninterrupted run.
    for stop in 0..scans.len() {
        let again = run_until(&archive, &scans[..stop], span).await.0.unwrap();
        assert_eq!(again, found, "{stop}");
    }
}

#[tokio::test]
async fn a_span_without_captures_costs_few_requests() {
    let span = HomeSpan {
        from: at("2000"),
        to: at("2010"),
    };
    for (time, most) in [("2023", 1), ("2013", 3), ("1990", 1), ("1996", 1)] {
        let archive =
            MemoryArchive::default().page(time, "http://www.example.com/", &home("/a.html"));
        let found = run_until(&archive, &[], span).await.0.unwrap();
        assert!(found.candidates.is_empty());
        assert!(archive.count() <= most, "{time}: {}", archive.count());
    }
}

#[tokio::test]
async fn a_site_that_may_cost_one_home_page_costs_one_and_later_its_new_end() {
    let limits = ScanLimits {
        home_pages: 1,
        ..ScanLimits::default()
    };
    let archive = moving();
    let mut stored: Vec<PageScan> = Vec::new();
    for (to, asked) in [("2020", 1), ("2020-01-15", 1), ("2020-06", 2)] {
        let span = HomeSpan {
            from: at("2000"),
            to: at(to),
        };
        let known = stored.clone();
        let mut store = async |scan: &PageScan| stored.push(scan.clone());
        let site = site();
        let scanner = scanner(&archive, &site, &limits);
        by_link(&scanner, span, &known, &mut store).await.unwrap();
        assert_eq!(archive.count(), asked, "{to}");
    }
}

#[tokio::test]
async fn a_missing_home_page_is_a_scan_and_no_error() {
    let (found, scans) = run(&MemoryArchive::default(), &[]).await;
    assert!(found.unwrap().candidates.is_empty());
    assert_eq!(scans.len(), 1);
    assert!(matches!(
        scans[0].outcome,
        ScanOutcome::Absent {
            reason: DropReason::NotArchived,
            ..
        }
    ));
    let excluded = MemoryArchive {
        excluded: true,
        ..MemoryArchive::default()
    };
    let (found, scans) = run(&excluded, &[]).await;
    assert!(found.is_ok());
    assert!(matches!(
        scans[0].outcome,
        ScanOutcome::Absent {
            reason: DropReason::Excluded,
            ..
        }
    ));
    assert_eq!(excluded.count(), 1);
}

#[tokio::test]
async fn an_exclusion_is_checked_again_after_a_while() {
    let excluded = MemoryArchive {
        excluded: true,
        ..MemoryArchive::default()
    };
    let (_, scans) = run(&excluded, &[]).await;
    run(&excluded, &scans).await.0.unwrap();
    assert_eq!(excluded.count(), 1);
    let archive = moving();
    let later = HomeSpan {
        from: at("2000"),
        to: at("2020-06"),
    };
    let found = run_until(&archive, &scans, later).await.0.unwrap();
    assert_eq!(found.candidates.len(), 3);
}

#[tokio::test]
async fn an_archived_error_does_not_hide_the_years_around_it() {
    let mut archive = moving();
    archive.put("2020", "http://www.example.com/", 503, "down");
    let found = run(&archive, &[]).await.0.unwrap();
    assert_eq!(found.candidates.len(), 3);
    assert!(archive.count() <= 16);
}

#[test]
fn both_searches_can_run_on_any_thread() {
    fn is_send(_: &impl Send) {}
    let (archive, site, limits) = (MemoryArchive::default(), site(), ScanLimits::default());
    let mut store = async |_: &PageScan| {};
    let scanner = scanner(&archive, &site, &limits);
    is_send(&by_link(&scanner, span(), &[], &mut store));
    let query = PathQuery {
        site: &site,
        span: (None, None),
        vocabulary: Vocabulary::built_in(),
        known: &[],
        expects_none: false,
    };
    is_send(&by_path(&archive, &query));
}

#[tokio::test]
async fn listed_captures_are_requested_by_their_exact_time_and_each_payload_once() {
    let archive = moving();
    let (site, limits) = (site(), ScanLimits::default());
    let mut rows = Vec::new();
    let query = CaptureQuery {
        scope: Scope::Domain(site.clone()),
        ..CaptureQuery::exact("")
    };
    archive
        .captures(&query, &mut |row| rows.push(row))
        .await
        .unwrap();
    let captures = HomeCaptures::new(rows, at("2030")).unwrap();
    let wanted = LinkSearch {
        span: span(),
        known: &[],
        captures: Some(&captures),
        newest_only: false,
    };
    let mut scans = Vec::new();
    let mut store = async |scan: &PageScan| scans.push(scan.clone());
    let scanner = scanner(&archive, &site, &limits);
    let found = by_link_search(&scanner, wanted, &mut store).await.unwrap();
    let mut urls = urls(&found);
    urls.sort_unstable();
    let all = ["a", "b", "c"].map(|name| format!("http://www.example.com/{name}.html"));
    assert_eq!(urls, all);
    // The three texts of the home page are fetched once each; every other capture has the bytes of one of them.
    let requested = archive.requested.lock().unwrap().clone();
    assert_eq!(requested.len(), 3, "{requested:?}");
    assert_eq!(requested, *archive.fetched.lock().unwrap());
    assert!(scans.len() > 5);
    let evidence = found.candidates.iter().flat_map(|c| &c.evidence);
    for (time, original) in evidence.filter_map(|e| e.home.as_ref()) {
        assert_eq!(original, "http://www.example.com/");
        assert!(scans.iter().any(|scan| scan.timestamp() == *time));
    }
}
