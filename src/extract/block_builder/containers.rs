//! The containers that are open while a block tree is built.

use crate::extract::blocks::{Block, Span, tidy};

/// An open container.
#[derive(Debug)]
pub(in crate::extract) enum Container {
    Blocks(Vec<Block>),
    List {
        start: Option<u32>,
        items: Vec<Vec<Block>>,
    },
    Item(Vec<Block>),
    Quote(Vec<Block>),
    Table {
        rows: Vec<Vec<Vec<Span>>>,
        /// For each column, the number of following rows that a cell above still covers.
        covered: Vec<u32>,
    },
    Cell {
        blocks: Vec<Block>,
        columns: u32,
        rows: u32,
    },
}

/// The open containers, outermost first; the outermost always holds blocks.
#[derive(Debug)]
pub(in crate::extract) struct OpenContainers {
    open: Vec<Container>,
}

impl OpenContainers {
    pub(in crate::extract) fn new() -> Self {
        Self {
            open: vec![Container::Blocks(Vec::new())],
        }
    }

    pub(in crate::extract) fn depth(&self) -> usize {
        self.open.len()
    }

    pub(in crate::extract) fn push(&mut self, frame: Container) {
        self.open.push(frame);
    }

    pub(in crate::extract) fn last(&self) -> Option<&Container> {
        self.open.last()
    }

    /// Begins a row if the innermost container is a table; returns whether it is.
    pub(in crate::extract) fn start_row(&mut self) -> bool {
        match self.open.last_mut() {
            Some(Container::Table { rows, covered }) => {
                // Cells from above may reach past the end of the previous row.
                let ended = rows.last().map_or(0, Vec::len);
                for left in covered.iter_mut().skip(ended) {
                    *left = left.saturating_sub(1);
                }
                rows.push(Vec::new());
                true
            }
            _ => false,
        }
    }

    pub(in crate::extract) fn in_table(&self) -> bool {
        self.open
            .iter()
            .any(|f| matches!(f, Container::Table { .. }))
    }

    /// Closes all containers.
    pub(in crate::extract) fn finish(mut self) -> Vec<Block> {
        while self.open.len() > 1 {
            self.pop();
        }
        match self.open.pop() {
            Some(Container::Blocks(blocks)) => blocks,
            _ => Vec::new(),
        }
    }

