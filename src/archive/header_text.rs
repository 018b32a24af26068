//! Text of HTTP headers, which may be in UTF-8, in Latin-1 or in neither. Pure.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, percent_encode};

/// Names of headers that hold a URL.
const URL_HEADERS: [&str; 4] = [
    "location",
    "x-archive-orig-location",
    "refresh",
    "x-archive-orig-refresh",
];

/// The value of a header as text. In a header with a URL, bytes that are not UTF-8 become `%E4`, so that the URL still
/// names the same page; elsewhere they are read as Latin-1.
pub(crate) fn header_text(name: &str, value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) if URL_HEADERS.contains(&name) => {
            percent_encode(value, &AsciiSet::EMPTY).to_string()
        }
        Err(_) => value.iter().copied().map(char::from).collect(),
    }
}

/// A URL whose escapes of Latin-1 letters (`%E4`) are replaced by those of UTF-8 (`%C3%A4`); `None` if its escapes are
/// UTF-8 already, or if there are none.
pub(crate) fn latin1_as_utf8(url: &str) -> Option<String> {
    let bytes: Vec<u8> = percent_encoding::percent_decode_str(url).collect();
    if std::str::from_utf8(&bytes).is_ok() {
        return None;
    }
    let mut converted = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('%') {
        converted += before;
        let byte = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(byte) = byte.filter(|byte| !byte.is_ascii()) {
            for part in char::from(byte).to_string().bytes() {
                // Writing to a string cannot fail.
                let _ = write!(converted, "%{part:02X}");
            }
            rest = after.get(2..).unwrap_or_default();
        } else {
            converted.push('%');
            rest = after;
        }
    }
    Some(converted + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_byte_of_a_header_is_lost() {
        assert_eq!(
            header_text("location", b"/erkl\xe4rung?a=b%20c"),
            "/erkl%E4rung?a=b%20c"
        );
        assert_eq!(
            header_text("location", "/erklärung".as_bytes()),
            "/erklärung"
        );
        assert_eq!(header_text("x-title", b"erkl\xe4rung"), "erklärung");
    }

    #[test]
    fn escapes_of_latin1_have_a_second_spelling() {
        for (url, other) in [
            (
                "http://a.de/erkl%E4rung",
                Some("http://a.de/erkl%C3%A4rung"),
            ),
            ("http://a.de/%FC%20%e4", Some("http://a.de/%C3%BC%20%C3%A4")),
            ("http://a.de/erkl%C3%A4rung", None),
            ("http://a.de/100%", None),
            ("http://a.de/", None),
        ] {
            assert_eq!(latin1_as_utf8(url).as_deref(), other, "{url}");
        }
    }
}
