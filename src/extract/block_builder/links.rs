//! Link targets of a document: absolute, on the original web, with schemes that a reader can follow.

use std::rc::Rc;

use url::Url;

use crate::extract::blocks::Block;
use crate::extract::characters::is_invisible;
use crate::page::{Page, unarchived};

/// Maximum length of a target, in bytes, before and after it is resolved. Archived pages have kilobytes of tracking
/// parameters.
const MAX_TARGET_BYTES: usize = 2000;
/// Maximum total size of all targets of a document, as a multiple of the page's size. A long base URL expands every
/// short link to kilobytes, and an unclosed link is repeated in every paragraph.
const TARGET_TIMES: usize = 4;
/// Total size of targets that is always allowed, in bytes.
const LEAST_TARGET_BYTES: usize = 16 * 1024;

/// Resolves the links of one page.
#[derive(Debug)]
pub(in crate::extract) struct LinkResolver<'a> {
    page: &'a Page,
    /// The page's canonical URL, used as the base if no other base is known.
    canonical: Option<Url>,
}

impl<'a> LinkResolver<'a> {
    pub(in crate::extract) fn of(page: &'a Page) -> Self {
        let canonical = if page.url.is_none() {
            page.canonical()
        } else {
            None
        };
        Self { page, canonical }
    }

    /// Returns the target for an `href`; `None` if the link is written as plain text.
    ///
    /// A relative target stays relative if the URL of the page is unknown.
    pub(in crate::extract) fn target(&self, href: &str) -> Option<Rc<str>> {
        let href = href.trim();
        if href.is_empty() || href.len() > MAX_TARGET_BYTES {
            return None;
        }
        let resolved = self.page.resolve(href).or_else(|| {
            self.canonical
                .as_ref()
                .and_then(|base| base.join(href).ok())
        });
        let target = match resolved {
            Some(url) => {
                let url = unarchived(&url).unwrap_or(url);
                match url.scheme() {
                    "http" | "https" | "ftp" | "mailto" | "tel" => String::from(url),
                    _ => return None,
                }
            }
            None if is_relative(href) => href.to_owned(),
            None => return None,
        };
        Some(written(&target))
            .filter(|target| target.len() <= MAX_TARGET_BYTES)
            .map(Rc::from)
    }
}

/// Turns the links beyond the limit into plain text. The limit depends on the size of the page, `page_bytes`.
pub(in crate::extract) fn limit_link_targets(blocks: &mut [Block], page_bytes: usize) {
    let mut left = page_bytes
        .saturating_mul(TARGET_TIMES)
        .max(LEAST_TARGET_BYTES);
    for block in blocks {
        block.each_run_mut(&mut |spans| {
            // Adjacent spans with the same link are written as one link.
            let mut before: Option<(Rc<str>, bool)> = None;
            for span in spans {
                let Some(link) = span.link.clone() else {
                    before = None;
                    continue;
                };
                let stays = match &before {
                    Some((same, stays)) if *same == link => *stays,
                    _ => {
                        let stays = link.len() <= left;
                        left = left.saturating_sub(link.len());
                        stays
                    }
                };
                if !stays {
                    span.link = None;
                }
                before = Some((link, stays));
            }
        });
    }
}

/// True for a target without a scheme: a path, a query or a fragment.
fn is_relative(href: &str) -> bool {
    match href.find([':', '/', '?', '#']) {
        Some(at) => !href[at..].starts_with(':') && !href.starts_with("//"),
        None => true,
    }
}

/// Returns a target in a form that is valid in Markdown: no white space, no control characters, no brackets.
fn written(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for c in target.chars() {
        match c {
            ' ' => out.push_str("%20"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            '`' => out.push_str("%60"),
            c if c.is_control() || c.is_whitespace() || is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Decodes an email address that Cloudflare hides in `data-cfemail`: hexadecimal bytes, each combined with the first
/// one. The key differs at every visit, so the hidden form would give every capture a different link.
pub(in crate::extract) fn hidden_address(hexadecimal: &str) -> Option<String> {
    let bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(hexadecimal.trim().as_bytes())
        .ok()?;
    let (key, rest) = bytes.split_first()?;
    let address = String::from_utf8(rest.iter().map(|b| b ^ key).collect()).ok()?;
    (address.len() < 320
        && address.contains('@')
        && !address.contains(|c: char| c.is_control() || c.is_whitespace()))
    .then_some(address)
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::extract::blocks::Span;

    #[test]
    fn targets_are_absolute_and_followable() {
        let url = Url::parse("http://example.com/legal/privacy.html").unwrap();
        let page = Page::from_html("", Some(&url));
        let links = LinkResolver::of(&page);
        let target = |href: &str| links.target(href).map(|t| t.to_string());
        assert_eq!(
            target("/terms").as_deref(),
            Some("http://example.com/terms")
        );
        assert_eq!(
            target("#top").as_deref(),
            Some("http://example.com/legal/privacy.html#top")
        );
        assert_eq!(target("mailto:a@b.c").as_deref(), Some("mailto:a@b.c"));
        assert_eq!(
            target("http://web.archive.org/web/2010id_/http://a.com/x").as_deref(),
            Some("http://a.com/x")
        );
        assert_eq!(
            target("a_(b)").as_deref(),
            Some("http://example.com/legal/a_%28b%29")
        );
        for none in [
            "javascript:void(0)",
            "data:text/html,x",
            "",
            "  ",
            "vbscript:x",
            "about:blank",
        ] {
            assert_eq!(target(none), None, "{none}");
        }
    }

    #[test]
    fn without_an_address_a_canonical_link_serves_and_else_the_words_stay() {
        let page = Page::from_html("<link rel=canonical href=https://a.com/p>", None);
        assert_eq!(
            LinkResolver::of(&page).target("/x").as_deref(),
            Some("https://a.com/x")
        );
        let page = Page::from_html("", None);
        assert_eq!(
            LinkResolver::of(&page).target("/x y").as_deref(),
            Some("/x%20y")
        );
        assert_eq!(LinkResolver::of(&page).target("javascript:x"), None);
        assert_eq!(LinkResolver::of(&page).target("java\nscript:x"), None);
    }

    #[test]
    fn the_targets_of_a_page_take_no_more_than_some_times_its_bytes() {
        let long = Url::parse(&format!("http://a.com/{}/", "b".repeat(3000))).unwrap();
        let page = Page::from_html("", Some(&long));
        assert_eq!(
            LinkResolver::of(&page).target("x"),
            None,
            "too long when resolved"
        );
        let link: Rc<str> = Rc::from("u".repeat(1000));
        let under = |text: &str| Span {
            link: Some(Rc::clone(&link)),
            ..Span::plain(text)
        };
        let mut blocks = vec![Block::Paragraph(vec![under("a"), under("b")]); 20];
        limit_link_targets(&mut blocks, 10);
        let linked = blocks.iter().filter(|b| b.weight().1 > 0).count();
        assert_eq!(linked, LEAST_TARGET_BYTES / 1000);
        limit_link_targets(&mut blocks, 10);
        assert_eq!(blocks[0].weight(), (2, 2), "one link of two pieces is one");
    }

    #[test]
    fn addresses_hidden_from_robots_are_read() {
        assert_eq!(hidden_address("422d023a6c35").as_deref(), Some("o@x.w"));
        assert_eq!(hidden_address("zz"), None);
        assert_eq!(hidden_address(""), None);
    }
}
