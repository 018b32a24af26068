//! Removes the menu above a text.

use super::lines::strip_lines;
use super::link_rows::{is_links, is_menu, is_sentence, leaves_site, menu_labels, to_this_page};
use crate::extract::blocks::{Block, text_of};
use crate::extract::vocabulary::{policy_words, title_topic};

/// Longest name of a document in a menu, in bytes.
const NAME_BYTES: usize = 60;

/// Removes links before the first heading or sentence, and rows of links before the first sentence.
pub(super) fn drop_links_above(blocks: &mut Vec<Block>, host: Option<&str>) {
    let says = |block: &Block| matches!(block, Block::Table(_)) || is_sentence(block);
    let starts = |block: &Block| matches!(block, Block::Heading(..)) || says(block);
    let first = blocks.iter().position(starts).unwrap_or(0);
    let text = blocks.iter().position(says).unwrap_or(first);
    let is_template = |at: usize| {
        blocks.get(at).is_some_and(|block| {
            let is_row = is_menu(block, 2) && !to_this_page(block);
            (at < first && is_links(block) || at < text && is_row) && !leaves_site(block, host)
        })
    };
    let mut idle: Vec<bool> = (0..text.max(first)).map(is_template).collect();
    // The page's own name in a menu above a heading is no link.
    for at in 1..first {
        if matches!(blocks.get(first), Some(Block::Heading(..)))
            && is_template(at - 1)
            && is_template(at + 1)
            && is_own_name(&blocks[at])
        {
            idle[at] = true;
        }
    }
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !idle.get(index - 1).is_some_and(|idle| *idle)
    });
    if let Some(Block::Paragraph(spans)) = blocks.first_mut() {
        strip_lines(spans, |lines| {
            let rows = lines
                .iter()
                .take_while(|line| menu_labels(line).is_some())
                .count();
            lines.drain(..rows.min(lines.len() - 1));
        });
    }
}

/// True for a short line without a link that names a document.
fn is_own_name(block: &Block) -> bool {
    let Block::Paragraph(spans) = block else {
        return false;
    };
    let text = text_of(spans);
    text.len() <= NAME_BYTES
        && spans.iter().all(|span| span.link.is_none())
        && (title_topic(&text).is_some() || policy_words(&text) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::blocks::Span;

    fn link(text: &str, target: &str) -> Block {
        Block::Paragraph(vec![Span {
            link: Some(target.into()),
            ..Span::plain(text)
        }])
    }

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn a_menu_to_other_hosts_of_the_site_goes_with_the_name_of_the_page_in_it() {
        let text = [
            Block::Heading(1, vec![Span::plain("Privacy Policy of Tinware")]),
            plain("We collect personal information from everybody who buys a kettle here."),
        ];
        let menu = |host: &str| {
            let target = |page: &str| format!("https://{host}/{page}");
            vec![
                link("Terms", &target("terms")),
                link("Guidelines", &target("rules")),
                plain("Data Privacy"),
                link("Cookies", &target("cookies")),
            ]
        };
        let trimmed = |mut blocks: Vec<Block>| {
            blocks.extend(text.clone());
            drop_links_above(&mut blocks, Some("www.tinware-sample.com"));
            blocks
        };
        assert_eq!(trimmed(menu("about.tinware-sample.com")), text);
        assert_eq!(trimmed(menu("elsewhere-sample.com")).len(), 6);
        let mut blocks = menu("about.tinware-sample.com");
        blocks.push(plain(
            "What we collect from people, and for which purposes we use it here.",
        ));
        drop_links_above(&mut blocks, Some("www.tinware-sample.com"));
        assert_eq!(blocks.len(), 2, "the name may be the title");
    }
}
