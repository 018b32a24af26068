//! Reads rich text of content systems in JSON: `{"type": "paragraph", "content": [{"text": "…"}, {"text": "…"}]}`.

use super::field_names::is_heading_name;
use super::json::Json;
use crate::extract::block_builder::LinkResolver;
use crate::extract::blocks::{Block, Span, tidy};
use crate::extract::characters::cleaned;

/// Pieces nested deeper than this are not read as a line.
const MAX_DEPTH: usize = 16;

/// The meaning of a node of rich text.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::extract) enum RichText<'j> {
    /// One complete line of text.
    Line(Block),
    /// A list: the first number if it is ordered, and its items, which are not written yet.
    List(Option<u32>, &'j [Json]),
}

/// Reads an object as rich text, if it is a line or a list. Documents and other containers are walked.
pub(in crate::extract) fn rich_text<'j>(
    node: &'j Json,
    links: &LinkResolver<'_>,
) -> Option<RichText<'j>> {
    let children = children(node)?;
    let kind = kind(node);
    if let Some(spans) = line(node, links, 0) {
        let spans = tidy(spans);
        let is_heading = kind.starts_with("heading") || kind.len() == 2 && kind.starts_with('h');
        let block = if is_heading {
            Block::Heading(2, spans)
        } else {
            Block::Paragraph(spans)
        };
        // Portable Text marks every item separately.
        return Some(RichText::Line(match node.text("listItem") {
            Some(sign) => Block::List((sign == "number").then_some(1), vec![vec![block]]),
            None => block,
        }));
    }
    let ordered = ["ordered-list", "orderedlist", "numbered-list", "ol"].contains(&kind.as_str());
    (ordered || kind == "ul" || kind.ends_with("list"))
        .then_some(RichText::List(ordered.then_some(1), children))
}

/// The kind of a node in lower case; empty if it has none.
fn kind(node: &Json) -> String {
    ["style", "tagName", "nodeType", "_type", "type"]
        .iter()
        .filter_map(|name| node.text(name))
        .find(|kind| !matches!(*kind, "normal" | "element" | "block"))
        .unwrap_or_default()
        .to_ascii_lowercase()
}

fn children(node: &Json) -> Option<&[Json]> {
    node.list("content").or_else(|| node.list("children"))
}

/// The text of a node that is a piece of a line.
fn piece(node: &Json) -> Option<&str> {
    let text = node.text("text").or_else(|| node.text("value"))?;
    let Json::Fields(fields) = node else {
        return None;
    };
    // A card has a text too, but it also has a title.
    let is_card = fields
        .iter()
        .any(|(name, value)| is_heading_name(name) && matches!(value, Json::Text(_)));
    (!is_card).then_some(text)
}

/// The pieces of a line: at least one direct child is a piece of text, and the others are links, styles or breaks.
fn line(node: &Json, links: &LinkResolver<'_>, depth: usize) -> Option<Vec<Span>> {
    let children = children(node).filter(|_| depth < MAX_DEPTH)?;
    if !children.iter().any(|child| piece(child).is_some()) {
        return None;
    }
    let mut spans = Vec::new();
    for child in children {
        if let Some(text) = piece(child) {
            let mut span = Span::plain(cleaned(text));
            span.style.strong = is_strong(child);
            spans.push(span);
            continue;
        }
        let kind = kind(child);
        if matches!(kind.as_str(), "hardbreak" | "break" | "br" | "linebreak") {
            spans.push(Span::plain("\n"));
            continue;
        }
        let is_link = kind.ends_with("link") || kind == "a";
        if !is_link && !matches!(kind.as_str(), "strong" | "em" | "b" | "i" | "u" | "span") {
            return None;
        }
        let target = ["url", "href"]
            .iter()
            .find_map(|name| child.text(name))
            .or_else(|| child.get("data").and_then(|data| data.text("uri")))
            .or_else(|| child.get("properties").and_then(|p| p.text("href")))
            .and_then(|href| links.target(href));
        for mut span in line(child, links, depth + 1)? {
            span.link = span.link.or_else(|| target.clone());
            span.style.strong |= matches!(kind.as_str(), "strong" | "b");
            spans.push(span);
        }
    }
    Some(spans)
}

fn is_strong(piece: &Json) -> bool {
    let is_bold = |mark: &Json| match mark {
        Json::Text(name) => name == "bold" || name == "strong",
        mark => mark
            .text("type")
            .is_some_and(|t| t == "bold" || t == "strong"),
    };
    piece.get("bold") == Some(&Json::True)
        || piece
            .list("marks")
            .is_some_and(|marks| marks.iter().any(is_bold))
}
