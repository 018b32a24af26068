//! The heading above a text: restored where it is missing, reduced to one where there are several.

use crate::extract::block_builder::{LinkResolver, build_blocks};
use crate::extract::blocks::{Block, Span, text_of};
use crate::extract::dom::{ElementKind, NodeId, PageView};
use crate::extract::facts::{SiteName, without_site_name};
use crate::extract::vocabulary::{TitleTopic, policy_words, title_topic};

/// Longest heading of the frame above a title, in bytes: it is a name, not a sentence.
const FRAME_BYTES: usize = 40;
/// Longest title, in characters.
const MAX_CHARS: usize = 300;

/// Restores the page's own heading where the chosen part does not begin with one.
pub(in crate::extract) fn restore_page_heading(
    view: &PageView<'_>,
    roots: &[NodeId],
    links: &LinkResolver<'_>,
    site: &SiteName,
    blocks: &mut Vec<Block>,
) -> Option<String> {
    if begins_with_title(blocks) {
        return None;
    }
    let text = page_heading_above(view, roots.first().copied()?, links, site)?;
    let lower = text.to_lowercase();
    let repeats = |b: &Block| matches!(b, Block::Heading(_, spans) if text_of(spans).to_lowercase().contains(&lower));
    if blocks.iter().take(4).any(repeats) {
        return None;
    }
    let heading = Block::Heading(1, vec![Span::plain(text.clone())]);
    // The same words may open the text as a plain line.
    let is_same = |b: &Block| matches!(b, Block::Paragraph(spans) | Block::Heading(_, spans) if text_of(spans).to_lowercase() == lower);
    match blocks.iter().take(3).position(is_same) {
        Some(at) => blocks[at] = heading,
        None => blocks.insert(0, heading),
    }
    Some(text)
}

/// True if one of the first blocks is the heading of the document.
fn begins_with_title(blocks: &[Block]) -> bool {
    blocks.iter().take(4).enumerate().any(|(at, b)| match b {
        Block::Heading(level, spans) => {
            *level == 1
                || blocks[..at].iter().all(is_date_line) && title_topic(&text_of(spans)).is_some()
        }
        Block::Paragraph(spans) => {
            at == 0 && title_topic(&text_of(spans)) == Some(TitleTopic::Privacy)
        }
        _ => false,
    })
}

/// True for a short line with a number, such as a date above the title.
fn is_date_line(block: &Block) -> bool {
    matches!(block, Block::Paragraph(_))
        && block.weight().0 <= FRAME_BYTES * 2
        && block.text().contains(char::is_numeric)
}

/// The text of the heading above the chosen part that is most likely the document's.
fn page_heading_above(
    view: &PageView<'_>,
    first_root: NodeId,
    links: &LinkResolver<'_>,
    site: &SiteName,
) -> Option<String> {
    let page_title = view.page_title.as_deref().map(without_site_name);
    let mut best: Option<(u32, String)> = None;
    for id in view.body()..first_root {
        let node = &view.nodes[id];
        let ElementKind::Heading(level) = node.kind else {
            continue;
        };
        // An element around the text is not its title, and neither is a page inside an unclosed heading.
        if level > 2
            || node.end > first_root
            || node.hidden
            || node.stats.text_bytes as usize > MAX_CHARS * 4
            || view.ancestors(id).any(|a| view.nodes[a].hidden)
        {
            continue;
        }
        let text = heading_text(view, links, id);
        if text.is_empty() || text.chars().count() > MAX_CHARS || site.is_named_by(&text) {
            continue;
        }
        let is_title = title_topic(&text).is_some();
        let is_same = page_title
            .as_deref()
            .is_some_and(|t| !t.is_empty() && (t.contains(&text) || text.contains(t)));
        let is_excluded = view.ancestors(id).any(|a| view.nodes[a].excluded);
        if (is_excluded || level == 2) && !is_title {
            continue;
        }
        let score = u32::from(is_title) * 4 + u32::from(is_same) * 2 + u32::from(level == 1);
        if best.as_ref().is_none_or(|(most, _)| score >= *most) {
            best = Some((score, text));
        }
    }
    // An <h1> around the logo alone names the site, not the document.
    best.filter(|(score, _)| *score >= 2).map(|(_, text)| text)
}

