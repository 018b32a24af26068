//! The block tree: what a document is made of between the DOM and its two written forms.

use std::rc::Rc;

/// A piece of running text with one style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::extract) struct Span {
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
pub(in crate::extract) struct Style {
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
pub(in crate::extract) enum Block {
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
    pub(in crate::extract) fn with_text(&self, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            style: self.style,
            link: self.link.clone(),
        }
    }

    /// Text without any style.
    pub(in crate::extract) fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// The characters of some spans, line breaks as spaces.
pub(in crate::extract) fn text_of(spans: &[Span]) -> String {
    let mut out = String::with_capacity(spans.iter().map(|s| s.text.len()).sum());
    push_text_of(spans, &mut out);
    out
}

fn push_text_of(spans: &[Span], out: &mut String) {
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
    pub(in crate::extract) fn each_run<'a>(&'a self, visit: &mut dyn FnMut(&'a [Span])) {
        match self {
            Self::Heading(_, spans) | Self::Paragraph(spans) => visit(spans),
            Self::List(_, items) => items.iter().flatten().for_each(|b| b.each_run(visit)),
            Self::Quote(blocks) => blocks.iter().for_each(|b| b.each_run(visit)),
            Self::Table(rows) => rows.iter().flatten().for_each(|cell| visit(cell)),
        }
    }

    /// As [`Block::each_run`], to change the runs.
    pub(in crate::extract) fn each_run_mut(&mut self, change: &mut dyn FnMut(&mut Vec<Span>)) {
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
    pub(in crate::extract) fn text(&self) -> String {
        let mut out = String::new();
        self.each_run(&mut |spans| {
            if !out.is_empty() {
                out.push(' ');
            }
            push_text_of(spans, &mut out);
        });
        out
    }

    /// Characters in all, and characters inside links.
    pub(in crate::extract) fn weight(&self) -> (usize, usize) {
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

/// True when there is a letter or digit in it.
pub(in crate::extract) fn has_words(spans: &[Span]) -> bool {
    spans
        .iter()
        .any(|s| s.text.chars().any(char::is_alphanumeric))
}
