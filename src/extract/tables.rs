//! Tables of data are kept, tables that only place things on the page are unwrapped.

use scraper::node::Element;

use super::look::attribute;
use super::view::{Id, Kind, View};

/// Rows or cells beyond these are no table that anybody reads.
const MAX_ROWS: usize = 2000;
/// A cell spans at most so many columns or rows.
const MAX_SPAN: u32 = 50;
/// A table has at most so many places for each cell that is in it, and [`LEAST_PLACES`] more: a few cells that span
/// hundreds of columns would make megabytes of nothing.
const PLACES_PER_CELL: usize = 16;
/// Places that every table may have.
const LEAST_PLACES: usize = 200;

/// True when a table of so many cells may have so many places, empty ones included.
pub(super) fn is_filled(places: usize, cells: usize) -> bool {
    places <= LEAST_PLACES + PLACES_PER_CELL * cells
}

/// How many columns and rows a cell spans.
pub(super) fn spans(cell: &Element) -> (u32, u32) {
    let span = |name: &str| {
        attribute(cell, name)
            .and_then(|v| v.trim().parse::<u32>().ok())
            .unwrap_or(1)
            .clamp(1, MAX_SPAN)
    };
    (span("colspan"), span("rowspan"))
}

/// The alternative text of a tick, a cross or a flag: one short word or sign.
pub(super) fn is_sign(alt: &str) -> bool {
    let alt = alt.trim();
    !alt.is_empty() && alt.chars().count() <= 4
}

/// True when a `<table>` is one of data.
pub(super) fn is_data(view: &View<'_>, table: Id) -> bool {
    let Some(element) = view.element(table) else {
        return false;
    };
    if matches!(attribute(element, "role"), Some("presentation" | "none")) {
        return false;
    }
    let (end, total) = (view.entries[table].end, view.entries[table].mass.text);
    let mut rows: Vec<(usize, usize)> = Vec::new();
    let (mut headers, mut largest, mut headings, mut numbering) = (0usize, 0u32, 0usize, 0usize);
    let (mut cells, mut places) = (0usize, 0usize);
    for at in table + 1..end {
        let entry = &view.entries[at];
        match entry.kind {
            Kind::Table => return false,
            Kind::Row => rows.push((0, 0)),
            Kind::Cell => {
                let Some(row) = rows.last_mut() else {
                    continue;
                };
                row.0 += 1;
                cells += 1;
                if let Some(cell) = view.element(at) {
                    let (columns, rows) = spans(cell);
                    places += columns as usize * rows as usize;
                }
                if entry.mass.text > 0 {
                    row.1 += 1;
                    largest = largest.max(entry.mass.text);
                    if row.1 == 1 && entry.mass.text <= 4 {
                        numbering += 1;
                    }
                }
                headers += usize::from(view.name(at) == "th");
            }
            Kind::Heading(1 | 2) => headings += 1,
            // A tick drawn as a picture fills its cell.
            Kind::Inline if view.name(at) == "img" => {
                let empty_cell = view
                    .ancestors(at)
                    .find(|a| view.entries[*a].kind == Kind::Cell)
                    .is_some_and(|cell| view.entries[cell].mass.text == 0);
                if empty_cell
                    && view
                        .element(at)
                        .and_then(|e| attribute(e, "alt"))
                        .is_some_and(is_sign)
                    && let Some(row) = rows.last_mut()
                {
                    row.1 += 1;
                }
            }
            _ => headers += usize::from(matches!(view.name(at), "thead" | "caption")),
        }
    }
    let filled: Vec<usize> = rows.iter().map(|r| r.1).filter(|n| *n > 0).collect();
    let wide = filled.iter().filter(|n| **n >= 2).count();
    if rows.len() > MAX_ROWS || cells > MAX_ROWS * 10 || wide == 0 || !is_filled(places, cells) {
        return false;
    }
    if headers > 0 && (filled.len() >= 2 || wide > 0) && wide * 2 >= filled.len().min(4) {
        return true;
    }
    // A first column of bullets or numbers is a list drawn with a table.
    if filled.len() < 2 || wide * 2 <= filled.len() || numbering * 2 > filled.len() || headings > 1
    {
        return false;
    }
    let bordered = attribute(element, "border").is_some_and(|b| !matches!(b.trim(), "0" | ""));
    // One cell with most of the words is the page's main column.
    bordered && largest * 10 <= total * 8
        || u64::from(largest) * 10 <= u64::from(total) * 5 && total >= 20
}
