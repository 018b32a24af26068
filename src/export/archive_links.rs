//! Rewrites the links of the extractor's Markdown so that they lead to the archive.

use std::borrow::Cow;

use crate::model::{Timestamp, is_wayback_url};

/// Rewrites web links so that they lead to an archive at a time. `memento_prefix` is what the archive's addresses begin
/// with. Only link targets change: escaped brackets and code spans are text.
pub(super) fn link_to_archive<'a>(
    markdown: &'a str,
    memento_prefix: &str,
    timestamp: Timestamp,
) -> Cow<'a, str> {
    let prefix = format!("{memento_prefix}{timestamp}/");
    let mut out = String::new();
    let mut copied = 0;
    let starts = targets(markdown);
    for (at, &start) in starts.iter().enumerate() {
        // A target ends before the next one begins. So no character is read twice, even if targets have no end.
        let end = starts.get(at + 1).copied().unwrap_or(markdown.len());
        let target = &markdown[start..end];
        let is_web = target.starts_with("http://") || target.starts_with("https://");
        let is_archived = is_wayback_url(target) || target.starts_with(memento_prefix);
        if !is_web || is_archived {
            continue;
        }
        let ended = target.find(|c: char| c == ')' || c.is_whitespace());
        if ended.is_some_and(|length| target[length..].starts_with(')')) {
            out.push_str(&markdown[copied..start]);
            out.push_str(&prefix);
            copied = start;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(markdown);
    }
    out.push_str(&markdown[copied..]);
    Cow::Owned(out)
}

/// Where link targets begin: after each `](` that is neither escaped nor in a code span.
fn targets(markdown: &str) -> Vec<usize> {
    let bytes = markdown.as_bytes();
    let mut starts = Vec::new();
    let (mut at, mut in_code) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            // A code span of this Markdown never contains a line end.
            b'\n' => in_code = false,
            b'`' => in_code = !in_code,
            b'\\' if !in_code => at += 1,
            b']' if !in_code && bytes.get(at + 1) == Some(&b'(') => starts.push(at + 2),
            _ => {}
        }
        at += 1;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_targets_of_web_links_are_led_to_the_archive() {
        let time = "20120611040411".parse().unwrap();
        let there = "https://web.archive.org/web/20120611040411/";
        for (markdown, expected) in [
            (
                "[a](http://a.com/x?y=1) é [b](https://b.com/)",
                format!("[a]({there}http://a.com/x?y=1) é [b]({there}https://b.com/)"),
            ),
            ("[m](mailto:a@b.c)", "[m](mailto:a@b.c)".to_owned()),
            ("`](http://a.com/)`", "`](http://a.com/)`".to_owned()),
            (
                "\\[a\\](http://a.com/)",
                "\\[a\\](http://a.com/)".to_owned(),
            ),
            ("[a](http://a.com/ b)", "[a](http://a.com/ b)".to_owned()),
            ("[a](http://a.com/", "[a](http://a.com/".to_owned()),
            (
                "](http://a.com/](http://b.com/)",
                format!("](http://a.com/]({there}http://b.com/)"),
            ),
            (
                "[x](https://web.archive.org/web/2001/http://a.com/)",
                "[x](https://web.archive.org/web/2001/http://a.com/)".to_owned(),
            ),
        ] {
            let prefix = "https://web.archive.org/web/";
            assert_eq!(link_to_archive(markdown, prefix, time), expected);
        }
    }
}
