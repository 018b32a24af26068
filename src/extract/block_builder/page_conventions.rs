//! Detects conventions of a page's author: headings drawn as pictures, and panels opened by plain buttons.

use scraper::Node as DomNode;
use scraper::node::Element;

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};
use crate::extract::vocabulary::policy_words;

/// On a page with more headings than this, no picture counts as a heading.
const FEW_HEADINGS: usize = 2;
/// Minimum number of buttons, each above a text, that are taken to open the sections of a text. A single button may
/// open anything.
const LEAST_PANELS: usize = 2;
/// Number of words of a heading drawn as a picture.
const HEADING_WORDS: std::ops::RangeInclusive<usize> = 2..=12;
/// Words in the alternative text of a picture that is not a heading.
const PICTURES: &[&str] = &[
    "icon",
    "logo",
    "image",
    "picture",
    "photo",
    "photograph",
    "screenshot",
    "illustration",
    "graphic",
    "banner",
    "seal",
    "badge",
    "button",
    "arrow",
    "symbol",
    "diagram",
    "certified",
    "verified",
    "click",
    "verify",
];

/// A heading with more bytes of text than this is taken as never closed.
const MAX_HEADING_BYTES: u32 = 200;
/// Attributes of a button that opens a panel.
const PANEL_ATTRIBUTES: [&str; 4] = [
    "aria-expanded",
    "aria-controls",
    "data-toggle",
    "data-bs-toggle",
];

/// Counts over the chosen part of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::extract) struct PageConventions {
    headings: usize,
    panels: usize,
}

impl PageConventions {
    pub(in crate::extract) fn of(view: &PageView<'_>, roots: &[NodeId]) -> Self {
        let mut conventions = Self::default();
        for root in roots {
            let end = view.nodes.get(*root).map_or(0, |e| e.end);
            for at in *root..end {
                match view.nodes[at].kind {
                    ElementKind::Heading(_) => {
                        conventions.headings += usize::from(view.nodes[at].stats.text_bytes > 0);
                    }
                    ElementKind::Button => {
                        conventions.panels += usize::from(is_above_a_panel(view, at));
                    }
                    _ => {}
                }
            }
        }
        conventions
    }

    /// True for a button that opens the section below it, on a page with several such buttons.
    pub(in crate::extract) fn opens_panels(self, view: &PageView<'_>, button: NodeId) -> bool {
        self.panels >= LEAST_PANELS && is_above_a_panel(view, button)
    }

    /// True for the alternative text of a picture that shows a heading.
    pub(in crate::extract) fn draws_heading(self, alt: &str) -> bool {
        let words = || {
            alt.split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
        };
        self.headings <= FEW_HEADINGS
            && HEADING_WORDS.contains(&words().count())
            && (alt.trim_end().ends_with('?') || policy_words(alt) > 0)
            && !words().any(|word| PICTURES.contains(&word.to_ascii_lowercase().as_str()))
    }
}

/// True for a button with words to read: it opens a panel or holds a sentence.
pub(in crate::extract) fn is_read(view: &PageView<'_>, id: NodeId, button: &Element) -> bool {
    PANEL_ATTRIBUTES
        .iter()
        .any(|a| attribute(button, a).is_some())
        || view.nodes[id].stats.prose_bytes > 0
}

/// True for a button whose next sibling is a box with sentences.
fn is_above_a_panel(view: &PageView<'_>, button: NodeId) -> bool {
    let end = view.nodes[view.nodes[button].parent].end;
    let mut at = view.nodes[button].end;
    while at < end {
        let entry = &view.nodes[at];
        match entry.kind {
            ElementKind::Text if entry.stats.text_bytes == 0 => at += 1,
            ElementKind::Box
            | ElementKind::List
            | ElementKind::Table
            | ElementKind::Definitions => {
                return entry.stats.prose_bytes > 0;
            }
            _ => return false,
        }
    }
    false
}

/// True inside a heading that has too much text for a heading.
pub(in crate::extract) fn is_in_unclosed_heading(view: &PageView<'_>, id: NodeId) -> bool {
    view.ancestors(id)
        .find(|at| matches!(view.nodes[*at].kind, ElementKind::Heading(_)))
        .is_some_and(|heading| view.nodes[heading].stats.text_bytes > MAX_HEADING_BYTES)
}

/// True if the line ends after a node: a break, a block or the end of the surrounding block comes before any other
/// words or pictures.
pub(in crate::extract) fn ends_line(view: &PageView<'_>, id: NodeId) -> bool {
    let block = view.ancestors(id).find(|at| {
        !matches!(
            view.nodes[*at].kind,
            ElementKind::Inline | ElementKind::Text
        )
    });
    let end = block.map_or(0, |at| view.nodes[at].end);
    let mut at = view.nodes[id].end;
    while at < end {
        let entry = &view.nodes[at];
        match entry.kind {
            ElementKind::Text if matches!(entry.dom, DomNode::Text(text) if !text.trim().is_empty()) =>
            {
                return false;
            }
            ElementKind::Inline if view.name(at) == "img" => {
                let has_alt = |e| attribute(e, "alt").is_some_and(|alt| !alt.trim().is_empty());
                if view.element(at).is_some_and(has_alt) {
                    return false;
                }
                at += 1;
            }
            ElementKind::Text | ElementKind::Inline => at += 1,
            ElementKind::Silent => at = entry.end,
            _ => return true,
        }
    }
    true
}
