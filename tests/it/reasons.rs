//! Reasons: why a site has no version, and why a command ends with exit code 1.

use crate::support::dataset::rows;
use crate::support::program::{answer, fails, json_lines};
use crate::support::warc::crawled_archive;

const SITE: &str = "heron-sample.org";
const URL: &str = "http://heron-sample.org/privacy";

#[test]
fn a_site_without_a_version_says_why_in_messages_and_in_status() {
    let html = "text/html; charset=utf-8";
    let gone = b"<title>Page not found</title><p>The page you requested was not found.</p>";
    let weather = b"<title>Weather</title><p>It will rain tomorrow, and on Sunday too.</p>";
    let folder = crawled_archive(
        SITE,
        &[URL],
        [
            ("2015", URL, html, gone.to_vec()),
            ("2016", URL, html, weather.to_vec()),
        ],
    );
    let folder = folder.path();
    let summary = &json_lines(&answer(folder, &["status", "--json"]))[0]["policies_by_site"][0];
    let reasons = summary["drops_without_version"].as_object().unwrap();
    assert_eq!(summary["dropped"], 2, "{summary}");
    assert!(!reasons.is_empty());
    let status = answer(folder, &["status"]);
    for reason in reasons.keys() {
        assert!(
            status.lines().nth(1).unwrap().contains(reason),
            "{reason}: {status}"
        );
        fails(
            folder,
            &["log", SITE],
            2,
            &[
                "2 captures of http://heron-sample.org/privacy dropped",
                reason,
                "`drops`",
            ],
        );
    }
    assert_eq!(rows(folder, &[], "drops").len(), 2);
}

#[test]
fn a_site_without_a_policy_says_that_none_was_found() {
    let page = b"<title>Herons</title><p>Herons eat fish.</p>".to_vec();
    let home = "http://heron-sample.org/";
    let folder = crawled_archive(SITE, &[], [("2015", home, "text/html", page)]);
    fails(
        folder.path(),
        &["log", SITE],
        2,
        &["no policy was found in the archive", "--url URL"],
    );
}
