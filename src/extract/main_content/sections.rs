//! Sections of a text, whatever their names: boxes with a heading above sentences and nothing to fill in.

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};

/// Maximum number of siblings of a box that are compared with it.
const MAX_SIBLINGS: usize = 500;

/// True for a visible box that has running text, few links, no fields, no buttons and a heading that is not a link.
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

/// True for a link that looks like a button (`class="btn"`, `role="button"`).
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

/// True for a box in a series: at least two siblings with the same tag hold sentences.
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

/// True for a box in the middle of the text: siblings with sentences about policy matters come before and after it.
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
