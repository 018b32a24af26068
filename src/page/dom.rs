//! `Page`: a parsed page and its address.

use html5ever::LocalName;
use scraper::node::Element;
use scraper::{Html, Node, Selector};
use url::Url;

use super::charset::decoded;
use super::guard::{guarded, guarded_text};
use super::tree_limit::tree;

/// Longest `<base href>` that is used: every link of the page repeats it (a page of 67 kB became 40 MB of links).
const MAX_BASE_BYTES: usize = 2000;

/// A parsed page. No other DOM of the page is built.
#[derive(Debug)]
pub struct Page {
    /// The tree.
    pub html: Html,
    /// Address of the page on the original web, if known.
    pub url: Option<Url>,
    /// Base of relative links: `<base href>` or the address.
    base: Option<Url>,
}

impl Page {
    /// Decodes, guards and parses a page.
    #[must_use]
    pub fn parse(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>) -> Self {
        Self::from_html(&decoded(bytes, content_type).0, url)
    }

    /// Does the same as [`Page::parse`], without the content of style sheets that hide
    /// nothing, of scripts except JSON, and of drawings.
    #[must_use]
    pub fn parse_text(bytes: &[u8], content_type: Option<&str>, url: Option<&Url>) -> Self {
        Self::of_tree(tree(&guarded_text(&decoded(bytes, content_type).0)), url)
    }

    /// Guards and parses a page that is already decoded.
    #[must_use]
    pub fn from_html(html: &str, url: Option<&Url>) -> Self {
        Self::of_tree(tree(&guarded(html)), url)
    }

    fn of_tree(html: Html, url: Option<&Url>) -> Self {
        let base_href = first(&html, "base", |base| base.attr("href"))
            .filter(|href| href.len() <= MAX_BASE_BYTES);
        let base = match (base_href, url) {
            (Some(href), Some(url)) => url.join(href.trim()).ok(),
            (Some(href), None) => Url::parse(href.trim()).ok(),
            (None, url) => url.cloned(),
        };
        let base = base
            .map(|b| unarchived(&b).unwrap_or(b))
            .filter(|b| matches!(b.scheme(), "http" | "https"))
            .or_else(|| url.cloned());
        Self {
            html,
            url: url.cloned(),
            base,
        }
    }

    /// A link of the page as an absolute URL on the original web, without an archive's rewriting. `None` for text that
    /// is not an address, and for a relative link without a base.
    #[must_use]
    pub fn resolve(&self, href: &str) -> Option<Url> {
        // Browsers remove line ends and tabs inside an href, and so does `Url`.
        let href = href.trim();
        let url = match &self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        Some(unarchived(&url).unwrap_or(url))
    }

    /// Target of `<link rel=canonical>`.
    #[must_use]
    pub fn canonical(&self) -> Option<Url> {
        let is_canonical = |rel: &str| {
            rel.split_ascii_whitespace()
                .any(|word| word.eq_ignore_ascii_case("canonical"))
        };
        let href = first(&self.html, "link", |link| {
            link.attr("href")
                .filter(|_| link.attr("rel").is_some_and(is_canonical))
        })?;
        self.resolve(href)
            .filter(|u| matches!(u.scheme(), "http" | "https"))
    }

    /// Target of `<meta http-equiv=refresh>` with a delay of at most ten seconds.
    #[must_use]
    pub fn refresh(&self) -> Option<Url> {
        let content = first(&self.html, "meta", |meta| {
            let is_refresh = |name: &str| name.eq_ignore_ascii_case("refresh");
            meta.attr("content")
                .filter(|_| meta.attr("http-equiv").is_some_and(is_refresh))
        })?;
        let (delay, rest) = content.split_once([';', ','])?;
        let delay: f32 = delay.trim().parse().ok()?;
        let rest = rest.trim_start();
        let target = match rest.get(..3).filter(|p| p.eq_ignore_ascii_case("url")) {
            Some(_) => rest[3..].trim_start().strip_prefix('=')?.trim(),
            None => rest.trim(),
        };
        let target = target.trim_matches(['"', '\'']);
        if target.is_empty() || delay > 10.0 {
            return None;
        }
        self.resolve(target)
            .filter(|u| matches!(u.scheme(), "http" | "https") && Some(u) != self.url.as_ref())
    }

