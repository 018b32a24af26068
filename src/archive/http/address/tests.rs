//! Tests of addresses: dialects, encoding, locations in every form.

use super::*;

fn addresses(base: &str, dialect: Dialect) -> Addresses {
    let base_url = Url::parse(base).unwrap();
    Addresses::new(&HttpSettings {
        base_url,
        dialect,
        ..HttpSettings::default()
    })
    .unwrap()
}

fn wayback() -> Addresses {
    addresses("https://web.archive.org/", Dialect::Wayback)
}

fn stamp(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn each_dialect_has_its_addresses() {
    let t = stamp("20120611040411");
    for (base, dialect, index, playback, view) in [
        (
            "https://web.archive.org",
            Dialect::Wayback,
            "https://web.archive.org/cdx/search/cdx?",
            "https://web.archive.org/web/20120611040411id_/http://a.com/b?c=d",
            "https://web.archive.org/web/20120611040411/http://a.com/b?c=d",
        ),
        (
            "http://127.0.0.1:8080/all/",
            Dialect::Pywb,
            "http://127.0.0.1:8080/all/cdx?",
            "http://127.0.0.1:8080/all/20120611040411id_/http://a.com/b?c=d",
            "http://127.0.0.1:8080/all/20120611040411/http://a.com/b?c=d",
        ),
        (
            "https://arquivo.pt/wayback",
            Dialect::Pywb,
            "https://arquivo.pt/wayback/cdx?",
            "https://arquivo.pt/noFrame/replay/20120611040411id_/http://a.com/b?c=d",
            "https://arquivo.pt/wayback/20120611040411/http://a.com/b?c=d",
        ),
    ] {
        let addresses = addresses(base, dialect);
        assert_eq!(addresses.index(&[]).as_str(), index);
        assert_eq!(
            addresses
                .playback(t, "http://a.com/b?c=d")
                .unwrap()
                .as_str(),
            playback
        );
        assert_eq!(addresses.view(t, "http://a.com/b?c=d"), view);
    }
}

#[test]
fn a_resume_key_is_encoded_once() {
    let url = wayback().index(&[("resumeKey", "com%2Ccnn%29%2F+2001041400593%3A".to_owned())]);
    assert_eq!(
        url.query(),
        Some("resumeKey=com%252Ccnn%2529%252F%2B2001041400593%253A")
    );
}

#[test]
fn an_original_goes_in_as_it_is_and_never_leaves_the_replay_path() {
    let t = stamp("20120611040411");
    let base = "https://web.archive.org/web/20120611040411id_/";
    for (original, asked) in [
        (
            "http://a.com:80/x?u=http://b.com/%20",
            Some("http://a.com:80/x?u=http://b.com/%20"),
        ),
        (
            "http://a.com/a b[1]#c\t",
            Some("http://a.com/a%20b%5B1%5D%23c%09"),
        ),
        ("http://a.com/x\\y", Some("http://a.com/x%5Cy")),
        (
            "http://a.com/a/../../../../cdx/search/cdx?url=x",
            Some("http://a.com/cdx/search/cdx?url=x"),
        ),
        (
            "http://a.com/%2e%2e/%2E./%2e%2e/%2e%2e/save/x",
            Some("http://a.com/save/x"),
        ),
        ("mailto:a@b.c", None),
        ("javascript:alert(1)", None),
        ("", None),
    ] {
        let url = wayback().playback(t, original).map(|url| url.to_string());
        assert_eq!(
            url,
            asked.map(|asked| format!("{base}{asked}")),
            "{original}"
        );
    }
}

#[test]
fn a_location_is_understood_in_every_form() {
    let capture = |t: &str, original: &str| LocationTarget::Capture {
        timestamp: stamp(t),
        original: original.to_owned(),
    };
    let from = "http://www.a.com/old/page";
    for (location, target) in [
        (
            "https://web.archive.org/web/20200201023757id_/https://www.epa.gov/x?y=z",
            capture("20200201023757", "https://www.epa.gov/x?y=z"),
        ),
        (
            "/web/20201027215555id_/https://www.whitehouse.gov/faqs",
            capture("20201027215555", "https://www.whitehouse.gov/faqs"),
        ),
        (
            "//web.archive.org/web/20201102232816id_/https://www.census.gov/geo/",
            capture("20201102232816", "https://www.census.gov/geo/"),
        ),
        (
            "http://WEB.archive.org:80/web/20201102232816/http:/a.com/",
            capture("20201102232816", "http://a.com/"),
        ),
        (
            "/web/2020/a.com/x",
            capture("20200101000000", "http://a.com/x"),
        ),
    ] {
        assert_eq!(wayback().target(location, from), target, "{location}");
    }
}

#[test]
fn a_location_that_is_no_capture_is_understood() {
    let capture = |t: &str, original: &str| LocationTarget::Capture {
        timestamp: stamp(t),
        original: original.to_owned(),
    };
    let from = "http://www.a.com/old/page";
    for (location, target) in [
        (
            "https://web.archive.org/429.html",
            LocationTarget::RateLimitPage,
        ),
        ("/429.html?x", LocationTarget::RateLimitPage),
        (
            "/web/20200201023757id_/http://a.com/429.html",
            capture("20200201023757", "http://a.com/429.html"),
        ),
        (
            "https://other.org/429.html",
            LocationTarget::Original("https://other.org/429.html".to_owned()),
        ),
        (
            "/privacy",
            LocationTarget::Original("http://www.a.com/privacy".to_owned()),
        ),
        (
            "../new",
            LocationTarget::Original("http://www.a.com/new".to_owned()),
        ),
        (
            "//b.com/x",
            LocationTarget::Original("http://b.com/x".to_owned()),
        ),
        (
            "/privacy?a=1#cookies",
            LocationTarget::Original("http://www.a.com/privacy?a=1".to_owned()),
        ),
        (
            "#cookies",
            LocationTarget::Original("http://www.a.com/old/page".to_owned()),
        ),
        (
            "/web/20200201023757id_/http://a.com/privacy#cookies",
            capture("20200201023757", "http://a.com/privacy"),
        ),
        ("mailto:a@b.c", LocationTarget::Nowhere),
        (
            "/web/20200201023757id_/mailto:a@b.c",
            LocationTarget::Nowhere,
        ),
        ("", LocationTarget::Nowhere),
    ] {
        assert_eq!(wayback().target(location, from), target, "{location}");
    }
}

#[test]
fn a_scheme_in_capitals_is_a_scheme() {
    let url = wayback().playback("20120611040411".parse().unwrap(), "HTTP://a.com/privacy");
    assert!(url.is_some_and(|url| {
        url.path()
            .ends_with("/20120611040411id_/HTTP://a.com/privacy")
    }));
}
