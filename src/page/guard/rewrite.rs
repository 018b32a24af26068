//! A page with some of its parts replaced. Without a replacement the page is not copied.

use std::borrow::Cow;

/// Replaces parts of a page, from its start to its end.
pub(super) struct Rewrite<'a> {
    html: &'a str,
    out: Option<String>,
    copied_to: usize,
}

impl<'a> Rewrite<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self {
            html,
            out: None,
            copied_to: 0,
        }
    }

    /// Replaces `from..to` of the page.
    pub(super) fn replace(&mut self, from: usize, to: usize, with: &str) {
        let html = self.html;
        let out = self
            .out
            .get_or_insert_with(|| String::with_capacity(html.len() / 2));
        out.push_str(&html[self.copied_to..from]);
        out.push_str(with);
        self.copied_to = to;
    }

    /// The page with its replacements.
    pub(super) fn finish(self) -> Cow<'a, str> {
        match self.out {
            None => Cow::Borrowed(self.html),
            Some(mut out) => {
                out.push_str(&self.html[self.copied_to..]);
                Cow::Owned(out)
            }
        }
    }
}
