//! Lists and quotations that old pages use as indentation.

use crate::extract::dom::{ElementKind, NodeId, PageView};

/// True for a list with items. Old pages use lists without items as indentation.
pub(in crate::extract) fn holds_items(view: &PageView<'_>, list: NodeId) -> bool {
    let end = view.nodes[list].end;
    (list + 1..end).any(|at| view.nodes[at].kind == ElementKind::Item)
}

/// True for a quotation: a small part of the page without headings. Old pages use `<blockquote>` as indentation.
///
/// `total` is the number of bytes of text in the chosen part.
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
