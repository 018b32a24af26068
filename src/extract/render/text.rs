//! The plain text of a document.

use crate::extract::blocks::{Block, Span, push_text_of, text_of};

/// Writes one line for every heading, paragraph, list item and table row; tabs separate cells. What is struck out is
/// left out.
pub(in crate::extract) fn document_text(blocks: &[Block]) -> String {
    let bytes = blocks.iter().map(|block| block.weight().0 + 1).sum();
    let mut out = String::with_capacity(bytes);
    for block in blocks {
        lines(block, &mut out);
    }
    out.truncate(out.trim_end().len());
    out
}

fn lines(block: &Block, out: &mut String) {
    match block {
        Block::Heading(_, spans) | Block::Paragraph(spans) => line(spans, out),
        Block::Quote(blocks) => blocks.iter().for_each(|b| lines(b, out)),
        Block::List(_, items) => items.iter().flatten().for_each(|b| lines(b, out)),
        Block::Table(rows) => {
            for row in rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| text_of(cell))
                    .filter(|cell| !cell.is_empty())
                    .collect();
                if !cells.is_empty() {
                    out.push_str(&cells.join("\t"));
                    out.push('\n');
                }
            }
        }
    }
}

fn line(spans: &[Span], out: &mut String) {
    let start = out.len();
    push_text_of(spans, out);
    if out.len() > start {
        out.push('\n');
    }
}
