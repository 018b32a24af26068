//! Link targets of a document: absolute, on the original web, and only of kinds that a reader can follow.

use url::Url;

use crate::page::{Page, unarchived};

/// Longest target that is kept; crawls hold kilobytes of tracking arguments.
const MAX_TARGET_BYTES: usize = 2000;

/// Resolves the links of one page.
#[derive(Debug)]
pub(super) struct Links<'a> {
    page: &'a Page,
    /// Base of last resort: what the page calls its own address.
    canonical: Option<Url>,
}

impl<'a> Links<'a> {
    pub(super) fn of(page: &'a Page) -> Self {
        let canonical = if page.url.is_none() {
            page.canonical()
        } else {
            None
        };
        Self { page, canonical }
    }

    /// The target to write for an `href`; `None` where the link should be plain text.
    ///
    /// A relative target of a page whose address nobody knows stays relative: its words are all that is known of it.
    pub(super) fn target(&self, href: &str) -> Option<String> {
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
    }
}

/// True for what has no scheme: a path, a query or a fragment.
fn is_relative(href: &str) -> bool {
    match href.find([':', '/', '?', '#']) {
        Some(at) => !href[at..].starts_with(':') && !href.starts_with("//"),
        None => true,
    }
}

/// A target as Markdown can hold it: no white space, no control characters, no brackets of its own.
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
            c if c.is_control() || c.is_whitespace() || super::text::is_invisible(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// The address that Cloudflare hides behind `data-cfemail`: hexadecimal bytes, each mixed with the first one. The key
/// differs at every visit, so the hidden form would make every capture a new link.
pub(super) fn hidden_address(hexadecimal: &str) -> Option<String> {
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
    use super::*;

    #[test]
    fn targets_are_absolute_and_followable() {
        let url = Url::parse("http://example.com/legal/privacy.html").unwrap();
        let page = Page::from_html("", Some(&url));
        let links = Links::of(&page);
        let target = |href: &str| links.target(href);
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
            Links::of(&page).target("/x").as_deref(),
            Some("https://a.com/x")
        );
        let page = Page::from_html("", None);
        assert_eq!(Links::of(&page).target("/x y").as_deref(), Some("/x%20y"));
        assert_eq!(Links::of(&page).target("javascript:x"), None);
        assert_eq!(Links::of(&page).target("java\nscript:x"), None);
    }

    #[test]
    fn addresses_hidden_from_robots_are_read() {
        assert_eq!(hidden_address("422d023a6c35").as_deref(), Some("o@x.w"));
        assert_eq!(hidden_address("zz"), None);
        assert_eq!(hidden_address(""), None);
    }
}
