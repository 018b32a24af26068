//! A run of text that is gathered until its line ends, and the heading or paragraphs that it becomes.

use std::rc::Rc;

use super::containers::OpenContainers;
use super::style::StyleCounts;
use crate::extract::blocks::{Block, Span, Style, has_words, text_of, tidy};
use crate::extract::characters::cleaned;

/// The text gathered since the last line ended, and the styles and links that are open.
#[derive(Debug, Default)]
pub(in crate::extract) struct TextRun {
    spans: Vec<Span>,
    /// The styles in force.
    pub styles: StyleCounts,
    /// The targets of the open links, innermost last; `None` for a link that is written as plain text.
    pub targets: Vec<Option<Rc<str>>>,
    /// Level of the open heading.
    pub heading: Option<u8>,
    /// What separates the next text from the text before it.
    gap: Option<Gap>,
}

/// Where a blank separates two texts without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Gap {
    /// Wherever both would read as one word.
    Word,
    /// Only before a capital after a small letter. Careless editors cut the link of a word in two.
    Capital,
}

impl TextRun {
    /// Adds text of the page's source, in which line ends are blanks.
    pub(in crate::extract) fn push_source_text(&mut self, text: &str) {
        let mut rest = text;
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
            if end > 0 {
                self.push(&rest[..end]);
            }
            self.push(" ");
            rest = &rest[end + 1..];
        }
        if !rest.is_empty() {
            self.push(rest);
        }
    }

    /// Separates what comes next from the text before it, where both would read as one word.
    pub(in crate::extract) fn separate(&mut self, gap: Gap) {
        if self.gap != Some(Gap::Word) {
            self.gap = Some(gap);
        }
    }

    /// True if a text needs a blank before it.
    fn needs_blank(&self, text: &str, gap: Gap) -> bool {
        let before = self.spans.last().and_then(|s| s.text.chars().next_back());
        let (Some(before), Some(first)) = (before, text.chars().next()) else {
            return false;
        };
        let is_open = |c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '(' | '['
                        | '{'
                        | '"'
                        | '\''
                        | '“'
                        | '‘'
                        | '„'
                        | '«'
                        | '-'
                        | '/'
                        | '@'
                        | '¿'
                        | '¡'
                )
        };
        let begins =
            |c: char| c.is_alphanumeric() || matches!(c, '(' | '[' | '“' | '‘' | '„' | '«');
        match gap {
            Gap::Word => !is_open(before) && begins(first),
            Gap::Capital => (before.is_lowercase() || before.is_numeric()) && first.is_uppercase(),
        }
    }

    /// The last word of the text gathered in the present style.
    pub(in crate::extract) fn last_word(&self) -> &str {
        let text = self.spans.last().map_or("", |s| s.text.as_str());
        text.rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap_or_default()
    }

    /// Adds text, in which `\n` is a hard line break.
    pub(in crate::extract) fn push(&mut self, text: &str) {
        if !text.is_empty()
            && let Some(gap) = self.gap.take()
            && self.needs_blank(text, gap)
        {
            self.push(" ");
        }
        let mut style = self.styles.style();
        style.strong &= self.heading.is_none();
        let text = cleaned(text);
        let link = self.targets.last().and_then(Option::as_ref);
        match self.spans.last_mut() {
            Some(last) if last.style == style && last.link.as_ref() == link => {
                last.text.push_str(&text);
            }
            _ => self.spans.push(Span {
                text: text.into_owned(),
                style,
                link: link.cloned(),
            }),
        }
    }

    /// True if nothing but blanks was gathered since the last line break.
    pub(in crate::extract) fn is_at_line_start(&self) -> bool {
        let before = self
            .spans
            .iter()
            .rev()
            .flat_map(|span| span.text.chars().rev())
            .find(|c| *c == '\n' || !c.is_whitespace());
        before.is_none_or(|c| c == '\n')
    }

    /// True if the gathered text has one to four characters, such as "a)" or "iii)".
    pub(in crate::extract) fn is_list_label(&self) -> bool {
        let text = text_of(&self.spans);
        let text = text.trim();
        !text.is_empty() && text.chars().count() <= 4
    }

    /// Moves the gathered text into the innermost container, as a heading or as paragraphs.
    pub(in crate::extract) fn flush_into(&mut self, containers: &mut OpenContainers) {
        self.gap = None;
        if self.spans.is_empty() {
            return;
        }
        let spans = std::mem::take(&mut self.spans);
        if let Some(level) = self.heading {
            if let Some(heading) = marked_heading(level, spans) {
                containers.push_block(heading);
            }
            return;
        }
        for part in split_at_blank_lines(spans) {
            let spans = tidy(part);
            // Rows of stars and single symbols are decoration, not text. In a table they answer: ✓ or ✗.
            if has_words(&spans) || containers.in_table() && has_signs(&spans) {
                containers.push_block(Block::Paragraph(spans));
            }
        }
    }
}

fn has_signs(spans: &[Span]) -> bool {
    spans.iter().any(|span| !span.text.trim().is_empty())
}

/// Builds the heading from the words in an `<h1>` to `<h6>`, if there are any.
fn marked_heading(level: u8, mut spans: Vec<Span>) -> Option<Block> {
    for span in &mut spans {
        // Symbols such as "#" and "¶" that link a heading to itself.
        if span.link.is_some() && !span.text.chars().any(char::is_alphanumeric) {
            span.text.clear();
            span.text.push(' ');
            span.link = None;
        }
        // A heading that is a link to itself leads nowhere.
        if span.link.as_deref().is_some_and(|to| to.starts_with('#')) {
            span.link = None;
        }
        span.text = span.text.replace('\n', " ");
        span.style = Style {
            code: span.style.code,
            emphasis: span.style.emphasis,
            struck: span.style.struck,
            ..Style::default()
        };
    }
    let spans = tidy(spans);
    has_words(&spans).then_some(Block::Heading(level, spans))
}

/// Splits a run at two or more `<br>`, which end a paragraph.
fn split_at_blank_lines(run: Vec<Span>) -> Vec<Vec<Span>> {
    if !run.iter().any(|s| s.text.contains('\n')) {
        return vec![run];
    }
    let mut parts = vec![Vec::new()];
    let mut breaks = 0;
    for span in run {
        let mut text = String::new();
        for c in span.text.chars() {
            if c == '\n' {
                breaks += 1;
            } else if !c.is_whitespace() {
                if breaks > 1 {
                    let before = std::mem::take(&mut text);
                    if let Some(part) = parts.last_mut() {
                        part.push(span.with_text(before));
                    }
                    parts.push(Vec::new());
                }
                breaks = 0;
            }
            text.push(c);
        }
        if let Some(part) = parts.last_mut() {
            part.push(Span { text, ..span });
        }
    }
    parts
}
