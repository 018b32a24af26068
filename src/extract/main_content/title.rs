//! The document's title in or above the main text.

use crate::extract::dom::{ElementKind, NodeId, PageView};
use crate::extract::vocabulary::{TitleTopic, title_topic};

/// A title has less text than this, in bytes without blanks.
const TITLE_BYTES: u32 = 100;
/// The title of a text stands above this many bytes of its sentences.
const BYTES_BELOW_TITLE: u32 = 200;
/// A title in a line is within this many nodes of the beginning of its block.
const NODES_BEFORE_TITLE: usize = 50;

/// The position of the document's title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TitlePlace {
    /// At the beginning of the main text.
    Inside,
    /// Above the main text, at a node.
    Above(NodeId),
    /// Nowhere.
    Missing,
}

/// Finds the title of a text that begins at `text`, in the part of the page that begins at `start`.
pub(super) fn title_place(view: &PageView<'_>, start: NodeId, text: NodeId) -> TitlePlace {
    let mut sentences = 0;
    for id in text..view.nodes[text].end {
        let entry = &view.nodes[id];
        if entry.kind == ElementKind::Text {
            sentences += entry.stats.prose_bytes;
        }
        if sentences >= BYTES_BELOW_TITLE {
            break;
        }
        if is_title(view, id) {
            return TitlePlace::Inside;
        }
    }
    (start..text)
        .rev()
        .find(|id| view.nodes[*id].end <= text && is_title(view, *id))
        .map_or(TitlePlace::Missing, TitlePlace::Above)
}

/// True for a line that names a document, such as "Privacy Policy", and is not a link.
fn is_title(view: &PageView<'_>, id: NodeId) -> bool {
    let entry = &view.nodes[id];
    let is_heading = matches!(entry.kind, ElementKind::Heading(_));
    let may_be_line = matches!(
        entry.kind,
        ElementKind::Paragraph | ElementKind::Box | ElementKind::Cell | ElementKind::Inline
    );
    if !(is_heading || may_be_line && entry.stats.policy_words > 0)
        || entry.hidden
        || !(1..TITLE_BYTES).contains(&entry.stats.text_bytes)
        || entry.stats.linked_bytes > 0
        || entry.kind == ElementKind::Inline && !begins_block(view, id)
    {
        return false;
    }
    matches!(
        title_topic(&view.text(id, 2 * TITLE_BYTES as usize)),
        Some(TitleTopic::Privacy | TitleTopic::Terms | TitleTopic::Cookies)
    ) && (is_heading || !view.ancestors(id).any(|at| view.nodes[at].excluded))
}

/// True for a part of a line that begins its block.
fn begins_block(view: &PageView<'_>, id: NodeId) -> bool {
    let block = view
        .ancestors(id)
        .find(|at| view.nodes[*at].kind != ElementKind::Inline);
    let is_blank = |at: NodeId| {
        let entry = &view.nodes[at];
        entry.kind != ElementKind::Text || entry.stats.text_bytes == 0
    };
    block.is_some_and(|block| id - block < NODES_BEFORE_TITLE && (block..id).all(is_blank))
}
