//! What changed between two texts, word by word: a redline.
//!
//! Lines are compared first, then the words of those that differ. Where two texts have more words in differing lines than
//! can be compared in bounded time, all of these count as replaced. The bounds are sizes, not times: the same texts always
//! give the same redline.

use std::borrow::Cow;
use std::collections::HashMap;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::words::{count_words, is_word, tokens};

/// Most lines that are compared with each other, both texts together.
const MOST_LINES: usize = 20_000;
/// Most words and marks of differing lines that are compared with each other, both texts together.
const MOST_TOKENS: usize = 20_000;
/// Words that two changes may have between them and still be shown as one: a reader follows one long change better than
/// three that share an "and".
const WORDS_THAT_SEPARATE: usize = 3;

/// Which text a piece stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Both.
    Same,
    /// The new one only.
    Added,
    /// The old one only.
    Removed,
}

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockChange {
    /// Nothing.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// Some of its words changed.
    Changed,
}

/// A line (paragraph, list item, heading) of the redline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block<'a> {
    /// What happened to it.
    pub change: BlockChange,
    /// Its text in pieces; those of [`Piece::Same`] are spelt as in the new text.
    pub pieces: Vec<(Piece, &'a str)>,
}

/// The difference between two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redline<'a> {
    /// All lines of both texts in reading order.
    pub blocks: Vec<Block<'a>>,
    /// Words of the new text that are not in the old one at their place.
    pub words_added: u64,
    /// Words of the old text that are not in the new one at their place.
    pub words_removed: u64,
    /// Words that stand in both.
    pub words_kept: u64,
}

/// Compares two texts.
#[must_use]
pub fn redline<'a>(old: &'a str, new: &'a str) -> Redline<'a> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let mut redline = Redline {
        blocks: Vec::new(),
        words_added: 0,
        words_removed: 0,
        words_kept: 0,
    };
    for op in bounded_diff(&old, &new, MOST_LINES) {
        if let DiffOp::Equal { new_index, len, .. } = op {
            for line in &new[new_index..new_index + len] {
                redline.words_kept += count_words(line);
                redline.blocks.push(Block {
                    change: BlockChange::Same,
                    pieces: vec![(Piece::Same, line)],
                });
            }
        } else {
            redline.compare_lines(&old[op.old_range()], &new[op.new_range()]);
        }
    }
    redline
}

