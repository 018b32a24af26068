//! Guards before the parser: a page that would cost it more than linear time is made flat first, its words kept.
//!
//! html5ever is quadratic in the nesting depth (a 220 kB page of 20,000 nested `<div>` took seconds), in the number of
//! attributes of one tag, and it repeats every unclosed `<font>` in each paragraph that follows. One linear scan over the
//! tags finds such pages; every other page passes through untouched.

use std::borrow::Cow;

use super::attributes::unread;
use super::elements::{
    FORMATTING, RAW_TEXT, SCOPE, SELF_CLOSING, SPECIAL, TABLE_PART, VOID, kinds,
};
use super::tags::{Tag, comment_end, drawing_end, end_after_bracket, find, raw_text_end, tag};

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

/// As [`guarded`], and without what no reader sees: the content of style sheets, of scripts but their JSON, of drawings and
/// of comments, and the attributes that extraction does not ask for.
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
    /// Names of open elements, and their [`kinds`].
    open: Vec<(&'a str, u8)>,
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
                Some(b'!') if bytes[found..].starts_with(b"<!--") => self.comment(found),
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

    /// Passes a comment, whose words nobody reads. An empty one stays: what stands around a comment is two pieces of text.
    fn comment(&mut self, at: usize) -> usize {
        let end = comment_end(self.html.as_bytes(), at);
        let content = at + "<!--".len()..end.saturating_sub("-->".len());
        if self.text_only && !content.is_empty() && self.html[..end].ends_with("-->") {
            self.replace(content.start, content.end, "");
        }
        end
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let Tag {
            name_end,
            end,
            attributes,
        } = tag(self.html.as_bytes(), at + 1);
        let name = &self.html[at + 1..name_end];
        let kinds = kinds(name);
        let is = |kind: u8| kinds & kind != 0;
        self.elements += 1;
        if is(VOID) && self.elements > MAX_ELEMENTS {
            self.replace(at, end, " ");
            return end;
        }
        if is(VOID) || self.html.as_bytes()[at..end].ends_with(b"/>") && name.contains(':') {
            self.leave_out_unread(name, name_end, end);
            return end;
        }
        if is(RAW_TEXT) {
            self.leave_out_unread(name, name_end, end);
            let (content_end, raw_end) = raw_text_end(self.html.as_bytes(), end, name);
            if self.text_only && self.is_inert(name, at..end, &self.html[end..content_end]) {
                self.replace(end, content_end, "");
            }
            return raw_end;
        }
        if is(SELF_CLOSING) {
            let inner = self
                .open
                .iter()
                .rev()
                .take_while(|(_, open)| open & FORMATTING != 0)
                .count();
            let block = self.open.len() - inner;
            if block > 0 && self.open[block - 1].0.eq_ignore_ascii_case(name) {
                self.open.truncate(block - 1);
            }
        }
        let formatting = is(FORMATTING);
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
        self.open.push((name, kinds));
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
        } else {
            self.leave_out_unread(name, name_end, end);
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
        let ((_, kinds), inner) = (self.open[index], &self.open[index + 1..]);
        let holds = |kind: u8| inner.iter().any(|(_, open)| open & kind != 0);
        if kinds & FORMATTING != 0 {
            if holds(SPECIAL) {
                self.open.remove(index);
            } else {
                self.open.truncate(index);
            }
        } else if kinds & TABLE_PART != 0 {
            let is_table = |name: &str| {
                ["table", "template"]
                    .iter()
                    .any(|n| name.eq_ignore_ascii_case(n))
            };
            if !inner.iter().any(|(name, _)| is_table(name)) {
                self.open.truncate(index);
            }
        } else if !holds(if kinds & SPECIAL != 0 { SCOPE } else { SPECIAL }) {
            self.open.truncate(index);
        }
    }

    /// Takes the attributes out of a tag that nobody reads.
    fn leave_out_unread(&mut self, name: &str, from: usize, end: usize) {
        if self.text_only {
            let html = self.html.as_bytes();
            unread(html, name, from..end, |gone| {
                self.replace(gone.start, gone.end, "");
            });
        }
    }

    /// True for the content of a style sheet, or of a script that holds no JSON and no comment (behind `<!--` an end tag
    /// may be none).
    fn is_inert(&self, name: &str, tag: std::ops::Range<usize>, content: &str) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // Inside a drawing these two are elements like any other.
        let foreign = |open: &str| ["svg", "math"].iter().any(|n| open.eq_ignore_ascii_case(n));
        if content.is_empty() || self.open.iter().any(|(open, _)| foreign(open)) {
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
        let same = |open: &str| open.eq_ignore_ascii_case(name);
        // Dropped elements are the innermost ones: only the last few can be meant.
        if let Some(index) = self
            .dropped
            .iter()
            .rev()
            .take(MAX_DEPTH)
            .position(|open| same(open))
        {
            let keep = self.dropped.len() - 1 - index;
            self.dropped.truncate(keep);
            self.replace(at, end, " ");
            return end;
        }
        if let Some(index) = self.open.iter().rposition(|(open, _)| same(open)) {
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
