//! One scan over the tags of a page, which removes what exceeds the limits.

use std::borrow::Cow;
use std::ops::Range;

use super::super::attribute_limit::limit_attributes;
use super::super::attributes::unread;
use super::super::elements::{FORMATTING, RAW_TEXT, SELF_CLOSING, VOID, kinds};
use super::super::limits::{MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS};
use super::super::tags::{
    Tag, comment_end, drawing_end, end_after_bracket, find, raw_text_end, tag,
};
use super::formatting::UnclosedFormatting;
use super::open_elements::OpenElements;
use super::rewrite::Rewrite;

/// The state of the scan.
pub(super) struct TagScan<'a> {
    html: &'a str,
    /// Removes the content of style sheets, scripts and drawings.
    text_only: bool,
    open: OpenElements<'a>,
    /// Open elements whose tag was removed. They are counted separately so that their end tags are removed too.
    dropped: Vec<&'a str>,
    formatting: UnclosedFormatting<'a>,
    elements: usize,
    /// A skipped part that stays (a script, a comment or a tag) contains `<`.
    hides_tags: bool,
    rewrite: Rewrite<'a>,
}

/// A start tag of the page.
struct StartTag<'a> {
    name: &'a str,
    kinds: u8,
    at: usize,
    end: usize,
    has_too_many_attributes: bool,
}

impl StartTag<'_> {
    fn is(&self, kind: u8) -> bool {
        self.kinds & kind != 0
    }
}

impl<'a> TagScan<'a> {
    pub(super) fn new(html: &'a str, text_only: bool) -> Self {
        Self {
            html,
            text_only,
            open: OpenElements::default(),
            dropped: Vec::new(),
            formatting: UnclosedFormatting::default(),
            elements: 0,
            hides_tags: false,
            rewrite: Rewrite::new(html),
        }
    }

