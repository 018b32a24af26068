//! Finds headings without heading elements: bold or large lines, and lines in capitals, alone above the text they name.

use super::date_headings::states_date;
use super::first_lines::{is_short_line, split_first_lines};
use super::lines::stands_out;
use super::numbering::split_label;
use super::sentences_as_headings::demote_sentences;
use crate::extract::blocks::{Block, Span, text_of, tidy};
use crate::extract::vocabulary::{TitleTopic, title_topic};

/// Longest line that is a heading because of its style alone.
const MAX_STYLED_CHARS: usize = 110;
/// Minimum size of the text below a heading that is known by its shortness alone, in bytes.
const LONG_BYTES: usize = 80;

/// Turns paragraphs that look like headings into headings, and headings that are sentences or dates into paragraphs.
///
/// In a document with marked sections, only large lines become headings: bold lines there are the first words of a
/// paragraph.
pub(in crate::extract) fn promote_headings(mut blocks: Vec<Block>) -> Vec<Block> {
    demote_sentences(&mut blocks);
    demote_dates(&mut blocks);
    let blocks = split_first_lines(blocks);
    let marked = blocks
        .iter()
        .filter(|b| matches!(b, Block::Heading(..)))
        .count();
    let size: usize = blocks.iter().map(|b| b.weight().0).sum();
    // Documents with marked sections have a heading every few thousand characters.
    let sections_are_marked = marked >= 3 && size / marked < 6000;
    let candidates = heading_styles(&blocks, marked);
    let has_title = blocks.iter().any(|b| matches!(b, Block::Heading(1, _)));
    let mut level = 1;
    let mut has_numbers = false;
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    let followers: Vec<bool> = (0..blocks.len())
        .map(|at| is_followed_by_text(&blocks, &candidates, at))
        .collect();
    for (at, block) in blocks.into_iter().enumerate() {
        match block {
            Block::Heading(own, spans) => {
                level = own;
                out.push(Block::Heading(own, spans));
            }
            // A title in bold above sections that are marked as headings.
            Block::Paragraph(spans)
                if at < 2
                    && out.iter().all(|b| !matches!(b, Block::Heading(..)))
                    && is_title(&spans, candidates[at]) =>
            {
                out.push(Block::Heading(
                    if has_title { 2 } else { 1 },
                    unstyled(spans),
                ));
            }
            Block::Paragraph(spans)
                if followers[at]
                    && candidates[at].is_some_and(|style| {
                        !sections_are_marked || style == HeadingStyle::Large && marked == 0
                    }) =>
            {
                let depth = number_depth(&spans);
                has_numbers |= depth == 1;
                let level = if sections_are_marked {
                    level.max(2)
                } else {
                    let below = if has_numbers { depth.max(1) } else { 1 };
                    (level + below).clamp(2, 6)
                };
                out.push(Block::Heading(level, unstyled(spans)));
            }
            other => out.push(other),
        }
    }
    out
}

/// The styles of the blocks that look like headings. `marked` is the number of marked headings.
fn heading_styles(blocks: &[Block], marked: usize) -> Vec<Option<HeadingStyle>> {
    let mut candidates: Vec<Option<HeadingStyle>> = blocks
        .iter()
        .enumerate()
        .map(|(at, block)| heading_style(block).filter(|_| !states_date(&block.text(), at)))
        .collect();
    // The title alone may be marked.
    let is_heading = |b: &Block| matches!(b, Block::Heading(..));
    let only_title = marked == 1 && blocks.iter().take(2).any(is_heading);
    if (marked == 0 || only_title) && candidates.iter().flatten().count() < 3 {
        add_short_lines(blocks, &mut candidates);
    }
    candidates
}

/// The number of parts of the number with which a line begins: 2 for "4.2 Cookies". Few enough for a level of headings.
fn number_depth(spans: &[Span]) -> u8 {
    let depth = split_label(&text_of(spans))
        .0
        .map_or(0, |label| label.depth);
    u8::try_from(depth).unwrap_or(u8::MAX).min(6)
}

fn demote_dates(blocks: &mut [Block]) {
    for (at, block) in blocks.iter_mut().enumerate() {
        if let Block::Heading(_, spans) = block
            && states_date(&text_of(spans), at)
        {
            *block = Block::Paragraph(std::mem::take(spans));
        }
    }
}

