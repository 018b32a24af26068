//! What changed between two texts, in a line or two.

use super::diff::{BlockChange, Piece, Redline};
use super::words::words;

/// Pieces quoted at most.
const MOST_PIECES: usize = 3;
/// Characters of a piece quoted at most.
const MOST_CHARS: usize = 120;

impl Redline<'_> {
    /// The longest pieces that were added (`+`) or removed (`-`), in reading order, each in quotes and shortened.
    #[must_use]
    pub fn gist(&self) -> String {
        let changed = self
            .blocks
            .iter()
            .filter(|block| block.change != BlockChange::Same);
        let mut pieces: Vec<(usize, Piece, String)> = Vec::new();
        for block in changed {
            for run in block.pieces.chunk_by(|a, b| a.0 == b.0) {
                let text: String = run.iter().map(|(_, text)| *text).collect();
                if run[0].0 != Piece::Same && words(&text).next().is_some() {
                    pieces.push((pieces.len(), run[0].0, text.trim().to_owned()));
                }
            }
        }
        pieces.sort_by_key(|(place, _, text)| (std::cmp::Reverse(text.len()), *place));
        pieces.truncate(MOST_PIECES);
        pieces.sort_by_key(|(place, ..)| *place);
        let quoted = pieces.iter().map(|(_, kind, text)| {
            let sign = if *kind == Piece::Added { '+' } else { '-' };
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
    use super::super::redline;
    use super::*;

    #[test]
    fn a_gist_quotes_the_longest_changes_in_reading_order() {
        let old = "We keep data for ten days.\nWe never sell it.\nWrite to us.";
        let new = "We keep data for two years.\nWe never sell it.\nWe share it with partners all over the world.\nWrite to us.";
        assert_eq!(
            redline(old, new).gist(),
            "- “ten days” + “two years” + “We share it with partners all over the world.”"
        );
        assert_eq!(redline(old, old).gist(), "");
    }

    #[test]
    fn a_long_piece_is_cut_at_a_character() {
        let new = "ü ".repeat(500);
        let gist = redline("", &new).gist();
        assert!(
            gist.ends_with("…”") && gist.chars().count() < MOST_CHARS + 8,
            "{gist}"
        );
    }
}
