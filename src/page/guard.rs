//! Guards before the parser: a page that would cost it more than linear time is made flat first, its words kept.
//!
//! html5ever is quadratic in the nesting depth (a 220 kB page of 20,000 nested `<div>` took seconds), in the number of
//! attributes of one tag, and it repeats every unclosed `<font>` in each paragraph that follows. One linear scan over the
//! tags finds such pages; every other page passes through untouched.

use std::borrow::Cow;

use super::tags::{
    RAW_TEXT, Tag, comment_end, drawing_end, end_after_bracket, find, raw_text_end, tag,
};

/// Open elements beyond this depth lose their tags (their text stays). Browsers stop at 512 as well.
pub const MAX_DEPTH: usize = 512;
/// A page is read up to here; the largest of 882 real pages of policies has 2.14 MB.
pub const MAX_HTML_BYTES: usize = 8 * 1024 * 1024;
/// A tag with more attributes than this keeps its name only.
const MAX_ATTRIBUTES: usize = 256;
/// Elements beyond this many lose their tags, which bounds the tree's memory; the richest of 882 real pages of policies has
/// 8,632.
const MAX_ELEMENTS: usize = 300_000;
/// Copies of unclosed formatting elements that the parser may have to make before their tags are dropped.
const MAX_REPEATED_FORMATTING: usize = 200_000;

/// The page as the parser may see it: at most [`MAX_HTML_BYTES`], [`MAX_DEPTH`] and the other limits.
#[must_use]
pub fn guarded(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    Scan::new(html, false).run()
}

/// As [`guarded`], and without what no reader sees: the content of style sheets, of scripts but their JSON, and of drawings.
///
/// On 69 real pages that is 8.1 of 14.6 MB.
#[must_use]
pub fn guarded_text(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    Scan::new(html, true).run()
}

struct Scan<'a> {
    html: &'a str,
    /// The content of style sheets, scripts and drawings is left out.
    text_only: bool,
    /// Names of open elements.
    open: Vec<&'a str>,
    /// Open elements whose tag was dropped, counted apart so that their end tags are dropped too.
    dropped: Vec<&'a str>,
    /// Formatting elements (name, whole tag) opened and not yet closed by their own end tag, as far as the parser keeps
    /// them: at most three of the same.
    formatting: Vec<(&'a str, &'a str)>,
    repeated_formatting: usize,
    elements: usize,
    formatting_stopped: bool,
    out: Option<String>,
    copied_to: usize,
}

const VOID: [&str; 19] = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input",
    "keygen", "link", "meta", "param", "source", "track", "wbr", "spacer",
];
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements beyond which no end tag of another block reaches.
const SCOPES: [&str; 8] = [
    "applet", "caption", "marquee", "object", "table", "td", "template", "th",
];
/// Elements beyond which no end tag but a table's own parts' reaches past a table.
const TABLE_PARTS: [&str; 8] = [
    "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption",
];
/// Elements that the HTML standard calls special and that can stand open: an end tag of an ordinary element does not
/// reach beyond them.
const SPECIAL: [&str; 64] = [
    "address",
    "applet",
    "article",
    "aside",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "colgroup",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "html",
    "li",
    "listing",
    "main",
    "marquee",
    "menu",
    "nav",
    "object",
    "ol",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "template",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "svg",
    "math",
    "desc",
    "foreignobject",
    "mi",
    "mo",
    "mn",
    "ms",
];
/// Elements that an opening tag of the same kind closes by itself.
const SELF_CLOSING: [&str; 12] = [
    "p", "li", "dt", "dd", "tr", "td", "th", "option", "optgroup", "thead", "tbody", "tfoot",
];

impl<'a> Scan<'a> {
    fn new(html: &'a str, text_only: bool) -> Self {
        Self {
            html,
            text_only,
            open: Vec::new(),
            dropped: Vec::new(),
            formatting: Vec::new(),
            repeated_formatting: 0,
            elements: 0,
            formatting_stopped: false,
            out: None,
            copied_to: 0,
        }
    }

