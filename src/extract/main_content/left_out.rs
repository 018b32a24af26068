//! The parts of a page that are left out between the first and the last part of the main text.

use super::candidates::describe;
use crate::extract::dom::{ElementKind, NodeId, PageView};
use crate::model::printable;

/// Maximum number of parts that are named.
const MAX_NAMED: usize = 20;
/// Number of characters of a part that are shown.
const SHOWN_CHARS: usize = 60;

/// Names each visible part that is left out, with the beginning of its text.
pub(in crate::extract) fn left_out(view: &PageView<'_>, roots: &[NodeId]) -> Vec<String> {
    let (Some(&first), Some(last)) = (
        roots.first(),
        roots.iter().map(|root| view.nodes[*root].end).max(),
    ) else {
        return Vec::new();
    };
    let mut next_roots = roots.iter().copied().peekable();
    let mut parts = Vec::new();
    let mut inside = 0;
    let mut id = first;
    while id < last {
        let entry = &view.nodes[id];
        while let Some(root) = next_roots.next_if(|root| *root <= id) {
            inside = inside.max(view.nodes[root].end);
        }
        let holds_roots = next_roots.peek().is_some_and(|root| *root < entry.end);
        let is_out = (entry.excluded || id >= inside) && !holds_roots;
        if !is_out && entry.kind != ElementKind::Silent {
            id += 1;
            continue;
        }
        if entry.stats.text_bytes > 0 && !entry.hidden {
            parts.push(id);
        }
        id = entry.end;
    }
    let named = parts.iter().take(MAX_NAMED).map(|id| {
        format!(
            "left out {} with {} bytes: “{}”",
            describe(view, *id),
            view.nodes[*id].stats.text_bytes,
            printable(&view.text(*id, SHOWN_CHARS * 4), SHOWN_CHARS)
        )
    });
    let more = parts.len().saturating_sub(MAX_NAMED);
    let rest = (more > 0).then(|| format!("left out {more} other parts"));
    named.chain(rest).collect()
}
