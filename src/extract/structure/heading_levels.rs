//! The levels of headings: the title of a document is level 1, and no level is skipped, whatever the page around it has.

use crate::extract::blocks::Block;
use crate::extract::vocabulary::title_topic;

/// Maximum size of the text above a title, such as a date, in bytes.
const BYTES_ABOVE_TITLE: usize = 300;
/// Lowest level of a heading.
const LOWEST: usize = 6;

/// Renumbers the levels of the headings in their own order: a heading below another one stays below it.
///
/// A page whose `<h1>` is the name of the site begins its policy with `<h3>`; another has `<h5>` directly below `<h2>`.
pub(in crate::extract) fn number_heading_levels(blocks: &mut [Block]) {
    let levels: Vec<u8> = blocks.iter().filter_map(level).collect();
    let Some(highest) = levels.iter().min() else {
        return;
    };
    let title = blocks
        .iter()
        .position(|block| level(block).is_some())
        .filter(|at| {
            let is_alone = levels[0] == *highest && levels[1..].iter().all(|own| own > highest);
            let above: usize = blocks[..*at].iter().map(|block| block.weight().0).sum();
            above <= BYTES_ABOVE_TITLE && (is_alone || title_topic(&blocks[*at].text()).is_some())
        });
    // Sections are level 2, with the title above them or outside the text. Pages without a title may have them as
    // `<h1>`.
    let base = usize::from(title.is_some() || *highest > 1);
    let mut open: Vec<u8> = Vec::new();
    for (at, block) in blocks.iter_mut().enumerate() {
        let Block::Heading(own, _) = block else {
            continue;
        };
        if title == Some(at) {
            *own = 1;
            continue;
        }
        while open.last().is_some_and(|above| above >= own) {
            open.pop();
        }
        open.push(*own);
        *own = u8::try_from((base + open.len()).min(LOWEST)).unwrap_or(6);
    }
}

fn level(block: &Block) -> Option<u8> {
    match block {
        Block::Heading(level, _) => Some(*level),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    fn levels(first: &str, before: &[u8]) -> Vec<u8> {
        let mut blocks: Vec<Block> = before
            .iter()
            .enumerate()
            .map(|(at, level)| {
                let text = if at == 0 { first } else { "What we collect" };
                Block::Heading(*level, vec![Span::plain(text)])
            })
            .collect();
        number_heading_levels(&mut blocks);
        blocks.iter().filter_map(level).collect()
    }

    #[test]
    fn the_title_is_level_one_and_no_level_is_skipped() {
        for (before, after) in [
            ([3, 4, 4, 4], [1, 2, 2, 2]),
            ([1, 3, 5, 3], [1, 2, 3, 2]),
            ([2, 2, 4, 2], [1, 2, 3, 2]),
            ([1, 1, 2, 1], [1, 2, 3, 2]),
            ([2, 1, 3, 1], [1, 2, 3, 2]),
            ([1, 4, 3, 4], [1, 2, 2, 3]),
            ([1, 2, 3, 2], [1, 2, 3, 2]),
        ] {
            assert_eq!(levels("Privacy Policy", &before), after, "{before:?}");
        }
    }

    #[test]
    fn sections_without_a_title_are_below_one() {
        for (before, after) in [
            ([3, 3, 4, 3], [2, 2, 3, 2]),
            ([1, 1, 3, 1], [1, 1, 2, 1]),
            ([2, 3, 3, 5], [1, 2, 2, 3]),
        ] {
            assert_eq!(levels("Who we are", &before), after, "{before:?}");
        }
    }
}
