//! Distinguishes data tables, which are kept, from layout tables, which are unwrapped.

use scraper::node::Element;

use crate::extract::blocks::is_filled;
use crate::extract::dom::{ElementKind, NodeId, PageView, attribute};

/// Maximum number of rows, and of cells. Nobody reads a larger table.
const MAX_ROWS: usize = 2000;
/// Maximum number of columns or rows that a cell spans.
const MAX_SPAN: u32 = 50;

/// Returns the number of columns and rows that a cell spans.
pub(in crate::extract) fn cell_spans(cell: &Element) -> (u32, u32) {
    let span = |name: &str| {
        attribute(cell, name)
            .and_then(|v| v.trim().parse::<u32>().ok())
            .unwrap_or(1)
            .clamp(1, MAX_SPAN)
    };
    (span("colspan"), span("rowspan"))
}

/// True for alternative text like that of a tick, a cross or a flag: one short word or sign.
pub(in crate::extract) fn is_short_alt(alt: &str) -> bool {
    let alt = alt.trim();
    !alt.is_empty() && alt.chars().count() <= 4
}

/// True if a `<table>` holds data rather than the layout of the page.
pub(in crate::extract) fn is_data_table(view: &PageView<'_>, table: NodeId) -> bool {
    let Some(element) = view.element(table) else {
        return false;
    };
    if matches!(attribute(element, "role"), Some("presentation" | "none")) {
        return false;
    }
    let Some(counts) = TableCounts::of(view, table) else {
        return false;
    };
    let filled: Vec<usize> = counts.rows.iter().copied().filter(|n| *n > 0).collect();
    let wide = filled.iter().filter(|n| **n >= 2).count();
    if counts.rows.len() > MAX_ROWS
        || counts.cells > MAX_ROWS * 10
        || wide == 0
        || !is_filled(counts.places, counts.cells)
    {
        return false;
    }
    if counts.headers > 0 && (filled.len() >= 2 || wide > 0) && wide * 2 >= filled.len().min(4) {
        return true;
    }
    // A first column of bullets or numbers is a list drawn with a table.
    if filled.len() < 2
        || wide * 2 <= filled.len()
        || counts.numbering * 2 > filled.len()
        || counts.headings > 1
    {
        return false;
    }
    let total = view.nodes[table].stats.text_bytes;
    let bordered = attribute(element, "border").is_some_and(|b| !matches!(b.trim(), "0" | ""));
    // A cell with most of the text is the page's main column.
    bordered && counts.largest * 10 <= total * 8
        || u64::from(counts.largest) * 10 <= u64::from(total) * 5 && total >= 20
}

/// Counts over the rows and cells of a table.
#[derive(Debug, Default)]
struct TableCounts {
    /// The number of filled cells in each row.
    rows: Vec<usize>,
    cells: usize,
    /// Positions that the cells take up, including those covered by spans.
    places: usize,
    /// Header cells, header groups and captions.
    headers: usize,
    /// Headings of level 1 and 2 inside the table.
    headings: usize,
    /// Rows whose first filled cell is as short as a number or a bullet.
    numbering: usize,
    /// Bytes of text in the largest cell.
    largest: u32,
}

impl TableCounts {
    /// Counts the content of a table; `None` for a table that holds another one.
    fn of(view: &PageView<'_>, table: NodeId) -> Option<Self> {
        let mut counts = Self::default();
        for at in table + 1..view.nodes[table].end {
            match view.nodes[at].kind {
                ElementKind::Table => return None,
                ElementKind::Row => counts.rows.push(0),
                ElementKind::Cell => counts.add_cell(view, at),
                ElementKind::Heading(1 | 2) => counts.headings += 1,
                ElementKind::Inline if view.name(at) == "img" => counts.add_picture(view, at),
                _ => {
                    counts.headers += usize::from(matches!(view.name(at), "thead" | "caption"));
                }
            }
        }
        Some(counts)
    }

    fn add_cell(&mut self, view: &PageView<'_>, cell: NodeId) {
        let Some(row) = self.rows.last_mut() else {
            return;
        };
        self.cells += 1;
        if let Some(element) = view.element(cell) {
            let (columns, rows) = cell_spans(element);
            self.places += columns as usize * rows as usize;
        }
        let bytes = view.nodes[cell].stats.text_bytes;
        if bytes > 0 {
            *row += 1;
            self.largest = self.largest.max(bytes);
            if *row == 1 && bytes <= 4 {
                self.numbering += 1;
            }
        }
        self.headers += usize::from(view.name(cell) == "th");
    }

    /// Counts a tick that is drawn as a picture, as the content of its cell.
    fn add_picture(&mut self, view: &PageView<'_>, picture: NodeId) {
        let in_empty_cell = view
            .ancestors(picture)
            .find(|a| view.nodes[*a].kind == ElementKind::Cell)
            .is_some_and(|cell| view.nodes[cell].stats.text_bytes == 0);
        let is_tick = in_empty_cell
            && view
                .element(picture)
                .and_then(|e| attribute(e, "alt"))
                .is_some_and(is_short_alt);
        if is_tick && let Some(row) = self.rows.last_mut() {
            *row += 1;
        }
    }
}
