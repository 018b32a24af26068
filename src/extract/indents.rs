//! Lists and quotations that are none: old pages use both to indent.

use super::view::{Id, Kind, View};

/// True when a list has items; lists without are old pages' way to indent.
pub(super) fn holds_items(view: &View<'_>, list: Id) -> bool {
    let end = view.entries[list].end;
    (list + 1..end).any(|at| view.entries[at].kind == Kind::Item)
}

/// Old pages indent everything with `<blockquote>`: a quotation is a small part of the page without headings.
///
/// `total`: bytes of text in the chosen part.
pub(super) fn is_quotation(view: &View<'_>, id: Id, total: u64) -> bool {
    let entry = &view.entries[id];
    u64::from(entry.mass.text) * 4 < total
        && !(id + 1..entry.end).any(|at| {
            matches!(
                view.entries[at].kind,
                Kind::Heading(_) | Kind::Table | Kind::Quote | Kind::Item
            )
        })
}
