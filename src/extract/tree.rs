//! The block tree: what a document is made of between the DOM and its two written forms.

use std::rc::Rc;

use super::text::any_byte;

/// A piece of running text with one style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Span {
    /// The characters; `\n` is a hard line break.
    pub text: String,
    /// How it stands out.
    pub style: Style,
    /// Where it leads: an absolute address where one could be made. Shared by all pieces under one link.
    pub link: Option<Rc<str>>,
}

/// How a piece of text stands out from its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four looks that combine freely"
)]
pub(super) struct Style {
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub emphasis: bool,
    /// Code or teletype.
    pub code: bool,
    /// Set larger than the text around it (`<big>`, `<font size=4>`): no Markdown has it, but headings of old pages do.
    pub large: bool,
}

/// A block of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// A heading of level 1 to 6.
    Heading(u8, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list: the first number if it is ordered, and the blocks of each item.
    List(Option<u32>, Vec<Vec<Block>>),
    /// A table of data: rows of cells; the first row is its header.
    Table(Vec<Vec<Vec<Span>>>),
    /// A quotation.
    Quote(Vec<Block>),
}

impl Span {
    /// Other text in this one's style, under its link.
    pub(super) fn with_text(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: self.style,
            link: self.link.clone(),
        }
    }

    /// Text without any style.
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// The characters of some spans, line breaks as spaces.
pub(super) fn plain_text(spans: &[Span]) -> String {
    let mut out = String::with_capacity(spans.iter().map(|s| s.text.len()).sum());
    add_plain_text(spans, &mut out);
    out
}

fn add_plain_text(spans: &[Span], out: &mut String) {
    for span in spans {
        let mut rest = span.text.as_str();
        while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
            out.push_str(&rest[..end]);
            out.push(' ');
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
    }
}

impl Block {
    /// Visits the text of this block and of those inside, in reading order: once per heading, paragraph and table cell.
    pub(super) fn each_run<'a>(&'a self, visit: &mut dyn FnMut(&'a [Span])) {
        match self {
            Self::Heading(_, spans) | Self::Paragraph(spans) => visit(spans),
            Self::List(_, items) => items.iter().flatten().for_each(|b| b.each_run(visit)),
            Self::Quote(blocks) => blocks.iter().for_each(|b| b.each_run(visit)),
            Self::Table(rows) => rows.iter().flatten().for_each(|cell| visit(cell)),
        }
    }

    /// As [`Block::each_run`], to change the runs.
    pub(super) fn each_run_mut(&mut self, change: &mut dyn FnMut(&mut Vec<Span>)) {
        match self {
            Self::Heading(_, spans) | Self::Paragraph(spans) => change(spans),
            Self::List(_, items) => items
                .iter_mut()
                .flatten()
                .for_each(|b| b.each_run_mut(change)),
            Self::Quote(blocks) => blocks.iter_mut().for_each(|b| b.each_run_mut(change)),
            Self::Table(rows) => rows.iter_mut().flatten().for_each(change),
        }
    }

    /// Everything that is written in the block, runs by single spaces.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        self.each_run(&mut |spans| {
            if !out.is_empty() {
                out.push(' ');
            }
            add_plain_text(spans, &mut out);
        });
        out
    }

    /// Characters in all, and characters inside links.
    pub(super) fn weight(&self) -> (usize, usize) {
        let (mut all, mut linked) = (0, 0);
        self.each_run(&mut |spans| {
            for span in spans {
                all += span.text.len();
                linked += if span.link.is_some() {
                    span.text.len()
                } else {
                    0
                };
            }
        });
        (all, linked)
    }
}

