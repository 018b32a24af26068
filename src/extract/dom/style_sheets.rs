//! The names of elements that a page's own style sheets hide.
//!
//! Only rules for one class or one id are read, because they need no matching of selectors. A name that any other rule
//! displays again belongs to a menu, a tab or a layout for another screen, so it hides nothing for certain.

use std::collections::HashSet;
use std::iter::Peekable;

use memchr::memmem;

use super::css::declaration;
use super::element::hides;

/// Maximum size of the style sheets of a page that are read, in bytes. The largest of the pages of `ota` has 400 kB.
const MAX_BYTES: usize = 512 * 1024;
/// Deepest nesting of blocks. Valid sheets have two levels: `@supports` in `@media`.
const MAX_DEPTH: usize = 16;

/// Reads style sheets one after another.
#[derive(Debug, Default)]
pub(super) struct StyleSheets<'a> {
    hidden: HashSet<&'a str>,
    displayed: HashSet<&'a str>,
    bytes: usize,
}

impl<'a> StyleSheets<'a> {
    /// Reads the content of a `<style>` element.
    pub(super) fn read(&mut self, sheet: &'a str) {
        self.bytes = self.bytes.saturating_add(sheet.len());
        if self.bytes > MAX_BYTES || !sheet.contains('{') {
            return;
        }
        let bytes = sheet.as_bytes();
        let mut displays = memmem::find_iter(bytes, "display").peekable();
        let mut visibilities = memmem::find_iter(bytes, "visibility").peekable();
        // The beginning of the current selector or declaration, and the selectors of the open blocks.
        let (mut start, mut open) = (0, Vec::new());
        for at in memchr::memchr3_iter(b'{', b'}', b';', bytes) {
            match bytes[at] {
                b'{' => {
                    if open.len() == MAX_DEPTH {
                        return;
                    }
                    open.push((&sheet[start..at], at + 1));
                    start = at + 1;
                }
                b'}' => {
                    if let Some((selectors, from)) = open.pop()
                        && (has_one(&mut displays, from..at)
                            || has_one(&mut visibilities, from..at))
                    {
                        self.add(selectors, &sheet[from..at], open.is_empty());
                    }
                    start = at + 1;
                }
                b';' if open.is_empty() => start = at + 1,
                _ => {}
            }
        }
    }

    /// The names that are hidden, with `#` before ids and `.` before classes.
    pub(super) fn hidden_names(mut self) -> HashSet<&'a str> {
        self.hidden.retain(|name| !self.displayed.contains(name));
        self.hidden
    }

    fn add(&mut self, selectors: &'a str, declarations: &str, is_outermost: bool) {
        if declarations.contains('{') {
            return;
        }
        let is_hidden = hides(declarations);
        let displays = || {
            declaration(declarations, "display").is_some()
                || declaration(declarations, "visibility").is_some()
        };
        if !is_hidden && !displays() {
            return;
        }
        let selectors = selectors.rsplit("*/").next().unwrap_or_default();
        for selector in selectors.split(',').map(str::trim) {
            if !is_hidden {
                self.displayed.extend(names_in(selector));
            } else if is_outermost && let Some(name) = only_name(selector) {
                self.hidden.insert(name);
            }
        }
    }
}

/// True if one of the places is in the range. Ranges are asked for in the order of their ends.
fn has_one(
    places: &mut Peekable<impl Iterator<Item = usize>>,
    range: std::ops::Range<usize>,
) -> bool {
    while places.next_if(|place| *place < range.start).is_some() {}
    places.peek().is_some_and(|place| *place < range.end)
}

/// The class or the id of a selector for nothing else but a tag before it, such as `p.internal`.
fn only_name(selector: &str) -> Option<&str> {
    let at = selector.find(['.', '#'])?;
    let (tag, name) = selector.split_at(at);
    let is_tag = tag.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_name = name.len() > 1 && name[1..].chars().all(is_of_name);
    (is_tag && is_name).then_some(name)
}

/// All classes and ids that a selector has.
fn names_in(selector: &str) -> impl Iterator<Item = &str> {
    selector.match_indices(['.', '#']).map(|(at, _)| {
        let rest = &selector[at + 1..];
        let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
        &selector[at..=at + end]
    })
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(sheets: &[&'static str]) -> Vec<&'static str> {
        let mut read = StyleSheets::default();
        for sheet in sheets {
            read.read(sheet);
        }
        let mut names: Vec<_> = read.hidden_names().into_iter().collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn rules_for_one_class_or_id_hide() {
        assert_eq!(
            hidden(&[
                "@charset \"utf-8\"; /* p{} */ .a , #b{color:red;display : none!important} p.c{visibility:hidden}",
                ".d-e_1{display:none}"
            ]),
            ["#b", ".a", ".c", ".d-e_1"]
        );
    }

    #[test]
    fn names_that_are_displayed_elsewhere_hide_nothing() {
        for shown in [
            ".a{display:block}",
            ".open .a{display:flex}",
            "input:checked~.a{ visibility:visible }",
            "@media (min-width:60em){.a{display:block}}",
        ] {
            assert!(hidden(&[".a{display:none}", shown]).is_empty(), "{shown}");
        }
    }

    #[test]
    fn rules_for_a_place_or_a_medium_are_not_read() {
        for sheet in [
            ".no-js .a{display:none}",
            ".a:empty{display:none}",
            ".a.b{display:none}",
            "@media print{.a{display:none}}",
            ".a::before{display:none}",
            ".a{display:none",
            "}}}.{display:none}#{display:none}{display:none}",
        ] {
            assert!(hidden(&[sheet]).is_empty(), "{sheet}");
        }
    }

    #[test]
    fn deep_nesting_ends_the_reading() {
        assert!(hidden(&[&*Box::leak("{".repeat(100_000).into_boxed_str())]).is_empty());
    }
}
