//! What the author of a page does throughout: draws headings as pictures, opens panels with plain buttons.

use scraper::Node as DomNode;

use super::look::attribute;
use super::view::{Id, Kind, View};
use super::words::policy_words;

/// A page with more headings than this does not draw its sections' headings as pictures.
const FEW_HEADINGS: usize = 2;
/// One button above a text opens anything; so many of them, each above its own, open the sections of a text.
const LEAST_PANELS: usize = 2;
/// Words of a drawn heading.
const HEADING_WORDS: std::ops::RangeInclusive<usize> = 2..=12;
/// Words of an alternative text that describes a picture.
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

/// Counts over the chosen part of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Habits {
    headings: usize,
    panels: usize,
}

impl Habits {
    pub(super) fn of(view: &View<'_>, roots: &[Id]) -> Self {
        let mut habits = Self::default();
        for root in roots {
            let end = view.entries.get(*root).map_or(0, |e| e.end);
            for at in *root..end {
                match view.entries[at].kind {
                    Kind::Heading(_) => {
                        habits.headings += usize::from(view.entries[at].mass.text > 0);
                    }
                    Kind::Button => habits.panels += usize::from(is_above_a_panel(view, at)),
                    _ => {}
                }
            }
        }
        habits
    }

    /// True for a button that opens the section under it, on a page that has several.
    pub(super) fn opens_panels(self, view: &View<'_>, button: Id) -> bool {
        self.panels >= LEAST_PANELS && is_above_a_panel(view, button)
    }

    /// True for the alternative text of a picture that is a heading in a drawn letter.
    pub(super) fn draws_heading(self, alt: &str) -> bool {
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

/// A button whose next sibling is a box of sentences.
fn is_above_a_panel(view: &View<'_>, button: Id) -> bool {
    let end = view.entries[view.entries[button].parent].end;
    let mut at = view.entries[button].end;
    while at < end {
        let entry = &view.entries[at];
        match entry.kind {
            Kind::Text if entry.mass.text == 0 => at += 1,
            Kind::Box | Kind::List | Kind::Table | Kind::Definitions => {
                return entry.mass.prose > 0;
            }
            _ => return false,
        }
    }
    false
}

/// True when the line ends after a node: a break, a block or the end of the block around it comes before other words or
/// pictures.
pub(super) fn ends_line(view: &View<'_>, id: Id) -> bool {
    let block = view
        .ancestors(id)
        .find(|at| !matches!(view.entries[*at].kind, Kind::Inline | Kind::Text));
    let end = block.map_or(0, |at| view.entries[at].end);
    let mut at = view.entries[id].end;
    while at < end {
        let entry = &view.entries[at];
        match entry.kind {
            Kind::Text if matches!(entry.node, DomNode::Text(text) if !text.trim().is_empty()) => {
                return false;
            }
            Kind::Inline if view.name(at) == "img" => {
                let has_alt = |e| attribute(e, "alt").is_some_and(|alt| !alt.trim().is_empty());
                if view.element(at).is_some_and(has_alt) {
                    return false;
                }
                at += 1;
            }
            Kind::Text | Kind::Inline => at += 1,
            Kind::Silent => at = entry.end,
            _ => return true,
        }
    }
    true
}
