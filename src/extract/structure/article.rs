//! The blocks of an article and its headline.

use crate::extract::blocks::{Block, text_of};
use crate::extract::vocabulary::{policy_words, title_topic};

/// Below one policy word per this many bytes, a text is not a policy.
const BYTES_A_WORD: usize = 150;
/// Minimum number of bytes of a sentence.
const LINE_BYTES: usize = 80;
/// An article with fewer bytes may be the beginning of an article that scripts show in full.
const TEASER_BYTES: usize = 1500;
/// With fewer bytes than this, the visible text need not be the beginning of the article.
const LEAST_TEASER_BYTES: usize = 300;
/// Number of letters by which a beginning is recognised.
const BEGINNING_CHARS: usize = 40;
/// Maximum number of blocks at the beginning that may be headline, author and date.
const HEAD_BLOCKS: usize = 12;

/// True for a text that is long enough for an article and has few policy words.
pub(in crate::extract) fn is_article(blocks: &[Block]) -> bool {
    let (mut bytes, mut words) = (0, 0);
    for block in blocks {
        let text = block.text();
        bytes += text.len();
        words += policy_words(&text) as usize;
    }
    bytes > LINE_BYTES && words * BYTES_A_WORD < bytes
}

fn bytes_of(blocks: &[Block]) -> usize {
    blocks.iter().map(|block| block.text().len()).sum()
}

/// True for a text so short that it may be the beginning of an article that scripts show in full.
pub(in crate::extract) fn may_be_teaser(shown: &[Block]) -> bool {
    bytes_of(shown) < TEASER_BYTES
}

/// True if the visible text is empty, or the beginning of an article that the page holds in full in its JSON.
pub(in crate::extract) fn is_teaser_of(shown: &[Block], carried: &[Block]) -> bool {
    let shown_bytes = bytes_of(shown);
    if bytes_of(carried) <= shown_bytes * 3 {
        return false;
    }
    let first = shown
        .iter()
        .map(Block::text)
        .find(|text| text.len() >= LINE_BYTES);
    let beginning: String = letters(&first.unwrap_or_default())
        .chars()
        .take(BEGINNING_CHARS)
        .collect();
    let whole: String = carried.iter().map(|b| letters(&b.text())).collect();
    shown_bytes < LEAST_TEASER_BYTES || whole.contains(&beginning)
}

/// Removes the headline with author and date from the beginning; returns the headline.
pub(in crate::extract) fn remove_headline(
    blocks: &mut Vec<Block>,
    page_title: Option<&str>,
) -> Option<String> {
    let title = page_title.map(letters).unwrap_or_default();
    let is_sentence = |block: &Block| match block {
        Block::Paragraph(spans) => {
            let text = text_of(spans);
            text.len() >= LINE_BYTES
                || text
                    .trim_end()
                    .ends_with(['.', '!', '?', '…', '。', '”', '»'])
        }
        Block::Quote(_) | Block::Table(_) | Block::List(..) => block.text().len() >= LINE_BYTES,
        Block::Heading(..) => false,
    };
    let body = blocks.iter().position(is_sentence).unwrap_or(0);
    let is_headline = |block: &Block| match block {
        Block::Heading(level, spans) => {
            let own = letters(&text_of(spans));
            *level == 1 || !own.is_empty() && title.contains(&own)
        }
        Block::Paragraph(spans) => {
            let own = letters(&text_of(spans));
            own.len() > 15 && title.contains(&own)
        }
        _ => false,
    };
    let at = blocks
        .iter()
        .take(HEAD_BLOCKS)
        .take_while(|b| !matches!(b, Block::Heading(2.., _)) || is_headline(b))
        .position(is_headline);
    // The heading of the first section is directly above its text.
    let first = match body.checked_sub(1) {
        Some(above) if matches!(&blocks[above], b @ Block::Heading(..) if !is_headline(b)) => above,
        _ => body,
    };
    let headline = at.map(|at| match &blocks[at] {
        Block::Heading(_, spans) | Block::Paragraph(spans) => text_of(spans),
        _ => String::new(),
    });
    // The name of a legal document is part of its text.
    if headline
        .as_deref()
        .is_some_and(|h| title_topic(h).is_some())
    {
        return headline;
    }
    match at {
        Some(at) if at >= first => {
            blocks.remove(at);
        }
        Some(_) if first <= HEAD_BLOCKS => {
            blocks.drain(..first);
        }
        Some(at) => {
            blocks.remove(at);
        }
        None => {}
    }
    headline
}

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn a_headline_goes_with_author_and_date_and_a_section_keeps_its_heading() {
        let headline = Block::Heading(1, vec![Span::plain("The goat that learnt to open doors")]);
        let section = Block::Heading(2, vec![Span::plain("A latch")]);
        let text = plain(
            "It took the goat two days to find out how the latch of the stable could be lifted.",
        );
        for (mut blocks, left) in [
            (
                vec![headline.clone(), plain("By A. Wren"), text.clone()],
                vec![text.clone()],
            ),
            (
                vec![
                    plain("Animals"),
                    headline.clone(),
                    section.clone(),
                    text.clone(),
                ],
                vec![section.clone(), text.clone()],
            ),
            (
                vec![text.clone(), headline.clone(), text.clone()],
                vec![text.clone(), text.clone()],
            ),
        ] {
            assert_eq!(
                remove_headline(&mut blocks, None).as_deref(),
                Some("The goat that learnt to open doors")
            );
            assert_eq!(blocks, left);
        }
        let mut blocks = vec![section.clone(), text.clone()];
        assert_eq!(
            remove_headline(&mut blocks, Some("The goat that learnt to open doors")),
            None
        );
        assert_eq!(blocks, [section, text]);
    }
}
