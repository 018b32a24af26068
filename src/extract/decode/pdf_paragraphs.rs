//! Paragraphs and headings from the lines of a PDF, by their places and sizes.

use std::collections::HashMap;

use super::hyphens::KnownWords;
use super::pdf_lines::{PdfPage, Piece};
use super::plain_text::starts_item;
use crate::extract::blocks::{Block, Span, text_of, tidy};
use crate::model::is_spaceless;

/// Distance between two lines, as a multiple of the usual one, from which on a paragraph ends.
const PARAGRAPH_GAP: f64 = 1.25;
/// Difference between two sizes that are not the same.
const OTHER_SIZE: f64 = 0.08;
/// Size of a heading, as a multiple of that of the text.
const HEADING_SIZE: f64 = 1.12;
/// Longest heading, in characters.
const HEADING_CHARS: usize = 200;
/// Longest title without a size of its own.
const TITLE_CHARS: usize = 120;
/// Distance between lines if no two lines follow each other, as a multiple of the size.
const USUAL_LEADING: f64 = 1.2;
/// A line with fewer characters than this says nothing about the end of the line before it.
const PROSE_CHARS: usize = 25;

/// A line and what is around it.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    piece: &'a Piece,
    /// The right edge of its column.
    edge: f64,
    /// Number of lines of its run.
    run: usize,
    /// True for the first line of a run: a column, a page, a cell.
    begins_run: bool,
}

/// How a line follows another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Break {
    /// The text goes on.
    Joined,
    /// The author ended the line.
    Line,
    Paragraph,
}

/// A paragraph and the size of its letters.
#[derive(Debug)]
struct Paragraph {
    text: String,
    size: f64,
}

/// The blocks of all pages.
pub(in crate::extract) fn blocks_of_pages(pages: &[PdfPage]) -> Vec<Block> {
    let words = KnownWords::of(pages.iter().flat_map(|p| &p.lines).map(|l| l.text.as_str()));
    let leading = usual_leading(pages);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut before: Option<Line<'_>> = None;
    for line in pages.iter().flat_map(lines_of) {
        let how = match before {
            Some(before) => line_break(before, line, leading),
            None => Break::Paragraph,
        };
        match paragraphs.last_mut() {
            Some(last) if how != Break::Paragraph => {
                let ends_spaceless = last.text.chars().next_back().is_some_and(is_spaceless);
                let begins_spaceless = line.piece.text.chars().next().is_some_and(is_spaceless);
                if how == Break::Line {
                    last.text.push('\n');
                    last.text.push_str(&line.piece.text);
                } else if ends_spaceless && begins_spaceless {
                    last.text.push_str(&line.piece.text);
                } else {
                    words.join(&mut last.text, &line.piece.text);
                }
            }
            _ => paragraphs.push(Paragraph {
                text: line.piece.text.clone(),
                size: line.piece.size,
            }),
        }
        before = Some(line);
    }
    blocks(paragraphs)
}

/// The lines of a page in runs: neighbours below each other.
fn lines_of(page: &PdfPage) -> Vec<Line<'_>> {
    let is_below = |a: &Piece, b: &Piece| {
        b.turn == a.turn
            && b.y > a.y
            && b.y - a.y < a.size.max(b.size) * 6.0
            && b.left < a.right
            && a.left < b.right
    };
    page.lines
        .chunk_by(is_below)
        .flat_map(|run| {
            let edge = run.iter().map(|p| p.right).fold(f64::MIN, f64::max);
            run.iter().enumerate().map(move |(at, piece)| Line {
                piece,
                edge,
                run: run.len(),
                begins_run: at == 0,
            })
        })
        .collect()
}

/// The usual distance between two lines, as a multiple of the size of their letters.
fn usual_leading(pages: &[PdfPage]) -> f64 {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for page in pages {
        for w in page.lines.windows(2) {
            let leading = (w[1].y - w[0].y) / w[0].size;
            if (0.8..3.0).contains(&leading) && !is_other_size(&w[0], &w[1]) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "between 16 and 60"
                )]
                let step = (leading * 20.0).round() as u32;
                *counts.entry(step).or_default() += 1;
            }
        }
    }
    // Of two distances that are as frequent, the smaller one is that inside a paragraph.
    counts
        .into_iter()
        .max_by_key(|(step, count)| (*count, u32::MAX - step))
        .map_or(USUAL_LEADING, |(step, _)| f64::from(step) / 20.0)
}

fn is_other_size(a: &Piece, b: &Piece) -> bool {
    (a.size - b.size).abs() > a.size.max(b.size) * OTHER_SIZE
}

