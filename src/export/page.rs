//! Writes one version as a page: Markdown in the form of the Princeton-Leuven corpus, or plain text.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::archive_links::link_to_archive;
use super::options::LinkTarget;
use crate::model::{Proof, Timestamp, is_wayback_url};
use crate::store::tables::Body;

/// The characters that Python's `urllib.parse.quote` escapes by default.
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'_')
    .remove(b'.')
    .remove(b'-')
    .remove(b'~')
    .remove(b'/');

/// Where the text of a page comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageOrigin<'a> {
    pub(super) site: &'a str,
    pub(super) timestamp: Timestamp,
    pub(super) original: &'a str,
    /// Beginning of links to captures; `None` if no archive is known to show them.
    pub(super) memento_prefix: Option<&'a str>,
    pub(super) proof: &'a Proof,
}

impl PageOrigin<'_> {
    /// Address of the archived bytes, if an archive is known to have them.
    fn snapshot_url(&self) -> Option<String> {
        let prefix = self.memento_prefix?;
        Some(format!(
            "{prefix}{}id_/{}",
            self.timestamp,
            utf8_percent_encode(self.original, QUOTED)
        ))
    }

    /// The capture in words. The Wayback Machine is named only where the address is one of its own.
    fn snapshot(&self) -> &'static str {
        if self.memento_prefix.is_some_and(is_wayback_url) {
            "original snapshot on the Wayback Machine"
        } else {
            "original snapshot"
        }
    }

    /// The capture as Markdown: a link, or the record of a file.
    fn snapshot_markdown(&self) -> String {
        let what = self.snapshot();
        match self.snapshot_url() {
            Some(url) => format!("[{what}]({url})"),
            None => format!("{what} ({})", escaped(&one_line(&self.proof.text()))),
        }
    }

    /// The capture as plain text.
    fn snapshot_text(&self) -> String {
        let place = self.snapshot_url();
        let place = place.unwrap_or_else(|| one_line(&self.proof.text()));
        format!("{} ({place})", self.snapshot())
    }
}

/// The page as Markdown. Its first line equals that of the Princeton-Leuven corpus, character for character, if the
/// capture is one of the Wayback Machine.
pub(super) fn markdown_page(origin: PageOrigin<'_>, body: &Body, links: LinkTarget) -> String {
    let mut page = format!(
        "> *The following text is extracted and transformed from the {} privacy policy that was archived on {}. Please \
         check the {} for the most accurate reproduction.*\n\n",
        origin.site,
        origin.timestamp.date_text(),
        origin.snapshot_markdown()
    );
    let title = one_line(body.title.as_deref().unwrap_or(origin.site));
    let first = body.markdown.lines().next().unwrap_or_default();
    let has_heading = first
        .strip_prefix("# ")
        .is_some_and(|own| body.title.is_none() || unescaped(own) == title);
    if !has_heading {
        // Writing to a string cannot fail.
        let _ = write!(page, "# {}\n\n", escaped(&title));
    }
    match (links, origin.memento_prefix) {
        (LinkTarget::Archive, Some(prefix)) => {
            page.push_str(&link_to_archive(&body.markdown, prefix, origin.timestamp));
        }
        _ => page.push_str(&body.markdown),
    }
    page
}

/// The page without mark-up. Lines are broken after `width` characters if it is given.
pub(super) fn text_page(origin: PageOrigin<'_>, body: &Body, width: Option<usize>) -> String {
    let mut page = format!(
        "The following text is extracted and transformed from the {} privacy policy that was archived on {}. Please check \
         the {} for the most accurate reproduction.\n\n",
        origin.site,
        origin.timestamp.date_text(),
        origin.snapshot_text()
    );
    let title = one_line(body.title.as_deref().unwrap_or(origin.site));
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

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

/// Escapes a title for Markdown.
fn escaped(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for (at, c) in title.char_indices() {
        let special = match c {
            '\\' | '*' | '_' | '`' | '[' | ']' | '<' | '~' => true,
            '&' => title[at..].contains(';'),
            // At the end it would close the heading.
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

/// The text of a heading of the extractor's Markdown, without its marks and what is struck out.
fn unescaped(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut is_struck = false;
    let mut letters = markdown.chars().peekable();
    while let Some(c) = letters.next() {
        let c = match c {
            '\\' if letters.peek().is_some_and(char::is_ascii_punctuation) => letters.next(),
            '~' if letters.peek() == Some(&'~') => {
                letters.next();
                is_struck = !is_struck;
                None
            }
            '*' | '`' => None,
            c => Some(c),
        };
        if !is_struck {
            out.extend(c);
        }
    }
    one_line(&out)
}

/// Breaks lines at spaces so that no line is longer than `width` characters, except for a single long word. A word of a
/// script without spaces is broken anywhere.
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
    use std::sync::LazyLock;

    use super::*;

    static PROOF: LazyLock<Proof> = LazyLock::new(|| Proof {
        archive: "file".to_owned(),
        warc_file: Some("my_crawl.warc.gz".to_owned()),
        warc_offset: Some(12),
        ..Proof::default()
    });

    fn origin(original: &str) -> PageOrigin<'_> {
        PageOrigin {
            site: "example.com",
            timestamp: "20120611040411".parse().unwrap(),
            original,
            memento_prefix: Some("https://web.archive.org/web/"),
            proof: &PROOF,
        }
    }

    #[test]
    fn the_wayback_machine_is_named_only_where_it_has_the_page() {
        let at = |memento_prefix| PageOrigin {
            memento_prefix,
            ..origin("http://a.com/")
        };
        let body = body(None, "[x](http://b.com/)\n");
        let files = markdown_page(at(None), &body, LinkTarget::Archive);
        assert!(
            files.contains(
                "check the original snapshot (record at byte 12 of my\\_crawl.warc.gz) for"
            ),
            "{files}"
        );
        assert!(files.ends_with("[x](http://b.com/)\n"), "{files}");
        let other = at(Some("https://archive.example/all/"));
        let page = markdown_page(other, &body, LinkTarget::Archive);
        let there = "https://archive.example/all/20120611040411";
        assert!(
            page.contains(&format!(
                "[original snapshot]({there}id_/http%3A//a.com/) for"
            )),
            "{page}"
        );
        assert!(
            page.ends_with(&format!("[x]({there}/http://b.com/)\n")),
            "{page}"
        );
        for text in [
            files,
            page,
            text_page(at(None), &body, None),
            text_page(other, &body, None),
        ] {
            assert!(
                !text.contains("Wayback") && !text.contains("web.archive.org"),
                "{text}"
            );
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
            origin("http://www.example.com/privacy?a=1&b=%20ü~"),
            &body(Some("Privacy"), "Words.\n"),
            LinkTarget::Original,
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
                origin("http://a.com/"),
                &body(title, markdown),
                LinkTarget::Original,
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
        let page = text_page(origin("http://a.com/"), &body, None);
        assert!(
            page.ends_with("\n\nTitle\n\none two three four\n個人情報の取り扱い\n"),
            "{page}"
        );
        assert!(page.starts_with("The following text is extracted"));
        let page = text_page(origin("http://a.com/"), &body, Some(9));
        assert!(
            page.ends_with("\none two\nthree\nfour\n個人情報の取り扱い\n"),
            "{page}"
        );
        let page = text_page(origin("http://a.com/"), &body, Some(5));
        assert!(page.ends_with("\n個人情報の\n取り扱い\n"), "{page}");
    }
}