/// True for a line above the text that is a title: any title if it looks like a heading, else the title of a policy.
fn is_title(line: &[Span], style: Option<HeadingStyle>) -> bool {
    let is_plain = |s: &Span| s.link.is_none() && !s.text.contains('\n');
    match title_topic(&text_of(line)) {
        Some(TitleTopic::Privacy) => style.is_some() || line.iter().all(is_plain),
        Some(_) => style.is_some(),
        None => false,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeadingStyle {
    Bold,
    Large,
    Capitals,
    Short,
}

/// Finds headings in a text without any: at least three short lines without a full stop between long ones
/// (qualitybux.com 2009 has titles by style sheet only).
fn add_short_lines(blocks: &[Block], styles: &mut [Option<HeadingStyle>]) {
    let is_short = |block: &Block| matches!(block, Block::Paragraph(spans) if is_short_line(spans));
    let is_long = |block: &Block| block.weight().0 >= LONG_BYTES;
    // The first section is directly below the title, and a short sentence may be above a section.
    let is_clear = |at: usize| match at.checked_sub(1).and_then(|before| blocks.get(before)) {
        Some(Block::Paragraph(spans)) if at > 1 && !is_title(spans, None) => {
            let text = text_of(spans);
            text.len() >= LONG_BYTES || text.ends_with('.')
        }
        _ => true,
    };
    let found: Vec<usize> = (0..blocks.len())
        .filter(|at| {
            is_short(&blocks[*at]) && blocks.get(at + 1).is_some_and(is_long) && is_clear(*at)
        })
        .collect();
    if found.len() >= 3 {
        for at in found {
            if let Some(style) = styles.get_mut(at) {
                *style = Some(HeadingStyle::Short);
            }
        }
    }
}

fn heading_style(block: &Block) -> Option<HeadingStyle> {
    let Block::Paragraph(spans) = block else {
        return None;
    };
    // A character has at most four bytes.
    if block.weight().0 > MAX_STYLED_CHARS * 4 {
        return None;
    }
    let text = text_of(spans);
    let length = text.chars().count();
    if !(3..=MAX_STYLED_CHARS).contains(&length) || spans.iter().any(|s| s.text.contains('\n')) {
        return None;
    }
    // A signature begins with a dash: "– The team of Acme".
    if ["- ", "– ", "— ", "~ "]
        .iter()
        .any(|dash| text.starts_with(dash))
    {
        return None;
    }
    if spans
        .iter()
        .filter(|s| s.link.is_some())
        .map(|s| s.text.len())
        .sum::<usize>()
        * 2
        > text.len()
    {
        return None;
    }
    // A sentence in bold is emphasis. "1. Scope." and "Who are you?" are headings.
    let words = text.split_whitespace().count();
    let ends = text.chars().next_back();
    if words > 14 || matches!(ends, Some(',' | ';')) || words > 6 && matches!(ends, Some('.' | '!'))
    {
        return None;
    }
    if stands_out(spans) {
        return Some(if spans.iter().any(|s| s.style.large) {
            HeadingStyle::Large
        } else {
            HeadingStyle::Bold
        });
    }
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let capitals = letters().all(char::is_uppercase) && letters().count() >= 4;
    (capitals
        && !matches!(ends, Some('.'))
        && !text.contains('@')
        && !text.chars().any(|c| c.is_ascii_digit()))
    .then_some(HeadingStyle::Capitals)
}

/// True if text, a list or a table follows, directly or after other headings.
fn is_followed_by_text(blocks: &[Block], styles: &[Option<HeadingStyle>], at: usize) -> bool {
    for (next, block) in blocks.iter().enumerate().skip(at + 1).take(3) {
        match block {
            Block::Heading(..) => {}
            Block::Paragraph(_) if styles.get(next).copied().flatten().is_some() => {}
            _ => return true,
        }
    }
    false
}

fn unstyled(spans: Vec<Span>) -> Vec<Span> {
    let spans = spans
        .into_iter()
        .map(|mut span| {
            span.style.strong = false;
            span.style.large = false;
            span
        })
        .collect();
    tidy(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Style;

    fn bold(text: &str) -> Block {
        let style = Style {
            strong: true,
            ..Style::default()
        };
        Block::Paragraph(vec![Span {
            text: text.into(),
            style,
            link: None,
        }])
    }

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn bold_lines_above_text_are_headings_where_nothing_else_marks_sections() {
        let blocks = promote_headings(vec![
            Block::Heading(1, vec![Span::plain("Privacy")]),
            bold("1. What we collect"),
            plain("Your name."),
            bold(
                "We never, under any circumstances, sell the personal data of our customers to anybody at all.",
            ),
            plain("YOUR RIGHTS"),
            plain("Ask us."),
            bold("The end"),
        ]);
        let levels: Vec<Option<u8>> = blocks
            .iter()
            .map(|b| match b {
                Block::Heading(level, _) => Some(*level),
                _ => None,
            })
            .collect();
        assert_eq!(levels, [Some(1), Some(2), None, None, Some(2), None, None]);
    }

    #[test]
    fn a_paragraph_set_as_heading_is_a_paragraph() {
        let long = "We collect data. ".repeat(20);
        let blocks = promote_headings(vec![Block::Heading(3, vec![Span::plain(long)])]);
        assert!(matches!(blocks[0], Block::Paragraph(_)));
    }
}
