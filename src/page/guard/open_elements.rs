//! The elements that are open at a point of a page, opened and closed as the parser does it.

use super::super::elements::{
    FORMATTING, SCOPE, SPECIAL, TABLE_PART, ends_foreign, is_foreign, is_html_inside,
};

/// Elements that keep the parts of a table together.
const TABLES: [&str; 2] = ["table", "template"];

/// An open element.
#[derive(Clone, Copy)]
struct OpenElement<'a> {
    name: &'a str,
    kinds: u8,
    /// A drawing or a formula, or a part of one whose content is not HTML again.
    is_foreign: bool,
}

impl OpenElement<'_> {
    fn is(&self, kind: u8) -> bool {
        self.kinds & kind != 0
    }

    fn is_among(&self, names: &[&str]) -> bool {
        names.iter().any(|n| self.name.eq_ignore_ascii_case(n))
    }
}

/// The open elements, outermost first.
#[derive(Default)]
pub(super) struct OpenElements<'a>(Vec<OpenElement<'a>>);

impl<'a> OpenElements<'a> {
    /// Number of open elements.
    pub(super) fn depth(&self) -> usize {
        self.0.len()
    }

    /// Opens an element.
    pub(super) fn open(&mut self, name: &'a str, kinds: u8) {
        let is_foreign = is_foreign(name) || self.is_in_foreign() && !is_html_inside(name);
        self.0.push(OpenElement {
            name,
            kinds,
            is_foreign,
        });
    }

    /// True inside a drawing or a formula, where no element has raw text.
    pub(super) fn is_in_foreign(&self) -> bool {
        self.0.last().is_some_and(|open| open.is_foreign)
    }

    /// True when any open element is a drawing or a formula, or a part of one.
    pub(super) fn has_foreign(&self) -> bool {
        self.0.iter().any(|open| open.is_foreign)
    }

    /// Closes the drawings and formulas that an opening tag ends.
    pub(super) fn leave_foreign(&mut self, name: &str) {
        while self.is_in_foreign() && ends_foreign(name) {
            self.0.pop();
        }
    }

    /// Closes the innermost element of a name as the parser does at an end tag. Open elements inside it may keep it open,
    /// or stay open after it (`<a><div>x</a>` leaves the `<div>` open).
    pub(super) fn close(&mut self, name: &str) {
        let same = |open: &OpenElement<'_>| open.name.eq_ignore_ascii_case(name);
        let Some(index) = self.0.iter().rposition(same) else {
            return;
        };
        let (closed, inner) = (self.0[index], &self.0[index + 1..]);
        let holds = |kind: u8| inner.iter().any(|open| open.is(kind));
        if closed.is(FORMATTING) {
            if holds(SPECIAL) {
                self.0.remove(index);
            } else {
                self.0.truncate(index);
            }
        } else if closed.is(TABLE_PART) {
            if !inner.iter().any(|open| open.is_among(&TABLES)) {
                self.0.truncate(index);
            }
        } else if !holds(if closed.is(SPECIAL) { SCOPE } else { SPECIAL }) {
            self.0.truncate(index);
        }
    }

    /// Closes the elements that an opening tag closes because their own end tags may be omitted.
    pub(super) fn close_implied(&mut self, name: &str, kinds: u8) {
        if let Some(index) = self.closed_by(name, kinds) {
            self.0.truncate(index);
        }
    }

    /// The outermost open element that an opening tag closes, if it closes any.
    fn closed_by(&self, name: &str, kinds: u8) -> Option<usize> {
        let is = |names: &[&str]| names.iter().any(|n| name.eq_ignore_ascii_case(n));
        let innermost = |stops: &dyn Fn(&OpenElement<'_>) -> bool| self.0.iter().rposition(stops);
        if kinds & TABLE_PART != 0 {
            let table = innermost(&|open| open.is(SCOPE) && open.is_among(&TABLES))?;
            let closed: &[&str] = if is(&["td", "th"]) {
                &["td", "th"]
            } else if is(&["tr"]) {
                &["td", "th", "tr"]
            } else {
                &["td", "th", "tr", "tbody", "thead", "tfoot"]
            };
            let mut inside = self.0.iter().skip(table + 1);
            let first = inside.position(|open| open.is_among(closed))?;
            return Some(table + 1 + first);
        }
        let (index, closed): (_, &[&str]) = if kinds & SPECIAL == 0 {
            // An option contains nothing but formatting.
            (innermost(&|open| !open.is(FORMATTING))?, &[name])
        } else if is(&["p"]) {
            (innermost(&|open| open.is(SPECIAL))?, &["p"])
        } else {
            let passed = ["address", "div", "p"];
            let index = innermost(&|open| open.is(SPECIAL) && !open.is_among(&passed))?;
            (index, if is(&["li"]) { &["li"] } else { &["dd", "dt"] })
        };
        self.0[index].is_among(closed).then_some(index)
    }
}
