//! Unclosed formatting elements, which the parser opens again in every paragraph that follows.

use super::super::limits::{MAX_DEPTH, MAX_REPEATED_FORMATTING};

/// The formatting elements that are not closed by their own end tag, and the copies that the parser makes of them.
#[derive(Default)]
pub(super) struct UnclosedFormatting<'a> {
    /// Name and whole tag. The parser keeps at most three equal ones.
    elements: Vec<(&'a str, &'a str)>,
    copies: usize,
    /// The limit is reached: further formatting tags are removed.
    stopped: bool,
}

impl<'a> UnclosedFormatting<'a> {
    /// Counts the copies that the parser may make for an element that is not a formatting element.
    pub(super) fn count_copies(&mut self) {
        self.copies = self.copies.saturating_add(self.elements.len());
    }

    /// The end tags that close all formatting elements, once, when the parser would have to copy too many.
    pub(super) fn closers_at_limit(&mut self) -> Option<String> {
        if self.copies <= MAX_REPEATED_FORMATTING || self.stopped {
            return None;
        }
        self.stopped = true;
        let closers = self
            .elements
            .iter()
            .rev()
            .fold(String::new(), |closers, (name, _)| {
                closers + "</" + name + ">"
            });
        self.elements.clear();
        Some(closers)
    }

    /// True when no further formatting element may be opened.
    pub(super) fn is_full(&self) -> bool {
        self.stopped || self.elements.len() >= MAX_DEPTH
    }

    /// Adds a formatting element.
    pub(super) fn open(&mut self, name: &'a str, tag: &'a str) {
        let equal = self.elements.iter().filter(|(_, open)| *open == tag);
        if equal.count() < 3 {
            self.elements.push((name, tag));
        }
    }

    /// Removes the innermost formatting element of a name.
    pub(super) fn close(&mut self, name: &str) {
        let same = |(open, _): &(&str, &str)| open.eq_ignore_ascii_case(name);
        if let Some(index) = self.elements.iter().rposition(same) {
            self.elements.remove(index);
        }
    }
}
