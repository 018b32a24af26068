//! Index rows as text and as JSON: no bytes make the parsers fail, and a row that was read can be written and read
//! again.

use policytrail::archive::cdx::{parse_json_row, parse_line};
use policytrail::model::Capture;
use serde_json::json;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    if let Ok(capture) = parse_line(bytes) {
        check_row(&capture);
        assert!(!capture.original.contains(' '));
        let again = parse_line(line(&capture).as_bytes());
        // Bytes that are not UTF-8 grow threefold when they are replaced.
        assert!(
            again.as_ref() == Ok(&capture) || capture.mimetype.len() > 255,
            "{capture:?}\n{again:?}"
        );
    }
    if let Ok(capture) = parse_json_row(bytes) {
        check_row(&capture);
        let array = json!(fields(&capture)).to_string();
        let again = parse_json_row(array.as_bytes());
        assert_eq!(again.as_ref(), Ok(&capture), "{array}");
        if !array.contains(' ') {
            assert_eq!(
                parse_line(line(&capture).as_bytes()),
                Ok(capture),
                "{array}"
            );
        }
    }
}

pub fn check_row(capture: &Capture) {
    let key = capture.urlkey.as_str();
    assert!(
        !key.is_empty() && key.len() <= 4096 && !key.contains(|c: char| c.is_control() || c == ' '),
        "{key:?}"
    );
    let start = capture.original.to_ascii_lowercase();
    assert!(
        start.starts_with("http://") || start.starts_with("https://"),
        "{start}"
    );
    assert!(
        capture
            .statuscode
            .is_none_or(|status| (100..=999).contains(&status))
    );
    assert!((1..=12).contains(&capture.timestamp.month()));
    let _ = (
        key.len(),
        capture.urlkey.host(),
        capture.urlkey.path(),
        capture.may_show_page(),
        capture.page_digest(),
    );
}

fn fields(capture: &Capture) -> [String; 7] {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        capture.urlkey.to_string(),
        capture.timestamp.to_string(),
        capture.original.clone(),
        capture.mimetype.clone(),
        or_none(capture.statuscode.map(|status| status.to_string())),
        or_none(
            capture
                .digest
                .as_ref()
                .map(|digest| digest.as_str().to_owned()),
        ),
        or_none(capture.length.map(|length| length.to_string())),
    ]
}

fn line(capture: &Capture) -> String {
    fields(capture).join(" ")
}
