//! What hangs at the ends of a text, and what stands in it twice.

use std::collections::HashMap;

use super::signs::SIGNS;
use super::tree::{Block, Span, plain_text};
use super::words::policy_words;

/// A run of repeated blocks shorter than this is a policy repeating itself, not a page showing a panel twice.
const REPEATED_BYTES: usize = 300;
/// And it has at least so many blocks.
const REPEATED_BLOCKS: usize = 3;
/// So much of a block tells it from most others.
const BEGINNING_BYTES: usize = 24;
/// Headings without a text under them at the end of a document: at most so many are a template's.
const MAX_TRAILING_HEADINGS: usize = 2;

/// Drops runs of blocks that stood before: tab panels, copies for telephones and for print.
///
/// Answers how many bytes went.
pub(super) fn drop_repeated(blocks: &mut Vec<Block>) -> usize {
    // Length and beginning find what may be the same; only that is compared.
    let marks: Vec<(usize, String)> = blocks
        .iter()
        .map(|block| (block.weight().0, beginning(block)))
        .collect();
    // A short text stands whole in its mark.
    let is_same = |a: usize, b: usize| {
        marks[a] == marks[b]
            && (marks[a].0 == marks[a].1.len() || blocks[a].text() == blocks[b].text())
    };
    let mut seen: HashMap<&(usize, String), Vec<usize>> = HashMap::new();
    let mut drop = vec![false; blocks.len()];
    let mut dropped = 0;
    let mut at = 0;
    while at < blocks.len() {
        let mut best = 0;
        if let Some(starts) = seen.get(&marks[at]) {
            for start in starts.iter().rev().take(8) {
                let run = (0..at - start)
                    .take_while(|i| at + i < blocks.len() && is_same(start + i, at + i))
                    .count();
                best = best.max(run);
            }
        }
        let bytes: usize = (at..at + best).map(|i| marks[i].0).sum();
        if best >= REPEATED_BLOCKS && bytes >= REPEATED_BYTES
            || best == 1 && bytes >= 4 * REPEATED_BYTES
        {
            drop[at..at + best].fill(true);
            dropped += bytes;
            at += best;
        } else {
            seen.entry(&marks[at]).or_default().push(at);
            at += 1;
        }
    }
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !drop[index - 1]
    });
    dropped
}

/// The first letters of a block.
fn beginning(block: &Block) -> String {
    let mut letters = String::new();
    block.each_run(&mut |spans| {
        for span in spans {
            if letters.len() < BEGINNING_BYTES {
                letters.push_str(&span.text[..span.text.floor_char_boundary(BEGINNING_BYTES)]);
            }
        }
    });
    letters
}

/// Takes template lines out everywhere, and at both ends whatever is only links or labels.
///
/// `host` is the page's own, if known: links to other hosts under a text are what the text refers to.
pub(super) fn trim(blocks: &mut Vec<Block>, host: Option<&str>) {
    blocks.retain(|block| !is_template_line(block));
    // A label over a table of contents that stands elsewhere.
    let idle: Vec<bool> = (0..blocks.len())
        .map(|at| is_contents_label(&blocks[at]) && !blocks.get(at + 1).is_some_and(lists_contents))
        .collect();
    let mut index = 0;
    blocks.retain(|_| {
        index += 1;
        !idle[index - 1]
    });
    // Before the first heading or sentence, and after the last sentence.
    let starts =
        |block: &Block| matches!(block, Block::Heading(..) | Block::Table(_)) || is_sentence(block);
    let first = blocks.iter().position(starts).unwrap_or(0);
    let mut index = 0;
    blocks.retain(|block| {
        index += 1;
        index > first || !is_links(block) || leads_away(block, host)
    });
    // A page builder that sets every line as a heading (happn.com 2023) must not lose them all.
    let mut headings_left = MAX_TRAILING_HEADINGS;
    while let Some(last) = blocks.last() {
        let heading = matches!(last, Block::Heading(..)) && headings_left > 0;
        let menu = is_links(last) && !leads_away(last, host);
        if !(heading || menu || is_copyright(last) || is_label(last)) {
            break;
        }
        headings_left -= usize::from(heading);
        blocks.pop();
    }
}

/// Bytes of text.
fn length(spans: &[Span]) -> usize {
    spans.iter().map(|s| s.text.len()).sum()
}

fn is_template_line(block: &Block) -> bool {
    let (Block::Paragraph(spans) | Block::Heading(_, spans)) = block else {
        return false;
    };
    if length(spans) > 60 {
        return false;
    }
    let text = plain_text(spans);
    let line = text
        .trim_matches(|c: char| !c.is_alphanumeric() && c != '?' && c != '.')
        .to_lowercase();
    SIGNS.template_lines.contains(&line)
}

