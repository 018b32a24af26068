//! A redline for the terminal.

use super::super::terminal::{TextStyle, shortened, styled};
use super::wording::{change_date, observed};
use crate::history::{LineChange, Redline, RedlineLine, TextSide};
use crate::report::{Comparison, merged_pieces, safe_line};

/// Unchanged paragraphs shown on each side of a change.
const CONTEXT: usize = 1;
/// Longest unchanged paragraph, in characters.
const CONTEXT_CHARS: usize = 240;

/// The answer: what is compared, then the changes with the paragraphs around them.
pub(super) fn page(c: &Comparison<'_>, redline: &Redline<'_>, color: bool) -> String {
    let mut out = format!(
        "{}\n{} version {}, seen {}\n{} version {}, seen {}\n{}: +{} −{} words, {} kept; {}\n\n",
        styled(&safe_line(&c.policy.policy_url), TextStyle::Bold, color),
        styled("old", TextStyle::Removed, color),
        c.old.version.version,
        observed(c.old.version),
        styled("new", TextStyle::Added, color),
        c.new.version.version,
        observed(c.new.version),
        c.change.kind.code(),
        c.change.words_added,
        c.change.words_removed,
        redline.words_kept,
        change_date(c),
    );
    let blocks = &redline.lines;
    let changed: Vec<bool> = blocks
        .iter()
        .map(|b| b.change != LineChange::Same)
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
        write_hidden(&mut out, &mut hidden, color);
        out.push_str(&paragraph(block, color));
        out.push_str("\n\n");
    }
    write_hidden(&mut out, &mut hidden, color);
    out
}

/// A paragraph: shortened if it is unchanged, with its changes marked if not.
fn paragraph(block: &RedlineLine<'_>, color: bool) -> String {
    let pieces = merged_pieces(&block.pieces).into_iter();
    if block.change == LineChange::Same {
        let text: String = pieces.map(|(_, text)| text).collect();
        return styled(&shortened(&text, CONTEXT_CHARS), TextStyle::Dim, color);
    }
    pieces
        .map(|(piece, text)| marked(piece, &text, color))
        .collect()
}

/// Writes how many paragraphs were left out.
fn write_hidden(out: &mut String, hidden: &mut usize, color: bool) {
    if *hidden > 0 {
        let s = if *hidden == 1 { "" } else { "s" };
        out.push_str(&styled(
            &format!("⋯ {hidden} unchanged paragraph{s}"),
            TextStyle::Dim,
            color,
        ));
        out.push_str("\n\n");
        *hidden = 0;
    }
}

/// A piece in colour, or between the marks of wdiff. White space at its end stays outside.
fn marked(piece: TextSide, text: &str, color: bool) -> String {
    let bare = text.trim_end();
    let space = &text[bare.len()..];
    match piece {
        TextSide::Same => text.to_owned(),
        TextSide::Added if color => styled(bare, TextStyle::Added, true) + space,
        TextSide::Removed if color => styled(bare, TextStyle::Removed, true) + space,
        TextSide::Added => format!("{{+{bare}+}}{space}"),
        TextSide::Removed => format!("[-{bare}-]{space}"),
    }
}
