//! The redline of two texts: what changed between them, word by word.
//!
//! Lines are compared first, then the words of the lines that differ. Where the differing lines have more words than
//! can be compared in bounded time, all of these words count as replaced. The bounds are sizes, not times: the same
//! texts always give the same redline.

use similar::DiffOp;

use super::bounded_diff::bounded_diff;
use crate::model::{count_words, is_word, tokens};

/// Largest number of lines that are compared, both texts together.
const MOST_LINES: usize = 20_000;
/// Largest number of tokens of differing lines that are compared with each other, both texts together.
const MOST_TOKENS: usize = 20_000;
/// With fewer common words than this between them, two changes are shown as one. One long change is easier to read than
/// three that share an "and".
const WORDS_THAT_SEPARATE: usize = 3;

/// The text, or texts, that a piece of a redline is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextSide {
    /// The piece is in both texts.
    Same,
    /// The piece is in the new text only.
    Added,
    /// The piece is in the old text only.
    Removed,
}

/// The change of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// The line is the same.
    Same,
    /// The line is new.
    Added,
    /// The line was removed.
    Removed,
    /// Some words of the line changed.
    Changed,
}

/// A line (paragraph, list item, heading) of the redline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedlineLine<'a> {
    /// The change of the line.
    pub change: LineChange,
    /// The text of the line in pieces. Those of [`TextSide::Same`] are spelt as in the new text.
    pub pieces: Vec<(TextSide, &'a str)>,
}

/// The difference between two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redline<'a> {
    /// All lines of both texts in reading order.
    pub lines: Vec<RedlineLine<'a>>,
    /// Number of words of the new text that the old text does not have at their position.
    pub words_added: u64,
    /// Number of words of the old text that the new text does not have at their position.
    pub words_removed: u64,
    /// Number of words that both texts have.
    pub words_kept: u64,
}

/// Compares two texts.
#[must_use]
pub fn redline<'a>(old: &'a str, new: &'a str) -> Redline<'a> {
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let mut redline = Redline {
        lines: Vec::new(),
        words_added: 0,
        words_removed: 0,
        words_kept: 0,
    };
    for op in bounded_diff(&old, &new, MOST_LINES) {
        if let DiffOp::Equal { new_index, len, .. } = op {
            for line in &new[new_index..new_index + len] {
                redline.words_kept += count_words(line);
                redline.lines.push(RedlineLine {
                    change: LineChange::Same,
                    pieces: vec![(TextSide::Same, line)],
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
        let (old, new) = (diff_tokens(old), diff_tokens(new));
        let (old_keys, new_keys): (Vec<&str>, Vec<&str>) = (
            old.iter().map(|m| m.key).collect(),
            new.iter().map(|m| m.key).collect(),
        );
        let ops = bounded_diff(&old_keys, &new_keys, MOST_TOKENS);
        let words = |keys: &[&str]| keys.iter().filter(|k| is_word(k)).count() as u64;
        let mut parts: Vec<(TextSide, &[DiffToken<'a>])> = Vec::new();
        for (i, op) in ops.iter().enumerate() {
            let (of_old, of_new) = (op.old_range(), op.new_range());
            if matches!(op, DiffOp::Equal { .. }) {
                self.words_kept += words(&new_keys[of_new.clone()]);
                let inside = i > 0 && i + 1 < ops.len();
                if inside && is_too_short_to_read(&new_keys[of_new.clone()]) {
                    parts.push((TextSide::Removed, &old[of_old]));
                    parts.push((TextSide::Added, &new[of_new]));
                } else {
                    parts.push((TextSide::Same, &new[of_new]));
                }
            } else {
                self.words_removed += words(&old_keys[of_old.clone()]);
                self.words_added += words(&new_keys[of_new.clone()]);
                parts.push((TextSide::Removed, &old[of_old]));
                parts.push((TextSide::Added, &new[of_new]));
            }
        }
        self.add_lines(&parts);
    }

    /// Makes lines from pieces. Between two pieces that are in both texts, everything removed comes before everything
    /// added.
    fn add_lines(&mut self, parts: &[(TextSide, &[DiffToken<'a>])]) {
        let mut pieces: Vec<(TextSide, &'a str)> = Vec::new();
        for group in parts.chunk_by(|a, b| (a.0 == TextSide::Same) == (b.0 == TextSide::Same)) {
            let crosses_lines = group
                .iter()
                .any(|(_, part)| part.iter().any(|m| m.key == LINE_END));
            for kind in [TextSide::Same, TextSide::Removed, TextSide::Added] {
                // A removed line and the line that replaces it are two lines, not one.
                let is_gone = pieces.iter().all(|(kind, _)| *kind == TextSide::Removed);
                if kind == TextSide::Added && crosses_lines && is_gone {
                    self.end_line(&mut pieces);
                }
                let part = group
                    .iter()
                    .filter(|(k, _)| *k == kind)
                    .flat_map(|(_, part)| *part);
                for token in part {
                    if token.key == LINE_END {
                        self.end_line(&mut pieces);
                    } else {
                        pieces.push((kind, token.text));
                    }
                }
            }
        }
        self.end_line(&mut pieces);
    }

    fn end_line(&mut self, pieces: &mut Vec<(TextSide, &'a str)>) {
        if pieces.is_empty() {
            return;
        }
        let all = |kind: TextSide| pieces.iter().all(|(k, _)| *k == kind);
        let change = if all(TextSide::Same) {
            LineChange::Same
        } else if all(TextSide::Added) {
            LineChange::Added
        } else if all(TextSide::Removed) {
            LineChange::Removed
        } else {
            LineChange::Changed
        };
        self.lines.push(RedlineLine {
            change,
            pieces: std::mem::take(pieces),
        });
    }
}

/// A word or a mark with the white space after it, or the end of a line.
struct DiffToken<'a> {
    /// The text that is compared.
    key: &'a str,
    /// The text that is shown.
    text: &'a str,
}

const LINE_END: &str = "\n";

fn lines(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect()
}

fn diff_tokens<'a>(lines: &[&'a str]) -> Vec<DiffToken<'a>> {
    let mut out: Vec<DiffToken<'a>> = Vec::new();
    for line in lines {
        let (mut at, mut start_of_line) = (0, true);
        for token in tokens(line) {
            let (start, end) = (at, at + token.len());
            at = end;
            if token.starts_with(char::is_whitespace)
                && !start_of_line
                && let Some(last) = out.last_mut()
            {
                last.text = &line[start - last.text.len()..end];
                continue;
            }
            start_of_line = false;
            out.push(DiffToken {
                key: token,
                text: token,
            });
        }
        out.push(DiffToken {
            key: LINE_END,
            text: "",
        });
    }
    out
}

/// True for a few words within a line that both texts have between two changes.
fn is_too_short_to_read(keys: &[&str]) -> bool {
    !keys.contains(&LINE_END) && keys.iter().filter(|k| is_word(k)).count() < WORDS_THAT_SEPARATE
}
