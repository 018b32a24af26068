//! A summary of what changed between two texts, in a line or two.

use super::diff::{LineChange, Redline, TextSide};
use crate::model::words;

/// Maximum number of pieces that are quoted.
const MOST_PIECES: usize = 3;
/// Maximum number of characters that are quoted from a piece.
const MOST_CHARS: usize = 120;

impl Redline<'_> {
    /// Quotes the longest pieces that were added (`+`) or removed (`-`), shortened, in reading order.
    #[must_use]
    pub fn summary(&self) -> String {
        let changed = self
            .lines
            .iter()
            .filter(|line| line.change != LineChange::Same);
        let mut pieces: Vec<(usize, TextSide, String)> = Vec::new();
        for line in changed {
            for run in line.pieces.chunk_by(|a, b| a.0 == b.0) {
                let text: String = run.iter().map(|(_, text)| *text).collect();
                if run[0].0 != TextSide::Same && words(&text).next().is_some() {
                    pieces.push((pieces.len(), run[0].0, text.trim().to_owned()));
                }
            }
        }
        pieces.sort_by_key(|(place, _, text)| (std::cmp::Reverse(text.len()), *place));
        pieces.truncate(MOST_PIECES);
        pieces.sort_by_key(|(place, ..)| *place);
        let quoted = pieces.iter().map(|(_, kind, text)| {
            let sign = if *kind == TextSide::Added { '+' } else { '-' };
            format!("{sign} “{}”", shortened(text))
        });
        quoted.collect::<Vec<_>>().join(" ")
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_CHARS).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::redline;

    #[test]
    fn a_summary_quotes_the_longest_changes_in_reading_order() {
        let old = "We keep data for ten days.\nWe never sell it.\nWrite to us.";
        let new = "We keep data for two years.\nWe never sell it.\nWe share it with partners all over the world.\nWrite to us.";
        assert_eq!(
            redline(old, new).summary(),
            "- “ten days” + “two years” + “We share it with partners all over the world.”"
        );
        assert_eq!(redline(old, old).summary(), "");
    }

    #[test]
    fn a_long_piece_is_cut_at_a_character() {
        let new = "ü ".repeat(500);
        let summary = redline("", &new).summary();
        assert!(
            summary.ends_with("…”") && summary.chars().count() < MOST_CHARS + 8,
            "{summary}"
        );
    }
}
