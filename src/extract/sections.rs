//! What reads like a section of a text, whatever it is called: a heading of its own above sentences, nothing to fill in.

use super::look::attribute;
use super::view::{Id, Kind, View};

/// So many children of a box are looked at to tell whether one is among its like.
const MAX_SIBLINGS: usize = 500;

/// True for a box that is shown and has a heading that is no link, running text, few links, no fields and no buttons.
pub(super) fn is_section(view: &View<'_>, id: Id) -> bool {
    let entry = &view.entries[id];
    if entry.hidden
        || entry.kind != Kind::Box
        || entry.mass.prose == 0
        || entry.mass.link_share() >= 40
    {
        return false;
    }
    let mut has_heading = false;
    for at in id + 1..entry.end {
        let inner = &view.entries[at];
        match inner.kind {
            Kind::Heading(_) => {
                has_heading |= inner.mass.text > 0 && inner.mass.link_share() < 50;
            }
            Kind::Button => return false,
            Kind::Inline if is_drawn_button(view, at) => return false,
            Kind::Silent if matches!(view.name(at), "input" | "select" | "textarea") => {
                return false;
            }
            _ => {}
        }
    }
    has_heading
}

/// A link that is set as a button (`class="btn"`, `role="button"`).
fn is_drawn_button(view: &View<'_>, id: Id) -> bool {
    view.element(id).is_some_and(|element| {
        element.name() == "a"
            && (attribute(element, "role") == Some("button")
                || attribute(element, "class").is_some_and(|names| {
                    names
                        .split(|c: char| !c.is_ascii_alphanumeric())
                        .any(|word| matches!(word, "btn" | "button"))
                }))
    })
}

/// True when at least two siblings of the same element hold sentences: the box is one of a series.
pub(super) fn is_one_of_several(view: &View<'_>, id: Id) -> bool {
    let name = view.name(id);
    view.children(view.entries[id].parent)
        .take(MAX_SIBLINGS)
        .filter(|at| {
            let other = &view.entries[*at];
            *at != id && !other.excluded && other.mass.prose > 0 && view.name(*at) == name
        })
        .take(2)
        .count()
        == 2
}

/// True when siblings with sentences about policy matters stand before and after a box: it is in the middle of the text.
pub(super) fn is_in_the_midst(view: &View<'_>, id: Id) -> bool {
    let speaks = |at: Id| {
        let other = &view.entries[at];
        !other.excluded && !other.hidden && other.mass.prose > 0 && other.mass.words >= 2
    };
    let siblings = || view.children(view.entries[id].parent).take(MAX_SIBLINGS);
    siblings().take_while(|at| *at < id).any(speaks)
        && siblings().skip_while(|at| *at <= id).any(speaks)
}
