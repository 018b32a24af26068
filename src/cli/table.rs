//! Tables for people: columns as wide as their content, text of strangers made safe.

use std::fmt::Write as _;

use crate::report::safe_line;

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// Text.
    Left,
    /// Text that is never shortened: links.
    Whole,
    /// Numbers.
    Right,
}

/// Widest cell. The middle of a longer text is left out.
const MAX_CELL_CHARS: usize = 60;

/// Formats rows under a header, one line per row.
pub(super) fn table(header: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(header);
            cells
                .map(|(cell, (_, align))| match align {
                    Align::Whole => safe_line(cell),
                    Align::Left | Align::Right => shown(cell),
                })
                .collect()
        })
        .collect();
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(i, (name, _))| {
            rows.iter()
                .filter_map(|r| r.get(i))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
                .max(name.len())
        })
        .collect();
    let mut out = String::new();
    let names: Vec<String> = header.iter().map(|(name, _)| (*name).to_owned()).collect();
    for row in std::iter::once(&names).chain(&rows) {
        let mut line = String::new();
        for ((cell, width), (_, align)) in row.iter().zip(&widths).zip(header) {
            // Writing to a string cannot fail.
            let _ = match align {
                Align::Left | Align::Whole => write!(line, "{cell:<width$}  "),
                Align::Right => write!(line, "{cell:>width$}  "),
            };
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A cell's text made safe, without its middle if it is too long.
fn shown(text: &str) -> String {
    // Most of the tens of thousands of cells of a large table need no work.
    if text.len() <= MAX_CELL_CHARS && text.bytes().all(|b| b.is_ascii_graphic()) {
        return text.to_owned();
    }
    let clean: Vec<char> = safe_line(text).chars().collect();
    if clean.len() <= MAX_CELL_CHARS {
        return clean.into_iter().collect();
    }
    let head = MAX_CELL_CHARS / 2;
    let tail = clean.len() - (MAX_CELL_CHARS - head - 1);
    clean[..head]
        .iter()
        .chain(std::iter::once(&'…'))
        .chain(&clean[tail..])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_escapes_are_gone() {
        let rows = [
            vec!["a\u{1b}[31m".to_owned(), "7".to_owned()],
            vec!["é".repeat(100), "12".to_owned()],
        ];
        let out = table(&[("site", Align::Left), ("n", Align::Right)], &rows);
        let widths: Vec<usize> = out.lines().map(|l| l.chars().count()).collect();
        assert_eq!(widths, [64, 64, 64]);
        assert!(!out.contains('\u{1b}') && out.contains('…'));
    }
}
