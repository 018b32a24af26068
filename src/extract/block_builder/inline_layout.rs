//! How a page sets an inline element: joined to the words around it, apart from them, or on a line of its own.

use scraper::Node as DomNode;
use scraper::node::Element;

use crate::extract::dom::{ElementKind, NodeId, PageView, attribute, declaration, top_of_placed};

/// How an inline element is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum InlineLayout {
    /// Part of the text around it.
    Joined,
    /// Its words are not part of the words beside it.
    Apart,
    /// On a line of its own.
    Line,
}

/// Parts of class names of the text that a page shows beside a word.
const TOOLTIPS: [&str; 4] = ["tooltip", "popover", "hovercard", "tippy"];

/// How an inline element is set, by its name and its own attributes.
pub(in crate::extract) fn inline_layout(
    view: &PageView<'_>,
    id: NodeId,
    element: &Element,
) -> InlineLayout {
    let mut layout = if matches!(element.name(), "label" | "output") {
        InlineLayout::Apart
    } else {
        InlineLayout::Joined
    };
    for (name, value) in element.attrs() {
        match name {
            "style" => match layout_of_style(value) {
                InlineLayout::Joined => {}
                set => layout = set,
            },
            "class" if is_tooltip(value) => layout = InlineLayout::Apart,
            "role" if value == "tooltip" => layout = InlineLayout::Apart,
            _ => {}
        }
    }
    if layout == InlineLayout::Joined && begins_placed_line(view, id, element) {
        layout = InlineLayout::Apart;
    }
    // A large first letter is a part of its word.
    if layout == InlineLayout::Apart && is_one_letter(view, id) {
        return InlineLayout::Joined;
    }
    layout
}

/// True for a piece of text that its style places on another line than the piece before it.
fn begins_placed_line(view: &PageView<'_>, id: NodeId, element: &Element) -> bool {
    let Some(top) = top_of_placed(element) else {
        return false;
    };
    let parent = view.nodes[id].parent;
    let before = view
        .ancestors(id.saturating_sub(1))
        .find(|at| view.nodes[*at].parent == parent);
    before
        .and_then(|at| view.element(at))
        .is_some_and(|element| top_of_placed(element) != Some(top))
}

fn layout_of_style(style: &str) -> InlineLayout {
    let display = style
        .to_ascii_lowercase()
        .contains("display")
        .then(|| declaration(style, "display"))
        .flatten();
    match display
        .as_deref()
        .unwrap_or_default()
        .split(' ')
        .next()
        .unwrap_or_default()
    {
        "block" | "flex" | "grid" | "table" | "list-item" | "flow-root" | "table-row" => {
            InlineLayout::Line
        }
        "inline-block" | "inline-flex" | "inline-grid" | "inline-table" | "table-cell" => {
            InlineLayout::Apart
        }
        _ => match declaration(style, "float").as_deref() {
            Some("left" | "right") => InlineLayout::Apart,
            _ => InlineLayout::Joined,
        },
    }
}

fn is_tooltip(class: &str) -> bool {
    class.len() >= 5 && {
        let class = class.to_ascii_lowercase();
        TOOLTIPS.iter().any(|word| class.contains(word))
    }
}

fn is_one_letter(view: &PageView<'_>, id: NodeId) -> bool {
    let mut letters = view.text(id, 8).chars().collect::<Vec<_>>().into_iter();
    letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none()
}

/// True if a link follows another one with a different target without a character between them.
pub(in crate::extract) fn is_beside_a_link(view: &PageView<'_>, link: NodeId) -> bool {
    let mut at = link;
    while let Some(before) = at.checked_sub(1) {
        let node = &view.nodes[before];
        match (node.kind, node.dom) {
            // The text right before must be inside a link that ended, not in one around this link.
            (ElementKind::Text, DomNode::Text(text)) => {
                if text.ends_with(char::is_whitespace) {
                    return false;
                }
                let other = view
                    .ancestors(before)
                    .take_while(|a| view.nodes[*a].kind != ElementKind::Box)
                    .find(|a| view.name(*a) == "a");
                let href = |id: NodeId| view.element(id).and_then(|e| attribute(e, "href"));
                return other.is_some_and(|other| {
                    view.nodes[other].end <= link
                        && href(other).is_some()
                        && href(other) != href(link)
                });
            }
            (ElementKind::Inline, _) => at = before,
            _ => return false,
        }
    }
    false
}
