//! Tests of the scans of home pages and hubs.

use super::super::tests::memory_archive::{MemoryArchive, at};
use crate::archive::ArchiveError;
use crate::discover::{
    ByLink, HomeSpan, PageScan, PageScanner, PathQuery, ScanLimits, ScanOutcome, Source,
    Vocabulary, by_link, by_path, hubs,
};
use crate::model::{DropReason, Site};

fn site() -> Site {
    Site::parse("example.com").unwrap()
}

fn span() -> HomeSpan {
    HomeSpan {
        from: at("2000"),
        to: at("2020"),
    }
}

fn home(link: &str) -> String {
    format!("<p>Welcome</p><footer><a href='{link}'>Privacy Policy</a></footer>")
}

fn scanner<'a>(
    archive: &'a MemoryArchive,
    site: &'a Site,
    limits: &'a ScanLimits,
) -> PageScanner<'a, MemoryArchive> {
    PageScanner {
        archive,
        site,
        vocabulary: Vocabulary::built_in(),
        limits,
    }
}

/// A capture every month; the link changes from A to B in May 2007 and to C in March 2015.
fn moving() -> MemoryArchive {
    let mut archive = MemoryArchive::default();
    for year in 2000..2020 {
        for month in 1..=12 {
            let link = match (year, month) {
                (..2007, _) | (2007, ..5) => "/a.html",
                (..2015, _) | (2015, ..3) => "/b.html",
                _ => "/c.html",
            };
            archive.put(
                &format!("{year}-{month:02}"),
                "http://www.example.com/",
                200,
                &home(link),
            );
        }
    }
    archive
}

async fn run(
    archive: &MemoryArchive,
    known: &[PageScan],
) -> (Result<ByLink, ArchiveError>, Vec<PageScan>) {
    run_until(archive, known, span()).await
}

async fn run_until(
    archive: &MemoryArchive,
    known: &[PageScan],
    span: HomeSpan,
) -> (Result<ByLink, ArchiveError>, Vec<PageScan>) {
    let mut stored = known.to_vec();
    let mut store = async |scan: &PageScan| stored.push(scan.clone());
    let (site, limits) = (site(), ScanLimits::default());
    let scanner = scanner(archive, &site, &limits);
    let found = by_link(&scanner, span, known, &mut store).await;
    (found, stored)
}

fn urls(found: &ByLink) -> Vec<&str> {
    found.candidates.iter().map(|c| c.url.as_str()).collect()
}

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

