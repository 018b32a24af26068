//! Writes the block tree as `CommonMark` with GFM tables. There is one way to write everything, so the same text gives
//! the same bytes.

use super::inline::write_inline;
use super::inline_context::InlineContext;
use crate::extract::blocks::{Block, Span, is_filled};

/// Writes blocks. The result ends with one line end unless it is empty.
pub(in crate::extract) fn write_markdown(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    write_blocks(blocks, true, &mut lines);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.push(String::new());
    lines.join("\n")
}

fn write_blocks(blocks: &[Block], loose: bool, lines: &mut Vec<String>) {
    let mut previous: Option<&Block> = None;
    let mut marker = '-';
    for block in blocks {
        if let Some(previous) = previous {
            let tight =
                !loose && matches!((previous, block), (Block::Paragraph(_), Block::List(..)));
            if !tight && lines.last().is_some_and(|l| !l.is_empty()) {
                lines.push(String::new());
            }
            // Two consecutive lists with one marker would be read as one.
            marker = match (previous, block) {
                (Block::List(a, _), Block::List(b, _))
                    if a.is_some() == b.is_some() && marker == '-' =>
                {
                    '*'
                }
                _ => '-',
            };
        }
        write_block(block, marker, lines);
        previous = Some(block);
    }
}

fn write_block(block: &Block, marker: char, lines: &mut Vec<String>) {
    match block {
        Block::Heading(level, spans) => {
            let mut text = write_inline(spans, InlineContext::Heading);
            text.insert_str(0, &"###### "[6 - usize::from((*level).clamp(1, 6))..]);
            lines.push(text);
        }
        Block::Paragraph(spans) => {
            let text = write_inline(spans, InlineContext::Paragraph);
            if text.contains('\n') {
                lines.extend(text.split('\n').map(str::to_owned));
            } else {
                lines.push(text);
            }
        }
        Block::List(start, items) => write_list(*start, items, marker, lines),
        Block::Quote(blocks) => {
            let mut inner = Vec::new();
            write_blocks(blocks, true, &mut inner);
            lines.extend(inner.into_iter().map(|mut line: String| {
                line.insert_str(0, if line.is_empty() { ">" } else { "> " });
                line
            }));
        }
        Block::Table(rows) => write_table(rows, lines),
    }
}

fn write_list(start: Option<u32>, items: &[Vec<Block>], marker: char, lines: &mut Vec<String>) {
    // A list is tight when every item is one line of text, with or without a list below it.
    let loose = items.iter().any(|item| {
        item.iter()
            .filter(|b| !matches!(b, Block::List(..)))
            .count()
            > 1
            || item.iter().any(interrupts_nothing)
            || !matches!(item.first(), Some(Block::Paragraph(_) | Block::List(..)))
    });
    for (at, item) in items.iter().enumerate() {
        let number = start.map(|s| {
            s.saturating_add(u32::try_from(at).unwrap_or(u32::MAX))
                .min(999_999_999)
        });
        let mark = match number {
            Some(number) => format!("{number}{} ", if marker == '-' { '.' } else { ')' }),
            None => format!("{marker} "),
        };
        let mut inner = Vec::new();
        write_blocks(item, loose, &mut inner);
        let indent = " ".repeat(mark.len());
        for (line_at, mut line) in inner.into_iter().enumerate() {
            match (line_at, line.is_empty()) {
                (0, _) => line.insert_str(0, &mark),
                (_, true) => {}
                _ => line.insert_str(0, &indent),
            }
            lines.push(line);
        }
        if loose && at + 1 < items.len() {
            lines.push(String::new());
        }
    }
}

/// True for a list that does not begin with the number 1. Without a blank line above it, it is read as part of the
/// paragraph.
fn interrupts_nothing(block: &Block) -> bool {
    matches!(block, Block::List(Some(start), _) if *start != 1)
}

fn write_table(rows: &[Vec<Vec<Span>>], lines: &mut Vec<String>) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let cells = rows.iter().flatten().filter(|c| !c.is_empty()).count();
    // GFM allows short rows. If most cells would be empty, only the header has all of them.
    let is_filled = is_filled(columns.saturating_mul(rows.len()), cells);
    for (at, row) in rows.iter().enumerate() {
        let mut line = String::from("|");
        let places = if is_filled || at == 0 {
            columns
        } else {
            row.len()
        };
        for column in 0..places {
            line.push(' ');
            if let Some(cell) = row.get(column) {
                line.push_str(&write_inline(cell, InlineContext::Cell));
            }
            if !line.ends_with(' ') {
                line.push(' ');
            }
            line.push('|');
        }
        lines.push(line);
        if at == 0 {
            lines.push(format!("|{}", " --- |".repeat(columns)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_lists_and_line_breaks_are_indented() {
        let p = |t: &str| Block::Paragraph(vec![Span::plain(t)]);
        let inner = Block::List(Some(9), vec![vec![p("x\n- y")], vec![p("z")]]);
        assert_eq!(
            write_markdown(&[
                Block::List(None, vec![vec![p("a"), inner], vec![p("b")]]),
                p("c")
            ]),
            "- a\n\n  9. x\\\n     \\- y\n  10. z\n\n- b\n\nc\n"
        );
        let from_one = Block::List(Some(1), vec![vec![p("x")]]);
        assert_eq!(
            write_markdown(&[Block::List(
                None,
                vec![vec![p("a"), from_one], vec![p("b")]]
            )]),
            "- a\n  1. x\n- b\n"
        );
        assert_eq!(
            write_markdown(&[Block::List(None, vec![vec![p("a"), p("a2")], vec![p("b")]])]),
            "- a\n\n  a2\n\n- b\n"
        );
    }

    #[test]
    fn tables_are_rectangular_and_cells_stay_on_their_line() {
        let cell = |t: &str| vec![Span::plain(t)];
        assert_eq!(
            write_markdown(&[Block::Table(vec![
                vec![cell("a|b"), cell("c\nd")],
                vec![cell("e")]
            ])]),
            "| a\\|b | c<br>d |\n| --- | --- |\n| e | |\n"
        );
    }
}
