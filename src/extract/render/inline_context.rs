//! The kind of block that holds running text.

/// The kind of block that holds running text. It decides what must be escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum InlineContext {
    Heading,
    Paragraph,
    Cell,
}
