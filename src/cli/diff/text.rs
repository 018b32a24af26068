//! A redline for the terminal.

use super::super::terminal::{Style, harmless_line, styled};
use super::{Comparison, dates, joined, when};
use crate::history::{BlockChange, Piece, Redline};

/// Unchanged paragraphs shown on each side of a change.
const CONTEXT: usize = 1;
/// Letters of an unchanged paragraph that stands for its place only.
const CONTEXT_LETTERS: usize = 240;

/// The answer: what is compared, then the changes with a little of what stands around them.
pub(super) fn page(c: &Comparison<'_>, redline: &Redline<'_>, color: bool) -> String {
    let mut out = format!(
        "{}\n{} version {}, seen {}\n{} version {}, seen {}\n{}: +{} −{} words, {} kept; {}\n\n",
        styled(&harmless_line(&c.policy.policy_url), Style::Bold, color),
        styled("old", Style::Removed, color),
        c.old.version.version,
        dates(c.old.version),
        styled("new", Style::Added, color),
        c.new.version.version,
        dates(c.new.version),
        c.change.kind.code(),
        c.change.words_added,
        c.change.words_removed,
        redline.words_kept,
        when(c),
    );
    let blocks = &redline.blocks;
    let changed: Vec<bool> = blocks
        .iter()
        .map(|b| b.change != BlockChange::Same)
        .collect();
    let near = |i: usize| {
        let from = i.saturating_sub(CONTEXT);
        changed[from..blocks.len().min(i + CONTEXT + 1)].contains(&true)
    };
    let mut hidden = 0;
    for (i, block) in blocks.iter().enumerate() {
        if !near(i) {
            hidden += 1;
            continue;
        }
        tell_hidden(&mut out, &mut hidden, color);
        if block.change == BlockChange::Same {
            let text: String = joined(&block.pieces)
                .into_iter()
                .map(|(_, text)| text)
                .collect();
            let short = super::super::terminal::shortened(&text, CONTEXT_LETTERS);
            out.push_str(&styled(&short, Style::Dim, color));
        } else {
            for (piece, text) in joined(&block.pieces) {
                out.push_str(&marked(piece, &text, color));
            }
        }
        out.push_str("\n\n");
    }
    tell_hidden(&mut out, &mut hidden, color);
    out
}

fn tell_hidden(out: &mut String, hidden: &mut usize, color: bool) {
    if *hidden > 0 {
        let s = if *hidden == 1 { "" } else { "s" };
        out.push_str(&styled(
            &format!("⋯ {hidden} unchanged paragraph{s}"),
            Style::Dim,
            color,
        ));
        out.push_str("\n\n");
        *hidden = 0;
    }
}

/// A piece in colour, or between the marks of wdiff; the white space at its end stays outside.
fn marked(piece: Piece, text: &str, color: bool) -> String {
    let bare = text.trim_end();
    let space = &text[bare.len()..];
    match piece {
        Piece::Same => text.to_owned(),
        Piece::Added if color => styled(bare, Style::Added, true) + space,
        Piece::Removed if color => styled(bare, Style::Removed, true) + space,
        Piece::Added => format!("{{+{bare}+}}{space}"),
        Piece::Removed => format!("[-{bare}-]{space}"),
    }
}
