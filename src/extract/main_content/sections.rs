//! Sections of a text, whatever their names: boxes with a heading above sentences and nothing to fill in.

use scraper::node::Element;

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};

/// Maximum number of siblings of a box that are compared with it.
const MAX_SIBLINGS: usize = 500;

/// True for a visible box that has running text, few links, no fields, no buttons and a heading that is not a link.
pub(in crate::extract) fn is_section(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    !entry.hidden
        && entry.kind == ElementKind::Box
        && entry.stats.prose_bytes > 0
        && entry.stats.link_share() < 40
        && has_own_heading(view, id)
        && !has_controls(view, id)
}

/// True for a box with a heading that is not a link.
pub(super) fn has_own_heading(view: &PageView<'_>, id: NodeId) -> bool {
    view.nodes[id..view.nodes[id].end].iter().any(|inner| {
        matches!(inner.kind, ElementKind::Heading(_))
            && inner.stats.text_bytes > 0
            && inner.stats.link_share() < 50
    })
}

/// True for a box with something to fill in or to press. Buttons that open a part of the text do not count.
pub(super) fn has_controls(view: &PageView<'_>, id: NodeId) -> bool {
    let is = |element: Option<&Element>, name, values: &[&str]| {
        element
            .and_then(|element| attribute(element, name))
            .is_some_and(|value| values.contains(&value))
    };
    (id..view.nodes[id].end).any(|at| match view.nodes[at].kind {
        ElementKind::Button => !opens_text(view, at),
        ElementKind::Inline => is_drawn_button(view, at) && !opens_text(view, at),
        ElementKind::Silent => match view.name(at) {
            "input" => !is(view.element(at), "type", &["hidden"]),
            "select" | "textarea" => true,
            _ => false,
        },
        _ => false,
    })
}

/// True for a button that opens a part of the text: it says so, or it is a heading.
fn opens_text(view: &PageView<'_>, id: NodeId) -> bool {
    let is_switch = |element: &Element| {
        element.attrs().any(|(name, _)| {
            matches!(
                name,
                "aria-expanded" | "aria-controls" | "data-toggle" | "data-bs-toggle"
            )
        })
    };
    matches!(
        view.nodes[view.nodes[id].parent].kind,
        ElementKind::Heading(_)
    ) || view.element(id).is_some_and(is_switch)
}

/// The tag and the class of an element.
pub(super) fn tag_and_class<'a>(
    view: &PageView<'a>,
    id: NodeId,
) -> Option<(&'a str, Option<&'a str>)> {
    let element = view.element(id)?;
    Some((element.name(), attribute(element, "class")))
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
