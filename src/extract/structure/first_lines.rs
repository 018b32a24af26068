//! Headings that are the first line of their paragraph, set apart by the colour or the class of a `<font>` only.

use super::breadcrumbs::is_breadcrumb;
use super::lines::lines_of;
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::{TitleTopic, title_topic};

/// Minimum number of such paragraphs. One alone may be an address.
const LEAST_PARAGRAPHS: usize = 3;
/// Minimum size of the line below, in bytes.
const LONG_LINE: usize = 80;
/// Longest first line that is a title, in bytes.
const TITLE_BYTES: usize = 80;
/// With more headings than this, a page marks its sections in another way.
const FEW_HEADINGS: usize = 2;

/// Makes the first lines of paragraphs blocks of their own: the title or the breadcrumb of the policy, and headings if a page without
/// marked sections has several.
pub(in crate::extract) fn split_first_lines(blocks: Vec<Block>) -> Vec<Block> {
    let marked = blocks
        .iter()
        .filter(|b| matches!(b, Block::Heading(..)))
        .count();
    let headed: Vec<bool> = blocks.iter().map(begins_with_heading).collect();
    let are_headings = marked <= FEW_HEADINGS
        && headed.iter().filter(|begins| **begins).count() >= LEAST_PARAGRAPHS;
    let mut out = Vec::with_capacity(blocks.len());
    for (at, block) in blocks.into_iter().enumerate() {
        match block {
            Block::Paragraph(spans)
                if are_headings && headed[at] || at == 0 && begins_with_title(&spans) =>
            {
                let lines = lines_of(&spans);
                if let Some((first, rest)) = lines.split_first() {
                    out.push(Block::Paragraph(first.clone()));
                    out.push(Block::Paragraph(rest.join(&Span::plain("\n"))));
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// True for a paragraph whose first line is short and whose second line is a sentence.
fn begins_with_heading(block: &Block) -> bool {
    let Block::Paragraph(spans) = block else {
        return false;
    };
    let Some((first, second)) = two_lines(spans) else {
        return false;
    };
    is_short_line(&first) && second.len() >= LONG_LINE
}

fn begins_with_title(spans: &[Span]) -> bool {
    two_lines(spans).is_some_and(|(first, _)| {
        let text = text_of(&first);
        is_breadcrumb(&first)
            || text.len() <= TITLE_BYTES
                && first.iter().all(|s| s.link.is_none())
                && title_topic(&text) == Some(TitleTopic::Privacy)
    })
}

/// The first line of a paragraph that has several, and the text of the second.
fn two_lines(spans: &[Span]) -> Option<(Vec<Span>, String)> {
    if !spans.iter().any(|s| s.text.contains('\n')) {
        return None;
    }
    let mut lines = lines_of(spans).into_iter();
    Some((lines.next()?, text_of(&lines.next()?)))
}

/// True for a few words that begin with a capital or a number and do not end like a sentence.
pub(in crate::extract) fn is_short_line(line: &[Span]) -> bool {
    let text = text_of(line);
    let starts_large = text
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit());
    text.len() <= 60
        && starts_large
        && text.split_whitespace().count() <= 8
        && !text.ends_with(['.', ',', ';', ':', '!'])
        && !text.contains(['@', '\n', '©'])
        && !text.contains("www.")
        && line
            .iter()
            .all(|s| s.link.is_none() && !s.text.contains('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_short_first_lines_are_headings_and_one_is_not() {
        let long =
            "We collect your name, your address and your e-mail address when you place an order.";
        let paragraph =
            |first: &str| Block::Paragraph(vec![Span::plain(format!("{first}\n{long}"))]);
        let one = vec![
            paragraph("Tinware Ltd"),
            Block::Paragraph(vec![Span::plain(long)]),
        ];
        assert_eq!(split_first_lines(one.clone()), one);
        let all = ["What we collect", "CHOICE/OPT-OUT", "Cookies"]
            .map(paragraph)
            .to_vec();
        assert_eq!(split_first_lines(all).len(), 6);
        let titled = split_first_lines(vec![paragraph("Privacy Policy Statement")]);
        assert_eq!(
            titled[0],
            Block::Paragraph(vec![Span::plain("Privacy Policy Statement")])
        );
    }
}
