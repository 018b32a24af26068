//! What is struck out in a block tree: which of it is believed, and where its marks can stand.

use super::block::Block;
use super::span::Span;

/// Number of struck blocks at the end of a document from which on the tag is taken as never closed.
const UNCLOSED_BLOCKS: usize = 4;

/// Settles what is struck out, once the tree is built.
///
/// An unclosed tag strikes out the rest of a page, so a struck end of several blocks is read as text in force, and so is
/// a document of which two thirds are struck. A blank separates a struck punctuation mark from a letter that is not struck:
/// Markdown cannot mark it otherwise.
pub(in crate::extract) fn settle_struck(blocks: &mut [Block]) {
    let struck_end = blocks.iter().rev().take_while(|b| is_struck(b)).count();
    if struck_end >= UNCLOSED_BLOCKS {
        let first = blocks.len() - struck_end;
        for block in &mut blocks[first.saturating_sub(1)..] {
            block.each_run_mut(&mut |spans| restore(spans));
        }
    }
    let (mut all, mut struck) = (0, 0);
    for block in &*blocks {
        block.each_run(&mut |spans| {
            for span in spans {
                all += span.text.len();
                struck += usize::from(span.style.struck) * span.text.len();
            }
        });
    }
    for block in blocks {
        block.each_run_mut(&mut |spans| {
            if struck * 3 > all * 2 {
                restore(spans);
            } else if spans.iter().any(|s| s.style.struck) {
                *spans = settled(std::mem::take(spans));
            }
        });
    }
}

/// The struck words of a block tree, separated by blanks.
pub(in crate::extract) fn struck_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    for block in blocks {
        block.each_run(&mut |spans| {
            for span in spans.iter().filter(|s| s.style.struck) {
                out.push_str(&span.text);
                out.push(' ');
            }
        });
    }
    out
}

/// True for a block with text, all of it struck out.
fn is_struck(block: &Block) -> bool {
    let (mut any, mut all) = (false, true);
    block.each_run(&mut |spans| {
        for span in spans.iter().filter(|s| !s.text.trim().is_empty()) {
            any = true;
            all &= span.style.struck;
        }
    });
    any && all
}

fn restore(spans: &mut [Span]) {
    for span in spans {
        span.style.struck = false;
    }
}

/// The spans with blanks where a struck part that begins or ends with a punctuation mark touches a letter outside it.
fn settled(spans: Vec<Span>) -> Vec<Span> {
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut out: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        if let Some(before) = out.last()
            && before.style.struck != span.style.struck
            && before.link == span.link
        {
            let (last, first) = (before.text.chars().next_back(), span.text.chars().next());
            let (outer, inner) = if span.style.struck {
                (last, first)
            } else {
                (first, last)
            };
            let is_blank = inner.is_none_or(char::is_whitespace);
            if is_letter(outer) && !is_letter(inner) && !is_blank {
                out.push(Span::plain(" "));
            }
        }
        out.push(span);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::render::{document_text, write_markdown};

    fn paragraph(pieces: &[(&str, bool)]) -> Block {
        let span = |(text, struck): &(&str, bool)| {
            let mut span = Span::plain(*text);
            span.style.struck = *struck;
            span
        };
        Block::Paragraph(pieces.iter().map(span).collect())
    }

    #[test]
    fn struck_words_are_marked_and_left_out_of_the_text() {
        let long =
            "We keep the records of your orders for as long as the law of our country asks us to.";
        let mut blocks = vec![
            paragraph(&[(long, false)]),
            paragraph(&[
                ("for ", false),
                ("seven", true),
                (" ten years, with", false),
                ("(out)", true),
                ("it", false),
            ]),
            paragraph(&[("We never sell it.", true)]),
        ];
        settle_struck(&mut blocks);
        assert_eq!(
            write_markdown(&blocks[1..]),
            "for ~~seven~~ ten years, with ~~(out)~~ it\n\n~~We never sell it.~~\n"
        );
        assert_eq!(document_text(&blocks[1..]), "for ten years, with it");
        assert_eq!(struck_text(&blocks).split_whitespace().count(), 6);
    }

    #[test]
    fn a_tag_that_is_never_closed_strikes_nothing_out() {
        let mut blocks = vec![
            paragraph(&[("We keep it. ", false), ("Old price", true)]),
            paragraph(&[("We collect your name and your address.", true)]),
            paragraph(&[("We use them to deliver your orders.", true)]),
            paragraph(&[("We never sell them to anybody.", true)]),
            paragraph(&[("You can ask us to delete them.", true)]),
        ];
        settle_struck(&mut blocks);
        assert_eq!(struck_text(&blocks), "");
        let mut blocks = vec![
            paragraph(&[("We collect your name and your address.", true)]),
            paragraph(&[("Short.", false)]),
        ];
        settle_struck(&mut blocks);
        assert_eq!(struck_text(&blocks), "");
    }
}
