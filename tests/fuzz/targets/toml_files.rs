//! Settings and vocabularies in TOML: each file is accepted or refused with messages, and what is accepted is in range.
//!
//! Input: one byte (1: a vocabulary, otherwise settings), then the file. For settings, environment variables follow after a
//! line `==ENVIRONMENT==`, one per line, without their common beginning.

use std::fs;

use policytrail::config::{Layers, Settings};
use policytrail::discover::{Vocabulary, judge_path};
use policytrail::model::UrlKey;

const ENVIRONMENT_MARK: &str = "\n==ENVIRONMENT==\n";
/// Longest message about one fault.
const MOST_CHARACTERS: usize = 2_000;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    if kind & 1 == 1 {
        check_vocabulary(&String::from_utf8_lossy(rest));
    } else {
        check_settings(rest);
    }
}

fn check_vocabulary(text: &str) {
    match Vocabulary::from_toml(text) {
        Ok(vocabulary) => {
            let again = Vocabulary::from_toml(text).unwrap();
            assert_eq!(again.fingerprint(), vocabulary.fingerprint());
            for url in [
                "http://example.com/",
                "http://example.com/legal/privacy-policy?a=1",
            ] {
                let verdict = judge_path(&UrlKey::of(url).unwrap(), &vocabulary);
                assert!(verdict.score <= 100, "{verdict:?}");
            }
        }
        Err(error) => {
            check_message(&error.what);
            assert!(
                (1..=text.matches('\n').count() + 1).contains(&error.line),
                "{error:?}"
            );
        }
    }
}

fn check_settings(bytes: &[u8]) {
    let layers = layers(bytes);
    let (settings, checked) = Settings::with_faults(&layers);
    let faults = checked.err().map(|error| error.faults).unwrap_or_default();
    for fault in &faults {
        check_message(&fault.message);
    }
    match Settings::from_layers(&layers) {
        Ok(valid) => {
            assert!(faults.is_empty(), "{faults:?}");
            assert_eq!(format!("{valid:?}"), format!("{settings:?}"));
            check_ranges(&valid);
        }
        Err(error) => assert_eq!(error.faults, faults),
    }
}

fn layers(bytes: &[u8]) -> Layers {
    let mark = ENVIRONMENT_MARK.as_bytes();
    let at = bytes.windows(mark.len()).position(|part| part == mark);
    let (file, variables) = at.map_or((bytes, &[][..]), |at| {
        (&bytes[..at], &bytes[at + mark.len()..])
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policytrail.toml");
    fs::write(&path, file).unwrap();
    let mut layers = Layers::default();
    layers.add_file(&path);
    let variables = String::from_utf8_lossy(variables);
    layers.add_environment(variables.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        Some((format!("POLICYTRAIL_{name}"), value.to_owned()))
    }));
    layers
}

/// Checks the numbers that bound memory, requests and time.
fn check_ranges(settings: &Settings) {
    let (archive, crawl) = (&settings.archive, &settings.crawl);
    assert!((1 << 20..=256 << 20).contains(&archive.max_body_bytes));
    assert!(archive.cdx_per_minute.is_finite() && archive.cdx_per_minute > 0.0);
    assert!(archive.playback_per_second.is_finite() && archive.playback_per_second > 0.0);
    assert!((1..=3600).contains(&archive.connect_timeout.as_secs()));
    assert!((1..=3600).contains(&archive.read_timeout.as_secs()));
    assert!((1..=64).contains(&crawl.sites_at_once));
    assert!((1..=120).contains(&crawl.grid_months));
    assert!(crawl.from.is_none() || crawl.to.is_none() || crawl.from <= crawl.to);
    assert!(!settings.database.as_os_str().is_empty());
}

/// Checks a message, which may be printed to a terminal.
fn check_message(message: &str) {
    assert!(!message.contains(char::is_control), "{message:?}");
    assert!(message.chars().count() <= MOST_CHARACTERS, "{message:?}");
}
