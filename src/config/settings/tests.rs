//! Settings: faults and layers.

use super::*;
use crate::config::{ArchiveLocation, Sampling};
use std::io::Write as _;

fn faults(toml: &str) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    let mut layers = Layers::default();
    layers.add_file(file.path());
    Settings::from_layers(&layers)
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default()
}

#[test]
fn the_documented_defaults_are_valid() {
    let settings = Settings::from_layers(&Layers::default()).unwrap();
    assert_eq!(settings.crawl.sampling, Sampling::EveryChange);
    assert_eq!(settings.crawl.resolution_seconds, 86_400);
    assert!(
        matches!(settings.archive.location, ArchiveLocation::Wayback(url) if url.host_str() == Some("web.archive.org"))
    );
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let told = faults(
        "[archive]\nrps = 3\ncdx_per_minutes = 4\n[crawl]\nfrom = '2013-13'\nsample='some'\nsites_at_once='x'\n",
    );
    for part in [
        "unknown key `archive.rps`; ",
        "did you mean `archive.cdx_per_minute`?",
        "2013-13",
        "every-change",
        "must be a whole number",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert_eq!(told.lines().count(), 5, "{told}");
    assert!(faults("[crawl]\nfrom='2014'\nto='2013'").contains("is later"));
    assert!(faults("[crawl\n").contains("line 1"));
    assert!(faults("[archive]\nlocation='ftp://x'").contains("not an http or https URL"));
    assert!(!faults("[archive]\n\"a\\u001b[2J\"=1").contains('\u{1b}'));
}

#[test]
fn later_layers_lie_over_earlier_ones() {
    let mut layers = Layers::default();
    layers.add_environment(
        [
            ("POLICYTRAIL_CRAWL_GRID".to_owned(), "3mo".to_owned()),
            ("POLICYTRAIL_LOG".to_owned(), "debug".to_owned()),
            ("OTHER".to_owned(), "x".to_owned()),
        ]
        .into_iter(),
    );
    assert_eq!(Settings::from_layers(&layers).unwrap().crawl.grid_months, 3);
    layers.add_text("crawl.grid", "1y", "--grid");
    assert_eq!(
        Settings::from_layers(&layers).unwrap().crawl.grid_months,
        12
    );
    layers.add_text("crawl.sample", "interval=1mo", "--sample");
    let crawl = Settings::from_layers(&layers).unwrap().crawl;
    assert_eq!((crawl.sampling, crawl.grid_months), (Sampling::Interval, 1));
    layers.add_text("crawl.grid", "one", "--grid");
    assert!(
        Settings::from_layers(&layers)
            .unwrap_err()
            .to_string()
            .contains("--grid contains the period `one`; give a period such as 1mo")
    );
}

#[test]
fn an_environment_variable_that_is_no_setting_is_a_fault_with_the_name_that_was_meant() {
    for (name, meant) in [
        ("POLICYTRAIL_CONTACT", "POLICYTRAIL_ARCHIVE_CONTACT"),
        ("POLICYTRAIL_CRAWL_GRIDD", "POLICYTRAIL_CRAWL_GRID"),
        ("POLICYTRAIL_DATABASE", "POLICYTRAIL_DATABASE_PATH"),
        ("POLICYTRAIL_QQQQ", "remove it"),
    ] {
        let mut layers = Layers::default();
        layers.add_environment([(name.to_owned(), "x".to_owned())].into_iter());
        let told = Settings::from_layers(&layers).unwrap_err().to_string();
        assert!(told.contains(name) && told.contains(meant), "{told}");
    }
}

#[test]
fn periods_are_also_given_as_words() {
    for (word, months) in [
        ("half-year", 6),
        ("year", 12),
        ("monthly", 1),
        ("quarter", 3),
    ] {
        let mut layers = Layers::default();
        layers.add_text("crawl.grid", word, "--grid");
        assert_eq!(
            Settings::from_layers(&layers).unwrap().crawl.grid_months,
            months
        );
    }
}
