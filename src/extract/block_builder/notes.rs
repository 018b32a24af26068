//! Raised characters: the marks of notes, and what else is set above the line.
//!
//! Without its position a mark reads as a part of the word before it: `data<sup>1</sup>` as "data1".

use scraper::node::Element;

use super::text_run::TextRun;
use crate::extract::dom::{NodeId, PageView, declaration};

/// Longest mark of a note, in bytes: "12, 13".
const MAX_MARK_BYTES: usize = 8;
/// Units of length, which are raised to a power.
const UNITS: [&str; 7] = ["m", "km", "cm", "mm", "dm", "ft", "in"];

/// The text of a raised element as it is written after the text gathered so far; `None` for one that is written as it
/// is.
pub(in crate::extract) fn raised_text(
    view: &PageView<'_>,
    id: NodeId,
    element: &Element,
    before: &TextRun,
) -> Option<String> {
    if !is_raised(element) {
        return None;
    }
    let node = &view.nodes[id];
    if node.stats.text_bytes as usize > MAX_MARK_BYTES {
        return None;
    }
    let text = view.text(id, MAX_MARK_BYTES + 1);
    match text.as_str() {
        "TM" | "tm" => return Some("™".to_owned()),
        "SM" | "sm" => return Some("℠".to_owned()),
        _ => {}
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, ',' | ' ' | '-' | '–'));
    let is_linked = (id..node.end).any(|at| view.name(at) == "a")
        || view
            .ancestors(id)
            .skip(1)
            .take(3)
            .any(|at| view.name(at) == "a");
    let is_letter =
        is_linked && text.chars().count() <= 4 && text.chars().all(char::is_alphanumeric);
    if !is_number && !is_letter || text.is_empty() {
        return None;
    }
    let word = before.last_word();
    let is_power = !is_linked
        && (UNITS.contains(&word)
            || word == "10"
            || word.len() == 1 && word.starts_with(char::is_alphabetic));
    if is_power {
        return Some(format!("^{text}"));
    }
    Some(format!("[{text}]"))
}

/// True for an element that is set above the line.
fn is_raised(element: &Element) -> bool {
    if element.name() == "sup" {
        return true;
    }
    if !matches!(element.name(), "span" | "small" | "font" | "a") {
        return false;
    }
    element.attrs().any(|(name, value)| match name {
        "role" => value == "doc-noteref",
        "style" => declaration(value, "vertical-align")
            .is_some_and(|align| align == "super" || align == "text-top"),
        _ => false,
    })
}