/// Brings spans to their one form: white space folded, neighbours of one style joined, no style on blanks, nothing
/// blank at the ends or around line breaks.
pub(super) fn tidy(mut spans: Vec<Span>) -> Vec<Span> {
    // Most paragraphs are one piece that needs its ends cut at most.
    if let [only] = spans.as_mut_slice() {
        let blank = only.text.len() - only.text.trim_start().len();
        if blank > 0 {
            only.text.drain(..blank);
        }
        only.text.truncate(only.text.trim_end().len());
        if only.text.is_empty() {
            return Vec::new();
        }
        if is_folded(&only.text) {
            return spans;
        }
    }
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    // What separates the last letter from the next one: nothing, a space or a line break.
    let mut gap: Option<char> = None;
    for span in spans {
        let mut rest = span.text.as_str();
        while let Some(first) = rest.chars().next() {
            if first.is_whitespace() {
                gap = if first == '\n' {
                    Some('\n')
                } else {
                    gap.or(Some(' '))
                };
                rest = &rest[first.len_utf8()..];
                continue;
            }
            let end = folded_length(rest);
            let (word, after) = rest.split_at(end);
            rest = after;
            let same = |last: &Span| last.style == span.style && last.link == span.link;
            if let Some(gap) = gap.take()
                && let Some(last) = out.last_mut()
            {
                // A blank belongs to both neighbours' style, or to none.
                if same(last) || last.style == Style::default() && last.link.is_none() {
                    last.text.push(gap);
                } else {
                    out.push(Span::plain(gap));
                }
            }
            match out.last_mut() {
                Some(last) if same(last) => last.text.push_str(word),
                _ => out.push(Span {
                    text: word.to_owned(),
                    style: span.style,
                    link: span.link.clone(),
                }),
            }
        }
    }
    out
}

/// True when a text that has no blanks at its ends has words by single spaces only.
fn is_folded(text: &str) -> bool {
    if any_byte(text, may_be_blank) {
        return folded_length(text) == text.len();
    }
    memchr::memmem::find(text.as_bytes(), b"  ").is_none()
}

/// Bytes from a word's first letter on that need no folding: words by single spaces.
fn folded_length(text: &str) -> usize {
    const CHUNK: usize = 64;
    let bytes = text.as_bytes();
    let folds = |at: usize| match bytes[at] {
        b' ' => bytes.get(at + 1) == Some(&b' '),
        b => {
            may_be_blank(b)
                && text
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with(char::is_whitespace))
        }
    };
    let mut end = text.len();
    for from in (0..bytes.len()).step_by(CHUNK) {
        let to = bytes.len().min(from + CHUNK);
        // Most chunks have nothing to look at; the compiler makes many bytes a step of that.
        let next = &bytes[from + 1..bytes.len().min(to + 1)];
        let doubled = |(b, next): (&u8, &u8)| u8::from((*b, *next) == (b' ', b' '));
        let chunk = &bytes[from..to];
        if (chunk.iter().fold(false, |any, b| any | may_be_blank(*b))
            || chunk.iter().zip(next).map(doubled).sum::<u8>() > 0)
            && let Some(found) = (from..to).find(|at| folds(*at))
        {
            end = found;
            break;
        }
    }
    text.get(..end)
        .map_or(end, |run| run.trim_end_matches(' ').len())
}

/// White space other than the space, or the first byte of a character among which such is.
fn may_be_blank(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | 0xC2 | 0xE1..=0xE3)
}

/// True when there is a letter or digit in it.
pub(super) fn has_words(spans: &[Span]) -> bool {
    spans
        .iter()
        .any(|s| s.text.chars().any(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(text: &str) -> Span {
        Span {
            text: text.into(),
            style: Style {
                strong: true,
                ..Style::default()
            },
            link: None,
        }
    }

    #[test]
    fn blanks_leave_their_style_and_neighbours_join() {
        let tidied = tidy(vec![
            Span::plain("  a \t"),
            strong(" b "),
            strong("  "),
            strong("c"),
            Span::plain("\u{a0}d \n e "),
        ]);
        assert_eq!(
            tidied,
            vec![Span::plain("a "), strong("b c"), Span::plain(" d\ne")]
        );
        assert!(tidy(vec![strong(" \n ")]).is_empty());
    }
}