    /// The pages in the frames of this page (`<frame>` and `<iframe>`), in order.
    #[must_use]
    pub fn frames(&self) -> Vec<Url> {
        let Ok(selector) = Selector::parse("frame[src], iframe[src]") else {
            return Vec::new();
        };
        self.html
            .select(&selector)
            .filter_map(|frame| self.resolve(frame.attr("src")?))
            .filter(|u| matches!(u.scheme(), "http" | "https"))
            .take(20)
            .collect()
    }
}

/// The first result of `of` for the elements of a name, in the order of the page.
fn first<'a, T>(html: &'a Html, name: &str, of: impl Fn(&'a Element) -> Option<T>) -> Option<T> {
    let name = LocalName::from(name);
    let named = |node: &'a Node| node.as_element().filter(|e| e.name.local == name);
    // Most pages have no such element, and the list of all nodes shows that faster than the tree.
    html.tree.values().find_map(named)?;
    let mut in_order = html.tree.root().descendants();
    in_order.find_map(|node| named(node.value()).and_then(&of))
}

/// The original address in an address that an archive rewrote
/// (`https://web.archive.org/web/20120611040411id_/http://www.example.com/privacy`); `None` for any other.
///
/// Old datasets resolved links against the host of the archive and lost them.
#[must_use]
pub fn unarchived(url: &Url) -> Option<Url> {
    if !url
        .host_str()
        .is_some_and(|h| h == "web.archive.org" || h == "archive.org" || h == "www.archive.org")
    {
        return None;
    }
    let full = url.as_str();
    let (_, rest) = full.split_once("/web/")?;
    let (stamp, original) = rest.split_once('/')?;
    let digits = stamp.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '*');
    if digits.is_empty() || digits.len() > 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Some rewriters merge the double slash of `http://`.
    let original = match original.split_once(":/") {
        Some((scheme @ ("http" | "https"), rest)) => {
            format!("{scheme}://{}", rest.trim_start_matches('/'))
        }
        _ => format!("http://{original}"),
    };
    Url::parse(&original).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::from_html(
            html,
            Some(&Url::parse("http://www.example.com/legal/privacy.html").unwrap()),
        )
    }

    #[test]
    fn links_are_relative_to_the_page_or_its_base_and_never_to_the_archive() {
        let at = |html: &str, href: &str| page(html).resolve(href).map(String::from);
        assert_eq!(at("", "../x").unwrap(), "http://www.example.com/x");
        assert_eq!(
            at("<base href='/en/'>", "x").unwrap(),
            "http://www.example.com/en/x"
        );
        assert_eq!(
            at(
                "<base href='https://web.archive.org/web/2012/http://other.com/'>",
                "x"
            )
            .unwrap(),
            "http://other.com/x"
        );
        assert_eq!(
            at("", "/web/2012/http:/a.com/b").unwrap(),
            "http://www.example.com/web/2012/http:/a.com/b"
        );
        assert_eq!(
            at(
                "",
                "https://web.archive.org/web/20120101000000js_/http:/a.com/b"
            )
            .unwrap(),
            "http://a.com/b"
        );
        assert_eq!(at("", "mailto:a@b.c").unwrap(), "mailto:a@b.c");
        assert!(at("", "http://[").is_none());
    }

    #[test]
    fn a_base_that_no_address_bar_would_take_is_none() {
        let html = format!("<base href='/{}/'>", "x".repeat(3000));
        let url = page(&html).resolve("y").unwrap();
        assert_eq!(url.as_str(), "http://www.example.com/legal/y");
    }

    #[test]
    fn canonical_refresh_and_frames_are_read() {
        let page = page(
            "<link rel='shortlink Canonical' href=/privacy><meta http-equiv=Refresh content=\"0; URL='new.html'\">\
             <frameset><FRAME SRC=menu.html><frame src=body.html></frameset>",
        );
        assert_eq!(
            page.canonical().unwrap().as_str(),
            "http://www.example.com/privacy"
        );
        assert_eq!(
            page.refresh().unwrap().as_str(),
            "http://www.example.com/legal/new.html"
        );
        assert_eq!(page.frames().len(), 2);
    }

    #[test]
    fn odd_refreshes_lead_nowhere() {
        for content in [
            "",
            "5",
            "0;",
            "0;url",
            "é;é",
            "600; url=/x",
            "0; url=javascript:alert(1)",
            "0; url=privacy.html",
        ] {
            assert!(
                page(&format!("<meta http-equiv=refresh content='{content}'>"))
                    .refresh()
                    .is_none(),
                "{content}"
            );
        }
    }
}
