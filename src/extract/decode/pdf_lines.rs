//! The lines of a page of a PDF, in reading order.

use crate::extract::characters::cleaned;

/// A piece of a line with its place, in points from the top left in the direction of its text.
#[derive(Debug, Clone, Default)]
pub(in crate::extract) struct Piece {
    pub text: String,
    pub left: f64,
    pub right: f64,
    /// The base line. It grows from the top to the bottom.
    pub y: f64,
    /// Average size of the letters.
    pub size: f64,
    /// Quarter turns of the text.
    pub turn: u8,
}

impl Piece {
    /// True if two pieces stand on one line.
    fn is_beside(&self, other: &Self) -> bool {
        self.turn == other.turn && (self.y - other.y).abs() <= self.size.max(other.size) * 0.5
    }

    /// True if the text may go on in small letters on the next line.
    fn goes_on(&self) -> bool {
        !self.text.trim_end().ends_with(['.', ':', '!', '?', ';'])
    }
}

/// A page of a PDF.
#[derive(Debug, Default)]
pub(in crate::extract) struct PdfPage {
    /// Its lines, in the order in which they are read.
    pub lines: Vec<Piece>,
}

/// Columns have at least this number of lines side by side.
const COLUMN_LINES: usize = 4;
/// Average number of characters of a line of prose in a column.
const COLUMN_CHARS: usize = 14;
/// Columns nested deeper than this are not separated.
const MAX_COLUMNS: u32 = 6;
/// With more lines than this a page is no page of text, and its lines stay in the order of the file.
const MAX_LINES: usize = 5_000;

impl PdfPage {
    /// Adds a piece of a line. A text that is drawn twice to look bold is added once.
    pub(in crate::extract) fn add(&mut self, mut piece: Piece) {
        piece.text = with_plain_signs(piece.text.trim());
        if piece.text.is_empty() {
            return;
        }
        let is_again = |other: &Piece| {
            other.text == piece.text
                && (other.left - piece.left).abs() <= piece.size * 0.12
                && (other.y - piece.y).abs() <= piece.size * 0.12
        };
        if !self.lines.iter().rev().take(3).any(is_again) {
            self.lines.push(piece);
        }
    }

    /// Puts the pieces into the order of reading and joins those of one line.
    pub(in crate::extract) fn settle(&mut self) {
        let pieces = std::mem::take(&mut self.lines);
        if pieces.len() > MAX_LINES {
            self.lines = joined_lines(pieces);
            return;
        }
        // Most of a page has one direction. What is turned stands at its edge.
        let count = |turn: u8| pieces.iter().filter(|p| p.turn == turn).count();
        let main = (0..4)
            .max_by_key(|turn| (count(*turn), 4 - turn))
            .unwrap_or(0);
        let (level, turned): (Vec<Piece>, Vec<Piece>) =
            pieces.into_iter().partition(|p| p.turn == main);
        let level = if is_out_of_order(&level) {
            by_place(level)
        } else {
            level
        };
        self.lines = in_columns(level, 0);
        self.lines.extend(joined_lines(turned));
    }
}

/// The text with plain letters and signs: hyphens of every kind, and the bullets of symbol fonts.
fn with_plain_signs(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| match c {
            // A soft hyphen that is drawn is a hyphen.
            '\u{AD}' | '\u{2010}' | '\u{2011}' => '-',
            // The places of bullets, squares, ticks and arrows in Symbol and Wingdings.
            '\u{F0B7}' | '\u{F0A7}' | '\u{F0FC}' | '\u{F076}' | '\u{F0D8}' | '\u{F06C}'
            | '\u{F06E}' | '\u{F0A8}' => '•',
            '\t' | '\u{A0}' => ' ',
            c => c,
        })
        .collect();
    cleaned(&plain).trim().to_owned()
}

/// True if the file draws the lines of a page in another order than from the top to the bottom.
fn is_out_of_order(pieces: &[Piece]) -> bool {
    let moves = pieces.len().saturating_sub(1);
    let up = pieces
        .windows(2)
        .filter(|w| w[1].y < w[0].y - w[0].size)
        .count();
    moves >= 8 && up * 10 > moves * 3
}

fn by_place(mut pieces: Vec<Piece>) -> Vec<Piece> {
    pieces.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    // The pieces of one line can differ a little in height.
    let mut from = 0;
    while from < pieces.len() {
        let end = (from + 1..pieces.len())
            .find(|at| !pieces[from].is_beside(&pieces[*at]))
            .unwrap_or(pieces.len());
        pieces[from..end].sort_by(|a, b| a.left.total_cmp(&b.left));
        from = end;
    }
    pieces
}

/// Reads columns of prose one after another where the file draws them line by line.
fn in_columns(pieces: Vec<Piece>, depth: u32) -> Vec<Piece> {
    let Some(gutter) = gutter(&pieces).filter(|_| depth < MAX_COLUMNS) else {
        return joined_lines(pieces);
    };
    let mut out = Vec::with_capacity(pieces.len());
    let (mut left, mut right) = (Vec::new(), Vec::new());
    for piece in by_place(pieces) {
        if piece.right <= gutter {
            left.push(piece);
        } else if piece.left >= gutter {
            right.push(piece);
        } else {
            // A line over both columns ends what stands above it.
            out.extend(in_columns(std::mem::take(&mut left), depth + 1));
            out.extend(in_columns(std::mem::take(&mut right), depth + 1));
            out.push(piece);
        }
    }
    out.extend(in_columns(left, depth + 1));
    out.extend(in_columns(right, depth + 1));
    out
}

/// The place between two columns of prose that the file draws line by line; `None` when there is none.
fn gutter(pieces: &[Piece]) -> Option<f64> {
    // The gaps between neighbours in one line, in the order of the file.
    let gaps: Vec<(f64, f64)> = pieces
        .windows(2)
        .filter(|w| w[0].is_beside(&w[1]) && w[1].left > w[0].right + w[0].size)
        .map(|w| (w[0].right, w[1].left))
        .collect();
    if gaps.len() < COLUMN_LINES {
        return None;
    }
    let crossing = |x: f64| gaps.iter().filter(|(a, b)| *a <= x && x <= *b).count();
    let at = gaps
        .iter()
        .map(|(_, right)| right - 0.5)
        .max_by_key(|x| crossing(*x))?;
    let is_column = |side: &dyn Fn(&Piece) -> bool| {
        let lines: Vec<&Piece> = pieces.iter().filter(|p| side(p)).collect();
        let chars: usize = lines.iter().map(|p| p.text.chars().count()).sum();
        let widest = lines.iter().map(|p| p.right - p.left).fold(0.0, f64::max);
        let full = lines
            .iter()
            .filter(|p| p.right - p.left > widest * 0.6)
            .count();
        let going_on = lines
            .windows(2)
            .filter(|w| w[0].goes_on() && w[1].text.starts_with(char::is_lowercase))
            .count();
        lines.len() >= COLUMN_LINES
            && chars >= lines.len() * COLUMN_CHARS
            && full * 2 > lines.len()
            && going_on * 5 >= lines.len()
    };
    (crossing(at) >= COLUMN_LINES && is_column(&|p| p.right <= at) && is_column(&|p| p.left >= at))
        .then_some(at)
}

/// Joins the pieces that follow each other on one line.
fn joined_lines(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut lines: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match lines.last_mut() {
            Some(last) if last.is_beside(&piece) && piece.left >= last.right - last.size * 0.3 => {
                last.text.push(' ');
                last.text.push_str(&piece.text);
                last.right = piece.right;
            }
            _ => lines.push(piece),
        }
    }
    lines
}