impl<'a> Redline<'a> {
    /// Adds lines that differ, compared word by word.
    fn compare_lines(&mut self, old: &[&'a str], new: &[&'a str]) {
        let (old, new) = (marks(old), marks(new));
        let (old_keys, new_keys): (Vec<&str>, Vec<&str>) = (
            old.iter().map(|m| m.key).collect(),
            new.iter().map(|m| m.key).collect(),
        );
        let ops = bounded_diff(&old_keys, &new_keys, MOST_TOKENS);
        let words = |keys: &[&str]| keys.iter().filter(|k| is_word(k)).count() as u64;
        let mut parts: Vec<(Piece, &[Mark<'a>])> = Vec::new();
        for (i, op) in ops.iter().enumerate() {
            let (of_old, of_new) = (op.old_range(), op.new_range());
            if matches!(op, DiffOp::Equal { .. }) {
                self.words_kept += words(&new_keys[of_new.clone()]);
                let inside = i > 0 && i + 1 < ops.len();
                if inside && is_too_short_to_read(&new_keys[of_new.clone()]) {
                    parts.push((Piece::Removed, &old[of_old]));
                    parts.push((Piece::Added, &new[of_new]));
                } else {
                    parts.push((Piece::Same, &new[of_new]));
                }
            } else {
                self.words_removed += words(&old_keys[of_old.clone()]);
                self.words_added += words(&new_keys[of_new.clone()]);
                parts.push((Piece::Removed, &old[of_old]));
                parts.push((Piece::Added, &new[of_new]));
            }
        }
        self.lay_out(&parts);
    }

    /// Makes blocks of pieces: all that is removed between two pieces of both texts stands before what is added there.
    fn lay_out(&mut self, parts: &[(Piece, &[Mark<'a>])]) {
        let mut pieces: Vec<(Piece, &'a str)> = Vec::new();
        for group in parts.chunk_by(|a, b| (a.0 == Piece::Same) == (b.0 == Piece::Same)) {
            let crosses_lines = group
                .iter()
                .any(|(_, marks)| marks.iter().any(|m| m.key == LINE_END));
            for kind in [Piece::Same, Piece::Removed, Piece::Added] {
                // A line that is gone and the one that came for it are two lines, not one.
                let is_gone = pieces.iter().all(|(kind, _)| *kind == Piece::Removed);
                if kind == Piece::Added && crosses_lines && is_gone {
                    self.end_block(&mut pieces);
                }
                let marks = group
                    .iter()
                    .filter(|(k, _)| *k == kind)
                    .flat_map(|(_, marks)| *marks);
                for mark in marks {
                    if mark.key == LINE_END {
                        self.end_block(&mut pieces);
                    } else {
                        pieces.push((kind, mark.text));
                    }
                }
            }
        }
        self.end_block(&mut pieces);
    }

    fn end_block(&mut self, pieces: &mut Vec<(Piece, &'a str)>) {
        if pieces.is_empty() {
            return;
        }
        let all = |kind: Piece| pieces.iter().all(|(k, _)| *k == kind);
        let change = if all(Piece::Same) {
            BlockChange::Same
        } else if all(Piece::Added) {
            BlockChange::Added
        } else if all(Piece::Removed) {
            BlockChange::Removed
        } else {
            BlockChange::Changed
        };
        self.blocks.push(Block {
            change,
            pieces: std::mem::take(pieces),
        });
    }
}

/// A word or mark with the white space after it, or the end of a line.
struct Mark<'a> {
    /// What is compared.
    key: &'a str,
    /// What is shown.
    text: &'a str,
}

const LINE_END: &str = "\n";

fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect()
}

fn marks<'a>(lines: &[&'a str]) -> Vec<Mark<'a>> {
    let mut marks: Vec<Mark<'a>> = Vec::new();
    for line in lines {
        let (mut at, mut start_of_line) = (0, true);
        for token in tokens(line) {
            let (start, end) = (at, at + token.len());
            at = end;
            if token.starts_with(char::is_whitespace)
                && !start_of_line
                && let Some(last) = marks.last_mut()
            {
                last.text = &line[start - last.text.len()..end];
                continue;
            }
            start_of_line = false;
            marks.push(Mark {
                key: token,
                text: token,
            });
        }
        marks.push(Mark {
            key: LINE_END,
            text: "",
        });
    }
    marks
}

/// True for what stands in both texts between two changes and is too little to hold on to: a few words within a line.
fn is_too_short_to_read(keys: &[&str]) -> bool {
    !keys.contains(&LINE_END) && keys.iter().filter(|k| is_word(k)).count() < WORDS_THAT_SEPARATE
}

/// Myers' difference of two lists; what is too long for it counts as replaced but for its common beginning and end.
fn bounded_diff(old: &[&str], new: &[&str], most: usize) -> Vec<DiffOp> {
    let mut numbers = HashMap::new();
    let (old, new) = (numbered(old, &mut numbers), numbered(new, &mut numbers));
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let old_middle = &old_rest[..old_rest.len() - tail];
    let new_middle = &new_rest[..new_rest.len() - tail];
    let mut ops = Vec::new();
    if head > 0 {
        ops.push(DiffOp::Equal {
            old_index: 0,
            new_index: 0,
            len: head,
        });
    }
    if old_middle.len() + new_middle.len() > most {
        ops.push(DiffOp::Replace {
            old_index: head,
            old_len: old_middle.len(),
            new_index: head,
            new_len: new_middle.len(),
        });
    } else {
        let middle = capture_diff_slices(Algorithm::Myers, old_middle, new_middle);
        ops.extend(middle.into_iter().map(|op| shifted(op, head)));
    }
    if tail > 0 {
        ops.push(DiffOp::Equal {
            old_index: old.len() - tail,
            new_index: new.len() - tail,
            len: tail,
        });
    }
    ops
}

/// A number for each different text, capitals and the shape of apostrophes aside (as in the text hash).
fn numbered<'a>(texts: &[&'a str], numbers: &mut HashMap<Cow<'a, str>, u32>) -> Vec<u32> {
    let number = |text: &&'a str| {
        let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        *numbers.entry(folded(text)).or_insert(next)
    };
    texts.iter().map(number).collect()
}

fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return if text.bytes().any(|b| b.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        };
    }
    let is_folded =
        |c: char| !c.is_uppercase() && !matches!(c, '‘' | '’' | '“' | '”' | '„' | '\u{a0}');
    if text.chars().all(is_folded) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' => out.push('\''),
            '“' | '”' | '„' => out.push('"'),
            '\u{a0}' => out.push(' '),
            c => out.extend(c.to_lowercase()),
        }
    }
    Cow::Owned(out)
}

fn shifted(op: DiffOp, by: usize) -> DiffOp {
    match op {
        DiffOp::Equal {
            old_index,
            new_index,
            len,
        } => DiffOp::Equal {
            old_index: old_index + by,
            new_index: new_index + by,
            len,
        },
        DiffOp::Delete {
            old_index,
            old_len,
            new_index,
        } => DiffOp::Delete {
            old_index: old_index + by,
            old_len,
            new_index: new_index + by,
        },
        DiffOp::Insert {
            old_index,
            new_index,
            new_len,
        } => DiffOp::Insert {
            old_index: old_index + by,
            new_index: new_index + by,
            new_len,
        },
        DiffOp::Replace {
            old_index,
            old_len,
            new_index,
            new_len,
        } => DiffOp::Replace {
            old_index: old_index + by,
            old_len,
            new_index: new_index + by,
            new_len,
        },
    }
}
