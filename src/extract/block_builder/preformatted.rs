//! The characters of a `<pre>` element.

use scraper::Node as DomNode;

use crate::extract::characters::cleaned;
use crate::extract::dom::{ElementKind, NodeId, PageView};

/// The text of a `<pre>`, line by line.
pub(in crate::extract) fn preformatted_text(view: &PageView<'_>, id: NodeId) -> String {
    let mut out = String::new();
    let end = view.nodes[id].end;
    // The ends of the open blocks.
    let mut ends: Vec<NodeId> = Vec::new();
    let mut at = id + 1;
    while at < end {
        while ends.pop_if(|end| *end <= at).is_some() {
            out.push('\n');
        }
        let entry = &view.nodes[at];
        match (entry.kind, entry.dom) {
            (ElementKind::Text, DomNode::Text(text)) => out.push_str(&cleaned(text)),
            (ElementKind::Silent, _) => {
                at = entry.end;
                continue;
            }
            (ElementKind::Break, _) => out.push('\n'),
            (ElementKind::Text | ElementKind::Inline, _) => {}
            // A block begins and ends a line.
            _ => {
                if !out.ends_with('\n') {
                    out.push('\n');
                }
                ends.push(entry.end);
            }
        }
        at += 1;
    }
    out
}
