//! The block tree: the form of a document between the DOM and its two written forms.

use super::span::Span;
use super::span_text::push_line_of;

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

impl Block {
    /// Visits the text of this block and of the blocks inside it, in reading order: once per heading, paragraph and
    /// table cell.
    pub(in crate::extract) fn each_run<'a>(&'a self, visit: &mut dyn FnMut(&'a [Span])) {
        match self {
            Self::Heading(_, spans) | Self::Paragraph(spans) => visit(spans),
            Self::List(_, items) => items.iter().flatten().for_each(|b| b.each_run(visit)),
            Self::Quote(blocks) => blocks.iter().for_each(|b| b.each_run(visit)),
            Self::Table(rows) => rows.iter().flatten().for_each(|cell| visit(cell)),
        }
    }

    /// Like [`Block::each_run`], but the visitor can change the runs.
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

    /// All text of the block, its runs separated by single spaces.
    pub(in crate::extract) fn text(&self) -> String {
        let mut out = String::new();
        self.each_run(&mut |spans| {
            if !out.is_empty() {
                out.push(' ');
            }
            push_line_of(spans, &mut out);
        });
        out
    }

    /// The number of bytes of text, and how many of these are inside links.
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

/// True if the spans have a letter or a digit.
pub(in crate::extract) fn has_words(spans: &[Span]) -> bool {
    spans
        .iter()
        .any(|s| s.text.chars().any(char::is_alphanumeric))
}
