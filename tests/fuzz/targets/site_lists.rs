//! Site lists in CSV: a list is refused with its bad lines, or each line is a site that can be written and read again.
//!
//! Input: the list.

use std::collections::BTreeSet;
use std::fs;

use policytrail::config::{SiteListError, SiteRow, read_site_list};
use policytrail::model::{Site, UrlKey};

/// Maximum number of messages about one list.
const MOST_MESSAGES: usize = 51;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    match read(bytes) {
        Ok(rows) => {
            let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
            assert!(rows.len() <= lines, "{} rows of {lines} lines", rows.len());
            rows.iter().for_each(check_row);
            assert_eq!(read(&written(&rows)).unwrap(), rows);
        }
        Err(error) => {
            assert!((1..=MOST_MESSAGES).contains(&error.lines.len()));
            for line in &error.lines {
                // Messages for people may be printed to a terminal.
                assert!(!line.contains(char::is_control), "{line:?}");
                assert!(line.chars().count() <= 2_000, "{line:?}");
            }
        }
    }
}

fn read(bytes: &[u8]) -> Result<Vec<SiteRow>, SiteListError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sites.csv");
    fs::write(&path, bytes).unwrap();
    read_site_list(&path)
}

fn check_row(row: &SiteRow) {
    assert_eq!(Site::parse(row.site.as_str()).as_ref(), Ok(&row.site));
    assert!(
        row.policy_url
            .as_ref()
            .is_none_or(|url| UrlKey::of(url).is_ok()),
        "{row:?}"
    );
    assert!(row.rank.is_none_or(|rank| rank >= 0));
}

/// The rows as a list.
fn written(rows: &[SiteRow]) -> Vec<u8> {
    let tags: BTreeSet<&String> = rows.iter().flat_map(|row| row.tags.keys()).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let known = ["site", "policy_url", "rank"].map(str::to_owned);
    writer
        .write_record(known.iter().chain(tags.iter().copied()))
        .unwrap();
    for row in rows {
        let mut fields = vec![
            row.site.to_string(),
            row.policy_url.clone().unwrap_or_default(),
            row.rank.map(|rank| rank.to_string()).unwrap_or_default(),
        ];
        fields.extend(
            tags.iter()
                .map(|tag| row.tags.get(*tag).cloned().unwrap_or_default()),
        );
        writer.write_record(&fields).unwrap();
    }
    writer.into_inner().unwrap()
}
