//! Running text: pieces with one style each.

use std::rc::Rc;

/// A piece of running text with one style.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::extract) struct Span {
    /// The characters; `\n` is a hard line break.
    pub text: String,
    /// The style of the characters.
    pub style: Style,
    /// The target of the link, as an absolute URL if one is known. All pieces under one link share it.
    pub link: Option<Rc<str>>,
}

/// The style of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "five styles that combine freely"
)]
pub(in crate::extract) struct Style {
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub emphasis: bool,
    /// Code or teletype.
    pub code: bool,
    /// Larger than the text around it (`<big>`, `<font size=4>`). Markdown cannot express it, but headings of old pages
    /// use it.
    pub large: bool,
    /// Struck out: no longer in force. Written in Markdown, left out of the text.
    pub struck: bool,
}

impl Span {
    /// Returns a span of other text with the same style and link.
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
