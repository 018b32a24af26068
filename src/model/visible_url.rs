//! URLs without control characters.

use std::borrow::Cow;

use percent_encoding::percent_encode_byte;

/// The same URL without control characters, as the URL standard reads it: tabs and line ends are removed, also all control
/// characters and white space at both ends; the others are percent-encoded. The result has the same [`super::UrlKey`].
#[must_use]
pub fn visible_url(url: &str) -> Cow<'_, str> {
    if !url.contains(char::is_control) {
        return Cow::Borrowed(url);
    }
    let trimmed = url.trim().trim_matches(|c: char| c <= ' ');
    let mut visible = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            '\t' | '\n' | '\r' => {}
            c if c.is_control() => {
                visible.extend(c.encode_utf8(&mut [0; 4]).bytes().map(percent_encode_byte));
            }
            c => visible.push(c),
        }
    }
    Cow::Owned(visible)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::UrlKey;
    use proptest::prelude::*;

    #[test]
    fn control_characters_of_a_url_are_encoded_and_nothing_else() {
        for (url, visible) in [
            (
                "http://a.com/\u{1b}[31m?b=\u{7f}",
                "http://a.com/%1B[31m?b=%7F",
            ),
            ("http://a.com/\u{9b}ü", "http://a.com/%C2%9Bü"),
            ("\u{1}http://a.com/a\tb\r\n\u{1b}", "http://a.com/ab"),
            ("http://a.com/a b", "http://a.com/a b"),
        ] {
            assert_eq!(visible_url(url), visible);
        }
    }

    proptest! {
        #[test]
        fn the_key_stays_the_same(path in "[a-z/?=&%\u{0}-\u{20}\u{7f}-\u{a0}]{0,20}") {
            let url = format!("http://example.com/{path}");
            let visible = visible_url(&url);
            prop_assert!(!visible.contains(char::is_control));
            prop_assert_eq!(UrlKey::of(&visible), UrlKey::of(&url));
        }
    }
}