/// A home page once a year, with the link of its time.
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
        // The nearest capture is that of the first second of the year after.
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
    // Stopped after any scan, the rest is as in one go.
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
async fn a_link_is_recorded_on_the_page_that_contains_it() {
    let archive = MemoryArchive::default()
        .page(
            "2010",
            "http://example.com/",
            "<meta http-equiv=refresh content='0; url=/home'><a href='/c'>Cookie Policy</a>",
        )
        .page("2010", "http://example.com/home", &home("/p"));
    let found = run(&archive, &[]).await.0.unwrap();
    let page_of = |path: &str| {
        let scan = found.scans.iter().find(|scan| scan.is_found()).unwrap();
        let mut links = scan.links.iter();
        let link = links.find(|link| link.url.ends_with(path)).unwrap();
        link.page.1.as_str()
    };
    assert_eq!(page_of("/c"), "http://example.com/");
    assert_eq!(page_of("/p"), "http://example.com/home");
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

#[tokio::test]
async fn frames_refreshes_hubs_and_doorways_are_followed() {
    let pages = [
        // Frames, as around 2000.
        (
            "http://example.com/",
            "<frameset><frame src=top.html><frame src=menu.html></frameset>",
        ),
        (
            "http://example.com/menu.html",
            "<a href='privacy.html'>Privacy</a>",
        ),
    ];
    assert_eq!(
        links_of_one_scan(&pages).await,
        ["http://example.com/privacy.html link"]
    );
    let pages = [
        (
            "http://example.com/",
            "<meta http-equiv=refresh content='0;url=/home/'>",
        ),
        (
            "http://example.com/home/",
            "<a href='privacy.html'>Privacy</a>",
        ),
    ];
    assert_eq!(
        links_of_one_scan(&pages).await,
        ["http://example.com/home/privacy.html link"]
    );
    let pages = [
        (
            "http://example.com/",
            "<a href=/about>About</a><a href=/legal>Legal</a>",
        ),
        (
            "http://example.com/legal",
            "<h1>Legal</h1><a href='/legal/data'>Datenschutz</a>",
        ),
    ];
    assert_eq!(
        links_of_one_scan(&pages).await,
        ["http://example.com/legal/data hub"]
    );
    let pages = [
        (
            "http://example.com/",
            "<a href='/en/'><img src=enter.gif></a>",
        ),
        (
            "http://example.com/en/",
            "<a href='privacy.html'>Privacy</a>",
        ),
    ];
    assert_eq!(
        links_of_one_scan(&pages).await,
        ["http://example.com/en/privacy.html hub"]
    );
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
async fn a_script_of_a_page_without_links_is_followed() {
    let pages = [
        (
            "http://example.com/",
            "<script>window.location = 'start.html'</script>",
        ),
        (
            "http://example.com/start.html",
            "<a href='privacy.html'>Privacy</a>",
        ),
    ];
    assert_eq!(
        links_of_one_scan(&pages).await,
        ["http://example.com/privacy.html link"]
    );
}

async fn links_of_one_scan(pages: &[(&str, &str)]) -> Vec<String> {
    let archive = pages
        .iter()
        .fold(MemoryArchive::default(), |a, (url, body)| {
            a.page("2010", url, body)
        });
    let found = run(&archive, &[]).await.0.unwrap();
    let seen = found.scans.iter().find(|scan| scan.is_found()).unwrap();
    seen.links
        .iter()
        .map(|l| format!("{} {}", l.url, l.source))
        .collect()
}

#[tokio::test]
async fn a_site_made_to_trap_ends_within_its_limits() {
    // Every page refreshes to another, has frames and hubs, and no two home pages agree.
    let mut archive = MemoryArchive::default();
    for month in 0..240 {
        let time = format!("{}-{:02}", 2000 + month / 12, 1 + month % 12);
        let links: Vec<String> = (0..60)
            .map(|n| format!("<frame src=/f{n}><a href=/h{n}>Legal</a>"))
            .collect();
        let links = links.concat();
        let body = format!(
            "<meta http-equiv=refresh content='0;url=/r{month}'>{links}<a href=/p{month}>Children's Privacy</a>"
        );
        archive.put(&time, "http://example.com/", 200, &body);
        archive.put(&time, &format!("http://example.com/r{month}"), 200, &body);
        for n in 0..60 {
            archive.put(&time, &format!("http://example.com/h{n}"), 200, &body);
            archive.put(&time, &format!("http://example.com/f{n}"), 200, &body);
        }
    }
    let limits = ScanLimits::default();
    run(&archive, &[]).await.0.unwrap();
    assert!(
        archive.count() <= limits.home_pages * (1 + limits.refreshes + limits.frames + limits.hubs)
    );
}

#[tokio::test]
async fn a_home_page_that_moved_to_another_domain_is_followed_and_flagged() {
    let mut archive =
        MemoryArchive::default().page("2010", "https://www.newname.com/", &home("/privacy"));
    archive.put(
        "2010",
        "http://example.com/",
        301,
        "https://www.newname.com/",
    );
    let found = run(&archive, &[]).await.0.unwrap();
    assert_eq!(urls(&found), ["https://www.newname.com/privacy"]);
    assert!(found.candidates[0].cross_domain);
}

#[tokio::test]
async fn no_capture_is_fetched_twice() {
    // Errors, hubs that many home pages share, and home pages years apart.
    let mut archive = MemoryArchive::default();
    for (time, status) in [
        ("2001", 200),
        ("2004", 503),
        ("2009", 200),
        ("2013-05", 200),
        ("2019", 503),
    ] {
        let body = format!("<p>{time}</p><a href='/legal'>Legal</a><a href='/imprint'>Imprint</a>");
        archive.put(time, "http://example.com/", status, &body);
    }
    archive.put(
        "2001-03",
        "http://example.com/legal",
        200,
        "<a href='/p1'>Privacy</a>",
    );
    archive.put(
        "2013",
        "http://example.com/legal",
        200,
        "<a href='/p2'>Privacy</a>",
    );
    let found = run(&archive, &[]).await.0.unwrap();
    // The hub of 2013 is fetched when the index has told its captures apart.
    assert_eq!(urls(&found), ["http://example.com/p1"]);
    let mut fetched = archive.fetched.lock().unwrap().clone();
    let all = fetched.len();
    fetched.sort();
    fetched.dedup();
    assert_eq!((fetched.len(), all), (5, 5), "{fetched:#?}");
}

#[tokio::test]
async fn a_hub_is_fetched_once_while_its_digests_are_unknown() {
    // The cookie policy moves, so home pages between the ends are scanned; the hub is unchanged.
    let mut archive = MemoryArchive::default();
    for year in 2000..2020 {
        let cookies = if year < 2009 { "/c1" } else { "/c2" };
        let body = format!("<a href='/legal'>Legal</a><a href='{cookies}'>Cookie Policy</a>");
        archive.put(&year.to_string(), "http://example.com/", 200, &body);
        let hub = "<a href='/p'>Privacy Policy</a>";
        archive.put(&year.to_string(), "http://example.com/legal", 200, hub);
    }
    let found = run(&archive, &[]).await.0.unwrap();
    let mut urls = urls(&found);
    urls.sort_unstable();
    assert_eq!(
        urls,
        [
            "http://example.com/c1",
            "http://example.com/c2",
            "http://example.com/p"
        ]
    );
    let fetched = archive.fetched.lock().unwrap();
    let of_hub = fetched.iter().filter(|p| p.contains("/legal")).count();
    let of_home = fetched.len() - of_hub;
    assert!(of_hub == 1 && of_home > 4, "{fetched:#?}");
    let hubs = hubs(&found.scans);
    let [hub] = &hubs[..] else {
        panic!("{hubs:#?}")
    };
    assert_eq!(hub.urlkey.path(), "/legal");
    assert_eq!(hub.scans.len(), 1);
    assert_eq!(hub.scans[0].links[0].url, "http://example.com/p");
}
