//! Lists and quotations that are none: old pages use both to indent.

use crate::extract::dom::{ElementKind, NodeId, PageView};

/// True when a list has items; lists without are old pages' way to indent.
pub(in crate::extract) fn holds_items(view: &PageView<'_>, list: NodeId) -> bool {
    let end = view.nodes[list].end;
    (list + 1..end).any(|at| view.nodes[at].kind == ElementKind::Item)
}

/// Old pages indent everything with `<blockquote>`: a quotation is a small part of the page without headings.
///
/// `total`: bytes of text in the chosen part.
pub(in crate::extract) fn is_quotation(view: &PageView<'_>, id: NodeId, total: u64) -> bool {
    let entry = &view.nodes[id];
    u64::from(entry.stats.text_bytes) * 4 < total
        && !(id + 1..entry.end).any(|at| {
            matches!(
                view.nodes[at].kind,
                ElementKind::Heading(_)
                    | ElementKind::Table
                    | ElementKind::Quote
                    | ElementKind::Item
            )
        })
}