fn line_break(a: Line<'_>, b: Line<'_>, leading: f64) -> Break {
    let (text, next) = (a.piece.text.as_str(), b.piece.text.as_str());
    if is_other_size(a.piece, b.piece) {
        return Break::Paragraph;
    }
    let is_cut = text.ends_with('-') && next.starts_with(char::is_alphabetic);
    let ends = ends_sentence(text);
    let is_short = ends_early(a, b.piece);
    let goes_on = !ends && next.starts_with(char::is_lowercase);
    // A number or a letter at the beginning of a line may be the next word of a sentence.
    let is_item = starts_item(next) || starts_with_letter_label(next);
    let is_sure_item =
        is_item && (is_short || ends || next.starts_with(['•', '●', '▪', '–', '-', '*']));
    if is_sure_item {
        return Break::Paragraph;
    }
    if b.begins_run {
        let is_full = a.run >= 3 && !is_short && a.piece.text.chars().count() >= PROSE_CHARS;
        let is_prose = next.chars().count() >= PROSE_CHARS;
        return if is_cut || goes_on || is_full && !ends && is_prose {
            Break::Joined
        } else {
            Break::Paragraph
        };
    }
    if b.piece.y - a.piece.y > a.piece.size * leading * PARAGRAPH_GAP {
        return Break::Paragraph;
    }
    if is_cut || goes_on {
        return Break::Joined;
    }
    let is_indented = b.piece.left > a.piece.left + a.piece.size * 0.8;
    if ends && (is_short || is_indented) {
        return Break::Paragraph;
    }
    if is_short && !ends {
        // A heading above the text has a full line below it; an address has short ones.
        let is_heading = b.piece.right > b.edge - b.piece.size * 4.0 && b.run > 2;
        return if is_heading {
            Break::Paragraph
        } else {
            Break::Line
        };
    }
    Break::Joined
}

fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end_matches(['"', '”', '’', ')', '»', ']']);
    text.ends_with(['.', ':', '!', '?', ';', '。', '！', '？', '：'])
}

/// True if the first word of the next line has room at the end of a line: the author ended it there.
fn ends_early(line: Line<'_>, next: &Piece) -> bool {
    let chars = u32::try_from(next.text.chars().count().max(1)).unwrap_or(u32::MAX);
    let width = (next.right - next.left) / f64::from(chars);
    let word = next.text.split(' ').next().unwrap_or_default();
    let is_spaceless = word.chars().next().is_some_and(is_spaceless);
    let letters = if is_spaceless {
        1
    } else {
        word.chars().count()
    };
    let letters = u32::try_from(letters).unwrap_or(u32::MAX);
    line.piece.right + width * f64::from(letters.saturating_add(1)) + line.piece.size * 0.6
        < line.edge
}

/// True for a line that begins with a lettered label: "a) ", "b. ", "iv) ".
fn starts_with_letter_label(line: &str) -> bool {
    let label = line.split(' ').next().unwrap_or_default();
    let Some(letters) = label.strip_suffix([')', '.']) else {
        return false;
    };
    letters.chars().count() == 1 && letters.starts_with(char::is_alphabetic)
        || (2..=4).contains(&letters.len()) && letters.bytes().all(|b| b"ivx".contains(&b))
}

/// Turns paragraphs in large letters into headings, and a short first line into the title.
fn blocks(paragraphs: Vec<Paragraph>) -> Vec<Block> {
    let sizes = heading_sizes(&paragraphs);
    let mut blocks: Vec<Block> = Vec::with_capacity(paragraphs.len());
    let has_title = sizes.first().is_some_and(|largest| {
        paragraphs
            .iter()
            .filter(|p| (p.size - largest).abs() < 0.3)
            .count()
            == 1
    });
    for paragraph in paragraphs {
        let rank = sizes
            .iter()
            .position(|size| (paragraph.size - size).abs() < 0.3)
            .filter(|_| paragraph.text.chars().count() <= HEADING_CHARS);
        let heading = rank.map(|rank| {
            let level = u8::try_from(rank).unwrap_or(4).min(4) + if has_title { 1 } else { 2 };
            (level, paragraph.text.replace('\n', " "))
        });
        let block = match heading {
            Some((level, text)) => Block::Heading(level, tidy(vec![Span::plain(text)])),
            None => Block::Paragraph(tidy(vec![Span::plain(paragraph.text)])),
        };
        if !block.text().is_empty() {
            blocks.push(block);
        }
    }
    titled(blocks)
}

/// The sizes of headings, the largest first.
fn heading_sizes(paragraphs: &[Paragraph]) -> Vec<f64> {
    let mut bytes: HashMap<u64, usize> = HashMap::new();
    for paragraph in paragraphs {
        *bytes.entry(rounded(paragraph.size)).or_default() += paragraph.text.len();
    }
    let body = bytes
        .iter()
        .max_by_key(|(size, bytes)| (**bytes, **size))
        .map_or(0, |(size, _)| *size);
    let mut sizes: Vec<u64> = paragraphs
        .iter()
        .filter(|p| p.text.chars().any(char::is_alphanumeric))
        .map(|p| rounded(p.size))
        .filter(|size| unrounded(*size) >= unrounded(body) * HEADING_SIZE)
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes.dedup();
    sizes.into_iter().map(unrounded).collect()
}

/// A size in halves of a point.
fn rounded(size: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a size is positive and a cast of floats saturates"
    )]
    let halves = (size * 2.0).round() as u64;
    halves
}

fn unrounded(halves: u64) -> f64 {
    f64::from(u32::try_from(halves).unwrap_or(u32::MAX)) / 2.0
}

/// Turns a short first line that is not a sentence into the title, because most PDFs have no mark-up.
fn titled(mut blocks: Vec<Block>) -> Vec<Block> {
    let has_title = blocks.iter().any(|b| matches!(b, Block::Heading(1, _)));
    if let Some(Block::Paragraph(spans)) = blocks.first_mut() {
        let line = text_of(spans);
        let line = line.trim();
        if !has_title
            && line.chars().count() <= TITLE_CHARS
            && !line.ends_with(['.', ':', ';', '!', '?', ','])
        {
            blocks[0] = Block::Heading(1, std::mem::take(spans));
        }
    }
    blocks
}
