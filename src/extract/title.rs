//! The title of a document: the page's own heading before `<title>`, which carries the site's name.

use super::links::Links;
use super::tree::{Block, Span, plain_text, tidy};
use super::view::{Id, Kind, View};
use super::words::{Topic, policy_words, title_topic};

/// What may stand above a title: a date, a line of links.
const ABOVE_BYTES: usize = 100;
/// A heading after more text than this names a section.
const INSIDE_BYTES: usize = 600;
/// A heading of the frame above a title is a name, not a sentence.
const FRAME_BYTES: usize = 40;
/// Longest title, in characters.
const MAX_CHARS: usize = 300;

/// Puts the page's own heading back where the chosen part does not begin with one.
pub(super) fn restore(
    view: &View<'_>,
    roots: &[Id],
    links: &Links<'_>,
    blocks: &mut Vec<Block>,
) -> Option<String> {
    let starts_with_title = blocks.iter().take(4).enumerate().any(|(at, b)| match b {
        Block::Heading(level, spans) => {
            *level == 1 || at == 0 && title_topic(&plain_text(spans)).is_some()
        }
        Block::Paragraph(spans) => {
            at == 0 && title_topic(&plain_text(spans)) == Some(Topic::Privacy)
        }
        _ => false,
    });
    if starts_with_title {
        return None;
    }
    let first_root = roots.first().copied()?;
    let page_title = view.page_title.as_deref().map(without_site_name);
    let mut best: Option<(u32, Id)> = None;
    for id in view.body()..first_root {
        let entry = &view.entries[id];
        let Kind::Heading(level) = entry.kind else {
            continue;
        };
        // What encloses the text is no title of it, nor is a page inside an unclosed heading.
        if level > 2
            || entry.end > first_root
            || entry.hidden
            || entry.mass.text as usize > MAX_CHARS * 4
            || view.ancestors(id).any(|a| view.entries[a].hidden)
        {
            continue;
        }
        let text = heading_text(view, links, id);
        if text.is_empty() || text.chars().count() > MAX_CHARS {
            continue;
        }
        let topic = title_topic(&text).is_some();
        let same = page_title
            .as_deref()
            .is_some_and(|t| !t.is_empty() && (t.contains(&text) || text.contains(t)));
        let excluded = view.ancestors(id).any(|a| view.entries[a].excluded);
        if (excluded || level == 2) && !topic {
            continue;
        }
        let score = u32::from(topic) * 4 + u32::from(same) * 2 + u32::from(level == 1);
        if best.is_none_or(|(most, _)| score >= most) {
            best = Some((score, id));
        }
    }
    let (score, id) = best?;
    // A lone <h1> around the logo names the site, not the document.
    if score < 2 {
        return None;
    }
    let text = heading_text(view, links, id);
    let repeated = |b: &Block| matches!(b, Block::Heading(_, spans) if plain_text(spans).to_lowercase().contains(&text.to_lowercase()));
    if blocks.iter().take(4).any(repeated) {
        return None;
    }
    // The same words may open the text as a plain line.
    let opens = |b: &Block| matches!(b, Block::Paragraph(spans) | Block::Heading(_, spans) if plain_text(spans).to_lowercase() == text.to_lowercase());
    if let Some(at) = blocks.iter().take(3).position(opens) {
        if let Some(block) = blocks.get_mut(at) {
            *block = Block::Heading(1, vec![Span::plain(text.clone())]);
        }
    } else {
        blocks.insert(0, Block::Heading(1, vec![Span::plain(text.clone())]));
    }
    Some(text)
}