    pub(in crate::extract) fn push_block(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(
                Container::Blocks(blocks)
                | Container::Item(blocks)
                | Container::Quote(blocks)
                | Container::Cell { blocks, .. },
            ) => {
                // Consecutive items without a list are one list.
                if let (Some(Block::List(None, before)), Block::List(None, items)) =
                    (blocks.last_mut(), &block)
                    && items.len() == 1
                {
                    before.extend(items.iter().cloned());
                    return;
                }
                blocks.push(block);
            }
            // `<ul>` directly in `<ul>`: the inner list belongs to the item before it.
            Some(Container::List { items, .. }) => match items.last_mut() {
                Some(item) => item.push(block),
                None => items.push(vec![block]),
            },
            Some(Container::Table { rows, .. }) => {
                // A caption or text between rows.
                let mut spans = Vec::new();
                block.each_run(&mut |run| spans.extend(run.iter().cloned()));
                rows.push(vec![spans]);
            }
            None => {}
        }
    }

    pub(in crate::extract) fn pop(&mut self) {
        let Some(frame) = self.open.pop() else {
            return;
        };
        match frame {
            Container::Blocks(blocks) => {
                for block in blocks {
                    self.push_block(block);
                }
            }
            Container::List { start, mut items } => {
                items.retain(|item| !item.is_empty());
                // Items that begin with a heading are sections, and the list is their layout (iubenda, accordions).
                let is_layout = start.is_none()
                    && items
                        .first()
                        .is_some_and(|item| matches!(item.first(), Some(Block::Heading(..))));
                if is_layout && !self.in_table() {
                    for block in items.into_iter().flatten() {
                        self.push_block(block);
                    }
                } else if !items.is_empty() {
                    self.push_block(Block::List(start, items));
                }
            }
            Container::Item(blocks) => match self.open.last_mut() {
                Some(Container::List { items, .. }) => items.push(blocks),
                _ => {
                    for block in blocks {
                        self.push_block(block);
                    }
                }
            },
            Container::Quote(blocks) => {
                if !blocks.is_empty() {
                    self.push_block(Block::Quote(blocks));
                }
            }
            Container::Table { mut rows, .. } => {
                rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
                // A caption above the rows is not a header of their columns.
                let columns = |row: Option<&Vec<Vec<Span>>>| row.map_or(0, Vec::len);
                if columns(rows.first()) == 1 && columns(rows.get(1)) > 1 {
                    let caption = rows.remove(0).pop().unwrap_or_default();
                    self.push_block(Block::Paragraph(caption));
                }
                if !rows.is_empty() {
                    self.push_block(Block::Table(rows));
                }
            }
            Container::Cell {
                blocks,
                columns,
                rows,
            } => self.add_cell(&blocks, columns, rows),
        }
    }

    fn add_cell(&mut self, blocks: &[Block], columns: u32, spanned_rows: u32) {
        let mut spans: Vec<Span> = Vec::new();
        for block in blocks {
            block.each_run(&mut |run| {
                if !spans.is_empty() {
                    spans.push(Span::plain("\n"));
                }
                spans.extend(run.iter().cloned());
            });
        }
        let Some(Container::Table { rows, covered }) = self.open.last_mut() else {
            return;
        };
        if rows.is_empty() {
            rows.push(Vec::new());
        }
        let Some(row) = rows.last_mut() else {
            return;
        };
        // Columns that a cell from above covers stay empty.
        while let Some(left) = covered.get_mut(row.len()).filter(|left| **left > 0) {
            *left -= 1;
            row.push(Vec::new());
        }
        let at = row.len();
        row.push(tidy(spans));
        for _ in 1..columns {
            row.push(Vec::new());
        }
        covered.resize(covered.len().max(row.len()), 0);
        covered[at..row.len()].fill(spanned_rows - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::render::write_markdown;

    /// Writes a table of cells, each given as its text and the numbers of columns and rows that it spans.
    fn table(rows: &[&[(&str, u32, u32)]]) -> String {
        let mut frames = OpenContainers::new();
        frames.push(Container::Table {
            rows: Vec::new(),
            covered: Vec::new(),
        });
        for row in rows {
            frames.start_row();
            for (text, columns, rows) in *row {
                frames.push(Container::Cell {
                    blocks: vec![Block::Paragraph(vec![Span::plain(*text)])],
                    columns: *columns,
                    rows: *rows,
                });
                frames.pop();
            }
        }
        write_markdown(&frames.finish())
    }

    #[test]
    fn a_cell_over_several_rows_covers_its_own_columns_in_just_these_rows() {
        assert_eq!(
            table(&[
                &[("Data", 1, 1), ("Kept", 1, 1)],
                &[("Name", 1, 1), ("a year", 1, 2)],
                &[("E-mail", 1, 1)],
                &[("Logs", 1, 1), ("a week", 1, 1)],
            ]),
            "| Data | Kept |\n| --- | --- |\n| Name | a year |\n| E-mail | |\n| Logs | a week |\n"
        );
        assert_eq!(
            table(&[
                &[("a", 1, 3), ("b", 1, 1), ("c", 1, 1)],
                &[("d", 1, 2), ("e", 1, 1)],
                &[("f", 1, 1)],
                &[("g", 1, 1), ("h", 2, 1)],
            ]),
            "| a | b | c |\n| --- | --- | --- |\n| | d | e |\n| | | f |\n| g | h | |\n"
        );
    }
}