fn is_contents_label(block: &Block) -> bool {
    let (Block::Paragraph(spans) | Block::Heading(_, spans)) = block else {
        return false;
    };
    if length(spans) >= 60 {
        return false;
    }
    let text = plain_text(spans).to_lowercase();
    SIGNS
        .contents_labels
        .contains(text.trim_end_matches([':', ' ']))
}

/// A list, or links one under the other.
fn lists_contents(block: &Block) -> bool {
    let (all, linked) = block.weight();
    matches!(block, Block::List(..)) || linked * 2 > all
}

/// Long enough to be a sentence and not a link.
fn is_sentence(block: &Block) -> bool {
    let (all, linked) = block.weight();
    all >= 60 && linked * 2 < all || all >= 25 && linked == 0 && policy_words(&block.text()) > 0
}

/// "More links:" above what was trimmed.
fn is_label(block: &Block) -> bool {
    matches!(block, Block::Paragraph(_))
        && block.weight().0 < 60
        && block.text().trim_end().ends_with(':')
}

/// True when most links lead to other hosts than the page's.
fn leads_away(block: &Block, host: Option<&str>) -> bool {
    let bare = |host: &str| host.trim_start_matches("www.").to_ascii_lowercase();
    let own = host.map(bare);
    let (mut links, mut away) = (0, 0);
    block.each_run(&mut |spans| {
        for target in spans.iter().filter_map(|s| s.link.as_ref()) {
            links += 1;
            let other = url::Url::parse(target)
                .ok()
                .and_then(|u| u.host_str().map(bare));
            away += usize::from(other.is_some() && other != own);
        }
    });
    away * 2 > links
}

/// Nothing but links, or a list of them.
fn is_links(block: &Block) -> bool {
    let (all, linked) = block.weight();
    all > 0
        && linked * 10 >= all * 9
        && !matches!(block, Block::Heading(..))
        && !to_this_page(block)
        && !block.text().contains('@')
}

/// True when the links lead into this same page: a table of contents.
fn to_this_page(block: &Block) -> bool {
    let (mut links, mut inside) = (0, 0);
    block.each_run(&mut |spans| {
        for target in spans.iter().filter_map(|s| s.link.as_ref()) {
            links += 1;
            inside += usize::from(target.contains('#'));
        }
    });
    links > 2 && inside * 2 > links
}

/// "© 2009 Acme Inc. All rights reserved" below the text.
fn is_copyright(block: &Block) -> bool {
    let Block::Paragraph(spans) = block else {
        return false;
    };
    if length(spans) >= 200 {
        return false;
    }
    let text = plain_text(spans).to_lowercase();
    (text.contains('©') || text.contains("copyright") || text.contains("(c) "))
        && (text.starts_with(['©', '('])
            || text.starts_with("copyright")
            || text.contains("rights reserved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Block {
        Block::Paragraph(vec![Span::plain(text)])
    }

    #[test]
    fn a_panel_shown_twice_is_kept_once_and_a_repeated_sentence_stays() {
        let panel: Vec<Block> = (0..5)
            .map(|i| plain(&format!("Paragraph {i}. {}", "We collect data. ".repeat(9))))
            .collect();
        let mut blocks = [
            panel.clone(),
            panel.clone(),
            vec![plain("Same."), plain("Same.")],
        ]
        .concat();
        assert!(drop_repeated(&mut blocks) > REPEATED_BYTES);
        assert_eq!(blocks.len(), 7);
    }

    #[test]
    fn labels_of_the_template_and_links_at_the_ends_are_trimmed() {
        let link = |t: &str| {
            Block::Paragraph(vec![Span {
                text: t.into(),
                link: Some("http://a/".into()),
                ..Span::default()
            }])
        };
        let mut blocks = vec![
            link("Home"),
            plain("We collect personal information from all our visitors, whoever they are."),
            plain("↑ Back to top"),
            link("our partner's policy"),
            plain("Write to us for anything else that you would like to know about it."),
            link("About us"),
            plain("© 2009 Acme. All rights reserved."),
        ];
        let mut elsewhere = blocks.clone();
        trim(&mut blocks, Some("www.a"));
        assert_eq!(blocks.len(), 3);
        trim(&mut elsewhere, Some("b"));
        assert_eq!(
            elsewhere.len(),
            4,
            "links to other hosts are what the text refers to"
        );
    }
}