/// Leaves one heading above the text where the page's frame has several, so that a new lay-out is no new text: drops the
/// name of a site or of a help centre above the title, and the shorter one of two titles that say the same.
///
/// support.happn.fr (2025) says "Privacy policy" as `<h1>` and as `<p>`; adopteunmec.com (2025) "Aide & services",
/// "Politique de confidentialité", "Politique de confidentialité et de traitement des données personnelles".
pub(super) fn settle(blocks: &mut Vec<Block>) -> bool {
    // How many blocks go, and the level of the heading that stays.
    let (mut gone, mut kept) = (0, None);
    while let [Block::Heading(own, above), second, ..] = &blocks[gone..] {
        let level = &kept.unwrap_or(*own);
        let (below, own, is_heading) = match second {
            Block::Heading(own, spans) => (spans, *own, true),
            Block::Paragraph(spans) => (spans, *level, false),
            _ => break,
        };
        let (above, text) = (plain_text(above), plain_text(below));
        if title_topic(&text) != Some(Topic::Privacy) || text.chars().count() > MAX_CHARS {
            break;
        }
        let level = (*level).min(own);
        let (first, next) = (above.to_lowercase(), text.to_lowercase());
        let is_frame = is_heading
            && title_topic(&above).is_none()
            && above.len() <= FRAME_BYTES
            && policy_words(&above) == 0;
        let says_the_same = title_topic(&above) == Some(Topic::Privacy)
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
    blocks.drain(..gone);
    if let Some(level) = kept
        && let Some(block) = blocks.first_mut()
        && let Block::Heading(_, spans) | Block::Paragraph(spans) = block
    {
        *block = Block::Heading(level, std::mem::take(spans));
    }
    gone > 0
}

fn heading_text(view: &View<'_>, links: &Links<'_>, id: Id) -> String {
    let blocks = super::build::blocks(view, &[id], links);
    let mut out = String::new();
    for block in &blocks {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&block.text());
    }
    out
}

/// The title to store: the heading above the text, else a first line that is a title, else the page's `<title>`, else the
/// first heading inside the text.
pub(super) fn of(blocks: &[Block], page_title: Option<&str>) -> Option<String> {
    let mut before = 0;
    let mut inside: Option<String> = None;
    for block in blocks.iter().take(12) {
        let (text, is_heading) = match block {
            Block::Heading(_, spans) => (plain_text(spans), true),
            Block::Paragraph(spans) => (plain_text(spans), false),
            _ => (String::new(), false),
        };
        if text.chars().count() <= MAX_CHARS && text.chars().any(char::is_alphanumeric) {
            if title_topic(&text).is_some() || is_heading && before < ABOVE_BYTES {
                return Some(text);
            }
            inside = inside.or(Some(text).filter(|_| is_heading));
        }
        before += block.weight().0;
        if before > INSIDE_BYTES {
            break;
        }
    }
    page_title
        .map(without_site_name)
        .filter(|title| !title.is_empty())
        .or(inside)
}

/// `Privacy Policy | Acme` and `Acme: Privacy Policy` without the site's name.
pub(super) fn without_site_name(title: &str) -> String {
    let cleaned = super::text::cleaned(title);
    let spans = tidy(vec![Span::plain(cleaned.replace('\n', " "))]);
    let title: String = plain_text(&spans).chars().take(MAX_CHARS).collect();
    let mut pieces: Vec<&str> = vec![title.as_str()];
    for separator in [
        " | ", " - ", " – ", " — ", " :: ", " » ", " · ", ": ", " : ", "｜", "|",
    ] {
        pieces = pieces
            .into_iter()
            .flat_map(|p| p.split(separator))
            .collect();
    }
    let named = pieces
        .iter()
        .map(|p| p.trim())
        .find(|p| title_topic(p).is_some());
    if let Some(piece) = named {
        return piece.to_owned();
    }
    for separator in [" | ", " :: ", " » ", "｜", " - ", " – ", " — "] {
        if let Some((first, rest)) = title.split_once(separator)
            && !first.trim().is_empty()
            && rest.split_whitespace().count() <= 5
        {
            return first.trim().to_owned();
        }
    }
    title.trim().to_owned()
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
            assert!(settle(&mut blocks));
            assert_eq!(blocks, [kept, text.clone()]);
        }
        for above in [
            vec![heading(1, "Privacy Policy"), heading(2, "What we collect")],
            vec![
                heading(1, "How we protect your personal information"),
                heading(2, "Privacy"),
            ],
            vec![heading(1, "Privacy Policy")],
        ] {
            let mut blocks = above.clone();
            assert!(!settle(&mut blocks), "{above:?}");
            assert_eq!(blocks, above);
        }
    }

    #[test]
    fn the_name_of_the_site_is_no_part_of_a_title() {
        for (title, short) in [
            ("Privacy Policy | Acme", "Privacy Policy"),
            ("Acme Inc. - Privacy  Policy", "Privacy Policy"),
            ("QualityBux : Privacy Policy", "Privacy Policy"),
            ("How we use data – Acme", "How we use data"),
            ("  \u{1b}[2J ", "[2J"),
            ("Acme", "Acme"),
        ] {
            assert_eq!(without_site_name(title), short, "{title}");
        }
    }
}