/// Keeps one heading above the text if the frame of the page has several, so that a new layout does not give a new
/// text. Drops the name of a site or of a help centre above the title, and the shorter of two titles with the same
/// words.
///
/// support.happn.fr (2025) has "Privacy policy" as `<h1>` and as `<p>`; adopteunmec.com (2025) has "Aide & services",
/// "Politique de confidentialité", "Politique de confidentialité et de traitement des données personnelles".
pub(in crate::extract) fn merge_title_headings(blocks: &mut Vec<Block>, site: &SiteName) -> bool {
    // The number of blocks to drop, and the level of the heading that stays.
    let (mut gone, mut kept) = (0, None);
    let start = usize::from(blocks.first().is_some_and(is_date_line));
    while let [Block::Heading(own, above), second, ..] = &blocks[start + gone..] {
        let level = &kept.unwrap_or(*own);
        let (below, own, is_heading) = match second {
            Block::Heading(own, spans) => (spans, *own, true),
            Block::Paragraph(spans) => (spans, *level, false),
            _ => break,
        };
        let (above, text) = (text_of(above), text_of(below));
        if title_topic(&text) != Some(TitleTopic::Privacy) || text.chars().count() > MAX_CHARS {
            break;
        }
        let level = (*level).min(own);
        let (first, next) = (above.to_lowercase(), text.to_lowercase());
        let is_frame = site.is_named_by(&above)
            || is_heading
                && title_topic(&above).is_none()
                && above.len() <= FRAME_BYTES
                && policy_words(&above) == 0;
        let says_the_same = title_topic(&above) == Some(TitleTopic::Privacy)
            && (next.starts_with(&first) || next == first);
        if !is_frame && !says_the_same {
            break;
        }
        kept = Some(level);
        gone += 1;
        if !is_heading {
            break;
        }
    }
    blocks.drain(start..start + gone);
    if let Some(level) = kept
        && let Some(block) = blocks.get_mut(start)
        && let Block::Heading(_, spans) | Block::Paragraph(spans) = block
    {
        *block = Block::Heading(level, std::mem::take(spans));
    }
    gone > 0
}

fn heading_text(view: &PageView<'_>, links: &LinkResolver<'_>, id: NodeId) -> String {
    let blocks = build_blocks(view, &[id], links);
    let mut out = String::new();
    for block in &blocks {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&block.text());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn headings_of_the_frame_above_a_title_are_no_part_of_the_text() {
        let heading = |level: u8, text: &str| Block::Heading(level, vec![Span::plain(text)]);
        let plain = |text: &str| Block::Paragraph(vec![Span::plain(text)]);
        let text = plain("We collect your name.");
        for (above, kept) in [
            (
                vec![heading(1, "Help & Services"), heading(2, "Privacy Policy")],
                heading(1, "Privacy Policy"),
            ),
            (
                vec![heading(1, "Privacy policy"), plain("Privacy Policy")],
                heading(1, "Privacy Policy"),
            ),
            (
                vec![
                    heading(2, "Privacy Policy"),
                    heading(3, "Privacy Policy of Acme"),
                ],
                heading(2, "Privacy Policy of Acme"),
            ),
        ] {
            let mut blocks = above;
            blocks.push(text.clone());
            let site = SiteName::default();
            assert!(merge_title_headings(&mut blocks, &site));
            assert_eq!(blocks, [kept, text.clone()]);
        }
        let date = plain("Updated on 10/12/2021");
        let mut blocks = vec![
            date.clone(),
            heading(1, "Privacy Policy"),
            heading(2, "Privacy Policy of Acme"),
        ];
        assert!(merge_title_headings(&mut blocks, &SiteName::default()));
        assert_eq!(blocks, [date, heading(1, "Privacy Policy of Acme")]);
        for above in [
            vec![heading(1, "Privacy Policy"), heading(2, "What we collect")],
            vec![
                heading(1, "How we protect your personal information"),
                heading(2, "Privacy"),
            ],
            vec![heading(1, "Privacy Policy")],
        ] {
            let mut blocks = above.clone();
            let site = SiteName::default();
            assert!(!merge_title_headings(&mut blocks, &site), "{above:?}");
            assert_eq!(blocks, above);
        }
    }
}
