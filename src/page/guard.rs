//! Guards before the parser: a page that would cost it more than linear time is made flat first, its words kept.
//!
//! html5ever is quadratic in the nesting depth (a 220 kB page of 20,000 nested `<div>` took seconds), in the number of
//! attributes of one tag, and it repeats every unclosed `<font>` in each paragraph that follows. One linear scan over the
//! tags finds such pages; every other page passes through untouched. Where a page makes the scan and the parser disagree,
//! the parse under watch (`watched`) and the readings of every `<` (`readings`) hold the limits.

use std::borrow::Cow;

use super::attributes::unread;
use super::elements::{
    FORMATTING, RAW_TEXT, SCOPE, SELF_CLOSING, SPECIAL, TABLE_PART, VOID, ends_foreign, is_foreign,
    is_html_inside, kinds,
};
use super::readings::bounded;
use super::tags::{Tag, comment_end, drawing_end, end_after_bracket, find, raw_text_end, tag};

/// Open elements beyond this depth lose their tags (their text stays). Browsers stop at 512 as well.
pub const MAX_DEPTH: usize = 512;
/// A page is read up to here; the largest of 882 real pages of policies has 2.14 MB.
pub const MAX_HTML_BYTES: usize = 8 * 1024 * 1024;
/// A tag with more attributes than this keeps its name only.
pub(super) const MAX_ATTRIBUTES: usize = 256;
/// Elements beyond this many lose their tags (a script or the like is lost whole), which bounds the tree's memory; the richest of 882 real pages of policies has
/// 8,632.
const MAX_ELEMENTS: usize = 300_000;
/// Copies of unclosed formatting elements that the parser may have to make before their tags are dropped.
const MAX_REPEATED_FORMATTING: usize = 200_000;

/// What keeps the parts of a table together.
const TABLES: [&str; 2] = ["table", "template"];

/// The page as the parser may see it: at most [`MAX_HTML_BYTES`], [`MAX_DEPTH`] and the other limits.
pub(super) fn guarded(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    Scan::new(html, false).run()
}

/// As [`guarded`], and without what no reader sees: the content of style sheets, of scripts but their JSON, of drawings and
/// of comments, and the attributes that extraction does not ask for.
///
/// On 69 real pages that is 8.1 of 14.6 MB.
pub(super) fn guarded_text(html: &str) -> Cow<'_, str> {
    let html = &html[..html.floor_char_boundary(MAX_HTML_BYTES)];
    Scan::new(html, true).run()
}

/// An open element.
#[derive(Clone, Copy)]
struct Open<'a> {
    name: &'a str,
    kinds: u8,
    /// It is a drawing or a formula, or a part of one whose content is not HTML again.
    is_foreign: bool,
}

impl Open<'_> {
    fn is(&self, kind: u8) -> bool {
        self.kinds & kind != 0
    }

    fn is_among(&self, names: &[&str]) -> bool {
        names.iter().any(|n| self.name.eq_ignore_ascii_case(n))
    }
}

