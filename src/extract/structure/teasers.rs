//! Removes teasers below a text: linked titles of other pages with their summaries.

use super::link_rows::leads_away;
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::{policy_words, title_topic};

/// Minimum number of teasers in a row; one or two linked titles may be references of the text.
const LEAST_TEASERS: usize = 3;
/// Maximum number of paragraphs of one summary.
const MAX_SUMMARY_BLOCKS: usize = 2;
/// Longest paragraph of a summary, in bytes.
const MAX_SUMMARY_BYTES: usize = 500;
/// Longest linked title, in bytes.
const MAX_TITLE_BYTES: usize = 200;
/// Longest label above teasers, in bytes.
const MAX_LABEL_BYTES: usize = 80;
/// Minimum number of bytes of the text above the teasers.
const LEAST_TEXT_BYTES: usize = 600;
/// The policy words of teasers are at most this share as dense as those of the text.
const FOREIGN_SHARE: f64 = 0.5;

/// Removes the teasers at the end of a text, with the heading above them; returns the number of bytes removed.
///
/// A teaser is a linked title with a summary. The pages are on the same site, and the teasers are about other matters
/// than the policy: links to other sites, and titles with as many policy words as the text, are references of the text.
pub(in crate::extract) fn drop_teasers(blocks: &mut Vec<Block>, host: Option<&str>) -> usize {
    let Some(first) = first_teaser(blocks, host) else {
        return 0;
    };
    let start = match first.checked_sub(1) {
        Some(above) if is_label(&blocks[above]) => above,
        _ => first,
    };
    let bytes = |part: &[Block]| -> usize { part.iter().map(|b| b.weight().0).sum() };
    let (text, teasers) = blocks.split_at(start);
    let is_other = density(teasers) < density(text) * FOREIGN_SHARE;
    if bytes(text) < LEAST_TEXT_BYTES || !is_other {
        return 0;
    }
    let removed = bytes(teasers);
    blocks.truncate(start);
    removed
}

/// The first block of the teasers that end the document.
fn first_teaser(blocks: &[Block], host: Option<&str>) -> Option<usize> {
    let (mut first, mut teasers, mut summary) = (None, 0, 0);
    for (at, block) in blocks.iter().enumerate().rev() {
        match teasers_of(block, host) {
            Some(count) => {
                teasers += count;
                summary = 0;
                first = Some(at);
            }
            None if is_summary(block) && summary < MAX_SUMMARY_BLOCKS => summary += 1,
            None => break,
        }
    }
    first.filter(|_| teasers >= LEAST_TEASERS)
}

/// The number of teasers of a block that begins with a linked title.
fn teasers_of(block: &Block, host: Option<&str>) -> Option<usize> {
    if leads_away(block, host) {
        return None;
    }
    match block {
        Block::Heading(_, spans) | Block::Paragraph(spans) => {
            begins_linked(spans, block.weight().0).then_some(1)
        }
        Block::List(_, items) => items
            .iter()
            .all(|item| match item.first() {
                Some(Block::Heading(_, spans) | Block::Paragraph(spans)) => {
                    begins_linked(spans, item.iter().map(|b| b.weight().0).sum())
                }
                _ => false,
            })
            .then_some(items.len()),
        _ => None,
    }
}

/// True for a linked title, alone or with a short summary after it.
fn begins_linked(spans: &[Span], bytes: usize) -> bool {
    let title: usize = spans
        .iter()
        .take_while(|s| s.link.as_ref().is_some_and(|target| !target.contains('#')))
        .map(|s| s.text.len())
        .sum();
    (8..=MAX_TITLE_BYTES).contains(&title) && bytes <= title + MAX_SUMMARY_BYTES
}

fn is_summary(block: &Block) -> bool {
    matches!(block, Block::Paragraph(_)) && block.weight().0 <= MAX_SUMMARY_BYTES
}

/// True for the heading above teasers, such as "Popular articles".
fn is_label(block: &Block) -> bool {
    match block {
        Block::Heading(_, spans) => title_topic(&text_of(spans)).is_none(),
        Block::Paragraph(spans) => {
            let text = text_of(spans);
            text.len() <= MAX_LABEL_BYTES && !text.trim_end().ends_with(['.', '。'])
        }
        _ => false,
    }
}

/// The policy words per byte of some blocks.
fn density(blocks: &[Block]) -> f64 {
    let (mut words, mut bytes) = (0, 0);
    for block in blocks {
        let text = block.text();
        words += policy_words(&text);
        bytes += text.len();
    }
    f64::from(words) / f64::from(u32::try_from(bytes).unwrap_or(u32::MAX).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked(text: &str, target: &str) -> Span {
        Span {
            text: text.into(),
            link: Some(target.into()),
            ..Span::default()
        }
    }

    fn policy() -> Vec<Block> {
        let words = "We collect personal information to answer your questions. ".repeat(12);
        vec![Block::Paragraph(vec![Span::plain(words)])]
    }

    #[test]
    fn linked_titles_with_summaries_below_a_text_are_removed() {
        let mut blocks = policy();
        blocks.push(Block::Heading(2, vec![Span::plain("Popular articles")]));
        for title in [
            "How to knit a sock",
            "Ten woollen hats",
            "Wash at thirty degrees",
        ] {
            blocks.push(Block::Heading(3, vec![linked(title, "http://a/x")]));
            let summary = "Start with the heel, and count the stitches of each row.";
            blocks.push(Block::Paragraph(vec![Span::plain(summary)]));
        }
        let mut away = blocks.clone();
        assert!(drop_teasers(&mut blocks, Some("a")) > 0);
        assert_eq!(blocks, policy());
        assert_eq!(drop_teasers(&mut away, Some("b")), 0);
    }

    #[test]
    fn references_to_other_pages_about_the_policy_stay() {
        let mut blocks = policy();
        for title in [
            "Our cookie policy",
            "Your consent and your rights",
            "Opt out of advertising",
        ] {
            blocks.push(Block::Paragraph(vec![linked(title, "http://a/x")]));
            let summary = "This notice says how we share personal information with third parties.";
            blocks.push(Block::Paragraph(vec![Span::plain(summary)]));
        }
        assert_eq!(drop_teasers(&mut blocks, Some("a")), 0);
    }
}
