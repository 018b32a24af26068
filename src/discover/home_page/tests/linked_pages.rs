//! Which pages are fetched in addition to a home page.

use super::super::super::tests::memory_archive::MemoryArchive;
use super::shared::{home, run, urls};
use crate::discover::{ScanLimits, hubs};

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
async fn frames_refreshes_hubs_and_doorways_are_followed() {
    let pages = [
        // Frames, usual around 2000.
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
    // The hub of 2013 is fetched when the index has its digests.
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
