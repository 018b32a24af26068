//! One version as a page: the Markdown form of the Princeton-Leuven corpus, and the same as plain words.

use std::fmt::Write as _;

use super::links::to_archive;
use crate::model::Timestamp;
use crate::store::tables::Body;

/// Where the links of a Markdown page lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Links {
    /// To the addresses of the original web.
    #[default]
    Original,
    /// To the Wayback Machine, at the time of the version.
    Archive,
}

/// What a page says about itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heading<'a> {
    pub(super) site: &'a str,
    pub(super) timestamp: Timestamp,
    pub(super) original: &'a str,
}

impl Heading<'_> {
    fn snapshot_url(&self) -> String {
        format!(
            "https://web.archive.org/web/{}id_/{}",
            self.timestamp,
            quoted(self.original)
        )
    }
}

/// The page as Markdown; its first line is that of the Princeton-Leuven corpus, character for character.
pub(super) fn markdown_page(heading: Heading<'_>, body: &Body, links: Links) -> String {
    let mut page = format!(
        "> *The following text is extracted and transformed from the {} privacy policy that was archived on {}. Please \
         check the [original snapshot on the Wayback Machine]({}) for the most accurate reproduction.*\n\n",
        heading.site,
        heading.timestamp.date_text(),
        heading.snapshot_url()
    );
    let title = one_line(body.title.as_deref().unwrap_or(heading.site));
    let first = body.markdown.lines().next().unwrap_or_default();
    let has_heading = first
        .strip_prefix("# ")
        .is_some_and(|own| body.title.is_none() || unescaped(own) == title);
    if !has_heading {
        // Writing to a string cannot fail.
        let _ = write!(page, "# {}\n\n", escaped(&title));
    }
    match links {
        Links::Original => page.push_str(&body.markdown),
        Links::Archive => page.push_str(&to_archive(&body.markdown, heading.timestamp)),
    }
    page
}

/// The page without markup; lines are broken at `width` characters where it is given.
pub(super) fn text_page(heading: Heading<'_>, body: &Body, width: Option<usize>) -> String {
    let mut page = format!(
        "The following text is extracted and transformed from the {} privacy policy that was archived on {}. Please check \
         the original snapshot on the Wayback Machine ({}) for the most accurate reproduction.\n\n",
        heading.site,
        heading.timestamp.date_text(),
        heading.snapshot_url()
    );
    let title = one_line(body.title.as_deref().unwrap_or(heading.site));
    let first = body.text.lines().next().unwrap_or_default();
    if body.title.is_some() && one_line(first) != title {
        let _ = write!(page, "{title}\n\n");
    }
    page.push_str(&body.text);
    if !page.ends_with('\n') {
        page.push('\n');
    }
    width.map_or(page.clone(), |width| wrapped(&page, width))
}

/// As Python's `urllib.parse.quote` with its default of `/` as the one safe sign.
pub(super) fn quoted(url: &str) -> String {
    let mut quoted = String::with_capacity(url.len() + 16);
    for byte in url.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~' | b'/') {
            quoted.push(char::from(byte));
        } else {
            let _ = write!(quoted, "%{byte:02X}");
        }
    }
    quoted
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// A title as Markdown that means these letters.
fn escaped(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for (at, c) in title.char_indices() {
        let special = match c {
            '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '~' => true,
            '&' => title[at..].contains(';'),
            // At the end it would be read as the heading's closing mark.
            '#' => title[at..].bytes().all(|b| b == b'#'),
            _ => false,
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// The letters that a heading of our own Markdown means, without its marks.
fn unescaped(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut letters = markdown.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' if letters.peek().is_some_and(char::is_ascii_punctuation) => {
                out.extend(letters.next());
            }
            '*' | '`' => {}
            c => out.push(c),
        }
    }
    one_line(&out)
}

/// Breaks lines at blanks, so that none is longer than `width` characters but for a single long word; words of scripts
/// without blanks are broken anywhere.
fn wrapped(text: &str, width: usize) -> String {
    let width = width.max(1);
    let mut out = String::with_capacity(text.len() + text.len() / width);
    for line in text.lines() {
        let mut used = 0;
        for word in line.split(' ').filter(|w| !w.is_empty()) {
            let length = word.chars().count();
            if used > 0 && used + 1 + length <= width {
                out.push(' ');
                used += 1;
            } else if used > 0 {
                out.push('\n');
                used = 0;
            }
            if length > width && !word.is_ascii() {
                for c in word.chars() {
                    if used == width {
                        out.push('\n');
                        used = 0;
                    }
                    out.push(c);
                    used += 1;
                }
            } else {
                out.push_str(word);
                used += length;
            }
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(original: &str) -> Heading<'_> {
        Heading {
            site: "example.com",
            timestamp: "20120611040411".parse().unwrap(),
            original,
        }
    }

    fn body(title: Option<&str>, markdown: &str) -> Body {
        Body {
            title: title.map(str::to_owned),
            text: markdown.to_owned(),
            markdown: markdown.to_owned(),
        }
    }

    #[test]
    fn the_first_line_is_that_of_the_old_corpus() {
        // Quoted by Python 3.11: urllib.parse.quote("http://www.example.com/privacy?a=1&b=%20ü~").
        let page = markdown_page(
            heading("http://www.example.com/privacy?a=1&b=%20ü~"),
            &body(Some("Privacy"), "Words.\n"),
            Links::Original,
        );
        assert_eq!(
            page,
            "> *The following text is extracted and transformed from the example.com privacy policy that was archived on \
             2012-06-11. Please check the [original snapshot on the Wayback Machine](https://web.archive.org/web/20120611040411id_/\
             http%3A//www.example.com/privacy%3Fa%3D1%26b%3D%2520%C3%BC~) for the most accurate reproduction.*\n\n# Privacy\n\nWords.\n"
        );
    }

    #[test]
    fn a_title_stands_once_and_means_its_letters() {
        let page = |title, markdown| {
            let page = markdown_page(
                heading("http://a.com/"),
                &body(title, markdown),
                Links::Original,
            );
            page.split_once("\n\n").unwrap().1.to_owned()
        };
        assert_eq!(
            page(Some("Your *privacy*"), "# Your \\*privacy\\*\n\nx\n"),
            "# Your \\*privacy\\*\n\nx\n"
        );
        assert_eq!(
            page(Some("A <b> [c]"), "# Other\n"),
            "# A \\<b> \\[c\\]\n\n# Other\n"
        );
        assert_eq!(page(None, "# Own\n"), "# Own\n");
        assert_eq!(page(None, "x\n"), "# example.com\n\nx\n");
        assert_eq!(page(Some("two\n# lines"), "x\n"), "# two # lines\n\nx\n");
    }

    #[test]
    fn plain_text_is_wrapped_only_when_asked() {
        let body = body(Some("Title"), "one two three four\n個人情報の取り扱い\n");
        let page = text_page(heading("http://a.com/"), &body, None);
        assert!(
            page.ends_with("\n\nTitle\n\none two three four\n個人情報の取り扱い\n"),
            "{page}"
        );
        assert!(page.starts_with("The following text is extracted"));
        let page = text_page(heading("http://a.com/"), &body, Some(9));
        assert!(
            page.ends_with("\none two\nthree\nfour\n個人情報の取り扱い\n"),
            "{page}"
        );
        let page = text_page(heading("http://a.com/"), &body, Some(5));
        assert!(page.ends_with("\n個人情報の\n取り扱い\n"), "{page}");
    }
}
