//! What reads like a section of a text, whatever it is called: a heading of its own above sentences, nothing to fill in.

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};

/// So many children of a box are looked at to tell whether one is among its like.
const MAX_SIBLINGS: usize = 500;

/// True for a box that is shown and has a heading that is no link, running text, few links, no fields and no buttons.
pub(in crate::extract) fn is_section(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    if entry.hidden
        || entry.kind != ElementKind::Box
        || entry.stats.prose_bytes == 0
        || entry.stats.link_share() >= 40
    {
        return false;
    }
    let mut has_heading = false;
    for at in id + 1..entry.end {
        let inner = &view.nodes[at];
        match inner.kind {
            ElementKind::Heading(_) => {
                has_heading |= inner.stats.text_bytes > 0 && inner.stats.link_share() < 50;
            }
            ElementKind::Button => return false,
            ElementKind::Inline if is_drawn_button(view, at) => return false,
            ElementKind::Silent if matches!(view.name(at), "input" | "select" | "textarea") => {
                return false;
            }
            _ => {}
        }
    }
    has_heading
}

/// A link that is set as a button (`class="btn"`, `role="button"`).
fn is_drawn_button(view: &PageView<'_>, id: NodeId) -> bool {
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
pub(in crate::extract) fn is_one_of_several(view: &PageView<'_>, id: NodeId) -> bool {
    let name = view.name(id);
    view.children(view.nodes[id].parent)
        .take(MAX_SIBLINGS)
        .filter(|at| {
            let other = &view.nodes[*at];
            *at != id && !other.excluded && other.stats.prose_bytes > 0 && view.name(*at) == name
        })
        .take(2)
        .count()
        == 2
}

/// True when siblings with sentences about policy matters stand before and after a box: it is in the middle of the text.
pub(in crate::extract) fn is_in_the_midst(view: &PageView<'_>, id: NodeId) -> bool {
    let speaks = |at: NodeId| {
        let other = &view.nodes[at];
        !other.excluded
            && !other.hidden
            && other.stats.prose_bytes > 0
            && other.stats.policy_words >= 2
    };
    let siblings = || view.children(view.nodes[id].parent).take(MAX_SIBLINGS);
    siblings().take_while(|at| *at < id).any(speaks)
        && siblings().skip_while(|at| *at <= id).any(speaks)
}