struct Scan<'a> {
    html: &'a str,
    /// The content of style sheets, scripts and drawings is left out.
    text_only: bool,
    open: Vec<Open<'a>>,
    /// Open elements whose tag was dropped, counted apart so that their end tags are dropped too.
    dropped: Vec<&'a str>,
    /// Formatting elements (name, whole tag) opened and not yet closed by their own end tag, as far as the parser keeps
    /// them: at most three of the same.
    formatting: Vec<(&'a str, &'a str)>,
    repeated_formatting: usize,
    elements: usize,
    formatting_stopped: bool,
    /// Something that was passed over and stays, be it a script, a comment or a tag, has a `<` in it.
    hides_tags: bool,
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
            hides_tags: false,
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
                Some(b'!') if bytes[found..].starts_with(b"<![CDATA[") && self.is_in_foreign() => {
                    let end = memchr::memmem::find(&bytes[found..], b"]]>")
                        .map_or(bytes.len(), |length| found + length + 3);
                    self.pass_over(found + 1, end)
                }
                Some(b'!' | b'?') => self.pass_over(found + 1, end_after_bracket(bytes, found + 1)),
                Some(b'/') => match bytes.get(found + 2) {
                    Some(c) if c.is_ascii_alphabetic() => self.end_tag(found),
                    // A comment of a kind.
                    _ => self.pass_over(found + 1, end_after_bracket(bytes, found + 2)),
                },
                Some(c) if c.is_ascii_alphabetic() => self.start_tag(found),
                _ => found + 1,
            };
        }
        let hides_tags = self.hides_tags;
        let html = match self.out.take() {
            None => Cow::Borrowed(self.html),
            Some(mut out) => {
                out.push_str(&self.html[self.copied_to..]);
                Cow::Owned(out)
            }
        };
        if hides_tags { bounded(html) } else { html }
    }

    /// Goes on behind what is no tag here, but might be to the parser.
    fn pass_over(&mut self, from: usize, to: usize) -> usize {
        self.hides_tags |= find(&self.html.as_bytes()[..to], from, b'<').is_some();
        to
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
            return end;
        }
        self.pass_over(at + 1, end)
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let Tag {
            name_end,
            end,
            attributes,
        } = tag(self.html.as_bytes(), at + 1);
        let name = &self.html[at + 1..name_end];
        self.pass_over(at + 1, end);
        let kinds = kinds(name);
        let is = |kind: u8| kinds & kind != 0;
        self.elements += 1;
        let has_too_many_attributes = attributes > MAX_ATTRIBUTES;
        while self.is_in_foreign() && ends_foreign(name) {
            self.open.pop();
        }
        if is(VOID) || self.html.as_bytes()[at..end].ends_with(b"/>") && name.contains(':') {
            if is(VOID) && self.elements > MAX_ELEMENTS {
                self.replace(at, end, " ");
            } else {
                self.leave_out_attributes(name, at..end, has_too_many_attributes);
            }
            return end;
        }
        if is(RAW_TEXT) && !self.is_in_foreign() {
            let (content_end, raw_end) = raw_text_end(self.html.as_bytes(), end, name);
            if self.elements > MAX_ELEMENTS {
                self.replace(at, raw_end, " ");
                return raw_end;
            }
            self.leave_out_attributes(name, at..end, has_too_many_attributes);
            if self.text_only && self.is_inert(name, at..end, &self.html[end..content_end]) {
                self.replace(end, content_end, "");
            } else {
                self.pass_over(end, content_end);
            }
            return self.pass_over(content_end + 1, raw_end);
        }
        if is(SELF_CLOSING)
            && let Some(index) = self.closed_by(name, kinds)
        {
            self.open.truncate(index);
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
        self.open.push(Open {
            name,
            kinds,
            is_foreign: is_foreign(name) || self.is_in_foreign() && !is_html_inside(name),
        });
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
        self.leave_out_attributes(name, at..end, has_too_many_attributes);
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
        let (closed, inner) = (self.open[index], &self.open[index + 1..]);
        let holds = |kind: u8| inner.iter().any(|open| open.is(kind));
        if closed.is(FORMATTING) {
            if holds(SPECIAL) {
                self.open.remove(index);
            } else {
                self.open.truncate(index);
            }
        } else if closed.is(TABLE_PART) {
            if !inner.iter().any(|open| open.is_among(&TABLES)) {
                self.open.truncate(index);
            }
        } else if !holds(if closed.is(SPECIAL) { SCOPE } else { SPECIAL }) {
            self.open.truncate(index);
        }
    }

    /// The first of the open elements that an opening tag closes which may be left without its end tag, if it closes any.
    fn closed_by(&self, name: &str, kinds: u8) -> Option<usize> {
        let is = |names: &[&str]| names.iter().any(|n| name.eq_ignore_ascii_case(n));
        let innermost = |stops: &dyn Fn(&Open<'_>) -> bool| self.open.iter().rposition(stops);
        if kinds & TABLE_PART != 0 {
            let table = innermost(&|open| open.is(SCOPE) && open.is_among(&TABLES))?;
            let closed: &[&str] = if is(&["td", "th"]) {
                &["td", "th"]
            } else if is(&["tr"]) {
                &["td", "th", "tr"]
            } else {
                &["td", "th", "tr", "tbody", "thead", "tfoot"]
            };
            let mut inside = self.open.iter().skip(table + 1);
            let first = inside.position(|open| open.is_among(closed))?;
            return Some(table + 1 + first);
        }
        let (index, closed): (_, &[&str]) = if kinds & SPECIAL == 0 {
            // An option: nothing but formatting stands in it.
            (innermost(&|open| !open.is(FORMATTING))?, &[name])
        } else if is(&["p"]) {
            (innermost(&|open| open.is(SPECIAL))?, &["p"])
        } else {
            let passed = ["address", "div", "p"];
            let index = innermost(&|open| open.is(SPECIAL) && !open.is_among(&passed))?;
            (index, if is(&["li"]) { &["li"] } else { &["dd", "dt"] })
        };
        self.open[index].is_among(closed).then_some(index)
    }

    /// True inside of a drawing or a formula, where no text is raw.
    fn is_in_foreign(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_foreign)
    }

    /// Takes the attributes out of a tag that nobody reads; all of them when there are too many.
    fn leave_out_attributes(&mut self, name: &str, tag: std::ops::Range<usize>, all: bool) {
        if all {
            self.replace(tag.start, tag.end, &format!("<{name}>"));
        } else if self.text_only {
            let html = self.html.as_bytes();
            let name_end = tag.start + "<".len() + name.len();
            unread(html, name, name_end..tag.end, |gone| {
                self.replace(gone.start, gone.end, "");
            });
        }
    }

    /// True for the content of a style sheet, or of a script that holds no JSON and no comment (behind `<!--` an end tag
    /// may be none).
    fn is_inert(&self, name: &str, tag: std::ops::Range<usize>, content: &str) -> bool {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // Inside a drawing these two are elements like any other.
        if content.is_empty() || self.open.iter().any(|open| open.is_foreign) {
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
        let Tag {
            name_end,
            end,
            attributes,
        } = tag(self.html.as_bytes(), at + 2);
        let name = &self.html[at + 2..name_end];
        self.pass_over(at + 1, end);
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
        if attributes > MAX_ATTRIBUTES {
            self.replace(at, end, &format!("</{name}>"));
        }
        if let Some(index) = self.open.iter().rposition(|open| same(open.name)) {
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

    #[test]
    fn lists_and_tables_without_end_tags_are_not_deep() {
        for (before, part) in [
            ("<dl>", "<dt>term<dd>words"),
            ("<dl>", "<dt><b>term</b><dd><p>words<p>more"),
            ("<table>", "<tr><td>x<td>y"),
            ("<table>", "<tr><td><p>x<td><b>y</b><ul><li>z"),
            ("<table>", "<tbody><tr><th>x<td><font>y"),
            ("<ul>", "<li><div><p>x"),
            ("", "<p><span>x"),
            ("<select>", "<option>x"),
        ] {
            let page = before.to_owned() + &part.repeat(1000);
            let flat = part.contains("<div>") || part.contains("<ul>") || part.contains("<font>");
            assert!(flat || matches!(guarded(&page), Cow::Borrowed(_)), "{part}");
        }
    }

    #[test]
    fn a_million_elements_of_raw_text_are_not_all_kept() {
        let html = guarded(&"<xmp></xmp>".repeat(700_000)).into_owned();
        assert_eq!(html.matches("<xmp>").count(), MAX_ELEMENTS);
    }

    #[test]
    fn a_style_sheet_behind_an_unclosed_drawing_is_still_a_style_sheet() {
        let page = "<svg><path><div>words</div><style>a<b></style><p>more";
        let text = guarded_text(page);
        assert!(!text.contains("a<b>") && text.contains("more"), "{text}");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(page in "(<|>|/|a|b|font|div|p|'|\"|=| |!--|--|script|é){0,200}") {
            let _ = guarded(&page);
        }
    }
}
