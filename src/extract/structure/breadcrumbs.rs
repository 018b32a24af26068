//! Breadcrumbs above a text ("Home > Legal > Privacy Policy"): the way to the page, which ends with its title.

use super::link_rows::{RowPiece, pieces};
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::vocabulary::{TitleTopic, title_topic};

/// Number of blocks at the beginning that are checked.
const FIRST_BLOCKS: usize = 4;
/// Number of blocks after a breadcrumb in which the title is looked for.
const BLOCKS_TO_TITLE: usize = 4;
/// Longest breadcrumb, in bytes.
const MAX_BYTES: usize = 200;
/// Most steps of a breadcrumb.
const MAX_STEPS: usize = 7;
/// Signs that lead from one step to the next.
const ARROWS: &[char] = &['>', '»', '›', '→', '▸', '►', '▶', '\\'];

/// Removes a breadcrumb above the text. If no title follows, its last step stays as the title.
pub(in crate::extract) fn drop_breadcrumbs(blocks: &mut Vec<Block>) {
    let mut at = 0;
    while at < blocks.len().min(FIRST_BLOCKS) {
        let Some(last) = last_step(&blocks[at]) else {
            if blocks[at].weight().0 > MAX_BYTES {
                break;
            }
            at += 1;
            continue;
        };
        let title = text_of(&last).to_lowercase();
        let names_title = |block: &Block| match block {
            Block::Heading(_, spans) | Block::Paragraph(spans) => {
                let text = text_of(spans);
                text.to_lowercase() == title || title_topic(&text) == Some(TitleTopic::Privacy)
            }
            _ => false,
        };
        let rest = blocks.iter().skip(at + 1).take(BLOCKS_TO_TITLE);
        if rest.clone().any(names_title) || blocks[..at].iter().any(names_title) {
            blocks.remove(at);
        } else {
            blocks[at] = Block::Heading(1, last);
            at += 1;
        }
    }
}

/// The last step of a breadcrumb; `None` for any other block.
fn last_step(block: &Block) -> Option<Vec<Span>> {
    if block.weight().0 > MAX_BYTES {
        return None;
    }
    match block {
        Block::Heading(_, spans) | Block::Paragraph(spans) => {
            if spans.iter().any(|s| s.text.contains('\n')) {
                return None;
            }
            last_step_of_line(spans)
        }
        // `<ul class="…">` with one step an item.
        Block::List(_, items) => {
            let mut steps = Vec::new();
            for item in items {
                let [Block::Paragraph(spans)] = item.as_slice() else {
                    return None;
                };
                let mut own = pieces(spans);
                if own.len() != 1 {
                    return None;
                }
                steps.append(&mut own);
            }
            is_way(&steps, false).then(|| steps.last().map(RowPiece::unlinked))?
        }
        _ => None,
    }
}

fn last_step_of_line(line: &[Span]) -> Option<Vec<Span>> {
    let steps = pieces(line);
    is_way(&steps, text_of(line).contains(ARROWS)).then(|| steps.last().map(RowPiece::unlinked))?
}

/// True for a line that is a breadcrumb.
pub(in crate::extract) fn is_breadcrumb(line: &[Span]) -> bool {
    line.iter().map(|s| s.text.len()).sum::<usize>() <= MAX_BYTES
        && last_step_of_line(line).is_some()
}

/// True for steps that end with a title. Without arrows between them, all steps above the title are links and the title
/// is none. With arrows, the title is a link or text, and so are the steps above it.
fn is_way(steps: &[RowPiece], has_arrows: bool) -> bool {
    let Some((last, above)) = steps.split_last() else {
        return false;
    };
    if above.is_empty() || steps.len() > MAX_STEPS || last.linked && last.plain {
        return false;
    }
    let are_links = above.iter().all(|step| step.linked);
    let ends_with_title = title_topic(&last.text).is_some();
    let is_short =
        |step: &RowPiece| !step.text.ends_with('.') && step.text.split_whitespace().count() <= 8;
    steps.iter().all(is_short)
        && if has_arrows {
            ends_with_title || are_links && last.plain
        } else {
            ends_with_title && are_links && last.plain
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Span {
        Span {
            link: Some("http://a/".into()),
            ..Span::plain(text)
        }
    }

    fn sentence() -> Block {
        Block::Paragraph(vec![Span::plain(
            "We collect personal information from all our visitors, whoever they are.",
        )])
    }

    #[test]
    fn the_last_step_of_a_breadcrumb_is_the_title() {
        for crumb in [
            Block::Heading(2, vec![Span::plain("tinware.com > Privacy Policy")]),
            Block::Paragraph(vec![
                link("Home"),
                Span::plain(" > "),
                link("Legal"),
                Span::plain(" > Privacy Policy"),
            ]),
            Block::Paragraph(vec![
                Span::plain("You are here: "),
                link("Home"),
                Span::plain(" » Privacy Policy"),
            ]),
            Block::Paragraph(vec![link("Home"), Span::plain(" / Privacy Policy")]),
            Block::List(
                None,
                vec![
                    vec![Block::Paragraph(vec![link("Home")])],
                    vec![Block::Paragraph(vec![Span::plain("Privacy Policy")])],
                ],
            ),
        ] {
            let mut blocks = vec![crumb.clone(), sentence()];
            drop_breadcrumbs(&mut blocks);
            let title = Block::Heading(1, vec![Span::plain("Privacy Policy")]);
            assert_eq!(blocks, [title.clone(), sentence()], "{crumb:?}");
            let mut titled = vec![crumb, title.clone(), sentence()];
            drop_breadcrumbs(&mut titled);
            assert_eq!(titled, [title, sentence()]);
        }
    }

    #[test]
    fn other_lines_above_a_text_stay() {
        for line in [
            vec![Span::plain("Privacy Policy - Terms of Use")],
            vec![Span::plain("Terms / Privacy")],
            vec![
                Span::plain("See "),
                link("our terms"),
                Span::plain(" for more."),
            ],
            vec![Span::plain("Children > 13 years")],
        ] {
            let mut blocks = vec![Block::Paragraph(line), sentence()];
            let before = blocks.clone();
            drop_breadcrumbs(&mut blocks);
            assert_eq!(blocks, before);
        }
    }
}
