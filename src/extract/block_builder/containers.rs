//! The containers that are open while a block tree is built.

use super::numbering::{ItemMark, Numbering, begins_with_label};
use crate::extract::blocks::{Block, Span, text_of, tidy};

/// An open container.
#[derive(Debug)]
pub(in crate::extract) enum Container {
    Blocks(Vec<Block>),
    List {
        numbering: Numbering,
        items: Vec<ListItem>,
    },
    Item {
        mark: ItemMark,
        blocks: Vec<Block>,
    },
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

/// An item of an open list.
#[derive(Debug, Default)]
pub(in crate::extract) struct ListItem {
    /// The number that Markdown writes.
    number: Option<u32>,
    kind: ItemKind,
    blocks: Vec<Block>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ItemKind {
    #[default]
    Plain,
    /// Its label is part of its text.
    Labelled,
    /// A list inside an item without a mark: the indentation of that list.
    Indent,
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

    /// The marks of the innermost container if it is a list.
    pub(in crate::extract) fn numbering(&mut self) -> Option<&mut Numbering> {
        match self.open.last_mut() {
            Some(Container::List { numbering, .. }) => Some(numbering),
            _ => None,
        }
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
                | Container::Item { blocks, .. }
                | Container::Quote(blocks)
                | Container::Cell { blocks, .. },
            ) => {
                blocks.push(block);
            }
            // `<ul>` directly in `<ul>`: the inner list belongs to the item before it.
            Some(Container::List { items, .. }) => match items.last_mut() {
                Some(item) => item.blocks.push(block),
                None => items.push(ListItem {
                    blocks: vec![block],
                    ..ListItem::default()
                }),
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
            Container::List { items, .. } => self.add_list(items),
            Container::Item { mark, blocks } => self.add_item(mark, blocks),
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

    /// Adds an item to its list, with its label before its first words.
    fn add_item(&mut self, mark: ItemMark, mut blocks: Vec<Block>) {
        // An item without a mark around an inner list is its indentation.
        let kind = match &mark.label {
            Some(_) => ItemKind::Labelled,
            None if mark.hidden && matches!(blocks.first(), Some(Block::List(..))) => {
                ItemKind::Indent
            }
            None => ItemKind::Plain,
        };
        if let Some(label) = mark.label.filter(|_| !blocks.is_empty()) {
            match blocks.first_mut() {
                Some(Block::Paragraph(spans) | Block::Heading(_, spans)) => {
                    if !begins_with_label(&text_of(spans)) {
                        spans.insert(0, Span::plain(format!("{label} ")));
                        *spans = tidy(std::mem::take(spans));
                    }
                }
                _ => blocks.insert(0, Block::Paragraph(vec![Span::plain(label)])),
            }
        }
        let Some(Container::List { items, .. }) = self.open.last_mut() else {
            for block in blocks {
                self.push_block(block);
            }
            return;
        };
        match items.last_mut() {
            Some(before) if kind == ItemKind::Indent => before.blocks.extend(blocks),
            _ => items.push(ListItem {
                number: mark.number.filter(|_| {
                    !mark.hidden || !blocks.first().is_some_and(|b| begins_with_label(&b.text()))
                }),
                kind,
                blocks,
            }),
        }
    }

    /// Adds a list. Where its numbers jump, a new list begins.
    fn add_list(&mut self, mut items: Vec<ListItem>) {
        items.retain(|item| !item.blocks.is_empty());
        if is_layout(&items) && !self.in_table() {
            for mut item in items {
                item.number_heading();
                for block in item.blocks {
                    self.push_block(block);
                }
            }
            return;
        }
        // Consecutive items without a list are one list.
        if let [
            ListItem {
                number: None,
                kind: ItemKind::Plain,
                blocks,
            },
        ] = items.as_mut_slice()
            && let Some(Block::List(None, before)) = self.last_block()
        {
            before.push(std::mem::take(blocks));
            return;
        }
        let mut list: Option<(Option<u32>, Vec<Vec<Block>>)> = None;
        for item in items {
            match &mut list {
                None if item.kind == ItemKind::Indent => {
                    for block in item.blocks {
                        self.push_block(block);
                    }
                }
                Some((start, before)) if continues(*start, before.len(), item.number) => {
                    before.push(item.blocks);
                }
                _ => {
                    if let Some((start, before)) = list.take() {
                        self.push_block(Block::List(start, before));
                    }
                    list = Some((item.number, vec![item.blocks]));
                }
            }
        }
        if let Some((start, items)) = list {
            self.push_block(Block::List(start, items));
        }
    }

    /// The last block of the innermost container, if it holds blocks.
    fn last_block(&mut self) -> Option<&mut Block> {
        match self.open.last_mut()? {
            Container::Blocks(blocks)
            | Container::Item { blocks, .. }
            | Container::Quote(blocks)
            | Container::Cell { blocks, .. } => blocks.last_mut(),
            Container::List { .. } | Container::Table { .. } => None,
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

/// True for a list of sections: its items begin with headings (iubenda, accordions), and all do if they are numbered.
fn is_layout(items: &[ListItem]) -> bool {
    let begins_section = |item: &ListItem| matches!(item.blocks.first(), Some(Block::Heading(..)));
    items.first().is_some_and(begins_section)
        && items
            .iter()
            .all(|item| item.number.is_none() || begins_section(item))
}

impl ListItem {
    /// Writes the number of the item into the heading with which it begins.
    fn number_heading(&mut self) {
        if let (Some(number), Some(Block::Heading(_, spans))) =
            (self.number, self.blocks.first_mut())
            && !begins_with_label(&text_of(spans))
        {
            spans.insert(0, Span::plain(format!("{number}. ")));
            *spans = tidy(std::mem::take(spans));
        }
    }
}

/// True if an item with this number follows `length` items of a list with this start.
fn continues(start: Option<u32>, length: usize, number: Option<u32>) -> bool {
    match (start, number) {
        (None, None) => true,
        (Some(start), Some(number)) => {
            u64::from(number) == u64::from(start).saturating_add(length as u64)
        }
        _ => false,
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
