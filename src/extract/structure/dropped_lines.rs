//! The short lines that are dropped between the first and the last line of a document.

use crate::extract::blocks::Block;
use crate::model::printable_line;

/// A line with more bytes than this is text, not a line of the page's template.
const SHORT_BYTES: usize = 120;
/// Maximum number of lines that are named.
const MAX_NAMED: usize = 20;

/// The texts of the short blocks, `None` for the others.
pub(in crate::extract) fn short_lines(blocks: &[Block]) -> Vec<Option<String>> {
    let line = |block: &Block| (block.weight().0 <= SHORT_BYTES).then(|| block.text());
    blocks.iter().map(line).collect()
}

/// Names the short lines of a document that it has no more, except those at its ends.
pub(in crate::extract) fn dropped_lines(
    before: &[Option<String>],
    blocks: &[Block],
) -> Vec<String> {
    let after = short_lines(blocks);
    let mut kept = after.iter().peekable();
    let is_kept: Vec<bool> = before
        .iter()
        .map(|line| kept.next_if(|next| *next == line).is_some())
        .collect();
    let (first, last) = (
        is_kept.iter().position(|is_kept| *is_kept),
        is_kept.iter().rposition(|is_kept| *is_kept),
    );
    let (Some(first), Some(last), None) = (first, last, kept.next()) else {
        return Vec::new();
    };
    (first..last)
        .filter(|at| !is_kept[*at])
        .filter_map(|at| before[at].as_deref())
        .take(MAX_NAMED)
        .map(|line| format!("left out the line “{}”", printable_line(line, SHORT_BYTES)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    #[test]
    fn lines_are_named_that_are_dropped_inside_a_document() {
        let blocks = |lines: &[&str]| -> Vec<Block> {
            let block = |line: &&str| Block::Paragraph(vec![Span::plain(*line)]);
            lines.iter().map(block).collect()
        };
        let before = short_lines(&blocks(&[
            "Home",
            "First.",
            "Top",
            &"long ".repeat(99),
            "Last.",
            "Print",
        ]));
        let after = blocks(&["First.", &"long ".repeat(99), "Last."]);
        assert_eq!(dropped_lines(&before, &after), ["left out the line “Top”"]);
        assert!(dropped_lines(&before, &blocks(&["other"])).is_empty());
    }
}