    fn run(mut self) -> Cow<'a, str> {
        let bytes = self.html.as_bytes();
        let mut at = 0;
        while let Some(found) = find(bytes, at, b'<') {
            at = match bytes.get(found + 1) {
                Some(b'!') if bytes[found..].starts_with(b"<!--") => comment_end(bytes, found),
                Some(b'!' | b'?') => end_after_bracket(bytes, found + 1),
                Some(b'/') => self.end_tag(found),
                Some(c) if c.is_ascii_alphabetic() => self.start_tag(found),
                _ => found + 1,
            };
        }
        match self.out.take() {
            None => Cow::Borrowed(self.html),
            Some(mut out) => {
                out.push_str(&self.html[self.copied_to..]);
                Cow::Owned(out)
            }
        }
    }

    /// Replaces `from..to` of the page.
    fn replace(&mut self, from: usize, to: usize, with: &str) {
        let html = self.html;
        let out = self
            .out
            .get_or_insert_with(|| String::with_capacity(html.len() / 2));
        out.push_str(&self.html[self.copied_to..from]);
        out.push_str(with);
        self.copied_to = to;
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let Tag {
            name_end,
            end,
            attributes,
        } = tag(self.html.as_bytes(), at + 1);
        let name = &self.html[at + 1..name_end];
        let is = |list: &[&str]| list.iter().any(|n| name.eq_ignore_ascii_case(n));
        self.elements += 1;
        if is(&VOID) && self.elements > MAX_ELEMENTS {
            self.replace(at, end, " ");
            return end;
        }
        if is(&VOID) || self.html.as_bytes()[at..end].ends_with(b"/>") && name.contains(':') {
            return end;
        }
        if is(&RAW_TEXT) {
            let (content_end, raw_end) = raw_text_end(self.html.as_bytes(), end, name);
            if self.text_only && self.is_inert(name, at..end, &self.html[end..content_end]) {
                self.replace(end, content_end, "");
            }
            return raw_end;
        }
        if is(&SELF_CLOSING) {
            let formats = |open: &&str| FORMATTING.iter().any(|n| open.eq_ignore_ascii_case(n));
            let inner = self
                .open
                .iter()
                .rev()
                .take_while(|open| formats(open))
                .count();
            let block = self.open.len() - inner;
            if block > 0 && self.open[block - 1].eq_ignore_ascii_case(name) {
                self.open.truncate(block - 1);
            }
        }
        let formatting = is(&FORMATTING);
        if !formatting {
            self.repeated_formatting = self
                .repeated_formatting
                .saturating_add(self.formatting.len());
        }
        if self.repeated_formatting > MAX_REPEATED_FORMATTING && !self.formatting_stopped {
            self.formatting_stopped = true;
            let closers: String = self
                .formatting
                .iter()
                .rev()
                .fold(String::new(), |closers, (name, _)| {
                    closers + "</" + name + ">"
                });
            self.formatting.clear();
            self.replace(at, at, &closers);
        }
        if self.open.len() >= MAX_DEPTH
            || self.elements > MAX_ELEMENTS
            || (formatting && (self.formatting_stopped || self.formatting.len() >= MAX_DEPTH))
        {
            self.dropped.push(name);
            self.replace(at, end, " ");
            return end;
        }
        self.open.push(name);
        let tag = &self.html[at..end];
        if formatting
            && self
                .formatting
                .iter()
                .filter(|(_, open)| *open == tag)
                .count()
                < 3
        {
            self.formatting.push((name, tag));
        }
        if attributes > MAX_ATTRIBUTES {
            let bare = format!("<{name}>");
            self.replace(at, end, &bare);
        }
        if self.text_only
            && name.eq_ignore_ascii_case("svg")
            && !tag.ends_with("/>")
            && let Some(content_end) = drawing_end(self.html.as_bytes(), end)
        {
            self.replace(end, content_end, "");
            return content_end;
        }
        end
    }

    /// Closes an open element as the parser does at its end tag: what stands open inside of it may keep it open, or outlive
    /// it (`<a><div>x</a>` leaves the `<div>` open).
    fn close(&mut self, index: usize) {
        let is = |name: &str, list: &[&str]| list.iter().any(|n| name.eq_ignore_ascii_case(n));
        let (name, inner) = (self.open[index], &self.open[index + 1..]);
        let holds = |list: &[&str]| inner.iter().any(|open| is(open, list));
        if is(name, &FORMATTING) {
            if holds(&SPECIAL) {
                self.open.remove(index);
            } else {
                self.open.truncate(index);
            }
        } else if is(name, &TABLE_PARTS) {
            if !holds(&["table", "template"]) {
                self.open.truncate(index);
            }
        } else if !holds(if is(name, &SPECIAL) {
            &SCOPES
        } else {
            &SPECIAL
        }) {
            self.open.truncate(index);
        }
    }

    /// True for the content of a style sheet, or of a script that holds no JSON and no comment (behind `<!--` an end tag
    /// may be none).
    fn is_inert(&self, name: &str, tag: std::ops::Range<usize>, content: &str) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // Inside a drawing these two are elements like any other.
        let foreign = |open: &str| ["svg", "math"].iter().any(|n| open.eq_ignore_ascii_case(n));
        if content.is_empty() || self.open.iter().any(|open| foreign(open)) {
            return false;
        }
        let tag = &self.html[tag];
        let has = |part: &str| {
            tag.as_bytes()
                .windows(part.len())
                .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
        };
        is("style")
            || is("script")
                && !["json", "__NEXT_DATA__", "__NUXT_DATA__"]
                    .iter()
                    .any(|p| has(p))
                && memchr::memmem::find(content.as_bytes(), b"<!--").is_none()
    }

    fn end_tag(&mut self, at: usize) -> usize {
        let Tag { name_end, end, .. } = tag(self.html.as_bytes(), at + 2);
        let name = &self.html[at + 2..name_end];
        let same = |open: &&str| open.eq_ignore_ascii_case(name);
        // Dropped elements are the innermost ones: only the last few can be meant.
        if let Some(index) = self.dropped.iter().rev().take(MAX_DEPTH).position(same) {
            let keep = self.dropped.len() - 1 - index;
            self.dropped.truncate(keep);
            self.replace(at, end, " ");
            return end;
        }
        if let Some(index) = self.open.iter().rposition(same) {
            self.close(index);
        }
        if let Some(index) = self
            .formatting
            .iter()
            .rev()
            .position(|(open, _)| open.eq_ignore_ascii_case(name))
        {
            let index = self.formatting.len() - 1 - index;
            self.formatting.remove(index);
        }
        end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_page_passes_untouched() {
        let page = "<!DOCTYPE html><body><P>one<p>two <b>bold</b><script>if (a<b) '<div>'</script><!-- <div> --></body>";
        assert!(matches!(guarded(page), Cow::Borrowed(p) if p == page));
    }

    #[test]
    fn a_thousand_unclosed_paragraphs_are_not_deep() {
        let page = "<p><b>words".repeat(1000) + "<table>" + &"<tr>x".repeat(1000);
        assert!(matches!(guarded(&page), Cow::Borrowed(_)));
    }

    #[test]
    fn a_page_too_deep_is_flattened_and_keeps_its_words() {
        let page = format!(
            "{}words{}after",
            "<div>".repeat(20_000),
            "</div>".repeat(20_000)
        );
        let flat = guarded(&page);
        assert!(flat.matches("<div>").count() <= MAX_DEPTH);
        assert_eq!(
            flat.matches("<div>").count(),
            flat.matches("</div>").count()
        );
        assert!(flat.contains("words") && flat.contains("after"));
    }

    #[test]
    fn unclosed_formatting_cannot_multiply() {
        let fonts: String = (0..300).fold(String::new(), |html, i| {
            html + "<font size=" + &i.to_string() + ">"
        });
        let page = format!("<p>{fonts}{}", "</p><p>x".repeat(20_000));
        let html = scraper::Html::parse_document(&guarded(&page));
        assert!(html.tree.values().count() < 1_000_000);
    }

    #[test]
    fn a_tag_with_thousands_of_attributes_keeps_its_name() {
        let page = format!(
            "<div {}>words</div>",
            (0..5000).fold(String::new(), |tag, i| tag + "a" + &i.to_string() + "=1 ")
        );
        assert_eq!(guarded(&page), "<div>words</div>");
    }

    #[test]
    fn a_page_of_a_million_elements_keeps_its_words_and_few_of_its_tags() {
        let html = guarded(&"<i>x</i><br>".repeat(500_000)).into_owned();
        assert_eq!(html.matches('x').count(), 500_000);
        assert!(html.matches("<i>").count() + html.matches("<br>").count() <= MAX_ELEMENTS);
        assert_eq!(html.matches("<i>").count(), html.matches("</i>").count());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(page in "(<|>|/|a|b|font|div|p|'|\"|=| |!--|--|script|é){0,200}") {
            let _ = guarded(&page);
        }
    }
}
