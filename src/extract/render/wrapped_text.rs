//! Renders the Markdown of a document as wrapped plain text for people at a terminal, with html2text.
//!
//! The defaults of html2text number links and draw boxes, so the configuration is fixed here. Its input is made from
//! our own Markdown and never holds HTML of a page.

use std::fmt::Write as _;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::extract::characters::is_invisible;

/// Narrowest and widest line, in columns.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=400;
/// Lists and quotes nested deeper than this are rendered flat.
const MAX_DEPTH: usize = 30;

/// Renders the Markdown of a document as plain text, wrapped at `width` columns (20 to 400).
///
/// Links keep their words only. The result has `\n` as line end and no other control character.
#[must_use]
pub fn wrapped_text(markdown: &str, width: usize) -> String {
    let width = width.clamp(*WIDTHS.start(), *WIDTHS.end());
    let rendered = html2text::config::plain()
        .no_link_wrapping()
        .link_footnotes(false)
        .allow_width_overflow()
        .string_from_read(html_of(markdown).as_bytes(), width);
    let text = rendered.unwrap_or_else(|_| markdown.to_owned());
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// The blocks of Markdown as HTML, without emphasis and links, which plain text does not have.
fn html_of(markdown: &str) -> String {
    let mut writer = HtmlWriter::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        writer.add(event);
    }
    writer.html
}

/// Writes the events of the Markdown parser as HTML.
#[derive(Debug, Default)]
struct HtmlWriter {
    html: String,
    /// Number of open quotes and list items.
    depth: usize,
    /// True directly inside a list item, where text has no paragraph of its own in a tight list.
    in_item: bool,
    /// True while a paragraph is open that the parser does not report.
    in_implied_paragraph: bool,
    in_table_head: bool,
}

impl HtmlWriter {
    fn add(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::Html(text) => self.text(&text),
            Event::InlineHtml(html) if &*html == "<br>" => self.inline("<br>"),
            Event::InlineHtml(html) => self.text(&html),
            Event::SoftBreak => self.inline("\n"),
            Event::HardBreak => self.inline("<br>"),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        if is_inline(tag.to_end()) {
            return;
        }
        self.close_implied_paragraph();
        self.in_item = false;
        let is_flat = self.depth >= MAX_DEPTH;
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.html.push_str("<p>"),
            // Writing to a string cannot fail.
            Tag::Heading { level, .. } => {
                let _ = write!(self.html, "<{level}>");
            }
            Tag::CodeBlock(_) => self.html.push_str("<pre>"),
            Tag::BlockQuote(_) => {
                self.container("<blockquote>", is_flat);
                self.depth += 1;
            }
            Tag::List(_) if is_flat => {}
            Tag::List(None) => self.html.push_str("<ul>"),
            Tag::List(Some(number)) => {
                let _ = write!(self.html, "<ol start={number}>");
            }
            Tag::Item => {
                self.container("<li>", is_flat);
                self.depth += 1;
                self.in_item = true;
            }
            Tag::Table(_) => self.html.push_str("<table>"),
            Tag::TableHead => {
                self.in_table_head = true;
                self.html.push_str("<tr>");
            }
            Tag::TableRow => self.html.push_str("<tr>"),
            Tag::TableCell => self
                .html
                .push_str(if self.in_table_head { "<th>" } else { "<td>" }),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if is_inline(tag) {
            return;
        }
        self.close_implied_paragraph();
        if matches!(tag, TagEnd::Item | TagEnd::BlockQuote(_)) {
            self.depth -= 1;
        }
        let is_flat = self.depth >= MAX_DEPTH;
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.html.push_str("</p>"),
            TagEnd::Heading(level) => {
                let _ = write!(self.html, "</{level}>");
            }
            TagEnd::CodeBlock => self.html.push_str("</pre>"),
            TagEnd::BlockQuote(_) => self.container("</blockquote>", is_flat),
            TagEnd::List(is_ordered) => {
                self.container(if is_ordered { "</ol>" } else { "</ul>" }, is_flat);
                // A list ends inside the item that holds it.
                self.in_item = self.depth > 0;
            }
            TagEnd::Item => self.container("</li>", is_flat),
            TagEnd::Table => self.html.push_str("</table>"),
            TagEnd::TableHead => {
                self.in_table_head = false;
                self.html.push_str("</tr>");
            }
            TagEnd::TableRow => self.html.push_str("</tr>"),
            TagEnd::TableCell => {
                self.html
                    .push_str(if self.in_table_head { "</th>" } else { "</td>" });
            }
            _ => {}
        }
    }

    fn container(&mut self, tag: &str, is_flat: bool) {
        if !is_flat {
            self.html.push_str(tag);
        }
    }

    /// Writes HTML that is part of a line.
    fn inline(&mut self, html: &str) {
        if self.in_item && !self.in_implied_paragraph {
            self.in_implied_paragraph = true;
            self.html.push_str("<p>");
        }
        self.html.push_str(html);
    }

    fn text(&mut self, text: &str) {
        self.inline("");
        for c in text.chars() {
            match c {
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '&' => self.html.push_str("&amp;"),
                c => self.html.push(c),
            }
        }
    }

    fn close_implied_paragraph(&mut self) {
        if std::mem::take(&mut self.in_implied_paragraph) {
            self.html.push_str("</p>");
        }
    }
}

/// True for inline elements: emphasis, links, pictures.
fn is_inline(tag: TagEnd) -> bool {
    matches!(
        tag,
        TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_set_for_reading() {
        let text = wrapped_text(
            "# Privacy\n\nWe *never* sell [your data](http://a/b), **ever** \\[1\\].\n\n- one\n  1. two\n- three\n\n| a | b\\|c |\n| --- | --- |\n| d<br>e | f |\n\n> said & done \\<b>\n",
            40,
        );
        for words in [
            "Privacy",
            "We never sell your data, ever [1].",
            "* one",
            "1. two",
            "b|c",
            "said & done <b>",
        ] {
            assert!(text.contains(words), "{words:?} in\n{text}");
        }
        assert!(!text.contains("http") && !text.contains("**"));
        assert!(text.lines().all(|l| l.chars().count() <= 40));
    }

    #[test]
    fn odd_markdown_is_survived() {
        let deep = "> ".repeat(3000) + "x";
        assert!(wrapped_text(&deep, 80).contains('x'));
        for odd in [
            "",
            "|",
            "| ---\n| ---",
            "[",
            "](",
            "\\",
            "`",
            "#",
            "- ",
            "1. ",
            "é".repeat(500).as_str(),
            "\u{1b}[2J",
        ] {
            assert!(!wrapped_text(odd, 0).contains('\u{1b}'), "{odd}");
        }
    }
}