    pub(super) fn run(mut self) -> Cow<'a, str> {
        let bytes = self.html.as_bytes();
        let mut at = 0;
        while let Some(found) = find(bytes, at, b'<') {
            at = match bytes.get(found + 1) {
                Some(b'!') if bytes[found..].starts_with(b"<!--") => self.comment(found),
                Some(b'!')
                    if bytes[found..].starts_with(b"<![CDATA[") && self.open.is_in_foreign() =>
                {
                    let end = memchr::memmem::find(&bytes[found..], b"]]>")
                        .map_or(bytes.len(), |length| found + length + 3);
                    self.skip(found + 1, end)
                }
                Some(b'!' | b'?') => self.skip(found + 1, end_after_bracket(bytes, found + 1)),
                Some(b'/') => match bytes.get(found + 2) {
                    Some(c) if c.is_ascii_alphabetic() => self.end_tag(found),
                    // The parser reads this as a comment.
                    _ => self.skip(found + 1, end_after_bracket(bytes, found + 2)),
                },
                Some(c) if c.is_ascii_alphabetic() => self.start_tag(found),
                _ => found + 1,
            };
        }
        let html = self.rewrite.finish();
        if self.hides_tags {
            limit_attributes(html)
        } else {
            html
        }
    }

    /// Continues after a part that is not a tag here, but could be one for the parser.
    fn skip(&mut self, from: usize, to: usize) -> usize {
        self.hides_tags |= find(&self.html.as_bytes()[..to], from, b'<').is_some();
        to
    }

    /// Skips a comment, because its words are never read. An empty comment stays, because it separates two pieces of
    /// text.
    fn comment(&mut self, at: usize) -> usize {
        let end = comment_end(self.html.as_bytes(), at);
        let content = at + "<!--".len()..end.saturating_sub("-->".len());
        if self.text_only && !content.is_empty() && self.html[..end].ends_with("-->") {
            self.rewrite.replace(content.start, content.end, "");
            return end;
        }
        self.skip(at + 1, end)
    }

    fn start_tag(&mut self, at: usize) -> usize {
        let Tag {
            name_end,
            end,
            attributes,
        } = tag(self.html.as_bytes(), at + 1);
        let name = &self.html[at + 1..name_end];
        self.skip(at + 1, end);
        let start = StartTag {
            name,
            kinds: kinds(name),
            at,
            end,
            has_too_many_attributes: attributes > MAX_ATTRIBUTES,
        };
        self.elements += 1;
        self.open.leave_foreign(name);
        if start.is(VOID) || self.html.as_bytes()[at..end].ends_with(b"/>") && name.contains(':') {
            if start.is(VOID) && self.elements > MAX_ELEMENTS {
                self.rewrite.replace(at, end, " ");
            } else {
                self.remove_attributes(&start);
            }
            return end;
        }
        if start.is(RAW_TEXT) && !self.open.is_in_foreign() {
            return self.raw_text(&start);
        }
        self.element(&start)
    }

    /// Reads an element whose content is text up to its own end tag.
    fn raw_text(&mut self, start: &StartTag<'_>) -> usize {
        let (at, end) = (start.at, start.end);
        let (content_end, raw_end) = raw_text_end(self.html.as_bytes(), end, start.name);
        if self.elements > MAX_ELEMENTS {
            self.rewrite.replace(at, raw_end, " ");
            return raw_end;
        }
        self.remove_attributes(start);
        if self.text_only && self.is_inert(start, &self.html[end..content_end]) {
            self.rewrite.replace(end, content_end, "");
        } else {
            self.skip(end, content_end);
        }
        self.skip(content_end + 1, raw_end)
    }

    /// Opens an ordinary element, or removes its tag if a limit is reached.
    fn element(&mut self, start: &StartTag<'a>) -> usize {
        let (name, at, end) = (start.name, start.at, start.end);
        if start.is(SELF_CLOSING) {
            self.open.close_implied(name, start.kinds);
        }
        let formatting = start.is(FORMATTING);
        if !formatting {
            self.formatting.count_copies();
        }
        if let Some(closers) = self.formatting.closers_at_limit() {
            self.rewrite.replace(at, at, &closers);
        }
        if self.open.depth() >= MAX_DEPTH
            || self.elements > MAX_ELEMENTS
            || (formatting && self.formatting.is_full())
        {
            self.dropped.push(name);
            self.rewrite.replace(at, end, " ");
            return end;
        }
        self.open.open(name, start.kinds);
        let tag = &self.html[at..end];
        if formatting {
            self.formatting.open(name, tag);
        }
        self.remove_attributes(start);
        if self.text_only
            && name.eq_ignore_ascii_case("svg")
            && !tag.ends_with("/>")
            && let Some(content_end) = drawing_end(self.html.as_bytes(), end)
        {
            self.rewrite.replace(end, content_end, "");
            return content_end;
        }
        end
    }

    /// Removes the attributes of a tag that are never read, or all attributes if there are too many.
    fn remove_attributes(&mut self, start: &StartTag<'_>) {
        let (name, rewrite) = (start.name, &mut self.rewrite);
        if start.has_too_many_attributes {
            rewrite.replace(start.at, start.end, &format!("<{name}>"));
        } else if self.text_only {
            let name_end = start.at + "<".len() + name.len();
            let rest = name_end..start.end;
            unread(self.html.as_bytes(), name, rest, |gone: Range<usize>| {
                rewrite.replace(gone.start, gone.end, "");
            });
        }
    }

    /// True for the content of a style sheet that hides nothing, or of a script that contains neither JSON nor a comment (after `<!--` an
    /// end tag may not count).
    fn is_inert(&self, start: &StartTag<'_>, content: &str) -> bool {
        let is = |other: &str| start.name.eq_ignore_ascii_case(other);
        // Inside a drawing, style sheets and scripts are elements like any other.
        if content.is_empty() || self.open.has_foreign() {
            return false;
        }
        let tag = &self.html[start.at..start.end];
        let has = |part: &str| {
            tag.as_bytes()
                .windows(part.len())
                .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
        };
        is("style") && !may_hide(content)
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
        self.skip(at + 1, end);
        // Removed elements are the innermost ones, so the end tag can only belong to one of the last few.
        if let Some(index) = self
            .dropped
            .iter()
            .rev()
            .take(MAX_DEPTH)
            .position(|open| open.eq_ignore_ascii_case(name))
        {
            let keep = self.dropped.len() - 1 - index;
            self.dropped.truncate(keep);
            self.rewrite.replace(at, end, " ");
            return end;
        }
        if attributes > MAX_ATTRIBUTES {
            self.rewrite.replace(at, end, &format!("</{name}>"));
        }
        self.open.close(name);
        self.formatting.close(name);
        end
    }
}

/// Maximum size of a style sheet that is kept for its rules, in bytes.
const MAX_SHEET: usize = 256 * 1024;

/// True for a style sheet with a rule that may hide an element.
fn may_hide(sheet: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(sheet.as_bytes(), word.as_bytes()).is_some();
    sheet.len() <= MAX_SHEET && (has("none") || has("hidden"))
}
